"""What a command line asks for, before it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Callable


@attrs.frozen
class Job:
    """What the command line asks for.

    typer only reads the command line; the work is done afterwards, so that what goes wrong in it
    ends here and not in typer's own handling of errors.

    Attributes:
        work: does it, and returns the exit code.
        debug: whether to show tracebacks and the library's whole log.
    """

    work: Callable[[], int]
    debug: bool
