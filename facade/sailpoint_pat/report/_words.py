"""How the page writes numbers, times and names."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

if TYPE_CHECKING:
    from datetime import datetime

# Characters that nobody sees, but that change what is seen around them: control characters, line
# separators, marks that turn the direction of text, spaces without width, and halves of characters,
# which no file can hold. What joins the parts of an emoji or of a Persian word is not among them.
_UNSEEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)

_UNITS: Final = (
    (timedelta(days=1), "day"),
    (timedelta(hours=1), "hour"),
    (timedelta(minutes=1), "minute"),
    (timedelta(seconds=1), "second"),
)


def visible(text: str) -> str:
    r"""Return a text in which characters that nobody sees are written as `\u202e` is here."""
    if text.isspace():
        return "".join(f"\\u{ord(space):04x}" for space in text)
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def visible_output(value: object) -> object:
    """Make visible what the template puts out; what it made itself stays as it is."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return visible(value)
    return value


def label(kind: str) -> str:
    """Return the name of a kind of finding, such as `Never expires`."""
    return kind.replace("-", " ").capitalize()


def number(value: int) -> str:
    """Return a number with a comma before each three digits."""
    return f"{value:,}"


def count(value: int, noun: str) -> str:
    """Return a number with its noun, which takes an `s` where there is not exactly one."""
    return f"{value:,} {noun}" if value == 1 else f"{value:,} {noun}s"


def day(moment: datetime) -> str:
    """Return the date, such as `2026-11-25`."""
    return f"{moment:%Y-%m-%d}"


def minute(moment: datetime) -> str:
    """Return the date and the time, such as `2026-11-25, 09:30 UTC`."""
    return f"{moment:%Y-%m-%d, %H:%M} UTC"


def duration(time: timedelta) -> str:
    """Return a time in whole seconds in the largest unit that fits, such as `30 days`."""
    size, unit = next(
        (pair for pair in _UNITS if time and not time % pair[0]), (timedelta(seconds=1), "second")
    )
    return count(time // size, unit)
