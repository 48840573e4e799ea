"""The new token: what it takes over from the old one, what can be asked for, and when it cannot."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from sailpoint_pat import (
    BadRequestError,
    IssuedToken,
    PatClient,
    RotationError,
    UnexpectedResponseError,
)
from sailpoint_pat._clock import clock
from sailpoint_pat._versions import six_months_after
from sailpoint_pat.testing import FakeTenant, StoredToken, faults
from tests.rotation.conftest import Vault
from tests.support.clients import Connect, Portalled, async_only
from tests.support.clock import MovedClock
from tests.support.interrupts import PATIENCE, within
from tests.support.records import record

LIMIT = 10
DAY = timedelta(days=1)


def refused(pats: PatClient, token_id: str, vault: Vault, **options: Any) -> RotationError:
    """Rotate; return the error. Nothing was made and nothing was saved."""
    with pytest.raises(RotationError) as caught:
        pats.rotate(token_id, save=vault.save, **options)
    assert len(vault.saved) == 1
    return caught.value


@pytest.mark.parametrize("old", ["own", "another"], indirect=True)
def test_the_client_goes_on(
    tenant: FakeTenant, connect: Connect, old: StoredToken, vault: Vault
) -> None:
    own = old.id == tenant.client_id
    pats = connect(tenant)
    issued = pats.rotate(old.id, save=vault.save)
    assert vault.works(issued.id)
    assert (issued.id in repr(pats)) is own
    # Also when it needs another access token.
    tenant.advance(timedelta(hours=1))
    assert [token.id for token in pats.list("me")] == list(tenant.tokens)
    again = pats.rotate(issued.id, save=vault.save)
    assert vault.works(again.id)
    assert issued.id not in tenant.tokens


def test_what_it_takes_over(pats: PatClient, tenant: FakeTenant, vault: Vault) -> None:
    made = tenant.now - 20 * DAY
    stored = tenant.add_token(
        tenant.person,
        "Nightly export",
        scopes=["idn:accounts:read", "idn:roles:read"],
        created_at=made,
        expires_at=made + 90 * DAY,
        access_token_ttl=timedelta(minutes=5),
    )
    issued = pats.rotate(stored.id, save=vault.save)
    assert issued.scopes == ("idn:accounts:read", "idn:roles:read")
    assert issued.access_token_ttl == timedelta(minutes=5)
    assert issued.name.startswith("Nightly export (rotated ")
    assert issued.expires_at is not None
    # The whole life again, not what was left of it; the two clocks are not quite one.
    life = issued.expires_at - issued.created_at
    assert abs(life - 90 * DAY) < timedelta(minutes=1)
    assert tenant.tokens[issued.id].secret == issued.secret.reveal()


@pytest.mark.parametrize(
    ("name", "base"),
    [
        ("Export", "Export"),
        ("Export (rotated 2026-01-05 08:00:00 3)", "Export"),
        *(("x" * length, "x" * (100 - 30)) for length in (99, 100)),
        *(("ü" * length, "ü" * (length - 30)) for length in (101, 5_000)),
    ],
)
def test_the_name_says_when_and_does_not_grow(
    pats: PatClient,
    tenant: FakeTenant,
    vault: Vault,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    base: str,
) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 3, 1, 17, 5, 9, tzinfo=UTC))
    first = pats.rotate(tenant.add_token(tenant.person, name).id, save=vault.save)
    assert first.name == f"{base} (rotated 2026-03-01 17:05:09)"


def test_a_number_tells_those_of_one_second_apart(
    pats: PatClient, tenant: FakeTenant, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    monkeypatch.setattr(clock, "now", lambda: now)
    old = tenant.add_token(tenant.person, "Export")
    names = [
        pats.rotate(old.id, save=vault.save, revoke_old=False).name.removeprefix("Export")
        for _ in range(3)
    ]
    stamp = f" (rotated {now:%Y-%m-%d %H:%M:%S}"
    assert names == [f"{stamp})", f"{stamp} 2)", f"{stamp} 3)"]


def test_a_token_that_was_made_to_expire_at_once_has_no_lifetime_to_carry_over(
    pats: PatClient, tenant: FakeTenant, vault: Vault
) -> None:
    now = tenant.now
    old = tenant.add_token(tenant.person, "At once", created_at=now, expires_at=now)
    assert vault.works(pats.rotate(old.id, save=vault.save).id)


@pytest.mark.parametrize(("to_spare", "is_kept"), [(30, False), (90, True)])
def test_a_lifetime_that_hardly_fits_is_left_to_the_tenant(
    pats: PatClient,
    tenant: FakeTenant,
    vault: Vault,
    caplog: pytest.LogCaptureFixture,
    *,
    to_spare: int,
    is_kept: bool,
) -> None:
    lifetime = six_months_after(tenant.now) - tenant.now - timedelta(seconds=to_spare)
    old = tenant.add_token(
        tenant.person, "Export", created_at=tenant.now, expires_at=tenant.now + lifetime
    )
    pats.rotate(old.id, save=vault.save)
    assert ("no date is sent, and the API chooses" in caplog.text) is not is_kept


def test_a_name_and_an_expiry_of_ones_own(
    tenant: FakeTenant, connect: Connect, vault: Vault
) -> None:
    at = (tenant.now + 100 * DAY).replace(microsecond=0)
    issued = connect(tenant).rotate(tenant.client_id, save=vault.save, name="Fresh", expires_at=at)
    assert (issued.name, issued.expires_at) == ("Fresh", at)
    again = connect(tenant, client_id=issued.id, client_secret=issued.secret).rotate(
        issued.id, save=vault.save, expires_in=DAY
    )
    assert again.expires_at is not None
    assert abs(again.expires_at - again.created_at - DAY) < timedelta(minutes=1)


@pytest.mark.parametrize("version", ["v1", "v2025"])
def test_never_can_be_asked_for(
    tenant: FakeTenant, connect_sync: Connect, vault: Vault, version: str
) -> None:
    pats = connect_sync(tenant, api_version=version)
    assert pats.rotate(tenant.client_id, save=vault.save, never_expires=True).never_expires


def test_null_scopes_stand_for_all(pats: PatClient, tenant: FakeTenant, vault: Vault) -> None:
    stored = tenant.add_token(tenant.person, "All", scopes=None)
    assert pats.rotate(stored.id, save=vault.save).scopes == ("sp:scopes:all",)


def test_the_old_one_may_stay(tenant: FakeTenant, connect: Connect, vault: Vault) -> None:
    pats = connect(tenant)
    issued = pats.rotate(tenant.client_id, save=vault.save, revoke_old=False)
    assert vault.works(tenant.client_id)
    assert vault.works(issued.id)
    assert issued.id in repr(pats)


# --- when there cannot be one ---------------------------------------------------------------------


def test_the_name_is_taken(pats: PatClient, tenant: FakeTenant, vault: Vault) -> None:
    tenant.add_token(tenant.person, "Taken")
    error = refused(pats, tenant.client_id, vault, name="Taken")
    assert (error.step, error.old_exists) == ("find", True)
    assert str(error) == (
        "The rotation stopped at the step 'find': the name 'Taken' is taken, and names are unique "
        f"among the owner's tokens. The old token {tenant.client_id} exists and works; no new "
        "token exists."
    )
    assert len(tenant.tokens) == 2


def test_no_scopes_at_all(pats: PatClient, tenant: FakeTenant, vault: Vault) -> None:
    # Leaving them out would give the new one every right of its owner.
    stored = tenant.add_token(tenant.person, "None", scopes=[])
    error = refused(pats, stored.id, vault)
    assert error.step == "find"
    assert isinstance(error.__cause__, ValueError)
    assert "'find': no token can be made like the old one: scopes is empty" in str(error)
    assert tenant.count("create") == 0


def test_ten_tokens(tenant: FakeTenant, connect: Connect, vault: Vault) -> None:
    for number in range(LIMIT - 1):
        tenant.add_token(tenant.person, f"Token {number}")
    error = refused(connect(tenant), tenant.client_id, vault)
    assert error.step == "create"
    assert (error.old_exists, error.new_exists) == (True, False)
    assert isinstance(error.__cause__, BadRequestError)
    assert len(tenant.tokens) == LIMIT
    assert vault.works(tenant.client_id)


def test_a_token_of_somebody_else(pats: PatClient, tenant: FakeTenant, vault: Vault) -> None:
    theirs = tenant.add_token(tenant.add_person("Somebody else"), "Theirs")
    error = refused(pats, theirs.id, vault)
    assert str(error) == (
        f"The rotation stopped at the step 'find': the token {theirs.id} is not among the caller's "
        "own 1, and nobody can create a token for somebody else. No new token exists."
    )
    assert (error.old, error.old_exists, error.new_exists) == (None, None, False)
    assert tenant.count("create") == 0


def test_a_managed_token(pats: PatClient, tenant: FakeTenant, vault: Vault) -> None:
    managed = tenant.add_token(tenant.person, "Platform", managed=True)
    assert str(refused(pats, managed.id, vault)) == (
        f"The rotation stopped at the step 'find': the token {managed.id} is managed by the "
        "platform itself. No new token exists."
    )
    assert tenant.count("create") == 0


def test_one_that_cannot_be_read_is_not_said_to_be_missing(
    pats: PatClient, tenant: FakeTenant, vault: Vault
) -> None:
    tenant.fail("list", faults.Body([record(), record(id=tenant.client_id, created="soon")]))
    error = refused(pats, tenant.client_id, vault)
    assert f"id {tenant.client_id}): created" in str(error)
    assert "somebody else" not in str(error)
    assert isinstance(error.__cause__, UnexpectedResponseError)


def test_another_one_that_cannot_be_read_does_not_stand_in_the_way(
    pats: PatClient, tenant: FakeTenant, vault: Vault
) -> None:
    tenant.add_token(tenant.person, "broken", altered=lambda it: {**it, "created": "soon"})
    assert vault.works(pats.rotate(tenant.client_id, save=vault.save).id)


# --- save -----------------------------------------------------------------------------------------


@async_only
def test_an_async_save(tenant: FakeTenant, connect: Connect, vault: Vault) -> None:
    async def save(new: IssuedToken) -> None:
        await anyio.lowlevel.checkpoint()
        vault.save(new)

    assert vault.works(connect(tenant).rotate(tenant.client_id, save=save).id)


def test_an_async_save_is_not_for_the_sync_client(pats: PatClient, tenant: FakeTenant) -> None:
    async def save(_new: IssuedToken) -> None:
        raise AssertionError

    with pytest.raises(ValueError, match="save is an async function: use AsyncPatClient"):
        pats.rotate(tenant.client_id, save=save)
    assert tenant.count() == 0


def test_a_save_that_turns_out_to_be_async(pats: PatClient, tenant: FakeTenant) -> None:
    class Saver:
        async def __call__(self, _new: IssuedToken) -> None:
            raise AssertionError

    with pytest.raises(RotationError, match="save") as caught:
        pats.rotate(tenant.client_id, save=Saver())
    assert "save is an async callable: use AsyncPatClient" in str(caught.value)
    assert "AsyncPatClient" in str(caught.value.__cause__)
    assert caught.value.new_exists is False
    assert list(tenant.tokens) == [tenant.client_id]


def test_the_old_one_works_until_the_new_one_is_saved(
    tenant: FakeTenant, connect: Connect, vault: Vault
) -> None:
    old_id = tenant.client_id

    def save(new: IssuedToken) -> None:
        assert vault.works(old_id)
        vault.save(new)
        assert vault.works(new.id)

    connect(tenant).rotate(old_id, save=save)
    assert len(vault.saved) == 2


# --- two at the same time -------------------------------------------------------------------------


def test_two_at_the_same_time(tenant: FakeTenant, connect: Connect, vault: Vault) -> None:
    pats = connect(tenant)
    both = threading.Barrier(2, timeout=PATIENCE)

    def save(new: IssuedToken) -> None:
        vault.save(new)
        both.wait()

    async def save_async(new: IssuedToken) -> None:
        await anyio.to_thread.run_sync(save, new)

    store = save_async if isinstance(pats, Portalled) else save
    with ThreadPoolExecutor(2) as pool:
        running = [
            pool.submit(pats.rotate, tenant.client_id, save=store, name=name)
            for name in ("One", "Two")
        ]
        issued = [each.result(PATIENCE) for each in running]
    # Both are saved, both work, and the old one is gone once.
    assert set(tenant.tokens) == {token.id for token in issued}
    assert all(vault.works(token.id) for token in issued)
    assert len(pats.list("me")) == 2


def test_two_with_the_same_name(tenant: FakeTenant, connect: Connect, vault: Vault) -> None:
    pats = connect(tenant)
    with ThreadPoolExecutor(2) as pool:
        running = [
            pool.submit(pats.rotate, tenant.client_id, save=vault.save, name="New")
            for _ in range(2)
        ]
        failures = [error for each in running if (error := each.exception(PATIENCE)) is not None]
    assert len(failures) == 1
    assert isinstance(failures[0], RotationError)
    assert failures[0].new_exists is False
    (left,) = tenant.tokens
    assert vault.works(left)


def test_an_exchange_that_the_rotation_overtakes(
    connect: Connect, tenant: FakeTenant, vault: Vault, clock: MovedClock
) -> None:
    pats = connect(tenant, retry=None)
    pats.list("me")
    gate = faults.Gate()
    listing: list[Future[Any]] = []
    with ThreadPoolExecutor(2) as pool:

        def save(new: IssuedToken) -> None:
            # The client's access token ends just now, and another call asks for a new one, with
            # the pair that is about to be revoked.
            vault.save(new)
            clock.advance(timedelta(hours=1))
            tenant.fail("token", gate)
            listing.append(pool.submit(pats.list, "me"))
            assert gate.reached.wait(PATIENCE)

        async def save_async(new: IssuedToken) -> None:
            await anyio.to_thread.run_sync(save, new)

        store = save_async if isinstance(pats, Portalled) else save
        rotation = pool.submit(pats.rotate, tenant.client_id, save=store)
        assert within(lambda: len(vault.saved) == 2 and vault.newest in repr(pats)), (
            "the client was never switched"
        )
        # Somebody revokes the old one before that exchange is looked at.
        tenant.remove_token(tenant.client_id)
        gate.open()
        rotated = rotation.result(PATIENCE)
        listed = listing[0].result(PATIENCE)
    assert [token.id for token in listed] == [rotated.id] == list(tenant.tokens)
    assert vault.works(rotated.id)
