"""A create whose answer got lost: never sent again by itself, and what to do about it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from sailpoint_pat import (
    NotFoundError,
    OutcomeUnknownError,
    PatClient,
    PermissionDeniedError,
    RetryPolicy,
    SailPointError,
    ServerError,
    TransportError,
    UnexpectedResponseError,
)
from sailpoint_pat.testing import faults
from tests.support.interrupts import Interrupter

if TYPE_CHECKING:
    from sailpoint_pat.testing import FakeTenant
    from tests.support.clients import Connect
    from tests.support.clock import MovedClock

NAME = "Nightly export"
DONE: list[faults.Fault] = [faults.Dropped(), faults.Reset(done=True), faults.Cut()]
NOT_DONE: list[faults.Fault] = [faults.Reset()]
ANSWERED: list[faults.Fault] = [faults.Status(500), faults.Status(504), faults.Html(520)]


def access_token_of(tenant: FakeTenant) -> str:
    """Return an access token, the way a program has one that fetches it by itself."""
    form = {
        "grant_type": "client_credentials",
        "client_id": tenant.client_id,
        "client_secret": tenant.client_secret,
    }
    token = httpx.post(f"{tenant.base_url}/oauth/token", data=form).json()["access_token"]
    assert isinstance(token, str)
    return token


def lost(pats: PatClient) -> SailPointError:
    with pytest.raises(SailPointError) as caught:
        pats.create(NAME)
    return caught.value


def named(tenant: FakeTenant) -> list[str]:
    return [token.id for token in tenant.tokens.values() if token.name == NAME]


@pytest.mark.parametrize("ahead", [0, 10, -10])
def test_the_token_is_found(
    connect: Connect, tenant: FakeTenant, clock: MovedClock, ahead: int
) -> None:
    # The tenant's clock is minutes ahead of the client's, or behind it.
    tenant.advance(timedelta(minutes=ahead))
    for fault in [*DONE, *NOT_DONE, *ANSWERED]:
        # Another client each time, which knows nothing of the tenant's clock yet.
        pats = connect(tenant)
        tenant.clear_log()
        before = tenant.now
        tenant.fail("create", fault)
        error = lost(pats)
        assert type(error) is (ServerError if fault in ANSWERED else OutcomeUnknownError)
        assert tenant.count("create") == 1
        assert error.maybe_performed
        assert error.lost_create is not None
        assert error.lost_create.name == NAME
        # Never later than it was, and not much earlier: an answer tells the time in seconds.
        assert before - timedelta(seconds=2) < error.lost_create.sent_at <= tenant.now
        found = pats.find_orphan(error)
        assert ([found.id] if found else []) == named(tenant)
        assert (found is not None) is (fault in DONE)
        if found is not None:
            pats.delete(found.id)
        # There was nothing, or there is nothing any more.
        assert pats.find_orphan(error) is None
    assert clock.pauses == []


def test_what_the_error_says(connect: Connect, tenant: FakeTenant) -> None:
    tenant.fail("create", faults.Dropped())
    error = lost(connect(tenant))
    assert isinstance(error, OutcomeUnknownError)
    assert error.lost_create is not None
    assert (error.name, error.sent_at) == (NAME, error.lost_create.sent_at)
    assert NAME in str(error)
    assert "find_orphan" in str(error)


def test_no_answer_in_time(connect: Connect, tenant: FakeTenant, clock: MovedClock) -> None:
    pats = connect(tenant, timeout=timedelta(seconds=0.3))
    pats.list()
    gate = faults.Gate(after=True)
    tenant.fail("create", gate)
    error = lost(pats)
    gate.open()
    assert isinstance(error, OutcomeUnknownError)
    found = pats.find_orphan(error)
    assert found is not None
    assert [found.id] == named(tenant)
    assert clock.pauses == []


@pytest.mark.parametrize("ahead", [0, 10, -10])
def test_never_one_that_was_there_before(connect: Connect, tenant: FakeTenant, ahead: int) -> None:
    tenant.advance(timedelta(minutes=ahead))
    # Names are unique, so that the lost create was refused, which nobody has heard.
    made = tenant.now - timedelta(seconds=3)
    tenant.add_token(tenant.person, NAME, created_at=made)
    for pats in (
        connect(tenant),
        connect(tenant, access_token=access_token_of(tenant)),
    ):
        tenant.fail("create", faults.Dropped())
        error = lost(pats)
        assert pats.find_orphan(error) is None


@pytest.mark.parametrize("ahead", [0, 10, -10])
def test_the_very_first_call_is_lost(connect: Connect, tenant: FakeTenant, ahead: int) -> None:
    tenant.advance(timedelta(minutes=ahead))
    pats = connect(tenant, access_token=access_token_of(tenant))
    tenant.fail("create", faults.Dropped())
    found = pats.find_orphan(lost(pats))
    assert found is not None
    assert [found.id] == named(tenant)


def test_never_the_one_that_this_client_made_just_now(connect: Connect, tenant: FakeTenant) -> None:
    pats = connect(tenant)
    first = pats.create(NAME)
    tenant.fail("create", faults.Dropped())
    error = lost(pats)
    assert named(tenant) == [first.id]
    assert pats.find_orphan(error) is None


def test_never_one_of_somebody_else(connect: Connect, tenant: FakeTenant) -> None:
    pats = connect(tenant)
    tenant.fail("create", faults.Reset())
    error = lost(pats)
    tenant.add_token(tenant.add_person("Somebody else"), NAME)
    assert pats.find_orphan(error) is None


def test_one_that_cannot_be_read_is_not_said_to_be_missing(
    connect: Connect, tenant: FakeTenant
) -> None:
    pats = connect(tenant)
    tenant.fail("create", faults.Dropped())
    error = lost(pats)
    fine, orphan = [
        {
            "id": token.id,
            "name": token.name,
            "scope": None,
            "owner": {"type": "IDENTITY", "id": "1", "name": "x"},
            "created": "2020-01-01T00:00:00.000Z",
        }
        for token in tenant.tokens.values()
    ]
    tenant.fail("list", faults.Body([fine, {**orphan, "owner": None}]))
    with pytest.raises(UnexpectedResponseError):
        pats.find_orphan(error)
    found = pats.find_orphan(error)
    assert found is not None
    assert found.name == NAME


@pytest.mark.parametrize("error", [None, 5, ValueError("x")])
def test_only_an_error_of_ours(connect: Connect, tenant: FakeTenant, error: Any) -> None:
    with pytest.raises(ValueError, match="nothing to look for"):
        connect(tenant).find_orphan(error)


def test_a_broken_answer_leads_to_the_way_out(connect: Connect, tenant: FakeTenant) -> None:
    pats = connect(tenant)
    tenant.fail("create", faults.Html())
    assert "find_orphan(error)" in str(lost(pats))


@pytest.mark.parametrize("done", [False, True])
def test_an_interrupted_create_says_what_to_look_for(
    connect: Connect,
    tenant: FakeTenant,
    caplog: pytest.LogCaptureFixture,
    done: bool,  # noqa: FBT001  a row of the table
) -> None:
    interrupter = Interrupter(connect, tenant)
    interrupter.pats.list()
    interrupt = interrupter.at_request("create", lambda pats: pats.create(NAME), done=done)
    (note,) = interrupt.__notes__
    assert repr(NAME) in note
    assert note in caplog.text
    # Nothing to say of what changes nothing.
    interrupt = interrupter.at_request("list", lambda pats: pats.list(), done=done)
    assert not hasattr(interrupt, "__notes__")


def test_only_after_a_lost_create(connect: Connect, tenant: FakeTenant) -> None:
    pats = connect(tenant)
    with pytest.raises(NotFoundError) as missing:
        pats.delete("0" * 32)
    tenant.fail("create", faults.Status(403))
    refused = lost(pats)
    tenant.fail("list", faults.Reset(), times=None)
    with pytest.raises(TransportError) as unheard:
        connect(tenant, retry=None).list()
    for error in (missing.value, refused, unheard.value):
        with pytest.raises(ValueError, match="nothing to look for"):
            pats.find_orphan(error)


# --- if_unknown="replace" -------------------------------------------------------------------------


def test_it_is_replaced_once(connect: Connect, tenant: FakeTenant, clock: MovedClock) -> None:
    pats = connect(tenant)
    for fault in [*DONE, *NOT_DONE, *ANSWERED]:
        tenant.clear_log()
        tenant.fail("create", fault)
        issued = pats.create(NAME, if_unknown="replace")
        assert named(tenant) == [issued.id]
        assert issued.secret.reveal() == tenant.tokens[issued.id].secret
        assert tenant.count("create") == 2
        assert tenant.count("delete") == (1 if fault in DONE else 0)
        pats.delete(issued.id)
    assert clock.pauses == []


def test_a_second_loss_is_an_error(connect: Connect, tenant: FakeTenant) -> None:
    pats = connect(tenant)
    tenant.fail("create", faults.Dropped(), times=2)
    with pytest.raises(OutcomeUnknownError) as caught:
        pats.create(NAME, if_unknown="replace")
    assert tenant.count("create") == 2
    found = pats.find_orphan(caught.value)
    assert found is not None
    assert [found.id] == named(tenant)


def test_one_that_was_there_before_is_left_alone(connect: Connect, tenant: FakeTenant) -> None:
    there = tenant.add_token(tenant.person, NAME)
    pats = connect(tenant)
    tenant.fail("create", faults.Dropped())
    with pytest.raises(SailPointError, match="400"):
        pats.create(NAME, if_unknown="replace")
    assert named(tenant) == [there.id]
    assert tenant.count("delete") == 0


def test_one_that_cannot_be_revoked(
    connect: Connect, tenant: FakeTenant, clock: MovedClock
) -> None:
    pats = connect(tenant, retry=RetryPolicy(tries=2))
    tenant.fail("create", faults.Dropped())
    tenant.fail("delete", faults.Status(403), times=None)
    with pytest.raises(OutcomeUnknownError) as caught:
        pats.create(NAME, if_unknown="replace")
    assert isinstance(caught.value.__cause__, PermissionDeniedError)
    assert tenant.count("create") == 1
    found = pats.find_orphan(caught.value)
    assert found is not None
    assert [found.id] == named(tenant)
    assert clock.pauses == []


def test_a_refusal_is_not_replaced(connect: Connect, tenant: FakeTenant) -> None:
    tenant.fail("create", faults.Status(403))
    with pytest.raises(PermissionDeniedError):
        connect(tenant).create(NAME, if_unknown="replace")
    assert tenant.count("create") == 1


def test_no_third_way(connect: Connect, tenant: FakeTenant) -> None:
    with pytest.raises(ValueError, match="'raise' or 'replace'"):
        connect(tenant).create(NAME, if_unknown="retry")  # type: ignore[arg-type] # that is it
    assert tenant.requests == []
