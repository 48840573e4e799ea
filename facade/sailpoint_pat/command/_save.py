"""Where the secret of a new token goes: to exactly one place, which the user says."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from typing import TYPE_CHECKING, Protocol

import attrs

from sailpoint_pat.command._exits import CommandError, UsageError
from sailpoint_pat.command._output import print_token
from sailpoint_pat.command._terminal import say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sailpoint_pat import IssuedToken
    from sailpoint_pat.command._connection import Connection
    from sailpoint_pat.command._output import Format


class SaveFailedError(CommandError):
    """The new token is not saved."""


class SaveUnknownError(CommandError):
    """Nobody knows whether the new token is saved."""


class Saver(Protocol):
    """A place that a new token can be saved to. It was tried before anything was created."""

    @property
    def place(self) -> str:
        """The place, for people: `the file token.env`."""

    @property
    def has_printed(self) -> bool:
        """Whether to save a token is to print it, so that nobody else needs to."""

    def save(self, token: IssuedToken) -> None:
        """Save a new token.

        Raises:
            SaveFailedError: it is not saved.
            SaveUnknownError: nobody knows.
        """


@attrs.frozen
class SaveOptions:
    """What the command line says about the new secret.

    Attributes:
        file: a file to assign variables in.
        keyring: the environment whose pair in the system keyring is replaced.
        command: a command of the shell that reads the token from its standard input.
        timeout: how long that command may take, in seconds.
        show: whether to print the secret.
        then: a command of the shell to run once everything is saved.
    """

    file: Path | None
    keyring: str | None
    command: str | None
    timeout: int
    show: bool
    then: str | None

    def check(self) -> None:
        """Refuse a command line that names no place for the secret, or several.

        Raises:
            UsageError: it does.
        """
        named = [self.file is not None, self.keyring is not None, self.command is not None]
        if sum(named) + self.show != 1:
            raise UsageError(
                "The new secret is shown once and never again, so say where it goes, with one of: "
                "--save-to FILE, --save-to-keyring NAME, --save-with COMMAND, --show-secret. "
                "Nothing was sent."
            )

    def check_number(self, tokens: int) -> None:
        """Refuse several tokens for a place that holds one.

        Raises:
            UsageError: that is the case.
        """
        if tokens > 1 and self.command is None:
            raise UsageError(
                f"There are {tokens} tokens, and only --save-with takes more than one. "
                "Nothing was changed."
            )

    @contextlib.contextmanager
    def opened(self, connection: Connection, output: Format) -> Iterator[Saver]:
        """Try the place, and yield it. Where two runs use one file, the second waits here.

        Args:
            connection: what is saved beside the secret, and which secrets are known already.
            output: how a token is printed whose secret is to be shown.

        Raises:
            CommandError: nothing can be saved there.
        """
        base_url = connection.base_url
        if self.file is not None:
            from sailpoint_pat.command._save_file import file_saver  # noqa: PLC0415  one of four

            with file_saver(self.file, base_url) as saver:
                yield saver
        elif self.keyring is not None:
            from sailpoint_pat.command._save_keyring import KeyringSaver  # noqa: PLC0415  the same

            yield KeyringSaver.tried(self.keyring)
        elif self.command is not None:
            from sailpoint_pat.command._save_command import CommandSaver  # noqa: PLC0415  the same

            pair = connection.settings.credentials
            known = [pair.client_secret] if pair else []
            yield CommandSaver(self.command, base_url, self.timeout, known)
        else:
            yield _Printer(output)

    def run_then(self) -> None:
        """Run the command that comes once everything is saved, if there is one.

        What it prints goes to standard error: standard output is for the tokens.

        Raises:
            CommandError: it failed.
        """
        if self.then is None:
            return
        say(f"Running {self.then!r}.")
        output = subprocess.DEVNULL if sys.stderr is None else sys.stderr.fileno()
        done = subprocess.run(  # noqa: S602  a command of the shell is what the option promises
            self.then,
            shell=True,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        if done.returncode:
            how = f"exit status {done.returncode}"
            if done.returncode < 0:
                how = f"killed by signal {-done.returncode}"
            raise CommandError(f"The command of --then failed ({how}): {self.then}")


@attrs.frozen
class _Printer:
    """Prints the token with its secret, which is saved nowhere."""

    output: Format
    place = "standard output"
    has_printed = True

    def save(self, token: IssuedToken) -> None:
        """Print the token.

        Raises:
            SaveFailedError: standard output cannot be written.
        """
        try:
            print_token(token, self.output, {"secret": token.secret.reveal()})
        except CommandError as error:
            raise SaveFailedError(str(error)) from None
