"""A create whose answer got lost: never sent again by itself, found, and replaced where asked."""

from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from sailpoint_pat import (
    NotFoundError,
    OutcomeUnknownError,
    PatClient,
    PermissionDeniedError,
    RateLimitedError,
    RetryPolicy,
    SailPointError,
    ServerError,
    UnexpectedResponseError,
)
from sailpoint_pat._flows import CLOCK_ALLOWANCE
from sailpoint_pat.testing import FakeTenant, faults
from tests.support.calls import NAME, call_of, giving
from tests.support.clients import Connect
from tests.support.clock import MovedClock
from tests.support.interrupts import interrupt_at
from tests.support.records import record
from tests.support.tenants import access_token_of, exchange

SECOND = timedelta(seconds=1)
DONE: list[faults.Fault] = [faults.Dropped(), faults.Reset(done=True), faults.Cut()]
NOT_DONE: list[faults.Fault] = [faults.Reset()]
ANSWERED: list[faults.Fault] = [faults.Status(500), faults.Status(504), faults.Html(520)]

# The tenant's clock is minutes ahead of the client's, or behind it.
any_clock = pytest.mark.parametrize("minutes", [0, 10, -10])


def lost(pats: PatClient) -> SailPointError:
    with pytest.raises(SailPointError) as caught:
        pats.create(NAME)
    assert caught.value.maybe_performed
    assert caught.value.lost_create is not None
    return caught.value


def named(tenant: FakeTenant) -> list[str]:
    return [token.id for token in tenant.tokens.values() if token.name == NAME]


def finds(pats: PatClient, error: SailPointError) -> list[str]:
    """Return the id of the token that a client finds, if it finds one."""
    found = pats.find_orphan(error)
    return [found.id] if found else []


# --- find_orphan ----------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [*DONE, *NOT_DONE, *ANSWERED])
def test_the_token_is_found_if_there_is_one(
    tenant: FakeTenant, connect_sync: Connect, clock: MovedClock, fault: faults.Fault
) -> None:
    pats = connect_sync(tenant)
    tenant.fail("create", fault)
    error = lost(pats)
    assert type(error) is (ServerError if fault in ANSWERED else OutcomeUnknownError)
    assert tenant.count("create") == 1
    assert finds(pats, error) == named(tenant)
    assert bool(named(tenant)) is (fault in DONE)
    assert clock.pauses == []


@any_clock
def test_the_moment_is_told_by_the_tenants_clock(
    tenant: FakeTenant, connect_sync: Connect, minutes: int
) -> None:
    tenant.advance(timedelta(minutes=minutes))
    pats = connect_sync(tenant)
    pats.list()
    before = tenant.now
    tenant.fail("create", faults.Dropped())
    error = lost(pats)
    assert isinstance(error, OutcomeUnknownError)
    assert error.sent_at is not None
    # An answer tells the time in whole seconds.
    assert before - 2 * SECOND < error.sent_at <= tenant.now


