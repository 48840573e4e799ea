"""Every operation, and the exchange that it needs, against answers that do not come to an end."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from sailpoint_pat import SailPointError
from tests.wire import answers, verdicts
from tests.wire.answers import CHUNKED, head, message, pours, sends
from tests.wire.cases import Case, run
from tests.wire.server import Peer

if TYPE_CHECKING:
    from tests.wire.conftest import Dial
    from tests.wire.server import WireServer
    from tests.wire.verdicts import Asked

SHORT = 0.3
SILENCE = Case("silence", answers.silence, verdicts.late(2), SHORT, tries=2)
CASES = [
    SILENCE,
    *(
        Case(name, behaviour, verdicts.late(1), SHORT, tries=1)
        for name, behaviour in {
            "body that trickles": pours(message(b"[", length=1_000_000), b" ", every=0.02),
            "headers that trickle": answers.headers_that_trickle,
            "headers that pour": pours(b"", head(status="100 Continue")),
            "body that pours": pours(CHUNKED, b"1\r\n \r\n"),
        }.items()
    ),
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
    half = sends(message(b"{", status="403 Forbidden", length=100), Peer.wait_until_gone)
    pats = dial(server.base_url, timeout=timedelta(seconds=SHORT), retry=None)
    server.misbehave("api", half)
    with pytest.raises(SailPointError) as caught:
        pats.create("Nightly export")
    assert not caught.value.maybe_performed
    assert caught.value.lost_create is None
