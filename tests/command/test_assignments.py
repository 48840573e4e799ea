"""Assignments that a shell, systemd and Docker read alike, in a file that is otherwise kept."""

import pytest

from sailpoint_pat.command._assignments import assign

NEW = {"SAIL_CLIENT_ID": "1d", "SAIL_CLIENT_SECRET": "5ec"}
ADDED = b"SAIL_CLIENT_ID=1d\nSAIL_CLIENT_SECRET=5ec\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", ADDED),
        (b"A=1", b"A=1\n" + ADDED),
        (b"A=1\n", b"A=1\n" + ADDED),
        (
            b"SAIL_CLIENT_SECRET=old\n\n# why\nSAIL_CLIENT_ID=old\nB=2\n",
            b"SAIL_CLIENT_SECRET=5ec\n\n# why\nSAIL_CLIENT_ID=1d\nB=2\n",
        ),
        (
            b"export SAIL_CLIENT_ID='o l d'\n  export\tSAIL_CLIENT_SECRET=\"old\"",
            b"export SAIL_CLIENT_ID=1d\n  export\tSAIL_CLIENT_SECRET=5ec",
        ),
        (
            b"SAIL_CLIENT_ID=old # mine\r\nSAIL_CLIENT_SECRET=old; export SAIL_CLIENT_SECRET\r\n",
            b"SAIL_CLIENT_ID=1d # mine\r\nSAIL_CLIENT_SECRET=5ec; export SAIL_CLIENT_SECRET\r\n",
        ),
        (
            b"SAIL_CLIENT_ID=\nSAIL_CLIENT_ID=a=b?c\nSAIL_CLIENT_SECRET=<here>\n",
            b"SAIL_CLIENT_ID=1d\nSAIL_CLIENT_ID=1d\nSAIL_CLIENT_SECRET=5ec\n",
        ),
        (
            b"#SAIL_CLIENT_ID=a\nMY_SAIL_CLIENT_ID=b\n\xfc=\xff\n",
            b"#SAIL_CLIENT_ID=a\nMY_SAIL_CLIENT_ID=b\n\xfc=\xff\n" + ADDED,
        ),
    ],
)
def test_assignments_are_replaced_in_place_and_all_else_is_kept(
    before: bytes, after: bytes
) -> None:
    assert assign(before, NEW) == after
    assert assign(after, NEW) == after


@pytest.mark.parametrize(
    "line",
    [
        b"SAIL_CLIENT_ID=$(cat id)",
        b'SAIL_CLIENT_ID="begins here',
        b"SAIL_CLIENT_ID='a'b",
        b"SAIL_CLIENT_ID=a \\",
        b"SAIL_CLIENT_ID=a SAIL_CLIENT_SECRET=b",
        b"export SAIL_CLIENT_ID=a OTHER=b",
        b"SAIL_CLIENT_ID=a && run",
    ],
)
def test_what_cannot_be_replaced_safely_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError, match="line 2 assigns SAIL_CLIENT_ID in a way"):
        assign(b"A=1\n" + line + b"\nB=2\n", NEW)


@pytest.mark.parametrize("value", ["", "a b", "a'b", "$HOME", "a;b", "a\nb", "a#b", "ü", "a\\"])
def test_a_value_that_needs_quotes_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="the value of SAIL_CLIENT_ID has a character"):
        assign(b"", {"SAIL_CLIENT_ID": value})


def test_a_file_in_utf_16_is_refused() -> None:
    with pytest.raises(ValueError, match="UTF-8"):
        assign("SAIL_CLIENT_ID=a\n".encode("utf-16"), NEW)
