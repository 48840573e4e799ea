"""What is sent again, and after how long: each operation against each failure."""

import random
import time
from datetime import timedelta
from email.utils import format_datetime
from typing import Any, TypeAlias

import attrs
import pytest

from sailpoint_pat import (
    APIError,
    AuthenticationError,
    BadRequestError,
    NotFoundError,
    OutcomeUnknownError,
    PermissionDeniedError,
    RateLimitedError,
    RequestTimeout,
    RetryPolicy,
    SailPointError,
    ServerError,
    TransportError,
    UnexpectedResponseError,
)
from sailpoint_pat._retry import Tries
from sailpoint_pat.testing import FakeTenant, faults
from tests.support.calls import call_of
from tests.support.clients import Connect
from tests.support.clock import MovedClock
from tests.support.interrupts import Asked

SECOND = timedelta(seconds=1)
TRIES = 3
POLICY = RetryPolicy(tries=TRIES, first_pause=2 * SECOND)

each_operation = pytest.mark.parametrize("operation", ["list", "delete", "create", "token"])


# --- the value ------------------------------------------------------------------------------------


def test_what_is_used_when_nothing_is_said() -> None:
    policy = RetryPolicy()
    assert policy == RetryPolicy(
        tries=5, first_pause=SECOND / 2, longest_pause=20 * SECOND, total_time=120 * SECOND
    )
    assert hash(policy) == hash(RetryPolicy())
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        policy.tries = 3  # type: ignore[misc]  # that is the point


@pytest.mark.parametrize("tries", [0, -1, 1.5, "3", None, True])
def test_tries_are_a_whole_number_from_1(tries: Any) -> None:
    with pytest.raises(ValueError, match=r"^RetryPolicy.tries is a whole number from 1, not "):
        RetryPolicy(tries=tries)


@pytest.mark.parametrize("span", [timedelta(0), -SECOND, 1, 1.5, "1s", None])
@pytest.mark.parametrize("field", ["first_pause", "longest_pause", "total_time"])
def test_a_span_is_a_timedelta_above_zero(field: str, span: Any) -> None:
    options: dict[str, Any] = {field: span}
    with pytest.raises(ValueError, match=rf"^RetryPolicy.{field} is a timedelta above zero, not "):
        RetryPolicy(**options)


# --- what is sent again ---------------------------------------------------------------------------

Row: TypeAlias = tuple["Asked", faults.Fault, int, type[SailPointError], bool]

FINAL: list[tuple[int, type[SailPointError]]] = [
    *((400, BadRequestError), (403, PermissionDeniedError), (404, NotFoundError), (418, APIError))
]
PASSING = [faults.Status(status) for status in (500, 502, 503, 504, 520, 522, 530)]
LASTING = [
    *(faults.Status(501), faults.Status(505), faults.Status(531)),
    faults.Status(307, headers={"Location": "https://elsewhere.example.com/"}),
]
LOST: list[faults.Fault] = [faults.Dropped(), faults.Reset(), faults.Reset(done=True), faults.Cut()]


def rows() -> list[Row]:
    """Return operation, fault, how often it is sent, how it ends, and whether that is open."""
    refused = [faults.Status(status) for status, _ in FINAL]
    table: list[Row] = [
        ("token", faults.RateLimited(None), TRIES, RateLimitedError, False),
        *(("token", fault, 1, AuthenticationError, False) for fault in refused),
        ("token", faults.Status(401), 1, AuthenticationError, False),
        *(("token", fault, TRIES, ServerError, False) for fault in PASSING),
        *(("token", fault, 1, ServerError, False) for fault in LASTING),
        *(("token", fault, TRIES, TransportError, False) for fault in LOST),
    ]
    operations: list[Asked] = ["list", "delete", "create"]
    for operation in operations:
        unsafe = operation == "create"
        sent, lost = (1, OutcomeUnknownError) if unsafe else (TRIES, TransportError)
        table += [
            (operation, faults.RateLimited(None), TRIES, RateLimitedError, False),
            *((operation, faults.Status(status), 1, error, False) for status, error in FINAL),
            (operation, faults.Status(401), 2, AuthenticationError, False),
            *((operation, fault, 1, ServerError, True) for fault in LASTING),
            (operation, faults.Html(), 1, UnexpectedResponseError, True),
            *((operation, fault, sent, ServerError, True) for fault in PASSING),
            *((operation, fault, sent, lost, True) for fault in LOST),
        ]
    return table


