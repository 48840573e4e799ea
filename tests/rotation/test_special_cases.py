"""Tokens and circumstances that a rotation has to get right."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

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
from sailpoint_pat.testing import faults
from tests.support.clients import Portalled
from tests.support.interrupts import PATIENCE

if TYPE_CHECKING:
    from sailpoint_pat.testing import FakeTenant, StoredToken
    from tests.rotation.conftest import Vault
    from tests.support.clients import Connect, Flavour

LIMIT = 10

OWNER = {"type": "IDENTITY", "id": "2c9180867b50d088017b554662fb281e", "name": "Support"}


@pytest.fixture
def pats(connect: Connect, tenant: FakeTenant) -> PatClient:
    return connect(tenant)


def refused(pats: PatClient, token_id: str, vault: Vault, **options: Any) -> RotationError:
    """Rotate; return the error. Nothing was made and nothing was saved."""
    with pytest.raises(RotationError) as caught:
        pats.rotate(token_id, save=vault.save, **options)
    assert len(vault.saved) == 1
    return caught.value


@pytest.mark.parametrize("old", ["own", "another"], indirect=True)
def test_the_client_goes_on(
    tenant: FakeTenant, pats: PatClient, old: StoredToken, vault: Vault
) -> None:
    own = old.id == tenant.client_id
    issued = pats.rotate(old.id, save=vault.save)
    assert vault.works(issued.id)
    assert (issued.id in repr(pats)) is own
    # Also when it needs another access token.
    tenant.advance(timedelta(hours=1))
    assert [token.id for token in pats.list("me")] == list(tenant.tokens)
    again = pats.rotate(issued.id, save=vault.save)
    assert vault.works(again.id)
    assert issued.id not in tenant.tokens


def test_what_the_new_one_takes_over(tenant: FakeTenant, pats: PatClient, vault: Vault) -> None:
    made = tenant.now - timedelta(days=20)
    stored = tenant.add_token(
        tenant.person,
        "Nightly export",
        scopes=["idn:accounts:read", "idn:roles:read"],
        created_at=made,
        expires_at=made + timedelta(days=90),
        access_token_ttl=timedelta(minutes=5),
    )
    issued = pats.rotate(stored.id, save=vault.save)
    assert issued.scopes == ("idn:accounts:read", "idn:roles:read")
    assert issued.access_token_ttl == timedelta(minutes=5)
    assert issued.name.startswith("Nightly export (rotated ")
    assert issued.expires_at is not None
    # The whole life again, not what was left of it; the two clocks are not quite one.
    life = issued.expires_at - issued.created_at
    assert abs(life - timedelta(days=90)) < timedelta(minutes=1)
    assert issued == vaulted(tenant, issued)


def vaulted(tenant: FakeTenant, issued: IssuedToken) -> IssuedToken:
    """Return the same, if the tenant has the same secret."""
    assert tenant.tokens[issued.id].secret == issued.secret.reveal()
    return issued


def test_the_name_does_not_grow(tenant: FakeTenant, pats: PatClient, vault: Vault) -> None:
    current = tenant.add_token(tenant.person, "x" * 100).id
    for _ in range(3):
        issued = pats.rotate(current, save=vault.save)
        assert len(issued.name) <= 100
        assert issued.name.count("(rotated") == 1
        current = issued.id


def test_a_very_long_name(tenant: FakeTenant, pats: PatClient, vault: Vault) -> None:
    stored = tenant.add_token(tenant.person, "ü" * 5000)
    assert len(pats.rotate(stored.id, save=vault.save).name) == 5000


def test_a_name_of_ones_own(tenant: FakeTenant, pats: PatClient, vault: Vault) -> None:
    assert pats.rotate(tenant.client_id, save=vault.save, name="Fresh").name == "Fresh"


def test_the_name_is_taken(tenant: FakeTenant, pats: PatClient, vault: Vault) -> None:
    tenant.add_token(tenant.person, "Taken")
    before = list(tenant.tokens)
    error = refused(pats, tenant.client_id, vault, name="Taken")
    assert error.step == "find"
    assert "'Taken' is taken" in str(error)
    assert list(tenant.tokens) == before


def test_ten_tokens(tenant: FakeTenant, pats: PatClient, vault: Vault) -> None:
    for number in range(LIMIT - 1):
        tenant.add_token(tenant.person, f"Token {number}")
    before = dict(tenant.tokens)
    assert len(before) == LIMIT
    error = refused(pats, tenant.client_id, vault)
    assert error.step == "create"
    assert (error.old_exists, error.new_exists) == (True, False)
    assert isinstance(error.__cause__, BadRequestError)
    assert tenant.tokens.keys() == before.keys()
    assert vault.works(tenant.client_id)


def test_a_token_of_somebody_else(tenant: FakeTenant, pats: PatClient, vault: Vault) -> None:
    theirs = tenant.add_token(tenant.add_person("Somebody else"), "Theirs")
    error = refused(pats, theirs.id, vault)
    assert error.step == "find"
    assert "somebody else" in str(error)
    assert (error.old, error.old_exists, error.new_exists) == (None, None, False)
    assert theirs.id in tenant.tokens
    assert tenant.count("create") == 0


def test_a_managed_token(tenant: FakeTenant, pats: PatClient, vault: Vault) -> None:
    managed = tenant.add_token(tenant.person, "Platform", managed=True)
    error = refused(pats, managed.id, vault)
    assert "managed by the platform" in str(error)
    assert tenant.count("create") == 0


def test_null_scopes_stand_for_all(tenant: FakeTenant, pats: PatClient, vault: Vault) -> None:
    stored = tenant.add_token(tenant.person, "All", scopes=None)
    assert pats.rotate(stored.id, save=vault.save).scopes == ("sp:scopes:all",)


def test_no_scopes_at_all(tenant: FakeTenant, pats: PatClient, vault: Vault) -> None:
    # Leaving them out would give the new one every right of its owner.
    stored = tenant.add_token(tenant.person, "None", scopes=[])
    error = refused(pats, stored.id, vault)
    assert error.step == "find"
    assert "scopes is empty" in str(error)
    assert tenant.count("create") == 0


def test_the_old_one_may_stay(tenant: FakeTenant, pats: PatClient, vault: Vault) -> None:
    issued = pats.rotate(tenant.client_id, save=vault.save, revoke_old=False)
    assert vault.works(tenant.client_id)
    assert vault.works(issued.id)
    assert issued.id in repr(pats)


# --- when the new one expires ---------------------------------------------------------------------


def test_expiry_asked_for(tenant: FakeTenant, pats: PatClient, vault: Vault) -> None:
    at = datetime(2055, 5, 17, 12, tzinfo=UTC)
    issued = pats.rotate(tenant.client_id, save=vault.save, expires_at=at)
    assert issued.expires_at == at
    again = pats.rotate(issued.id, save=vault.save, expires_in=timedelta(days=1))
    assert again.expires_at is not None
    assert again.expires_at - again.created_at < timedelta(days=1, minutes=1)


@pytest.mark.parametrize("version", ["v2025", "v2026", "beta"])
def test_for_ever_stays_for_ever(
    connect: Connect, tenant: FakeTenant, vault: Vault, version: str
) -> None:
    pats = connect(tenant, api_version=version)
    stored = tenant.add_token(tenant.person, "Eternal", never_expires=True)
    issued = pats.rotate(stored.id, save=vault.save)
    assert (issued.expires_at, issued.never_expires) == (None, True)


def test_for_ever_cannot_be_asked_for_in_v3(
    tenant: FakeTenant, pats: PatClient, vault: Vault, caplog: pytest.LogCaptureFixture
) -> None:
    stored = tenant.add_token(tenant.person, "Eternal", never_expires=True)
    issued = pats.rotate(stored.id, save=vault.save)
    assert issued.expires_at is not None
    assert f"{stored.id} has no expiry to carry over" in caplog.text
    with pytest.raises(ValueError, match="v2025"):
        pats.rotate(issued.id, save=vault.save, never_expires=True)
    assert tenant.count("create") == 1


def without_a_date(tenant: FakeTenant) -> faults.Body:
    record = {
        "id": tenant.client_id,
        "name": "No date",
        "scope": None,
        "owner": OWNER,
        "created": "2026-01-01T00:00:00.000Z",
        "userAwareTokenNeverExpires": False,
    }
    return faults.Body([record])


@pytest.mark.parametrize("version", ["v3", "beta"])
def test_that_the_api_decides_is_said(
    connect: Connect,
    tenant: FakeTenant,
    vault: Vault,
    caplog: pytest.LogCaptureFixture,
    version: str,
) -> None:
    tenant.fail("list", without_a_date(tenant))
    pats = connect(tenant, api_version=version)
    old_id = tenant.client_id
    issued = pats.rotate(old_id, save=vault.save)
    assert not issued.never_expires
    (warning,) = (record.getMessage() for record in caplog.records if record.levelname == "WARNING")
    assert f"The token {old_id} has no expiry to carry over" in warning
    assert f"API version {version} decides" in warning


def test_no_date_is_not_for_ever(connect: Connect, tenant: FakeTenant, vault: Vault) -> None:
    tenant.fail("list", without_a_date(tenant))
    pats = connect(tenant, api_version="v2025")
    with pytest.raises(RotationError, match="wants to be told when the token expires") as caught:
        pats.rotate(tenant.client_id, save=vault.save)
    assert (caught.value.step, caught.value.new_exists) == ("find", False)
    assert tenant.count("create") == 0


def test_one_that_cannot_be_read_is_not_said_to_be_missing(
    tenant: FakeTenant, pats: PatClient, vault: Vault
) -> None:
    fine = tenant.add_token(tenant.person, "Fine")
    records = [
        {
            "id": token.id,
            "name": token.name,
            "scope": None,
            "owner": None if token.id == tenant.client_id else OWNER,
            "created": "2026-01-01T00:00:00.000Z",
        }
        for token in (fine, tenant.tokens[tenant.client_id])
    ]
    tenant.fail("list", faults.Body(records))
    with pytest.raises(RotationError, match=rf"id {tenant.client_id}\): owner") as caught:
        pats.rotate(tenant.client_id, save=vault.save)
    assert "somebody else" not in str(caught.value)
    assert isinstance(caught.value.__cause__, UnexpectedResponseError)
    # Another one being broken does not stand in the way.
    tenant.fail("list", faults.Body(records))
    tenant.fail("list", faults.Body(records))
    assert vault.works(pats.rotate(fine.id, save=vault.save).id)


def test_somebody_elses_404_does_not_say_that_the_old_one_is_gone(
    tenant: FakeTenant, pats: PatClient, vault: Vault
) -> None:
    stored = tenant.add_token(tenant.person, "Nightly export")
    tenant.fail("delete", faults.Html(404))
    with pytest.raises(RotationError, match="only the old one is left to revoke") as caught:
        pats.rotate(stored.id, save=vault.save)
    assert (caught.value.step, caught.value.old_exists) == ("revoke", True)


def test_never_expires_in_v2025(connect: Connect, tenant: FakeTenant, vault: Vault) -> None:
    pats = connect(tenant, api_version="v2025")
    issued = pats.rotate(tenant.client_id, save=vault.save, never_expires=True)
    assert issued.never_expires


def test_lifetime_is_carried_over_in_v2025(
    connect: Connect, tenant: FakeTenant, vault: Vault
) -> None:
    issued = connect(tenant, api_version="v2025").rotate(tenant.client_id, save=vault.save)
    old_life = timedelta(days=180)
    assert issued.expires_at is not None
    assert abs(issued.expires_at - issued.created_at - old_life) < timedelta(days=5)


@pytest.mark.parametrize(
    "options",
    [
        {"name": " "},
        {"expires_in": timedelta(0)},
        {"expires_at": datetime(2055, 1, 1)},  # noqa: DTZ001  that is what is wrong
        {"expires_at": datetime(2005, 1, 1, tzinfo=UTC)},
        {"expires_in": timedelta(days=1), "never_expires": True},
        {"save": None},
    ],
)
def test_bad_arguments(
    tenant: FakeTenant, pats: PatClient, vault: Vault, options: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r"is|exclude"):
        pats.rotate(tenant.client_id, **({"save": vault.save} | options))
    for bad in ("", " ", "..", 7):
        with pytest.raises(ValueError, match="token_id"):
            pats.rotate(bad, save=vault.save)  # type: ignore[arg-type] # that is what is wrong
    assert tenant.requests == []


# --- save -----------------------------------------------------------------------------------------


def test_async_save(tenant: FakeTenant, pats: PatClient, vault: Vault, flavour: Flavour) -> None:
    async def save(new: IssuedToken) -> None:
        await anyio.lowlevel.checkpoint()
        vault.save(new)

    if flavour == "sync":
        with pytest.raises(ValueError, match="AsyncPatClient"):
            pats.rotate(tenant.client_id, save=save)
        assert tenant.count() == 0

        class Saver:
            async def __call__(self, new: IssuedToken) -> None:
                await save(new)

        # It turns out to be one only when it is called.
        with pytest.raises(RotationError, match="save") as caught:
            pats.rotate(tenant.client_id, save=Saver())
        assert isinstance(caught.value.__cause__, TypeError)
        assert "AsyncPatClient" in str(caught.value.__cause__)
        assert caught.value.new_exists is False
        assert list(tenant.tokens) == [tenant.client_id]
    else:
        issued = pats.rotate(tenant.client_id, save=save)
        assert vault.works(issued.id)


def test_the_old_one_works_until_the_new_one_is_saved(
    tenant: FakeTenant, pats: PatClient, vault: Vault
) -> None:
    old_id = tenant.client_id

    def save(new: IssuedToken) -> None:
        assert vault.works(old_id)
        vault.save(new)
        assert vault.works(new.id)

    pats.rotate(old_id, save=save)


# --- two at the same time -------------------------------------------------------------------------


def test_two_at_the_same_time(tenant: FakeTenant, pats: PatClient, vault: Vault) -> None:
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


def test_two_with_the_same_name(tenant: FakeTenant, pats: PatClient, vault: Vault) -> None:
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
