"""How fast a client may go: the line of its rate limit, and what a wait in it is bounded by."""

import concurrent.futures
from datetime import timedelta
from typing import Any

import attrs
import pytest

from sailpoint_pat import RateLimit, RateLimitedError, RequestTimeout, RetryPolicy, ServerError
from sailpoint_pat._pace import Pace, Place
from sailpoint_pat.testing import FakeTenant, faults
from tests.support.clients import Connect
from tests.support.clock import MovedClock
from tests.support.interrupts import PATIENCE, Waits

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


# --- the value ------------------------------------------------------------------------------------


def test_the_published_limit_is_the_default() -> None:
    assert RateLimit() == RateLimit(100, per=10 * SECOND)
    assert hash(RateLimit()) == hash(RateLimit(100))
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        RateLimit().calls = 3  # type: ignore[misc]  # that is the point


@pytest.mark.parametrize("calls", [0, -1, 1.5, "3", None, True])
def test_a_number_of_calls_is_a_whole_one_from_1(calls: Any) -> None:
    with pytest.raises(ValueError, match=r"^RateLimit.calls is a whole number from 1, not "):
        RateLimit(calls)


@pytest.mark.parametrize("per", [timedelta(0), -SECOND, 1, 1.5, "1s", None])
def test_a_stretch_is_a_timedelta_above_zero(per: Any) -> None:
    with pytest.raises(ValueError, match=r"^RateLimit.per is a timedelta above zero, not "):
        RateLimit(1, per=per)


# --- the line, by itself --------------------------------------------------------------------------


@pytest.fixture
def pace(clock: MovedClock) -> Pace:
    """Two calls in ten seconds, on a clock that only moves by hand."""
    assert clock.pauses == []
    return Pace(RateLimit(2, per=10 * SECOND))


@pytest.fixture
def clock(clock: MovedClock, monkeypatch: pytest.MonkeyPatch) -> MovedClock:
    monkeypatch.setattr(clock, "_monotonic", lambda: 1_000.0)
    return clock


def gone(pace: Pace) -> Place:
    """Return the place of a call that went out at once."""
    place = pace.join()
    assert pace.pause(place) == 0
    return place


def test_a_call_counts_for_one_window_after_its_answer(pace: Pace, clock: MovedClock) -> None:
    slow, quick = gone(pace), gone(pace)
    clock.advance(3 * SECOND)
    pace.leave(quick)
    third = pace.join()
    clock.advance(4 * SECOND)
    assert pace.pause(third) == 6
    clock.advance(6 * SECOND)
    assert pace.pause(third) == 0
    # The slow one still counts: it is not answered yet.
    fourth = pace.join()
    assert pace.pause(fourth) == 10
    pace.leave(slow)
    clock.advance(10 * SECOND)
    assert pace.pause(fourth) == 0


def test_who_comes_first_goes_first(pace: Pace, clock: MovedClock) -> None:
    for place in (gone(pace), gone(pace)):
        pace.leave(place)
        clock.advance(SECOND)
    first, second, third = pace.join(), pace.join(), pace.join()
    assert [pace.pause(place) for place in (third, second, first)] == [10, 9, 8]
    clock.advance(8 * SECOND)
    assert [pace.pause(place) for place in (third, second, first)] == [10, 1, 0]


def test_a_place_that_was_not_used_is_given_back(pace: Pace) -> None:
    gone(pace)
    waiting = pace.join()
    pace.leave(waiting)
    assert pace.pause(pace.join()) == 0


def test_a_place_that_an_interrupt_has_dropped_is_not_waited_for(pace: Pace) -> None:
    places = [pace.join() for _ in range(5)]
    places[0].is_under_way = True
    places.clear()
    under_way = [gone(pace), gone(pace)]
    assert under_way


def test_a_place_is_left_once(pace: Pace, clock: MovedClock) -> None:
    place = gone(pace)
    pace.leave(place)
    pace.leave(place)
    clock.advance(SECOND)
    still_free = gone(pace)
    assert still_free.is_under_way


def test_the_longer_wait_counts(pace: Pace) -> None:
    for place in (gone(pace), gone(pace)):
        pace.leave(place)
    pace.hold(4)
    assert pace.pause(pace.join()) == 10
    pace.hold(12)
    pace.hold(5)
    assert pace.pause(pace.join()) == 12


def test_without_a_limit_only_the_tenant_is_waited_for(clock: MovedClock) -> None:
    pace = Pace(None)
    assert {pace.pause(pace.join()) for _ in range(500)} == {0}
    pace.hold(3)
    assert pace.pause(pace.join()) == 3
    clock.advance(3 * SECOND)
    assert pace.pause(pace.join()) == 0