@pytest.mark.parametrize(("operation", "fault", "sent", "error_type", "maybe_performed"), rows())
def test_how_often_it_is_sent_and_how_it_ends(
    connect_sync: Connect,
    tenant: FakeTenant,
    clock: MovedClock,
    operation: Asked,
    fault: faults.Fault,
    sent: int,
    error_type: type[SailPointError],
    maybe_performed: bool,
) -> None:
    call, pats = call_of(operation, tenant), connect_sync(tenant, retry=POLICY)
    if operation != "token":
        pats.list()
    tenant.clear_log()
    tenant.fail(operation, fault, times=None)
    with pytest.raises(SailPointError) as caught:
        call(pats)
    assert type(caught.value) is error_type
    assert caught.value.maybe_performed is maybe_performed
    assert tenant.count(operation) == sent
    tries = 1 if error_type is AuthenticationError else sent
    assert len(clock.pauses) == tries - 1
    assert all(pause <= 2 * 2**n for n, pause in enumerate(clock.pauses))
    said = str(caught.value).endswith(f" (gave up after {tries} tries)")
    assert said is (tries > 1)
    tenant.clear_faults()
    assert pats.list("me"), "the client is as good as new"


@each_operation
def test_what_passes_is_not_noticed(
    connect: Connect, tenant: FakeTenant, clock: MovedClock, operation: Asked
) -> None:
    tenant.fail(operation, faults.RateLimited(None))
    call_of(operation, tenant)(connect(tenant))
    assert tenant.count(operation) == 2
    assert len(clock.pauses) == 1


@each_operation
@pytest.mark.parametrize("fault", [faults.RateLimited(None), faults.Status(503), faults.Dropped()])
def test_without_a_policy_everything_is_tried_once(
    connect_sync: Connect,
    tenant: FakeTenant,
    clock: MovedClock,
    operation: Asked,
    fault: faults.Fault,
) -> None:
    tenant.fail(operation, fault)
    with pytest.raises(SailPointError):
        call_of(operation, tenant)(connect_sync(tenant, retry=None))
    assert tenant.count(operation) == 1
    assert clock.pauses == []


def test_a_create_whose_access_token_is_late_is_sent_again(
    connect: Connect, tenant: FakeTenant, clock: MovedClock
) -> None:
    tenant.fail("token", faults.Hang())
    issued = connect(tenant, timeout=SECOND / 5).create("Nightly export")
    assert issued.id in tenant.tokens
    assert (tenant.count("token"), tenant.count("create")) == (2, 1)
    assert len(clock.pauses) == 1


@pytest.mark.parametrize("fault", [faults.Dropped(), faults.Cut(), faults.Reset(done=True)])
def test_a_delete_whose_answer_was_lost_is_done(
    connect: Connect, tenant: FakeTenant, clock: MovedClock, fault: faults.Fault
) -> None:
    doomed = tenant.add_token(tenant.person, "Doomed")
    tenant.fail("delete", fault)
    connect(tenant).delete(doomed.id)
    assert [each.status for each in tenant.requests if each.operation == "delete"][-1] == 404
    assert doomed.id not in tenant.tokens
    assert len(clock.pauses) == 1


def test_a_delete_that_was_surely_not_performed_finds_nothing(
    connect: Connect, tenant: FakeTenant, clock: MovedClock
) -> None:
    tenant.fail("delete", faults.RateLimited(None))
    with pytest.raises(NotFoundError) as caught:
        connect(tenant).delete("0" * 32)
    assert not caught.value.maybe_performed
    assert len(clock.pauses) == 1


def test_what_an_earlier_try_may_have_done_stays_open(
    connect: Connect, tenant: FakeTenant, clock: MovedClock
) -> None:
    doomed = tenant.add_token(tenant.person, "Doomed")
    tenant.fail("delete", faults.Reset())
    tenant.fail("delete", faults.Status(403))
    with pytest.raises(PermissionDeniedError) as caught:
        connect(tenant).delete(doomed.id)
    assert caught.value.maybe_performed
    assert len(clock.pauses) == 1


# --- how long the API asks to wait ----------------------------------------------------------------


@each_operation
def test_a_429_that_says_how_long_is_an_appointment(
    connect: Connect, tenant: FakeTenant, clock: MovedClock, operation: Asked
) -> None:
    # More often than the policy tries: an appointment is not a failure.
    tenant.fail(operation, faults.RateLimited("7"), times=5)
    call_of(operation, tenant)(connect(tenant, retry=POLICY))
    assert tenant.count(operation) == 6
    assert sum(clock.pauses) == pytest.approx(35, abs=1)


@pytest.mark.parametrize("seconds", ["1", "1.5"])
def test_a_second_is_an_appointment(
    connect_sync: Connect, tenant: FakeTenant, clock: MovedClock, seconds: str
) -> None:
    tenant.fail("list", faults.RateLimited(seconds), times=9)
    connect_sync(tenant, retry=POLICY).list()
    assert sum(clock.pauses) == pytest.approx(9 * float(seconds), abs=0.5)


@pytest.mark.parametrize("minutes", [0, -10, 10])
def test_a_date_is_the_tenants(
    connect_sync: Connect, tenant: FakeTenant, clock: MovedClock, minutes: int
) -> None:
    tenant.advance(timedelta(minutes=minutes))
    tenant.freeze()
    at = format_datetime(tenant.now + 30 * SECOND, usegmt=True)
    tenant.fail("list", faults.RateLimited(at))
    connect_sync(tenant, retry=POLICY).list()
    assert sum(clock.pauses) == pytest.approx(30, abs=1)


