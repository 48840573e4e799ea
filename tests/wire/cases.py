"""A case of what a server does on the wire, and the run of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from tests.wire import verdicts
from tests.wire.conftest import QUICK, TRIES
from tests.wire.verdicts import Asked, Verdict, check, works_again

if TYPE_CHECKING:
    from tests.wire.conftest import Dial
    from tests.wire.server import Behaviour, Endpoint, WireServer


@frozen
class Case:
    """What the server does, how calls have to end, and how long a try may take."""

    name: str
    behaviour: Behaviour
    verdict: Verdict
    timeout: float = 20.0
    tries: int = TRIES


def run(case: Case, operation: Asked, server: WireServer, dial: Dial) -> None:
    """Meet an operation, or the exchange before it, with the case's behaviour."""
    timeout, retry = timedelta(seconds=case.timeout), evolve(QUICK, tries=case.tries)
    pats = dial(server.base_url, timeout=timeout, retry=retry)
    endpoint: Endpoint = "token" if operation == "token" else "api"
    server.misbehave(endpoint, case.behaviour)

    ends = case.verdict[operation]
    check(pats, operation, ends, timeout=case.timeout)
    if endpoint == "token":
        assert server.count("api") == (ends is verdicts.WELL)
    works_again(pats, operation, server)
