"""What the command says to people: all of it on standard error, and nothing that a name could do.

Names of tokens and owners come from other people. They could hold escape sequences, which tell a
terminal to do things, or characters that turn the order of the text round. `visible` shows such
characters in place of sending them.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

from sailpoint_pat.command._exits import CommandError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TextIO


def visible(text: str) -> str:
    r"""Return a text with everything that is not printable as an escape, such as `\x1b`."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def say(text: str) -> None:
    """Write one line to standard error. Where nobody can read that, nothing happens."""
    if sys.stderr is None:
        return
    with contextlib.suppress(OSError):
        sys.stderr.write(f"{visible(text)}\n")
        sys.stderr.flush()


def ask(question: str, *, yes: bool, otherwise: str) -> None:
    """Ask before something is destroyed.

    Args:
        question: what to ask; yes means go on.
        yes: whether it was answered on the command line.
        otherwise: what to do where nobody can be asked.

    Raises:
        UsageError: there is nobody to ask.
        CommandError: the answer is no.
    """
    if yes:
        return
    if not (_is_terminal(sys.stdin) and _is_terminal(sys.stderr)):
        raise UsageError(f"There is no terminal to ask on: {otherwise}. Nothing was changed.")
    sys.stderr.write(f"{visible(question)} [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise CommandError("The answer was no. Nothing was changed.")


def can_show_progress() -> bool:
    """Return whether standard error is a terminal that can move its cursor."""
    return _is_terminal(sys.stderr) and os.environ.get("TERM", "dumb") != "dumb"


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and not stream.closed and stream.isatty()


@contextlib.contextmanager
def progress(what: str, *, shown: bool = True) -> Iterator[Callable[[int, int], None]]:
    """Show on a terminal that something takes long, and how far it is.

    Args:
        what: what is being done, such as "Listing the tokens".
        shown: False where something is printed meanwhile.

    Yields:
        A function to call with the number done and the number of all.
    """
    if not shown or not can_show_progress():
        yield lambda _done, _all: None
        return
    from rich.console import Console  # noqa: PLC0415  it takes long to import
    from rich.live import Live  # noqa: PLC0415  the same
    from rich.spinner import Spinner  # noqa: PLC0415  the same
    from rich.text import Text  # noqa: PLC0415  the same

    # `Text`: a plain `str` would be read as markup.
    spinner = Spinner("dots", Text(f"{visible(what)} ..."))
    # What is said meanwhile goes above the spinner. Standard output, maybe a file, is left alone.
    with Live(spinner, console=Console(stderr=True), transient=True, redirect_stdout=False):
        yield lambda done, of: spinner.update(text=Text(f"{visible(what)}: {done} of {of} ..."))
