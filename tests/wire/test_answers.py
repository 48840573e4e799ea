"""Every operation, and the exchange that it needs, against every bad answer on the wire.

(What a whole answer with another status or body ends in: test_retry, test_reading, test_exchange.)

Each case says what the server does on the wire and how the call has to end: in which error,
whether it may have taken effect, after how many tries.
"""

from datetime import timedelta

import pytest
from attrs import evolve, frozen

from sailpoint_pat import SailPointError
from tests.support.interrupts import Asked
from tests.wire import answers, verdicts
from tests.wire.answers import head, message, pours, sends, status
from tests.wire.conftest import QUICK, TRIES, Dial
from tests.wire.server import Behaviour, Peer, WireServer
from tests.wire.verdicts import OPERATIONS, Verdict, check, works_again

SHORT = 0.3


@frozen
class Case:
    """What the server does, how calls have to end, and how long a try may take."""

    name: str
    behaviour: Behaviour
    verdict: Verdict
    timeout: float = 20.0
    tries: int = TRIES


CHUNKED = head("Transfer-Encoding: chunked")
BEGUN = message(b"[", length=1_000_000)
OK = b"HTTP/1.1 200 OK\r\n"
UPGRADED = head("Connection: upgrade", "Upgrade: h2c", status="101 Switching Protocols")
TWO_LENGTHS = head("Content-Length: 1", "Content-Length: 2") + b"{}"
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
    Case("cut in the headers", sends(OK + b"Content-Ty", Peer.close), verdicts.LOST),
    Case("cut in the body", sends(message(b"{", length=2), Peer.close), verdicts.LOST),
    Case("cut in a chunk", sends(CHUNKED + b"ff\r\n[", Peer.close), verdicts.LOST),
    Case("cut between chunks", sends(CHUNKED + b"1\r\n[\r\n", Peer.close), verdicts.LOST),
    Case("cut by a reset", sends(BEGUN, Peer.reset), verdicts.LOST),
    Case("garbage", answers.garbage, verdicts.LOST),
    Case("headers too big", sends(message(b"{}", f"X-Filler: {'x' * 500_000}")), verdicts.LOST),
    Case("headers without end", pours(OK, b"X-Filler: %b\r\n" % (b"x" * 10_000)), verdicts.LOST),
    Case("bad length", sends(head("Content-Length: many") + b"{}"), verdicts.LOST),
    Case("two lengths", sends(TWO_LENGTHS), verdicts.LOST),
    Case("bad chunks", sends(CHUNKED + b"zz\r\n[]\r\n"), verdicts.LOST),
    Case("101", sends(UPGRADED, Peer.wait_until_gone), verdicts.LOST),
    Case("304", status("304 Not Modified"), verdicts.REDIRECTED),
    Case("redirect", status("302 Found", "Location: "), verdicts.REDIRECTED),
    Case("999", status("999 Denied"), verdicts.REDIRECTED),
]


def late(name: str, behaviour: Behaviour, tries: int = 1) -> Case:
    """Each try takes its whole time: few are enough."""
    return Case(name, behaviour, verdicts.late(tries), SHORT, tries)


SILENCE = late("silence", answers.silence, tries=2)
LATE = [
    SILENCE,
    late("headers that trickle", answers.headers_that_trickle),
    late("headers that pour", pours(b"", head(status="100 Continue"))),
    late("body that trickles", pours(BEGUN, b" ", every=0.02)),
    late("body that pours", pours(CHUNKED, b"1\r\n \r\n")),
]


def run(case: Case, operation: Asked, server: WireServer, dial: Dial) -> None:
    """Meet an operation, or the exchange before it, with the case's behaviour."""
    retry = evolve(QUICK, tries=case.tries)
    pats = dial(server.base_url, timeout=timedelta(seconds=case.timeout), retry=retry)
    server.misbehave("token" if operation == "token" else "api", case.behaviour)
    ends = case.verdict[operation]
    check(pats, operation, ends, timeout=case.timeout)
    if operation == "token":
        assert server.count("api") == (ends is verdicts.WELL)
    works_again(pats, operation, server)


# Of the async client once: asyncio and trio differ in how they connect and wait, not in what they
# make of bytes.
@pytest.mark.parametrize("flavour", ["sync", "asyncio"], indirect=True)
@pytest.mark.parametrize("operation", [*OPERATIONS, "token"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_ends_as_it_should(case: Case, operation: Asked, server: WireServer, dial: Dial) -> None:
    run(case, operation, server, dial)


# Each takes its whole time, so that not every pair of the two is here: what an operation makes of
# a late answer does not depend on how it was late.
@pytest.mark.parametrize(
    ("case", "operation"),
    [*((case, "create") for case in LATE), (SILENCE, "list"), (SILENCE, "token")],
    ids=lambda part: part if isinstance(part, str) else part.name,
)
def test_ends_in_time(case: Case, operation: Asked, server: WireServer, dial: Dial) -> None:
    run(case, operation, server, dial)


def test_a_refusal_whose_body_never_comes(server: WireServer, dial: Dial) -> None:
    """The status has said it: nothing was created."""
    half = sends(message(b"{", status="403 Forbidden", length=100), Peer.wait_until_gone)
    pats = dial(server.base_url, timeout=timedelta(seconds=SHORT), retry=None)
    server.misbehave("api", half)
    with pytest.raises(SailPointError) as caught:
        pats.create("Nightly export")
    assert not caught.value.maybe_performed
    assert caught.value.lost_create is None


@pytest.mark.parametrize("operation", [*OPERATIONS, "token"])
@pytest.mark.parametrize("line", ["301 Moved Permanently", "307 Temporary Redirect"])
def test_redirects_are_not_followed(
    line: str, operation: Asked, server: WireServer, dial: Dial
) -> None:
    with WireServer(answers.good) as elsewhere:
        away = status(line, f"Location: {elsewhere.start().base_url}/v3/personal-access-tokens")
        server.misbehave("token" if operation == "token" else "api", away)
        error = check(dial(server.base_url), operation, verdicts.REDIRECTED[operation])
        assert "redirects to 127.0.0.1, and redirects are not followed" in str(error)
        assert elsewhere.accepted == 0
