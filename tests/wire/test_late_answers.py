"""Every operation, and the exchange that it needs, against answers that do not come to an end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.wire import answers
from tests.wire.cases import Case, run, slow
from tests.wire.verdicts import OPERATIONS, Asked

if TYPE_CHECKING:
    from tests.wire.conftest import Dial
    from tests.wire.server import WireServer

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
