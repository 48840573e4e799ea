"""The command `sailpoint-pat`, for people at a terminal and for scheduled jobs.

It stands on the public names of the library. It needs the extra `cli`, and says so without it.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]

_USAGE = 2
_NEEDED = frozenset({"rich", "typer"})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: the command line without the program's name; None takes the process's own.

    Returns:
        The exit status, as `docs/command.md` lists it.
    """
    try:
        from sailpoint_pat.command._run import run  # noqa: PLC0415  it needs what may be missing
    except ModuleNotFoundError as error:
        if error.name not in _NEEDED:
            raise
        # Not `_terminal.say`: this has to work without anything.
        print(f"Error: {needs_extra(f'The command needs {error.name}')}", file=sys.stderr)  # noqa: T201
        return _USAGE
    return run(sys.argv[1:] if arguments is None else arguments)


def needs_extra(what: str) -> str:
    """Return the sentence that says how to get what the extra `cli` brings."""
    return (
        f"{what}, which comes with the extra cli: pip install '.[cli]' in a checkout of the "
        "project, or pip install 'sailpoint_pat-VERSION-py3-none-any.whl[cli]' with the wheel."
    )
