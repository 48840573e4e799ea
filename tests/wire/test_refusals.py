"""Refusals that never end, and redirects: how often is asked, and who gets to see credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sailpoint_pat import AuthenticationError, RateLimitedError
from tests.wire import answers, verdicts
from tests.wire.server import WireServer
from tests.wire.verdicts import OPERATIONS, Asked, Ends, call, check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.clock import MovedClock
    from tests.wire.conftest import Dial
    from tests.wire.server import Endpoint

per_operation = pytest.mark.parametrize("operation", [*OPERATIONS, "token"])


def endpoint_of(operation: Asked) -> Endpoint:
    return "token" if operation == "token" else "api"


@per_operation
def test_429_for_ever_with_retry_after(
    operation: Asked, server: WireServer, dial: Dial, clock: MovedClock
) -> None:
    """Each wait is kept; the call ends before the one that would go beyond the two minutes."""
    pats = dial(server.base_url)
    limited = answers.status("429 Too Many Requests", "Retry-After: 30")
    server.misbehave(endpoint_of(operation), limited)
    error = check(pats, operation, Ends(RateLimitedError, tries=4))
    assert isinstance(error, RateLimitedError)
    assert [round(pause) for pause in clock.pauses] == [30, 30, 30]
    assert server.count(endpoint_of(operation)) == 4

    server.behave()
    call(pats, operation)
    assert round(clock.pauses[-1]) == 30


@per_operation
def test_401_for_ever(operation: Asked, server: WireServer, dial: Dial) -> None:
    """One fresh access token, and once more; not again for bad credentials."""
    pats = dial(server.base_url)
    server.misbehave(endpoint_of(operation), answers.status("401 Unauthorized"))
    check(pats, operation, Ends(AuthenticationError))
    if operation == "token":
        assert (server.count("token"), server.count("api")) == (1, 0)
    else:
        assert (server.count("token"), server.count("api")) == (2, 2)


@pytest.fixture
def elsewhere() -> Iterator[WireServer]:
    with WireServer(answers.good) as server:
        yield server.start()


@per_operation
@pytest.mark.parametrize("status", ["302", "307"])
def test_redirects_are_not_followed(
    status: str, operation: Asked, server: WireServer, elsewhere: WireServer, dial: Dial
) -> None:
    pats = dial(server.base_url)
    location = f"Location: {elsewhere.base_url}/v3/personal-access-tokens"
    server.misbehave(endpoint_of(operation), answers.status(f"{status} Moved", location))
    error = check(pats, operation, verdicts.REDIRECTED[operation])
    assert "127.0.0.1" in str(error)
    assert server.count(endpoint_of(operation)) == 1

    server.behave()
    call(pats, operation)
    pats.close()
    assert elsewhere.accepted == 0
