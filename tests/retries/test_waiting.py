"""What is waited for and for how long, and how a wait is cut short."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import anyio
import pytest

from sailpoint_pat import (
    APIError,
    OutcomeUnknownError,
    PatClient,
    RateLimit,
    RateLimitedError,
    RetryPolicy,
    ServerError,
    TransportError,
)
from sailpoint_pat._clock import clock as machine_clock
from sailpoint_pat.testing import FakeTenant, faults
from tests.support.clients import Portalled
from tests.support.interrupts import PATIENCE, cancelled, raised_by

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.clients import Connect
    from tests.support.clock import MovedClock
    from tests.support.interrupts import Asked

POLICY = RetryPolicy(tries=3, first_pause=timedelta(seconds=0.25))
HOUR = timedelta(hours=1)


# --- Retry-After ----------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", ["list", "token", "create", "delete"])
def test_the_tenant_says_how_long(
    connect: Connect, tenant: FakeTenant, clock: MovedClock, operation: Asked
) -> None:
    pats = connect(tenant, retry=POLICY)
    # More often than the policy tries: an appointment is not a failure.
    tenant.fail(operation, faults.RateLimited("7"), times=5)
    call_of(operation, tenant)(pats)
    assert tenant.count(operation) == 6
    assert sum(clock.pauses) == pytest.approx(35, abs=1)


def call_of(operation: Asked, tenant: FakeTenant) -> Callable[[PatClient], object]:
    if operation == "create":
        return lambda pats: pats.create("Nightly export")
    if operation == "delete":
        doomed = tenant.add_token(tenant.person, "Doomed")
        return lambda pats: pats.delete(doomed.id)
    return lambda pats: pats.list()


def test_an_http_date(connect: Connect, tenant: FakeTenant, clock: MovedClock) -> None:
    # By the tenant's clock, whatever the client's says.
    tenant.advance(-timedelta(minutes=10))
    tenant.freeze()
    pats = connect(tenant, retry=POLICY)
    at = format_datetime(tenant.now + timedelta(seconds=30), usegmt=True)
    tenant.fail("list", faults.RateLimited(at))
    pats.list()
    assert sum(clock.pauses) == pytest.approx(30, abs=1)


def test_fractions_of_a_second(connect: Connect, tenant: FakeTenant, clock: MovedClock) -> None:
    tenant.fail("list", faults.RateLimited("1.5"))
    connect(tenant, retry=POLICY).list()
    assert sum(clock.pauses) == pytest.approx(1.5, abs=0.2)


@pytest.mark.parametrize(
    "says_nothing",
    [None, "", "0", "-5", "soon", "1s", "nan", "inf", "1e999", "Wed, 21 Oct 2015 07:28:00 GMT"],
)
def test_what_says_nothing_is_a_failure_like_others(
    connect: Connect, tenant: FakeTenant, clock: MovedClock, says_nothing: str | None
) -> None:
    pats = connect(tenant, retry=POLICY)
    tenant.fail("list", faults.RateLimited(says_nothing), times=2)
    pats.list()
    assert tenant.count("list") == 3
    # The policy's own pauses, and its own number of tries.
    assert sum(clock.pauses) <= 0.25 + 0.5
    tenant.fail("list", faults.RateLimited(says_nothing), times=None)
    with pytest.raises(RateLimitedError):
        pats.list()
    assert tenant.count("list") == 6


@pytest.mark.parametrize("retry", [POLICY, None])
def test_nobody_sleeps_for_a_day(
    connect: Connect, tenant: FakeTenant, clock: MovedClock, retry: RetryPolicy | None
) -> None:
    pats = connect(tenant, retry=retry)
    for header, asked in (
        ("86400", timedelta(days=1)),
        ("9" * 30, timedelta(days=365)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", timedelta(days=365)),
    ):
        tenant.fail("list", faults.RateLimited(header))
        tenant.clear_log()
        with pytest.raises(RateLimitedError) as caught:
            pats.list()
        assert caught.value.retry_after == asked
        assert tenant.count("list") == 1
        # The next call does not sit it out either: it asks the tenant.
        pats.list()
        assert tenant.count("list") == 2
    assert clock.pauses == []


def test_the_whole_client_waits(connect: Connect, tenant: FakeTenant, clock: MovedClock) -> None:
    pats = connect(tenant, retry=None)
    tenant.fail("list", faults.RateLimited("30"))
    with pytest.raises(RateLimitedError) as caught:
        pats.list()
    assert caught.value.retry_after == timedelta(seconds=30)
    assert clock.pauses == []
    # Other calls do not learn it from the tenant once more.
    pats.create("Nightly export")
    assert sum(clock.pauses) == pytest.approx(30, abs=1)
    statuses = [each.status for each in tenant.requests]
    assert statuses.count(429) == 1


def test_many_threads_learn_it_once(
    connect: Connect, tenant: FakeTenant, clock: MovedClock
) -> None:
    pats = connect(tenant, retry=None)
    tenant.fail("list", faults.RateLimited("30"))
    with pytest.raises(RateLimitedError):
        pats.list()
    with ThreadPoolExecutor(8) as pool:
        listings = [pool.submit(pats.list) for _ in range(40)]
        assert all(listing.result(PATIENCE) for listing in listings)
    assert clock.pauses
    assert max(clock.pauses) == pytest.approx(30, abs=1)
    assert [each.status for each in tenant.requests].count(429) == 1


# --- the policy's own pauses ----------------------------------------------------------------------


def test_pauses_are_drawn_from_a_span_that_doubles(
    connect: Connect, tenant: FakeTenant, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The dice show the longest pause each time.
    monkeypatch.setattr(random, "uniform", lambda _shortest, longest: longest)
    longest = timedelta(seconds=3)
    policy = RetryPolicy(tries=6, first_pause=timedelta(seconds=0.5), longest_pause=longest)
    pats = connect(tenant, retry=policy)
    tenant.fail("list", faults.Status(503), times=5)
    pats.list()
    assert clock.pauses == pytest.approx([0.5, 1, 2, 3, 3], abs=0.1)


def test_the_error_says_after_how_many_tries(
    connect: Connect, tenant: FakeTenant, clock: MovedClock
) -> None:
    tenant.fail("list", faults.Status(503), times=None)
    for tries, said in ((1, "."), (2, ". (gave up after 2 tries)"), (3, "after 3 tries)")):
        with pytest.raises(ServerError) as caught:
            connect(tenant, retry=RetryPolicy(tries=tries)).list()
        assert str(caught.value).endswith(said)
    assert len(clock.pauses) == 3


def test_pauses_may_be_no_pause_at_all(
    connect: Connect, tenant: FakeTenant, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(random, "uniform", lambda shortest, _longest: shortest)
    tenant.fail("list", faults.Status(503), times=2)
    connect(tenant, retry=POLICY).list()
    assert sum(clock.pauses) == 0


@pytest.mark.parametrize("operation", ["list", "token", "delete"])
def test_a_gateway_that_says_how_long_is_asked_no_sooner(
    connect: Connect, tenant: FakeTenant, clock: MovedClock, operation: Asked
) -> None:
    pats = connect(tenant, retry=POLICY)
    tenant.fail(operation, faults.Status(503, headers={"Retry-After": "30"}))
    call_of(operation, tenant)(pats)
    assert clock.pauses == [pytest.approx(30, abs=1)]
    # It counts as a failure: the tries come to an end.
    tenant.clear_log()
    tenant.fail(operation, faults.Status(503, headers={"Retry-After": "0.1"}), times=None)
    if operation != "token":
        with pytest.raises(ServerError):
            call_of(operation, tenant)(pats)
        assert tenant.count(operation) == POLICY.tries


@pytest.mark.parametrize("lost", [faults.Status(503), faults.RateLimited(None)])
def test_the_whole_time_bounds_the_wait_for_a_place_too(
    connect: Connect, clock: MovedClock, lost: faults.Fault
) -> None:
    with FakeTenant() as tenant:
        pats = connect(
            tenant,
            rate_limit=RateLimit(1, per=timedelta(seconds=10)),
            retry=RetryPolicy(total_time=timedelta(seconds=5)),
        )
        tenant.fail("list", lost)
        with pytest.raises(APIError) as caught:
            pats.list()
        assert caught.value.status_code == (503 if isinstance(lost, faults.Status) else 429)
        assert tenant.count("list") == 1
        assert all(pause < 5 for pause in clock.pauses)
        # The first try waits as long as it takes.
        assert pats.list()


# --- the client's own pace ------------------------------------------------------------------------


def test_the_client_keeps_to_the_limit(connect: Connect, clock: MovedClock) -> None:
    limit = 5
    with FakeTenant(rate_limit=limit) as tenant:
        pats = connect(
            tenant,
            rate_limit=RateLimit(limit, per=timedelta(seconds=10)),
            # A pause of one thread moves the clock under the calls of the others.
            timeout=HOUR,
            retry=None,
        )
        # One clock for both: the tenant answers 429 where one window has too many.
        tenant._state.clock.now = clock.now  # type: ignore[method-assign] # it cannot be shared
        with ThreadPoolExecutor(8) as pool:
            calls = [pool.submit(pats.list) for _ in range(8 * limit)]
            assert all(call.result(PATIENCE) for call in calls)
        statuses = [each.status for each in tenant.requests if each.operation == "list"]
    assert statuses == [200] * 8 * limit
    # Seven windows had to pass before the last five could go out.
    assert sum(clock.pauses) >= 7 * 9


def test_without_a_limit_nothing_waits(connect: Connect, clock: MovedClock) -> None:
    with FakeTenant(rate_limit=None, validate=False) as tenant:
        pats = connect(tenant, rate_limit=None)
        for _ in range(120):
            pats.list()
    assert clock.pauses == []


# --- a wait that is cut short ---------------------------------------------------------------------


class Waits:
    """Tells when a call begins to wait; the wait goes on until somebody ends it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun = threading.Event()
        self.interrupted = False
        self._really = machine_clock.wait
        monkeypatch.setattr(machine_clock, "wait", self._wait)
        monkeypatch.setattr(machine_clock, "wait_async", self._wait_async)

    def _wait(self, _seconds: float, closed: threading.Event) -> None:
        self.begun.set()
        if self.interrupted:
            self.interrupted = False
            raise KeyboardInterrupt
        self._really(PATIENCE, closed)

    async def _wait_async(self, _seconds: float) -> None:
        self.begun.set()
        await anyio.sleep(PATIENCE)

    def interrupt(self, pats: PatClient, call: Callable[[PatClient], object]) -> None:
        """Make a call and end it as soon as it waits: by Ctrl-C, or as a cancelled task."""
        self.begun.clear()
        if not isinstance(pats, Portalled):
            self.interrupted = True
            raised_by(lambda: call(pats))
        else:
            cancelled(pats, call, self.begun)