@pytest.mark.parametrize(
    "little", [None, "", "0", "0.01", "0.999", "-5", "soon", "1s", "nan", "inf", "1e999"]
)
def test_a_429_that_asks_for_next_to_nothing_is_a_failure_like_others(
    connect_sync: Connect, tenant: FakeTenant, clock: MovedClock, little: str | None
) -> None:
    tenant.fail("list", faults.RateLimited(little), times=None)
    with pytest.raises(RateLimitedError):
        connect_sync(tenant, retry=POLICY).list()
    assert tenant.count("list") == TRIES
    assert sum(clock.pauses) <= 2 + 4


@pytest.mark.parametrize("retry", [POLICY, None])
def test_nobody_waits_for_a_day(
    connect_sync: Connect, tenant: FakeTenant, clock: MovedClock, retry: RetryPolicy | None
) -> None:
    tenant.fail("list", faults.RateLimited("86400"))
    with pytest.raises(RateLimitedError) as caught:
        connect_sync(tenant, retry=retry).list()
    assert caught.value.retry_after == timedelta(days=1)
    assert tenant.count("list") == 1
    assert clock.pauses == []


@pytest.mark.parametrize("operation", ["list", "token", "delete"])
def test_a_5xx_that_says_how_long_is_asked_no_sooner(
    connect_sync: Connect, tenant: FakeTenant, clock: MovedClock, operation: Asked
) -> None:
    tenant.fail(operation, faults.Status(503, headers={"Retry-After": "30"}))
    call_of(operation, tenant)(connect_sync(tenant, retry=POLICY))
    assert clock.pauses == [pytest.approx(30, abs=1)]


def test_a_5xx_that_says_how_long_counts_as_a_failure(
    connect_sync: Connect, tenant: FakeTenant, clock: MovedClock
) -> None:
    tenant.fail("list", faults.Status(503, headers={"Retry-After": "5"}), times=None)
    with pytest.raises(ServerError):
        connect_sync(tenant, retry=POLICY).list()
    assert tenant.count("list") == TRIES
    assert len(clock.pauses) == TRIES - 1


# --- the policy's own pauses ----------------------------------------------------------------------


def test_pauses_are_drawn_from_a_span_that_doubles(
    connect: Connect, tenant: FakeTenant, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The dice show the longest pause each time.
    monkeypatch.setattr(random, "uniform", lambda _shortest, longest: longest)
    policy = RetryPolicy(tries=6, first_pause=SECOND / 2, longest_pause=3 * SECOND)
    tenant.fail("list", faults.Status(503), times=5)
    connect(tenant, retry=policy).list()
    assert clock.pauses == [0.5, 1, 2, 3, 3]


def test_a_pause_may_be_none_at_all(
    connect_sync: Connect, tenant: FakeTenant, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(random, "uniform", lambda shortest, _longest: shortest)
    tenant.fail("list", faults.Status(503), times=2)
    connect_sync(tenant, retry=POLICY).list()
    assert sum(clock.pauses) == 0


def test_so_many_tries_that_a_doubled_pause_would_overflow() -> None:
    longest = SECOND / 1_000
    policy = RetryPolicy(tries=2_000, first_pause=longest, longest_pause=longest)
    tries = Tries(policy, safe_to_repeat=True, timeout=1)
    pauses = [tries.pause_after(TransportError("lost")) for _ in range(1_100)]
    assert all(pause is not None and pause <= 0.001 for pause in pauses)


# --- the whole time -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "error_type"),
    [(faults.Status(503), ServerError), (faults.RateLimited("3"), RateLimitedError)],
)
def test_the_whole_time_is_bounded(
    connect: Connect,
    tenant: FakeTenant,
    clock: MovedClock,
    fault: faults.Fault,
    error_type: type[SailPointError],
) -> None:
    four = 4 * SECOND
    policy = RetryPolicy(tries=1000, first_pause=four, longest_pause=four, total_time=20 * SECOND)
    tenant.fail("list", fault, times=None)
    with pytest.raises(error_type):
        connect(tenant, retry=policy).list()
    assert 10 < sum(clock.pauses) < 20
    assert max(clock.pauses) <= 4


def test_a_try_takes_no_longer_than_what_is_left(connect: Connect, tenant: FakeTenant) -> None:
    pats = connect(tenant)
    pats.list()
    tenant.fail("list", faults.Hang(), times=None)
    begun = time.monotonic()
    with pytest.raises(RequestTimeout):
        pats.with_options(retry=RetryPolicy(total_time=SECOND / 5)).list()
    # The timeout alone would be half a minute.
    assert time.monotonic() - begun < 10
