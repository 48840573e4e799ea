"""The steps of a rotation one by one: `create_like` and `prove`."""

from datetime import timedelta

import pytest

from sailpoint_pat import (
    AuthenticationError,
    PatClient,
    RetryPolicy,
    RotationError,
    Secret,
    TransportError,
)
from sailpoint_pat.testing import FakeTenant, StoredToken, faults
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
    assert tenant.token_exchanges == 1, "the client's own: it is not proven"
    assert tenant.tokens[new.id].secret == new.secret.reveal()
    assert new.name == NEW
    assert new.scopes == ("idn:accounts:read",)
    assert new.access_token_ttl == timedelta(minutes=15)
    assert new.expires_at is not None
    lifetime = new.expires_at - new.created_at
    assert abs(lifetime - timedelta(days=30)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("holder", "replace_unused"),
    [("used", False), ("used", True), ("unused", False), ("managed", True), ("the old", True)],
)
def test_a_name_that_is_in_use_is_not_taken(
    tenant: FakeTenant, pats: PatClient, old: StoredToken, holder: str, *, replace_unused: bool
) -> None:
    name = old.name if holder == "the old" else NEW
    if holder != "the old":
        used = tenant.now - timedelta(days=1) if holder == "used" else None
        tenant.add_token(tenant.person, NEW, last_used_at=used, managed=holder == "managed")
    before = list(tenant.tokens)
    with pytest.raises(RotationError, match="is taken") as caught:
        pats.create_like(old.id, name=name, replace_unused=replace_unused)
    assert (caught.value.step, caught.value.new_exists) == ("find", False)
    assert list(tenant.tokens) == before


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


def test_a_pair_is_proven_until_it_is_revoked(
    tenant: FakeTenant, connect: Connect, old: StoredToken
) -> None:
    pats = connect(tenant)
    pats.prove(old.id, old.secret)
    pats.prove(old.id, Secret(old.secret))
    assert [request.operation for request in tenant.requests] == ["token", "token"]
    assert tenant.tokens[old.id].last_used_at is not None
    tenant.remove_token(old.id)
    assert pats.list(owner="me"), "the client goes on with its own pair"
    with pytest.raises(AuthenticationError) as caught:
        pats.prove(old.id, old.secret)
    assert old.id in str(caught.value)
    assert old.secret not in str(caught.value)


def test_a_tenant_that_does_not_answer_is_asked_again_and_proves_nothing(
    tenant: FakeTenant, pats: PatClient, old: StoredToken
) -> None:
    tenant.fail("token", faults.Dropped(), times=3)
    with pytest.raises(TransportError):
        pats.prove(old.id, old.secret)
    pats.prove(old.id, old.secret)
    assert tenant.token_exchanges == 4