# --- through the clients --------------------------------------------------------------------------


def test_many_calls_at_once_never_get_a_429(connect: Connect) -> None:
    window = SECOND / 10
    with FakeTenant(rate_limit=5, rate_window=window) as tenant:
        pats = connect(tenant, rate_limit=RateLimit(5, per=window), retry=None)
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            calls = [pool.submit(pats.list) for _ in range(20)]
            assert all(call.result(PATIENCE) for call in calls)
        statuses = {each.status for each in tenant.requests if each.operation == "list"}
    assert statuses == {200}


def test_calls_wait_no_longer_than_the_limit_asks(
    connect: Connect, clock: MovedClock, tenant: FakeTenant
) -> None:
    # Without a policy also longer than any policy would.
    pats = connect(tenant, rate_limit=RateLimit(2, per=200 * SECOND), retry=None)
    tenant._state.clock.now = clock.now  # type: ignore[method-assign]  # it cannot be shared
    begun = clock.monotonic()
    for _ in range(7):
        pats.list()
    assert clock.monotonic() - begun == pytest.approx(600, abs=0.01)


def test_without_a_limit_nothing_waits(connect_sync: Connect, clock: MovedClock) -> None:
    with FakeTenant(rate_limit=None, validate=False) as tenant:
        pats = connect_sync(tenant, rate_limit=None)
        for _ in range(120):
            pats.list()
    assert clock.pauses == []


def test_one_429_is_enough_for_the_whole_client(
    connect: Connect, tenant: FakeTenant, clock: MovedClock
) -> None:
    pats = connect(tenant, retry=None, timeout=HOUR)
    tenant.fail("list", faults.RateLimited("30"))
    with pytest.raises(RateLimitedError):
        pats.list()
    assert clock.pauses == []
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(pats.list) for _ in range(8)]
        assert all(call.result(PATIENCE) for call in calls)
    assert max(clock.pauses) == 30
    assert [each.status for each in tenant.requests].count(429) == 1


@pytest.mark.parametrize("retry", [RetryPolicy(total_time=60 * SECOND), None])
def test_a_wait_that_no_call_would_sit_out_is_not_made_known(
    connect_sync: Connect, tenant: FakeTenant, clock: MovedClock, retry: RetryPolicy | None
) -> None:
    pats = connect_sync(tenant, retry=retry)
    tenant.fail("list", faults.RateLimited("86400"))
    with pytest.raises(RateLimitedError):
        pats.list()
    # The next call asks the tenant.
    assert pats.list()
    assert clock.pauses == []


IMPATIENT: dict[str, Any] = {
    "rate_limit": RateLimit(1, per=10 * SECOND),
    "retry": RetryPolicy(total_time=5 * SECOND),
}


def test_a_wait_that_is_too_long_is_not_begun(
    connect: Connect, tenant: FakeTenant, clock: MovedClock
) -> None:
    pats = connect(tenant, **IMPATIENT)
    pats.list()
    with pytest.raises(RequestTimeout) as caught:
        pats.create("Nightly export")
    assert str(caught.value) == (
        "The call was not sent: 10.0 s to wait for its place in the client's rate limit, and 5.0 s "
        "left of the retry policy's total_time."
    )
    assert not caught.value.maybe_performed
    assert caught.value.lost_create is None
    assert tenant.count("create") == 0
    assert clock.pauses == []


@pytest.mark.parametrize(
    ("fault", "error_type"),
    [(faults.Status(503), ServerError), (faults.RateLimited(None), RateLimitedError)],
)
def test_after_a_failure_that_failure_is_what_is_raised(
    connect_sync: Connect,
    tenant: FakeTenant,
    clock: MovedClock,
    fault: faults.Fault,
    error_type: type[Exception],
) -> None:
    pats = connect_sync(tenant, **IMPATIENT)
    tenant.fail("list", fault)
    with pytest.raises(error_type):
        pats.list()
    assert tenant.count("list") == 1
    assert all(pause < 5 for pause in clock.pauses)


def test_interrupted_waits_leave_no_place_taken(
    connect: Connect, tenant: FakeTenant, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    pats = connect(tenant, rate_limit=RateLimit(1, per=60 * SECOND))
    pats.list()
    with monkeypatch.context() as patch:
        waits = Waits(patch)
        waits.interrupt(pats, lambda it: it.list())
        waits.interrupt(pats, lambda it: it.list())
    assert tenant.count("list") == 1
    clock.advance(60 * SECOND)
    pats.list()
    assert clock.pauses == []
