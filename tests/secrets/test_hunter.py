"""The hunter finds what is planted, in each encoding and place: or its silence proves nothing."""

import base64
import json
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

import httpx
import pytest

from tests.secrets.hunter import Hunter

# Each encoding changes it.
PLANTED = "planted secret/with+every\"kind'of character=ü\\?"

ENCODINGS: dict[str, Callable[[str], str]] = {
    "raw": str,
    "repr": repr,
    "json": json.dumps,
    "url": lambda text: quote(text, safe=""),
    "form": quote_plus,
    "a whole form": lambda text: urlencode({"client_secret": text}),
    "hex": lambda text: text.encode().hex(),
    "HEX": lambda text: text.encode().hex().upper(),
}


@pytest.fixture
def hunter() -> Hunter:
    hunter = Hunter()
    hunter.know("the planted one", PLANTED)
    return hunter


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_encodings(hunter: Hunter, encoding: str) -> None:
    hunter.show("a text", f"before {ENCODINGS[encoding](PLANTED)} after")
    assert hunter.leaks()
    assert PLANTED not in "".join(hunter.leaks())


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("before", ["", "x", "xy", "xyz", "id:"])
@pytest.mark.parametrize("after", ["", "a", "ab", "abc"])
def test_base64_in_every_alignment(
    hunter: Hunter, encode: Callable[[bytes], bytes], before: str, after: str
) -> None:
    hunter.show("a header", encode(f"{before}{PLANTED}{after}".encode()).decode())
    assert hunter.leaks()


def test_nothing_is_found_where_nothing_is(hunter: Hunter) -> None:
    hunter.show("a text", PLANTED[:-1])
    hunter.show("a text", "********")
    assert hunter.leaks() == []


def places(hunter: Hunter) -> list[str]:
    return [leak.partition(" in ")[2] for leak in hunter.leaks()]


@pytest.mark.parametrize(
    ("message", "given", "place"),
    [
        ("sent %s", {"args": ({"authorization": PLANTED},)}, "the log httpcore.http11"),
        ("without it in the message", {"extra": {"more": PLANTED}}, ", more"),
        ("failed", {"exc_info": ValueError(PLANTED)}, "ValueError"),
    ],
)
def test_logs(hunter: Hunter, message: str, given: dict[str, Any], place: str) -> None:
    with hunter:
        logger = logging.getLogger("httpcore.http11")
        logger.debug(message, *given.pop("args", ()), **given)
    assert any(place in each for each in places(hunter))
    # It leaves the loggers as they were.
    assert not logging.getLogger("httpcore").isEnabledFor(logging.DEBUG)


def test_chains(hunter: Hunter) -> None:
    secret = RuntimeError(PLANTED)
    cause, context, noted = ValueError("cause"), ValueError("context"), ValueError("noted")
    cause.__cause__ = secret
    context.__context__ = ExceptionGroup("several", [KeyError("x"), secret])
    noted.add_note(f"it was {PLANTED}")
    for error in (cause, context, noted):
        hunter.shown.clear()
        hunter.exception("it", error)
        assert hunter.leaks()


def test_attributes_and_answers(hunter: Hunter) -> None:
    request = httpx.Request("POST", "https://x.example.com/", data={"client_secret": PLANTED})
    answer = httpx.Response(400, request=request)
    error = httpx.HTTPStatusError("no", request=request, response=answer)
    hunter.exception("it", error)
    assert any("request body" in place for place in places(hunter))


def test_locals_of_the_frames_in_between(hunter: Hunter) -> None:
    # Those of the standard library hold it; those of the test do not count.
    with pytest.raises(TypeError) as caught:
        json.dumps({PLANTED: object()})
    hunter.exception("it", caught.value)
    assert any(", local " in place for place in places(hunter))
