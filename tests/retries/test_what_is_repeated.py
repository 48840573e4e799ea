"""The table of what is repeated: each operation against each failure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias

import pytest

from sailpoint_pat import (
    APIError,
    AuthenticationError,
    BadRequestError,
    NotFoundError,
    OutcomeUnknownError,
    PatClient,
    PermissionDeniedError,
    RateLimitedError,
    RequestTimeout,
    RetryPolicy,
    SailPointError,
    ServerError,
    TransportError,
    UnexpectedResponseError,
)
from sailpoint_pat.testing import FakeTenant, faults

if TYPE_CHECKING:
    from tests.support.clients import Connect
    from tests.support.clock import MovedClock
    from tests.support.interrupts import Asked

Row: TypeAlias = tuple[faults.Fault, int, type[SailPointError], bool]

TRIES = 3
POLICY = RetryPolicy(tries=TRIES, first_pause=timedelta(seconds=2))
FINAL: list[tuple[faults.Fault, type[SailPointError]]] = [
    (faults.Status(400), BadRequestError),
    (faults.Status(403), PermissionDeniedError),
    (faults.Status(404), NotFoundError),
    (faults.Status(418), APIError),
]
PASSING: list[faults.Fault] = [faults.Status(code) for code in (500, 502, 503, 504, 520, 522, 530)]
LASTING: list[faults.Fault] = [
    faults.Status(501),
    faults.Status(505),
    faults.Status(307, headers={"Location": "https://elsewhere.example.com/"}),
]
LOST: list[faults.Fault] = [faults.Dropped(), faults.Reset(), faults.Reset(done=True), faults.Cut()]


def rows(operation: Asked) -> list[Row]:
    """Return the operation's column: a fault, how often it is sent, and how it ends."""
    column: list[Row] = [(faults.RateLimited(None), TRIES, RateLimitedError, False)]
    if operation == "token":
        refused = [fault for fault, _ in FINAL]
        column += [(fault, 1, AuthenticationError, False) for fault in refused]
        column += [(faults.Status(401), 1, AuthenticationError, False)]
        column += [(fault, TRIES, ServerError, False) for fault in PASSING]
        column += [(fault, 1, ServerError, False) for fault in LASTING]
        column += [(fault, TRIES, TransportError, False) for fault in LOST]
        return column
    column += [(fault, 1, error, False) for fault, error in FINAL]
    column += [(faults.Status(401), 2, AuthenticationError, False)]
    column += [(fault, 1, ServerError, True) for fault in LASTING]
    column += [(faults.Html(), 1, UnexpectedResponseError, True)]
    if operation == "create":
        column += [(fault, 1, ServerError, True) for fault in PASSING]
        column += [(fault, 1, OutcomeUnknownError, True) for fault in LOST]
    else:
        column += [(fault, TRIES, ServerError, True) for fault in PASSING]
        column += [(fault, TRIES, TransportError, True) for fault in LOST]
    return column


def caller(operation: Asked, tenant: FakeTenant) -> Callable[[PatClient], object]:
    """Return what makes a call of the operation; `token` is what every call begins with."""
    if operation == "create":
        return lambda pats: pats.create("Nightly export")
    if operation == "delete":
        doomed = tenant.add_token(tenant.add_person("Somebody else"), "Doomed")
        return lambda pats: pats.delete(doomed.id)
    return lambda pats: pats.list()


@pytest.mark.parametrize("operation", ["list", "delete", "create", "token"])
def test_the_table(
    connect: Connect, tenant: FakeTenant, clock: MovedClock, operation: Asked
) -> None:
    known = set(tenant.tokens)
    pats = connect(tenant, retry=POLICY)
    for fault, sent, error_type, maybe_performed in rows(operation):
        call = caller(operation, tenant)
        if operation == "token":
            # Another client, that has no access token yet.
            pats = connect(tenant, retry=POLICY)
        tenant.clear_log()
        clock.pauses.clear()
        tenant.fail(operation, fault, times=None)
        with pytest.raises(SailPointError) as caught:
            call(pats)
        assert type(caught.value) is error_type
        assert caught.value.maybe_performed is maybe_performed
        assert tenant.count(operation) == sent
        tries = 1 if error_type is AuthenticationError else sent
        assert len(clock.pauses) == tries - 1
        assert all(pause <= 2 * 2**n for n, pause in enumerate(clock.pauses))
        assert ("gave up after" in str(caught.value)) is (tries > 1)
        tenant.clear_faults()
        for token_id in set(tenant.tokens) - known:
            tenant.remove_token(token_id)
        # The client is as good as new.
        pats.list()


@pytest.mark.parametrize("operation", ["list", "delete", "create", "token"])
def test_it_passes(
    connect: Connect, tenant: FakeTenant, clock: MovedClock, operation: Asked
) -> None:
    for fault, sent, _, maybe_performed in rows(operation):
        if sent == 1 or (operation == "create" and maybe_performed):
            continue
        call = caller(operation, tenant)
        pats = connect(tenant, retry=POLICY)
        tenant.clear_log()
        tenant.fail(operation, fault)
        call(pats)
        assert tenant.count(operation) == 2
        for token_id in set(tenant.tokens) - {tenant.client_id}:
            tenant.remove_token(token_id)
    assert clock.pauses


