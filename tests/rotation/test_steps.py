"""The steps of a rotation one by one: `create_like` and `prove`."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from sailpoint_pat import AuthenticationError, RetryPolicy, RotationError, Secret, TransportError
from sailpoint_pat.testing import faults

if TYPE_CHECKING:
    from sailpoint_pat import PatClient
    from sailpoint_pat.testing import FakeTenant, StoredToken
    from tests.support.clients import Connect
    from tests.support.clock import MovedClock

NEW = "Nightly export 2"


@pytest.fixture
def pats(connect_sync: Connect, tenant: FakeTenant, clock: MovedClock) -> PatClient:
    assert clock.pauses == []
    return connect_sync(tenant, api_version="v1", retry=RetryPolicy(tries=2))


@pytest.fixture
def old(tenant: FakeTenant) -> StoredToken:
    return tenant.add_token(
        tenant.person,
        "Nightly export",
        scopes=["idn:accounts:read"],
        expires_at=tenant.now + timedelta(days=30),
        access_token_ttl=timedelta(minutes=15),
    )


# --- create_like ----------------------------------------------------------------------------------


def test_the_new_token_is_like_the_old_one(
    tenant: FakeTenant, connect: Connect, old: StoredToken
) -> None:
    before = set(tenant.tokens)
    new = connect(tenant, api_version="v1").create_like(old.id, name=NEW)
    assert set(tenant.tokens) == before | {new.id}
    assert tenant.tokens[new.id].secret == new.secret.reveal()
    assert new.name == NEW
    assert new.scopes == ("idn:accounts:read",)
    assert new.access_token_ttl == timedelta(minutes=15)
    assert new.expires_at is not None
    lifetime = new.expires_at - new.created_at
    assert abs(lifetime - timedelta(days=30)) < timedelta(minutes=1)


def test_it_neither_saves_nor_proves_nor_revokes(
    tenant: FakeTenant, pats: PatClient, old: StoredToken
) -> None:
    pats.create_like(old.id, name=NEW)
    assert tenant.token_exchanges == 1, "the client's own"
    assert tenant.count("delete") == 0


@pytest.mark.parametrize("replace_unused", [False, True])
def test_a_name_that_is_in_use_is_not_taken(
    tenant: FakeTenant,
    pats: PatClient,
    old: StoredToken,
    *,
    replace_unused: bool,
) -> None:
    used = tenant.add_token(tenant.person, NEW, last_used_at=tenant.now - timedelta(days=1))
    before = list(tenant.tokens)
    with pytest.raises(RotationError, match="is taken") as caught:
        pats.create_like(old.id, name=NEW, replace_unused=replace_unused)
    assert (caught.value.step, caught.value.new_exists) == ("find", False)
    assert list(tenant.tokens) == before
    assert used.id in before


def test_an_unused_token_of_the_name_stays_unless_told(
    tenant: FakeTenant, pats: PatClient, old: StoredToken
) -> None:
    left = tenant.add_token(tenant.person, NEW)
    with pytest.raises(RotationError, match="is taken"):
        pats.create_like(old.id, name=NEW)
    assert left.id in tenant.tokens


def test_what_an_earlier_call_left_is_replaced(
    tenant: FakeTenant, pats: PatClient, old: StoredToken
) -> None:
    left = pats.create_like(old.id, name=NEW)
    new = pats.create_like(old.id, name=NEW, replace_unused=True)
    assert left.id not in tenant.tokens
    assert {new.id, old.id} < set(tenant.tokens)


def test_the_token_to_replace_is_never_what_is_replaced(
    tenant: FakeTenant, pats: PatClient, old: StoredToken
) -> None:
    with pytest.raises(RotationError, match="is taken"):
        pats.create_like(old.id, name=old.name, replace_unused=True)
    assert old.id in tenant.tokens


def test_a_managed_token_of_the_name_stays(
    tenant: FakeTenant, pats: PatClient, old: StoredToken
) -> None:
    managed = tenant.add_token(tenant.person, NEW, managed=True)
    with pytest.raises(RotationError, match="is taken"):
        pats.create_like(old.id, name=NEW, replace_unused=True)
    assert managed.id in tenant.tokens


def test_what_is_lost_for_good_can_be_found(
    tenant: FakeTenant, pats: PatClient, old: StoredToken
) -> None:
    tenant.fail("create", faults.Dropped(), times=None)
    with pytest.raises(RotationError) as caught:
        pats.create_like(old.id, name=NEW)
    assert (caught.value.step, caught.value.new_exists) == ("create", None)
    orphan = pats.find_orphan(caught.value)
    assert orphan is not None
    assert orphan.name == NEW
    # Or the next call clears it.
    tenant.clear_faults()
    assert pats.create_like(old.id, name=NEW, replace_unused=True).id != orphan.id
    assert orphan.id not in tenant.tokens


# --- prove ----------------------------------------------------------------------------------------


def test_a_pair_that_works_is_proven(
    tenant: FakeTenant, connect: Connect, old: StoredToken
) -> None:
    pats = connect(tenant)
    pats.prove(old.id, old.secret)
    pats.prove(old.id, Secret(old.secret))
    assert [request.operation for request in tenant.requests] == ["token", "token"]
    assert tenant.tokens[old.id].last_used_at is not None


def test_the_client_goes_on_with_its_own_pair(
    tenant: FakeTenant, pats: PatClient, old: StoredToken
) -> None:
    pats.prove(old.id, old.secret)
    tenant.remove_token(old.id)
    assert pats.list(owner="me")


def test_a_pair_that_does_not_work_is_refused(
    tenant: FakeTenant, connect: Connect, old: StoredToken
) -> None:
    pats = connect(tenant)
    tenant.remove_token(old.id)
    with pytest.raises(AuthenticationError) as caught:
        pats.prove(old.id, old.secret)
    assert old.id in str(caught.value)
    assert old.secret not in str(caught.value)


def test_a_tenant_that_does_not_answer_proves_nothing(
    tenant: FakeTenant, pats: PatClient, old: StoredToken
) -> None:
    tenant.fail("token", faults.Reset(), times=None)
    with pytest.raises(TransportError):
        pats.prove(old.id, old.secret)


def test_an_answer_that_is_lost_once_is_asked_for_again(
    tenant: FakeTenant, pats: PatClient, old: StoredToken
) -> None:
    tenant.fail("token", faults.Dropped())
    pats.prove(old.id, old.secret)
    assert tenant.token_exchanges == 2