def test_interrupted_in_a_pause(
    connect: Connect, tenant: FakeTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    pats = connect(tenant)
    with monkeypatch.context() as patch:
        waits = Waits(patch)
        tenant.fail("list", faults.Status(503))
        waits.interrupt(pats, lambda it: it.list())
        tenant.fail("create", faults.RateLimited("0.2"))
        waits.interrupt(pats, lambda it: it.create("Nightly export"))
    # Neither was sent again, and the client is as good as new.
    assert (tenant.count("list"), tenant.count("create")) == (1, 1)
    assert pats.list()


def test_a_place_that_was_not_used_is_given_back(
    connect: Connect, tenant: FakeTenant, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    pats = connect(tenant, rate_limit=RateLimit(2, per=HOUR / 10))
    pats.list()
    pats.list()
    with monkeypatch.context() as patch:
        waits = Waits(patch)
        for _ in range(5):
            # There is no place for an hour: each of them takes one, waits, and is interrupted.
            waits.interrupt(pats, lambda it: it.list())
    assert tenant.count("list") == 2
    clock.advance(HOUR / 10)
    pats.list()
    pats.list()
    assert clock.pauses == []
    assert tenant.count("list") == 4


def test_closed_in_a_pause(
    connect: Connect, tenant: FakeTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    pats = connect(tenant)
    waits = Waits(monkeypatch)
    tenant.fail("list", faults.RateLimited("60"))
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(pats.list)
        assert waits.begun.wait(PATIENCE)
        pats.close()
        error = call.exception(PATIENCE / 2)
    assert isinstance(error, TransportError)
    assert "this client is closed" in str(error)
    assert tenant.count("list") == 1


def test_closed_while_waiting_for_a_place(
    connect: Connect, tenant: FakeTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    pats = connect(tenant, rate_limit=RateLimit(1, per=HOUR))
    pats.list()
    waits = Waits(monkeypatch)
    with ThreadPoolExecutor(3) as pool:
        calls = [pool.submit(pats.list) for _ in range(3)]
        assert waits.begun.wait(PATIENCE)
        pats.close()
        errors = [call.exception(PATIENCE / 2) for call in calls]
    assert all(isinstance(error, TransportError) for error in errors)
    assert tenant.count("list") == 1


@pytest.mark.parametrize("operation", ["list", "create", "delete", "token"])
def test_closed_with_a_call_in_flight(
    connect: Connect, tenant: FakeTenant, operation: Asked, caplog: pytest.LogCaptureFixture
) -> None:
    call_it = call_of(operation, tenant)
    pats = connect(tenant)
    if operation != "token":
        pats.list()
    tenant.clear_log()
    gate = faults.Gate(after=True)
    tenant.fail(operation, gate)
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(call_it, pats)
        assert gate.reached.wait(PATIENCE)
        pats.close()
        error = call.exception(PATIENCE)
        gate.open()
    assert isinstance(error, TransportError | OutcomeUnknownError)
    assert "closed" in str(error)
    assert "trying again" not in caplog.text
    assert error.maybe_performed is (operation != "token")
    assert tenant.count(operation) == 1


def test_closed_while_waiting_to_send_it_again(
    connect: Connect, tenant: FakeTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    doomed = tenant.add_token(tenant.person, "Doomed")
    pats = connect(tenant)
    waits = Waits(monkeypatch)
    tenant.fail("delete", faults.Dropped())
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(pats.delete, doomed.id)
        assert waits.begun.wait(PATIENCE)
        pats.close()
        error = call.exception(PATIENCE / 2)
    assert isinstance(error, TransportError)
    assert "was not sent again" in str(error)
    # The first try has revoked it, which the error cannot rule out.
    assert error.maybe_performed


def test_a_call_on_a_closed_client(connect: Connect, tenant: FakeTenant, clock: MovedClock) -> None:
    pats = connect(tenant)
    pats.list()
    pats.close()
    pats.close()
    tenant.clear_log()
    for call in (
        pats.list,
        lambda: pats.create("Nightly export"),
        lambda: pats.create("Nightly export", if_unknown="replace"),
        lambda: pats.delete("0" * 32),
        lambda: pats.get("0" * 32),
    ):
        with pytest.raises(TransportError, match="this client is closed") as caught:
            call()
        assert not caught.value.maybe_performed
    (result,) = pats.delete_many(["0" * 32])
    assert isinstance(result.error, TransportError)
    assert tenant.requests == []
    assert clock.pauses == []