@pytest.mark.parametrize("operation", ["list", "delete", "create", "token"])
def test_no_answer_in_time(
    connect: Connect, tenant: FakeTenant, clock: MovedClock, operation: Asked
) -> None:
    call = caller(operation, tenant)
    pats = connect(tenant, retry=RetryPolicy(tries=2), timeout=timedelta(seconds=0.15))
    if operation != "token":
        pats.list()
    tenant.clear_log()
    tenant.fail(operation, faults.Hang(), times=None)
    with pytest.raises(SailPointError) as caught:
        call(pats)
    unknown = operation == "create"
    assert type(caught.value) is (OutcomeUnknownError if unknown else RequestTimeout)
    assert tenant.count(operation) == (1 if unknown else 2)
    assert len(clock.pauses) == (0 if unknown else 1)
    # Where only the access token could not be had, the call itself never went out.
    assert caught.value.maybe_performed is (operation != "token")


def test_a_create_whose_access_token_is_late_is_sent_again(
    connect: Connect, tenant: FakeTenant, clock: MovedClock
) -> None:
    pats = connect(tenant, timeout=timedelta(seconds=0.3))
    tenant.fail("token", faults.Hang())
    assert pats.create("Nightly export").id in tenant.tokens
    assert (tenant.count("token"), tenant.count("create")) == (2, 1)
    assert len(clock.pauses) == 1


@pytest.mark.parametrize("operation", ["list", "delete", "create"])
def test_no_connection(connect: Connect, clock: MovedClock, operation: Asked) -> None:
    with FakeTenant() as gone:
        call = caller(operation, gone)
    pats = connect(gone, retry=POLICY)
    with pytest.raises(TransportError) as caught:
        call(pats)
    assert type(caught.value) is TransportError
    assert not caught.value.maybe_performed
    assert caught.value.lost_create is None
    assert len(clock.pauses) == TRIES - 1


@pytest.mark.parametrize("operation", ["list", "delete", "create", "token"])
def test_without_a_policy_everything_is_tried_once(
    connect: Connect, tenant: FakeTenant, clock: MovedClock, operation: Asked
) -> None:
    for fault in (faults.RateLimited(None), faults.Status(503), faults.Dropped()):
        call = caller(operation, tenant)
        pats = connect(tenant, retry=None)
        tenant.clear_log()
        tenant.fail(operation, fault)
        with pytest.raises(SailPointError):
            call(pats)
        assert tenant.count(operation) == 1
    assert clock.pauses == []


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


def test_a_delete_that_was_never_performed_finds_nothing(
    connect: Connect, tenant: FakeTenant, clock: MovedClock
) -> None:
    pats = connect(tenant)
    tenant.fail("delete", faults.RateLimited(None))
    with pytest.raises(NotFoundError):
        pats.delete("0" * 32)
    assert len(clock.pauses) == 1


def test_what_an_earlier_try_may_have_done_stays_open(
    connect: Connect, tenant: FakeTenant, clock: MovedClock
) -> None:
    doomed = tenant.add_token(tenant.person, "Doomed")
    pats = connect(tenant)
    tenant.fail("delete", faults.Reset())
    tenant.fail("delete", faults.Status(403))
    with pytest.raises(PermissionDeniedError) as caught:
        pats.delete(doomed.id)
    assert caught.value.maybe_performed
    assert len(clock.pauses) == 1


def test_the_whole_time_is_bounded(connect: Connect, tenant: FakeTenant, clock: MovedClock) -> None:
    four = timedelta(seconds=4)
    policy = RetryPolicy(
        tries=1000, first_pause=four, longest_pause=four, total_time=timedelta(seconds=20)
    )
    pats = connect(tenant, retry=policy)
    tenant.fail("list", faults.Status(503), times=None)
    begun = clock.monotonic()
    with pytest.raises(ServerError):
        pats.list()
    assert clock.monotonic() - begun < 20
    assert sum(clock.pauses) > 10
    assert max(clock.pauses) <= 4
    # Also where every wait is an appointment.
    tenant.clear_faults()
    tenant.fail("list", faults.RateLimited("3"), times=None)
    clock.pauses.clear()
    with pytest.raises(RateLimitedError):
        pats.list()
    assert 15 < sum(clock.pauses) < 20


def test_a_try_takes_no_longer_than_what_is_left(connect: Connect, tenant: FakeTenant) -> None:
    pats = connect(tenant, retry=RetryPolicy(total_time=timedelta(seconds=0.2)))
    pats.list()
    tenant.fail("list", faults.Hang(), times=None)
    # The timeout alone would be half a minute.
    with pytest.raises(RequestTimeout):
        pats.list()
