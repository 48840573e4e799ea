"""What comes along when a value is pasted: blanks around it, quotation marks, invisible characters.

Blanks around a value are taken off. Everything else is refused: in a terminal nobody sees why a
client secret with a zero-width space at its end is wrong.
"""

from __future__ import annotations

import unicodedata

from sailpoint_pat.errors import ConfigurationError

_BLANKS = " \t\r\n"
_QUOTES = "\"'`\u201a\u201e\u2033\u301d"
_TYPOGRAPHIC_QUOTES = {"Pi", "Pf"}  # Unicode's categories of opening and closing ones


def without_blanks(text: str) -> str:
    """Return a text without the blanks and line ends around it."""
    return text.strip(_BLANKS)


def check_pasted(text: str, name: str) -> None:
    """Refuse a value that was not pasted well; the message does not repeat the value.

    Args:
        text: the value, without blanks around it.
        name: what the value is called, for the message.

    Raises:
        ConfigurationError: there are quotation marks around the text, or it has a character in it
            that nobody sees.
    """
    for end in (text[:1], text[-1:]):
        if end in _QUOTES or unicodedata.category(end) in _TYPOGRAPHIC_QUOTES:
            raise ConfigurationError(f"{name} begins or ends with a quotation mark: leave it out")
    for character in text:
        if character in _BLANKS:
            raise ConfigurationError(f"{name} has a blank or a line end in it: copy it once more")
        if unicodedata.category(character)[0] in "CZ":
            called = f"U+{ord(character):04X} {unicodedata.name(character, '')}".strip()
            raise ConfigurationError(
                f"{name} has an invisible character in it ({called}): type that part by hand"
            )
