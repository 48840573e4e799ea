"""Every operation, and the exchange that it needs, against every bad answer.

Each case says what the server does on the wire and how the call has to end: in which error,
whether it may have taken effect, after how many tries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.wire import answers, verdicts
from tests.wire.cases import Case, quick, run
from tests.wire.verdicts import OPERATIONS, Asked

if TYPE_CHECKING:
    from tests.wire.conftest import Dial
    from tests.wire.server import WireServer

CASES = [
    quick("wrong content type", answers.with_wrong_content_type, verdicts.FINE),
    quick("1xx before it", answers.after_early_hints, verdicts.FINE),
    quick("HTTP/1.0", answers.in_http_1_0, verdicts.FINE),
    quick("byte by byte", answers.byte_by_byte, verdicts.FINE),
    quick("gzip", answers.gzipped, verdicts.FINE),
    quick("closed after it", answers.and_then_close, verdicts.FINE),
    quick("closed", answers.close, verdicts.LOST),
    quick("reset", answers.reset, verdicts.LOST),
    quick("cut in the status line", answers.cut_in_the_status_line, verdicts.LOST),
    quick("cut in the headers", answers.cut_in_the_headers, verdicts.LOST),
    quick("cut in the body", answers.cut_in_the_body, verdicts.LOST),
    quick("cut in a chunk", answers.cut_in_a_chunk, verdicts.LOST),
    quick("cut between chunks", answers.cut_between_chunks, verdicts.LOST),
    quick("cut by a reset", answers.cut_by_a_reset, verdicts.LOST),
    quick("garbage", answers.garbage, verdicts.LOST),
    quick("headers too big", answers.headers_too_big, verdicts.LOST),
    quick("headers without end", answers.headers_without_end, verdicts.LOST),
    quick("bad length", answers.bad_length, verdicts.LOST),
    quick("two lengths", answers.two_lengths, verdicts.LOST),
    quick("bad chunks", answers.bad_chunks, verdicts.LOST),
    quick("HTML", answers.html, verdicts.UNEXPECTED),
    quick("nothing", answers.nothing, verdicts.UNEXPECTED),
    quick("101", answers.switching_protocols, verdicts.LOST),
    quick("304", answers.status("304 Not Modified"), verdicts.REDIRECTED),
    quick("redirect", answers.status("302 Found", "Location: "), verdicts.REDIRECTED),
    quick("401", answers.status("401 Unauthorized"), verdicts.UNAUTHORIZED),
    quick("418", answers.status("418 I'm a teapot"), verdicts.REFUSED),
    quick("429", answers.status("429 Too Many Requests"), verdicts.RATE_LIMITED),
    quick("520", answers.status("520"), verdicts.FAILED),
    quick("999", answers.status("999 Denied"), verdicts.REDIRECTED),
]


# Of the async client once: asyncio and trio differ in how they connect and wait, not in what they
# make of bytes.
@pytest.mark.parametrize("flavour", ["sync", "asyncio"], indirect=True)
@pytest.mark.parametrize("operation", [*OPERATIONS, "token"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_ends_as_it_should(
    case: Case,
    operation: Asked,
    server: WireServer,
    dial: Dial,
) -> None:
    run(case, operation, server, dial)
