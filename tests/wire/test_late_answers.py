"""Every operation, and the exchange that it needs, against answers that do not come to an end."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from sailpoint_pat import SailPointError
from tests.wire import answers
from tests.wire.cases import Case, run, slow

if TYPE_CHECKING:
    from tests.wire.conftest import Dial
    from tests.wire.server import Peer, Request, WireServer
    from tests.wire.verdicts import Asked

SILENCE = slow("silence", answers.silence, tries=2)
CASES = [
    SILENCE,
    slow("body that trickles", answers.body_that_trickles),
    slow("headers that trickle", answers.headers_that_trickle),
    slow("headers that pour", answers.headers_that_pour),
    slow("body that pours", answers.body_that_pours),
]


# Each takes its whole time, so that not every pair of the two is here: what an operation makes of
# a late answer does not depend on how it was late.
@pytest.mark.parametrize(
    ("case", "operation"),
    [
        *((case, "create") for case in CASES),
        *((SILENCE, operation) for operation in ("list", "token")),
    ],
    ids=lambda part: part if isinstance(part, str) else part.name,
)
def test_ends_in_time(case: Case, operation: Asked, server: WireServer, dial: Dial) -> None:
    run(case, operation, server, dial)


def test_a_refusal_whose_body_never_comes(server: WireServer, dial: Dial) -> None:
    """The status has said it: nothing was created."""

    def half(peer: Peer, _request: Request) -> None:
        peer.send(answers.message(b"{", status="403 Forbidden", length=100))
        peer.wait_until_gone()

    pats = dial(server.base_url, timeout=timedelta(seconds=0.3), retry=None)
    server.misbehave("api", half)
    with pytest.raises(SailPointError) as caught:
        pats.create("Nightly export")
    assert not caught.value.maybe_performed
    assert caught.value.lost_create is None
