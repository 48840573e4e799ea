"""How the command ends: from what went wrong to the exit code. `docs/command.md` has the table."""

from __future__ import annotations

from typing import Final

from sailpoint_pat import (
    APIError,
    AuthenticationError,
    ConfigurationError,
    SailPointError,
    ServerError,
    TransportError,
)

DONE: Final = 0
FAILED: Final = 1
USAGE: Final = 2
NOT_AUTHENTICATED: Final = 3
REFUSED: Final = 4
NO_ANSWER: Final = 5
FINDINGS: Final = 10
INTERRUPTED: Final = 130


class CommandError(Exception):
    """The command could not do what it was asked for, or only a part. Its text is for people.

    Attributes:
        details: more lines for people, such as the output of a program that failed.
    """

    code = FAILED

    def __init__(self, message: str, *, details: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.details = details


class UsageError(CommandError):
    """The command was called in a way that makes no sense here. Nothing was changed."""

    code = USAGE


def exit_code(error: Exception) -> int | None:  # noqa: PLR0911  one line for each line of a table
    """Return the exit code for an error, or None for one that nobody expects: a defect."""
    match error:
        case CommandError():
            return error.code
        # A bad argument, found by the library before anything was sent.
        case ConfigurationError() | ValueError():
            return USAGE
        case AuthenticationError():
            return NOT_AUTHENTICATED
        case TransportError() | ServerError():
            return NO_ANSWER
        case APIError():
            return REFUSED
        case SailPointError():
            return FAILED
    return None
