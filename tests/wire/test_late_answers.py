"""Every operation, and the exchange that it needs, against answers that do not come to an end."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from sailpoint_pat import SailPointError
from tests.wire import answers
from tests.wire.cases import Case, run, slow
from tests.wire.verdicts import OPERATIONS, Asked

if TYPE_CHECKING:
    from tests.wire.conftest import Dial
    from tests.wire.server import Peer, Request, WireServer

CASES = [
    slow("silence", answers.silence, tries=2),
    slow("headers that trickle", answers.headers_that_trickle),
    slow("headers that pour", answers.headers_that_pour),
    slow("body that trickles", answers.body_that_trickles),
    slow("body that pours", answers.body_that_pours),
]


@pytest.mark.parametrize("operation", [*OPERATIONS, "token"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_ends_in_time(case: Case, operation: Asked, server: WireServer, dial: Dial) -> None:
    run(case, operation, server, dial)


@pytest.mark.parametrize("status", ["400 Bad Request", "403 Forbidden", "404 Not Found"])
def test_a_refusal_whose_body_never_comes(status: str, server: WireServer, dial: Dial) -> None:
    """The status has said it: nothing was created."""

    def half(peer: Peer, _request: Request) -> None:
        peer.send(answers.message(b"{", status=status, length=100))
        peer.wait_until_gone()

    pats = dial(server.base_url, timeout=timedelta(seconds=0.3), retry=None)
    server.misbehave("api", half)
    with pytest.raises(SailPointError) as caught:
        pats.create("Nightly export")
    assert not caught.value.maybe_performed
    assert caught.value.lost_create is None
