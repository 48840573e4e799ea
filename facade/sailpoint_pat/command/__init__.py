"""The command `sailpoint-pat`, for people at a terminal and for scheduled jobs.

It stands on the public names of the library. It needs the extra `cli`, and says so without it.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from sailpoint_pat._extras import needs_extra

if TYPE_CHECKING:
    from collections.abc import Sequence

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
        print(  # noqa: T201
            f"Error: {needs_extra(f'The command needs {error.name}', 'cli')}", file=sys.stderr
        )
        return _USAGE
    return run(sys.argv[1:] if arguments is None else arguments)