@any_clock
def test_the_token_endpoints_clock_does_not_count(
    tenant: FakeTenant, connect_sync: Connect, minutes: int
) -> None:
    odd = (tenant.now + timedelta(minutes=minutes)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    tenant.fail("token", faults.Altered(headers={"Date": odd}))
    pats = connect_sync(tenant)
    tenant.fail("create", faults.Dropped())
    assert finds(pats, lost(pats)) == named(tenant) != []


def test_what_the_error_says(tenant: FakeTenant, connect: Connect) -> None:
    tenant.fail("create", faults.Dropped())
    error = lost(connect(tenant))
    assert isinstance(error, OutcomeUnknownError)
    assert error.name == NAME
    assert str(error) == (
        f"Creating the token '{NAME}' got no answer. POST {tenant.base_url}/v3/personal-access-tok"
        "ens got no answer (RemoteProtocolError). There may be one now, whose secret nobody has: "
        "find_orphan(error) looks for it; revoke what it finds, and create the token again."
    )


def test_no_answer_in_time(tenant: FakeTenant, connect: Connect, clock: MovedClock) -> None:
    pats = connect(tenant)
    pats.list()
    gate = faults.Gate(after=True)
    tenant.fail("create", gate)
    error = lost(pats.with_options(timeout=SECOND / 5))
    gate.open()
    assert isinstance(error, OutcomeUnknownError)
    assert len(named(tenant)) == 1
    assert finds(pats, error) == named(tenant)
    assert clock.pauses == []


# The create was the client's first call, or it knows the tenant's time already.
how_well_known = pytest.mark.parametrize("is_first", [True, False])


@any_clock
@how_well_known
@pytest.mark.parametrize(
    ("before", "is_found"), [(CLOCK_ALLOWANCE - 2 * SECOND, True), (12 * SECOND, False)]
)
def test_a_record_may_be_stamped_a_little_before(
    tenant: FakeTenant,
    connect_sync: Connect,
    minutes: int,
    before: timedelta,
    *,
    is_first: bool,
    is_found: bool,
) -> None:
    # The tenant's clocks need not agree with each other.
    tenant.advance(timedelta(minutes=minutes))
    tenant.freeze()
    pats = connect_sync(tenant, access_token=access_token_of(tenant))
    if not is_first:
        pats.list()
    tenant.fail("create", faults.Reset())
    error = lost(pats)
    stamped = tenant.add_token(tenant.person, NAME, created_at=tenant.now - before)
    assert finds(pats, error) == ([stamped.id] if is_found else [])


def test_a_good_token_that_was_used_is_not_taken_for_it(
    pats: PatClient, tenant: FakeTenant
) -> None:
    # Another program made it in these seconds, and the lost create was refused.
    theirs = tenant.add_token(tenant.person, NAME)
    tenant.fail("create", faults.Dropped())
    error = lost(pats)
    assert exchange(tenant, theirs.id, theirs.secret).status_code == 200
    assert pats.find_orphan(error) is None


def test_a_good_token_of_this_client_is_not_taken_for_it(
    tenant: FakeTenant, connect: Connect
) -> None:
    pats = connect(tenant)
    first = pats.create(NAME)
    tenant.fail("create", faults.Dropped())
    error = lost(pats)
    assert named(tenant) == [first.id]
    assert pats.find_orphan(error) is None
    assert error.lost_create is not None
    assert error.lost_create.known_ids == {first.id}


def test_one_whose_secret_is_on_an_error_is_not_taken_for_it(
    pats: PatClient, tenant: FakeTenant
) -> None:
    tenant.fail("create", faults.Altered(lambda answer: answer | {"created": None}))
    with pytest.raises(UnexpectedResponseError) as caught:
        pats.create(NAME)
    assert caught.value.secret is not None
    tenant.fail("create", faults.Dropped())
    error = lost(pats)
    assert len(named(tenant)) == 1
    assert pats.find_orphan(error) is None


def test_the_clock_of_a_gateway_is_not_the_tenants(pats: PatClient, tenant: FakeTenant) -> None:
    ahead = format_datetime(tenant.now + timedelta(minutes=10), usegmt=True)
    pats.list()
    tenant.fail("list", faults.Status(503, body="", headers={"Date": ahead}))
    with pytest.raises(ServerError):
        pats.list()
    tenant.fail("list", faults.Altered(headers={"Date": None}))
    pats.list()
    tenant.fail("create", faults.Dropped())
    error = lost(pats)
    assert error.lost_create is not None
    assert error.lost_create.sent_at_monotonic is None, "the tenant's time is known"
    assert finds(pats, error) == named(tenant) != []


@pytest.mark.parametrize(
    ("fault", "given"),
    [
        pytest.param(faults.Dropped(), 2, id="while it looks for the first token"),
        pytest.param(faults.Reset(), 3, id="at the second create, after it found none"),
    ],
)
def test_a_replacement_that_is_interrupted_says_that_there_may_be_a_token(
    tenant: FakeTenant,
    connect: Connect,
    caplog: pytest.LogCaptureFixture,
    fault: faults.Fault,
    given: int,
) -> None:
    function = giving(*[access_token_of(tenant)] * given, LookupError("the vault is sealed"))
    tenant.fail("create", fault)
    with pytest.raises(LookupError) as caught:
        connect(tenant, access_token=function, retry=None).create(NAME, if_unknown="replace")
    (note,) = caught.value.__notes__
    assert note.startswith(f"Creating the token '{NAME}' was interrupted: since 20")
    assert note.endswith(" UTC there may be one with that name, whose secret nobody has.")
    assert note in caplog.text
    assert tenant.count("create") == 1


def test_one_of_somebody_else_and_one_with_another_name_are_not_taken_for_it(
    pats: PatClient, tenant: FakeTenant
) -> None:
    tenant.fail("create", faults.Reset())
    error = lost(pats)
    tenant.add_token(tenant.add_person("Somebody else"), NAME)
    tenant.add_token(tenant.person, f"{NAME} 2")
    assert finds(pats, error) == []


def test_one_that_cannot_be_read_is_not_said_to_be_missing(
    pats: PatClient, tenant: FakeTenant
) -> None:
    tenant.fail("create", faults.Dropped())
    error = lost(pats)
    tenant.fail("list", faults.Body([record(), record(name=NAME, created="soon")]))
    with pytest.raises(UnexpectedResponseError):
        pats.find_orphan(error)
    assert finds(pats, error) == named(tenant)


def test_one_that_can_be_read_is_found_beside_a_broken_one(
    pats: PatClient, tenant: FakeTenant
) -> None:
    tenant.fail("create", faults.Dropped())
    error = lost(pats)
    (orphan,) = named(tenant)
    stored = tenant.tokens[orphan]
    fine = record(id=orphan, name=NAME, lastUsed=None, created=stored.created_at.isoformat())
    tenant.fail("list", faults.Body([record(created="soon"), fine]))
    assert finds(pats, error) == [orphan]


@pytest.mark.parametrize(
    ("operation", "fault"),
    [("delete", faults.Reset()), ("create", faults.Status(403)), ("list", faults.Reset())],
)
def test_only_after_a_lost_create(
    pats: PatClient, tenant: FakeTenant, operation: Any, fault: faults.Fault
) -> None:
    tenant.fail(operation, fault)
    with pytest.raises(SailPointError) as caught:
        call_of(operation, tenant)(pats)
    with pytest.raises(ValueError, match="is not from a create that may have taken effect"):
        pats.find_orphan(caught.value)


# --- something else than an error of ours ---------------------------------------------------------


@pytest.mark.parametrize("done", [False, True])
def test_an_interrupted_create_says_what_to_look_for(
    tenant: FakeTenant, connect: Connect, caplog: pytest.LogCaptureFixture, *, done: bool
) -> None:
    pats = connect(tenant)
    # Nothing to say of what makes no token: the exchange, and a listing.
    for operation in ("token", "list"):
        interrupt = interrupt_at(operation, tenant, pats, lambda it: it.list(), done=done)
        assert not hasattr(interrupt, "__notes__")
    interrupt = interrupt_at("create", tenant, pats, lambda it: it.create(NAME), done=done)
    (note,) = interrupt.__notes__
    assert note.startswith(f"Creating the token '{NAME}' was interrupted: since 20")
    assert note.endswith(" UTC there may be one with that name, whose secret nobody has.")
    assert note in caplog.messages


def test_a_create_that_is_interrupted_at_its_exchange_leaves_nothing_open(
    tenant: FakeTenant, connect: Connect
) -> None:
    interrupt = interrupt_at("token", tenant, connect(tenant), lambda pats: pats.create(NAME))
    assert not hasattr(interrupt, "__notes__")


# --- if_unknown="replace" -------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [*DONE, *NOT_DONE, *ANSWERED])
def test_it_is_replaced_once(
    tenant: FakeTenant, connect_sync: Connect, clock: MovedClock, fault: faults.Fault
) -> None:
    tenant.fail("create", fault)
    issued = connect_sync(tenant).create(NAME, if_unknown="replace")
    assert named(tenant) == [issued.id]
    assert issued.secret.reveal() == tenant.tokens[issued.id].secret
    assert tenant.count("create") == 2
    assert tenant.count("delete") == (1 if fault in DONE else 0)
    assert clock.pauses == []


def test_a_second_loss_is_an_error(tenant: FakeTenant, connect: Connect) -> None:
    pats = connect(tenant)
    tenant.fail("create", faults.Dropped(), times=2)
    with pytest.raises(OutcomeUnknownError) as caught:
        pats.create(NAME, if_unknown="replace")
    assert tenant.count("create") == 2
    assert len(named(tenant)) == 1
    assert finds(pats, caught.value) == named(tenant)


def test_one_that_was_there_before_is_left_alone(pats: PatClient, tenant: FakeTenant) -> None:
    there = tenant.add_token(tenant.person, NAME)
    tenant.fail("create", faults.Dropped())
    with pytest.raises(SailPointError, match="already exists") as caught:
        pats.create(NAME, if_unknown="replace")
    assert named(tenant) == [there.id]
    assert tenant.count("delete") == 0
    # The first create was nowhere to be seen; it may have come late, and be what the name is
    # taken by. The one that was there before cannot be it.
    assert caught.value.maybe_performed
    assert caught.value.lost_create is not None
    assert caught.value.lost_create.known_ids == {there.id}
    assert pats.find_orphan(caught.value) is None


def test_one_that_comes_late_is_not_forgotten(pats: PatClient, tenant: FakeTenant) -> None:
    tenant.fail("create", faults.Reset())
    tenant.fail("create", faults.Status(400))
    with pytest.raises(SailPointError) as caught:
        pats.create(NAME, if_unknown="replace")
    late = tenant.add_token(tenant.person, NAME)
    assert finds(pats, caught.value) == [late.id]


def test_one_that_was_revoked_is_not_looked_for_again(pats: PatClient, tenant: FakeTenant) -> None:
    tenant.fail("create", faults.Dropped())
    tenant.fail("create", faults.Status(403))
    with pytest.raises(PermissionDeniedError) as caught:
        pats.create(NAME, if_unknown="replace")
    assert caught.value.lost_create is None
    assert not caught.value.maybe_performed
    assert named(tenant) == []


@pytest.mark.parametrize(
    ("operation", "nth", "fault", "cause"),
    [
        ("delete", 1, faults.Status(403), PermissionDeniedError),
        ("list", 2, faults.RateLimited("86400"), RateLimitedError),
        ("list", 2, faults.Html(), UnexpectedResponseError),
    ],
)
def test_one_that_cannot_be_cleared_up(
    tenant: FakeTenant,
    connect_sync: Connect,
    operation: Any,
    nth: int,
    fault: faults.Fault,
    cause: type[SailPointError],
) -> None:
    pats = connect_sync(tenant, retry=RetryPolicy(tries=1))
    tenant.fail("create", faults.Dropped())
    if nth > 1:
        tenant.fail(operation, faults.Late(0), times=nth - 1)
    tenant.fail(operation, fault)
    with pytest.raises(OutcomeUnknownError) as caught:
        pats.create(NAME, if_unknown="replace")
    assert isinstance(caught.value.__cause__, cause)
    assert tenant.count("create") == 1
    assert len(named(tenant)) == 1
    assert finds(pats, caught.value) == named(tenant)


def test_one_that_somebody_else_has_revoked_is_as_good_as_cleared_up(
    pats: PatClient, tenant: FakeTenant
) -> None:
    tenant.fail("create", faults.Dropped())
    tenant.fail("delete", faults.Status(404))
    # It is still there, and so the second create finds the name taken.
    with pytest.raises(SailPointError, match="already exists"):
        pats.create(NAME, if_unknown="replace")
    assert tenant.count("create") == 2


@pytest.mark.parametrize(
    ("fault", "error_type"),
    [(faults.Html(), UnexpectedResponseError), (faults.Status(403), PermissionDeniedError)],
)
def test_what_was_answered_is_not_replaced(
    pats: PatClient, tenant: FakeTenant, fault: faults.Fault, error_type: type[SailPointError]
) -> None:
    tenant.fail("create", fault)
    with pytest.raises(error_type):
        pats.create(NAME, if_unknown="replace")
    assert (tenant.count("create"), tenant.count("list")) == (1, 1)


def test_without_the_look_before_nothing_is_created(pats: PatClient, tenant: FakeTenant) -> None:
    tenant.fail("list", faults.Status(403))
    with pytest.raises(PermissionDeniedError) as caught:
        pats.create(NAME, if_unknown="replace")
    assert tenant.count("create") == 0
    assert caught.value.lost_create is None
    with pytest.raises(NotFoundError):
        pats.get("nothing was made")
