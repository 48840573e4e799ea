"""What a client id and secret look like, and what is said of those that do not."""

from typing import Any

import pytest

from sailpoint_pat import ClientCredentials, ConfigurationError, Secret, find_settings
from tests.settings.places import HIDDEN, SECRET


def refused(**arguments: Any) -> str:
    with pytest.raises(ConfigurationError) as caught:
        find_settings("acme", **arguments)
    return str(caught.value)


def test_the_two_are_not_swapped() -> None:
    said = refused(client_id=SECRET, client_secret="86f1dc6fe8f54414950454cbb11278fa")
    assert "the argument client_id looks like a client secret: are the two swapped?" in said
    assert SECRET not in said


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f'"{HIDDEN}"', "begins or ends with a quotation mark"),
        (f"'{HIDDEN}", "begins or ends with a quotation mark"),
        (f"{HIDDEN}`", "begins or ends with a quotation mark"),
        (f"\N{LEFT DOUBLE QUOTATION MARK}{HIDDEN}", "begins or ends with a quotation mark"),
        (f"{HIDDEN}\N{RIGHT SINGLE QUOTATION MARK}", "begins or ends with a quotation mark"),
        (f"{HIDDEN} {HIDDEN}", "a blank or a line end in it"),
        (f"{HIDDEN}\n{HIDDEN}", "a blank or a line end in it"),
        (f"{HIDDEN}\N{ZERO WIDTH SPACE}", "(U+200B ZERO WIDTH SPACE)"),
        (f"\N{ZERO WIDTH NO-BREAK SPACE}{HIDDEN}", "(U+FEFF ZERO WIDTH NO-BREAK SPACE)"),
        (f"{HIDDEN}\N{NO-BREAK SPACE}", "(U+00A0 NO-BREAK SPACE)"),
        (f"{HIDDEN}\N{SOFT HYPHEN}{HIDDEN}", "(U+00AD SOFT HYPHEN)"),
        (f"{HIDDEN}\0", "(U+0000)"),
        (f"{HIDDEN}\udcff", "(U+DCFF)"),
    ],
)
@pytest.mark.parametrize("which", ["client_id", "client_secret"])
def test_what_comes_along_when_a_value_is_pasted_is_said(
    which: str, text: str, problem: str
) -> None:
    pair = {"client_id": "an-id", "client_secret": SECRET, which: text}
    said = refused(**pair)
    assert said.startswith(f"the argument {which} ")
    assert problem in said
    assert HIDDEN not in said


def test_a_secret_may_have_what_a_form_can_carry() -> None:
    odd = 'pa+ss/w"\\ö=x&y'
    settings = find_settings("acme", client_id="an-id", client_secret=odd)
    assert settings.credentials == ClientCredentials("an-id", Secret(odd))
