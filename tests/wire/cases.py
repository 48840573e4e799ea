"""A case of what a server does on the wire, and the run of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from tests.wire import verdicts
from tests.wire.conftest import QUICK, TRIES
from tests.wire.verdicts import Asked, Verdict, call, check

if TYPE_CHECKING:
    from tests.wire.conftest import Dial
    from tests.wire.server import Behaviour, Endpoint, WireServer

PATIENT = 20.0
SHORT = 0.3


@frozen
class Case:
    """What the server does, how calls have to end, and how long a try may take."""

    name: str
    behaviour: Behaviour
    verdict: Verdict
    timeout: float = PATIENT
    tries: int = TRIES


def quick(name: str, behaviour: Behaviour, verdict: Verdict) -> Case:
    return Case(name, behaviour, verdict)


def slow(name: str, behaviour: Behaviour, tries: int = 1) -> Case:
    """Each try takes its whole time: few are enough."""
    return Case(name, behaviour, verdicts.late(tries), SHORT, tries)


def run(case: Case, operation: Asked, server: WireServer, dial: Dial) -> None:
    """Meet an operation, or the exchange before it, with the case's behaviour.

    The next call, answered well, has to work on the same client; and when that is closed, no
    connection is left.
    """
    timeout, retry = timedelta(seconds=case.timeout), evolve(QUICK, tries=case.tries)
    pats = dial(server.base_url, timeout=timeout, retry=retry)
    endpoint: Endpoint = "token" if operation == "token" else "api"
    server.misbehave(endpoint, case.behaviour)

    ends = case.verdict[operation]
    check(pats, operation, ends, timeout=case.timeout)
    if endpoint == "token":
        assert server.count("api") == (ends is verdicts.WELL)

    server.behave()
    call(pats, operation)
    pats.close()
    assert server.all_closed()
