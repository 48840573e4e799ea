"""Texts of others, as a message, a log or a terminal can show them."""

from __future__ import annotations

_LONGEST_TEXT = 1_000


def printable(text: str) -> str:
    r"""Return a text with everything that is not a printable character escaped, as `\x1b`.

    Control characters could move the cursor, a line end could forge a line of a log, and a lone
    surrogate cannot be encoded at all.
    """
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def short_text(value: object) -> str | None:
    """Return a text of an answer for a message, not too long, or None where there is none."""
    if not isinstance(value, str):
        return None
    return printable(value[:_LONGEST_TEXT].strip()) or None
