"""Every operation, and the exchange that it needs, against every bad answer.

Each case says what the server does on the wire and how the call has to end: in which error,
whether it may have taken effect, after how many tries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.wire import answers, verdicts
from tests.wire.answers import CHUNKED, head, message, pours, sends, status
from tests.wire.cases import Case, run
from tests.wire.server import Peer
from tests.wire.verdicts import OPERATIONS, Asked

if TYPE_CHECKING:
    from tests.wire.conftest import Dial
    from tests.wire.server import WireServer

UPGRADED = head("Connection: upgrade", "Upgrade: h2c", status="101 Switching Protocols")
HEADERS_WITHOUT_END = pours(b"HTTP/1.1 200 OK\r\n", b"X-Filler: " + b"x" * 10_000 + b"\r\n")
CASES = [
    Case("wrong content type", answers.with_wrong_content_type, verdicts.FINE),
    Case("1xx before it", answers.after_early_hints, verdicts.FINE),
    Case("HTTP/1.0", answers.in_http_1_0, verdicts.FINE),
    Case("byte by byte", answers.byte_by_byte, verdicts.FINE),
    Case("gzip", answers.gzipped, verdicts.FINE),
    Case("closed after it", answers.and_then_close, verdicts.FINE),
    Case("closed", answers.close, verdicts.LOST),
    Case("reset", answers.reset, verdicts.LOST),
    Case("cut in the status line", sends(b"HTTP/1.1 2", Peer.close), verdicts.LOST),
    Case("cut in the headers", sends(b"HTTP/1.1 200 OK\r\nCont", Peer.close), verdicts.LOST),
    Case("cut in the body", answers.cut_in_the_body, verdicts.LOST),
    Case("cut in a chunk", sends(CHUNKED + b"ff\r\n[", Peer.close), verdicts.LOST),
    Case("cut between chunks", sends(CHUNKED + b"1\r\n[\r\n", Peer.close), verdicts.LOST),
    Case("cut by a reset", sends(message(b"[", length=1_000_000), Peer.reset), verdicts.LOST),
    Case("garbage", answers.garbage, verdicts.LOST),
    Case("headers too big", answers.headers_too_big, verdicts.LOST),
    Case("headers without end", HEADERS_WITHOUT_END, verdicts.LOST),
    Case("bad length", answers.bad_length, verdicts.LOST),
    Case("two lengths", answers.two_lengths, verdicts.LOST),
    Case("bad chunks", sends(CHUNKED + b"zz\r\n[]\r\n"), verdicts.LOST),
    Case("HTML", sends(message(b"<p>Log in</p>", content_type="text/html")), verdicts.UNEXPECTED),
    Case("nothing", sends(message()), verdicts.UNEXPECTED),
    Case("101", sends(UPGRADED, Peer.wait_until_gone), verdicts.LOST),
    Case("304", status("304 Not Modified"), verdicts.REDIRECTED),
    Case("redirect", status("302 Found", "Location: "), verdicts.REDIRECTED),
    Case("401", status("401 Unauthorized"), verdicts.UNAUTHORIZED),
    Case("418", status("418 I'm a teapot"), verdicts.REFUSED),
    Case("429", status("429 Too Many Requests"), verdicts.RATE_LIMITED),
    Case("520", status("520"), verdicts.FAILED),
    Case("999", status("999 Denied"), verdicts.REDIRECTED),
]


# Of the async client once: asyncio and trio differ in how they connect and wait, not in what they
# make of bytes.
@pytest.mark.parametrize("flavour", ["sync", "asyncio"], indirect=True)
@pytest.mark.parametrize("operation", [*OPERATIONS, "token"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_ends_as_it_should(case: Case, operation: Asked, server: WireServer, dial: Dial) -> None:
    run(case, operation, server, dial)
