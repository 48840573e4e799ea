"""List, get, create and delete: what goes out, and what comes back."""

import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from sailpoint_pat import (
    IssuedToken,
    NotFoundError,
    PatClient,
    PersonalAccessToken,
    RotationError,
    UnexpectedResponseError,
)
from sailpoint_pat.testing import FakeTenant, faults
from tests.support.clients import Connect
from tests.support.records import SCOPE, record

LONG_AGO = datetime(2023, 2, 5, 10, 59, 27, 214_000, tzinfo=UTC)
LE = "filters=lastUsed+le+2023-02-05T10%3A59%3A27.214Z"


# --- list -----------------------------------------------------------------------------------------


def test_a_date_is_sent_in_utc_wherever_the_program_runs(
    pats: PatClient, tenant: FakeTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        pats.list(last_used_before=LONG_AGO)
    time.tzset()
    assert tenant.requests[-1].query.replace("%20", "+") == LE


def test_a_listing_holds_what_it_was_asked_for(tenant: FakeTenant, connect: Connect) -> None:
    other = tenant.add_person("Other")
    tenant.add_token(other, "never used")
    tenant.add_token(other, "long ago", last_used_at=LONG_AGO)
    pats = connect(tenant)

    def names(*arguments: Any, **keywords: Any) -> set[str]:
        return {token.name for token in pats.list(*arguments, **keywords)}

    assert names() == {"FakeTenant", "never used", "long ago"}
    assert names("me") == {"FakeTenant"}
    assert names(owner=other.id) == {"never used", "long ago"}
    assert names(never_used=True) == {"never used"}
    assert names(last_used_before=LONG_AGO) == {"long ago"}
    assert names(last_used_before=LONG_AGO - timedelta(milliseconds=1)) == set()


# --- get ------------------------------------------------------------------------------------------


def test_get_finds_one(tenant: FakeTenant, connect: Connect) -> None:
    other = tenant.add_token(tenant.add_person("Other"), "theirs")
    pats = connect(tenant)
    assert pats.get(tenant.client_id, owner="me").name == "FakeTenant"
    assert type(pats.get(other.id)) is PersonalAccessToken
    with pytest.raises(NotFoundError) as caught:
        pats.get(other.id, owner="me")
    assert str(caught.value) == (
        f"No token {other.id} among the tokens of owner me that this caller may see (1)."
    )
    with pytest.raises(NotFoundError) as caught:
        pats.get("no-such-id")
    assert str(caught.value) == (
        "No token no-such-id among the tenant's tokens that this caller may see (2)."
    )
    assert (caught.value.status_code, caught.value.response) == (404, None)
    assert not caught.value.maybe_performed


def test_an_odd_id_that_is_not_there_is_printable(pats: PatClient) -> None:
    with pytest.raises(NotFoundError) as missing:
        pats.get("b\x1b[2J\nFAKE")
    with pytest.raises(RotationError) as not_among:
        pats.rotate("b\x1b[2J\nFAKE", save=print)
    assert str(missing.value).isprintable()
    assert str(not_among.value).isprintable()


def test_get_finds_a_good_record_among_broken_ones(tenant: FakeTenant, connect: Connect) -> None:
    pats = connect(tenant)
    listing = faults.Body([record(id="bad", created=1), record(id="good")])
    tenant.fail("list", listing, times=2)
    assert pats.get("good").id == "good"
    with pytest.raises(UnexpectedResponseError):
        pats.get("bad")


def test_get_is_repeated_like_a_listing(tenant: FakeTenant, connect_sync: Connect) -> None:
    tenant.fail("list", faults.Reset())
    assert connect_sync(tenant).get(tenant.client_id).id == tenant.client_id


# --- create ---------------------------------------------------------------------------------------


def test_create_with_everything(tenant: FakeTenant, connect: Connect) -> None:
    expires_at = (tenant.now + timedelta(days=90)).astimezone(timezone(timedelta(hours=9)))
    issued = connect(tenant).create(
        "Nightly export",
        scopes=iter([SCOPE, "idn:accounts:read"]),
        expires_at=expires_at,
        access_token_ttl=timedelta(minutes=5),
    )
    stored = tenant.tokens[issued.id]
    assert type(issued) is IssuedToken
    assert issued.secret.reveal() == stored.secret
    assert (stored.name, stored.scopes) == ("Nightly export", (SCOPE, "idn:accounts:read"))
    assert stored.access_token_ttl == issued.access_token_ttl == timedelta(minutes=5)
    assert issued.expires_at == stored.expires_at
    assert issued.expires_at == expires_at.replace(
        microsecond=expires_at.microsecond // 1000 * 1000
    )
    assert (issued.owner and issued.owner.name, issued.last_used_at) == ("Support", None)


@pytest.mark.parametrize("minutes", [0, -10, 10])
def test_a_span_counts_from_the_tenants_time(
    pats: PatClient, tenant: FakeTenant, minutes: int
) -> None:
    tenant.advance(timedelta(minutes=minutes))
    pats.list("me")
    issued = pats.create("Nightly export", expires_in=timedelta(days=1))
    assert issued.expires_at is not None
    assert abs(issued.expires_at - tenant.now - timedelta(days=1)) < timedelta(seconds=5)


# --- delete ---------------------------------------------------------------------------------------


def test_delete_revokes(tenant: FakeTenant, connect: Connect) -> None:
    token = tenant.add_token(tenant.person, "old")
    pats = connect(tenant)
    pats.delete(token.id)
    assert token.id not in tenant.tokens
    with pytest.raises(NotFoundError):
        pats.delete(token.id)
    pats.delete(token.id, missing_ok=True)
