"""The versions of the API: each one's addresses and rules of expiry, through the clients."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sailpoint_pat import (
    BadRequestError,
    IssuedToken,
    PatClient,
    PersonalAccessToken,
    RotationError,
)
from sailpoint_pat._versions import VERSIONS, six_months_after
from sailpoint_pat.testing import FakeTenant, faults
from sailpoint_pat_generated.api.personal_access_tokens import list_personal_access_tokens
from tests.support.clients import Connect, async_only

DAY = timedelta(days=1)
YEAR = timedelta(days=365)
ADDRESSES = {
    "v1": "/personal-access-tokens/v1",
    "v3": "/v3/personal-access-tokens",
    "v2024": "/v2024/personal-access-tokens",
    "v2025": "/v2025/personal-access-tokens",
    "v2026": "/v2026/personal-access-tokens",
    "beta": "/beta/personal-access-tokens",
}
SIX_MONTHS_AT_MOST = ["v3", "v2024", "beta"]
NO_LIMIT = ["v1", "v2025", "v2026"]


def saved(_new: IssuedToken) -> None:
    """Save a token nowhere."""


# --- addresses ------------------------------------------------------------------------------------


def test_these_are_all() -> None:
    assert sorted(VERSIONS) == sorted(ADDRESSES)


@pytest.mark.parametrize(("version", "address"), ADDRESSES.items())
def test_every_operation_goes_to_the_address_of_its_version(
    tenant: FakeTenant, connect_sync: Connect, version: str, address: str
) -> None:
    pats = connect_sync(tenant, api_version=version)
    issued = pats.create("Nightly export", expires_in=DAY)
    pats.list(owner="me")
    pats.delete(issued.id)
    assert [(request.method, request.path) for request in tenant.requests] == [
        ("POST", "/oauth/token"),
        ("POST", address),
        ("GET", address),
        ("DELETE", f"{address}/{issued.id}"),
    ]
    assert f"/{version} with client id" in repr(pats)
    # So does what is called through the generated client.
    answer = list_personal_access_tokens.sync_detailed(client=pats.generated, owner_id="me")
    assert answer.status_code == 200
    assert tenant.requests[-1].path == address


@async_only
def test_the_generated_client_goes_there_without_blocking(
    tenant: FakeTenant, connect: Connect
) -> None:
    pats = connect(tenant, api_version="v1")

    async def ask() -> Any:
        return await list_personal_access_tokens.asyncio(client=pats.generated)

    (token,) = connect.portal.call(ask)
    assert token.id == tenant.client_id
    assert tenant.requests[-1].path == ADDRESSES["v1"]


# --- expiry ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", NO_LIMIT)
def test_never_and_any_date(tenant: FakeTenant, connect_sync: Connect, version: str) -> None:
    pats = connect_sync(tenant, api_version=version)
    eternal = pats.create("eternal", never_expires=True)
    assert (eternal.expires_at, eternal.never_expires) == (None, True)
    far = datetime(2099, 1, 1, tzinfo=UTC)
    assert pats.create("far", expires_at=far).expires_at == far


@pytest.mark.parametrize("version", SIX_MONTHS_AT_MOST)
def test_six_months_and_no_more(tenant: FakeTenant, connect_sync: Connect, version: str) -> None:
    tenant.freeze()
    pats = connect_sync(tenant, api_version=version)
    latest = six_months_after(tenant.now)
    assert pats.create("latest", expires_at=latest).expires_at is not None
    assert pats.create("left to the API").expires_at is not None
    with pytest.raises(BadRequestError) as caught:
        pats.create("later", expires_at=latest + DAY)
    assert str(caught.value).endswith(
        f" API version {version} lets a token last six months at most: give an earlier date, or "
        "make the client with api_version='v1'."
    )


def test_another_refusal_gets_no_such_advice(pats: PatClient, tenant: FakeTenant) -> None:
    with pytest.raises(BadRequestError) as caught:
        pats.create("FakeTenant", expires_in=DAY)
    assert "six months" not in str(caught.value)
    assert tenant.count("create") == 1


@pytest.mark.parametrize(
    ("moment", "six_months_later"),
    [
        (datetime(2026, 1, 31, tzinfo=UTC), datetime(2026, 7, 31, tzinfo=UTC)),
        (datetime(2026, 8, 31, tzinfo=UTC), datetime(2027, 2, 28, tzinfo=UTC)),
        (datetime(2027, 8, 29, tzinfo=UTC), datetime(2028, 2, 29, tzinfo=UTC)),
        (datetime(2026, 3, 31, tzinfo=UTC), datetime(2026, 9, 30, tzinfo=UTC)),
        (datetime(2026, 6, 30, 1, 2, 3, 4, UTC), datetime(2026, 12, 30, 1, 2, 3, 4, UTC)),
        (datetime(2026, 7, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
        (datetime(9999, 7, 31, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)),
        (datetime(9999, 6, 30, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)),
    ],
)
def test_six_months_end_on_the_same_day_or_the_last(
    moment: datetime, six_months_later: datetime
) -> None:
    assert six_months_after(moment) == six_months_later


# --- a lifetime that a rotation carries over ------------------------------------------------------


def life_of(token: PersonalAccessToken) -> timedelta:
    assert token.expires_at is not None
    return token.expires_at - token.created_at


def test_a_rotation_never_fails_for_the_length_of_six_months(connect_sync: Connect) -> None:
    """On any day of a year."""
    with FakeTenant(rate_limit=None, validate=False) as tenant:
        tenant.freeze()
        own = tenant.add_token(tenant.person, "eternal", never_expires=True)
        pats = connect_sync(tenant, client_id=own.id, client_secret=own.secret, rate_limit=None)
        for day in range(366):
            today = datetime(2027, 1, 1, 12, tzinfo=UTC) + day * DAY
            tenant.advance(today - tenant.now)
            pats.list("me")
            # Made 100 days ago for six months, which are 181 to 184 days, and more or fewer from
            # today on.
            old = tenant.add_token(tenant.person, f"day {day}", created_at=today - 100 * DAY)
            issued = pats.rotate(old.id, save=saved)
            tenant.remove_token(issued.id)
            possible = six_months_after(today) - today
            assert old.expires_at is not None
            given = old.expires_at - old.created_at
            # A minute to spare, where the two are the same.
            expected = given if given < possible - timedelta(minutes=1) else possible
            assert abs(life_of(issued) - expected) < timedelta(minutes=1), today


@pytest.mark.parametrize("version", SIX_MONTHS_AT_MOST)
def test_a_lifetime_that_is_too_long_is_left_to_the_api(
    tenant: FakeTenant, connect_sync: Connect, caplog: pytest.LogCaptureFixture, version: str
) -> None:
    now = tenant.now
    old = tenant.add_token(tenant.person, "long", created_at=now, expires_at=now + YEAR)
    issued = connect_sync(tenant, api_version=version).rotate(old.id, save=saved)
    assert life_of(issued) < 185 * DAY
    assert (
        f"The token {old.id} was made for 365 days, and API version {version} lets a new one last "
        "six months at most: no date is sent, and the API chooses."
    ) in caplog.messages


@pytest.mark.parametrize("version", SIX_MONTHS_AT_MOST)
def test_for_ever_is_left_to_the_api(
    tenant: FakeTenant, connect_sync: Connect, caplog: pytest.LogCaptureFixture, version: str
) -> None:
    old = tenant.add_token(tenant.person, "eternal", never_expires=True)
    issued = connect_sync(tenant, api_version=version).rotate(old.id, save=saved)
    assert life_of(issued) < 185 * DAY
    assert (
        f"The token {old.id} has no expiry to carry over, and API version {version} gives the new "
        "one six months. To choose, give expires_in or expires_at, or never_expires with "
        "api_version='v1'."
    ) in caplog.messages


@pytest.mark.parametrize("version", NO_LIMIT)
@pytest.mark.parametrize("life", [YEAR, None])
def test_any_lifetime_is_carried_over(
    tenant: FakeTenant, connect_sync: Connect, version: str, life: timedelta | None
) -> None:
    expiry = {"expires_at": tenant.now + life} if life else {"never_expires": True}
    old = tenant.add_token(tenant.person, "old", **expiry)
    issued = connect_sync(tenant, api_version=version).rotate(old.id, save=saved)
    assert issued.never_expires is (life is None)
    assert life is None or abs(life_of(issued) - life) < timedelta(minutes=1)


def test_neither_a_date_nor_never(tenant: FakeTenant, connect_sync: Connect) -> None:
    no_end = {"expirationDate": None, "userAwareTokenNeverExpires": False}
    undated = tenant.add_token(tenant.person, "undated", altered=lambda it: it | no_end)
    with pytest.raises(RotationError, match=r"at the step 'find': no token .* wants to be told wh"):
        connect_sync(tenant, api_version="v1").rotate(undated.id, save=saved)
    assert tenant.count("create") == 0
    issued = connect_sync(tenant, api_version="v3").rotate(undated.id, save=saved)
    assert life_of(issued) < 185 * DAY


def test_a_date_that_was_given_is_never_cut(pats: PatClient, tenant: FakeTenant) -> None:
    with pytest.raises(Exception, match=r"step 'create': .* six months at most") as caught:
        pats.rotate(tenant.client_id, save=saved, expires_in=YEAR)
    assert isinstance(caught.value.__cause__, BadRequestError)
    assert list(tenant.tokens) == [tenant.client_id]


# --- X-Deprecated ---------------------------------------------------------------------------------


def warnings_in(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.getMessage() for each in caplog.records if each.levelno == logging.WARNING]


@pytest.mark.parametrize("version", ["v3", "beta"])
def test_a_deprecated_version_is_a_warning_once_for_each_client(
    tenant: FakeTenant, connect: Connect, caplog: pytest.LogCaptureFixture, version: str
) -> None:
    pats = connect(tenant, api_version=version)
    pats.list()
    pats.list()
    pats.with_options(timeout=DAY).list()
    warning = (
        f"API version {version} is deprecated: by SailPoint's plan it is supported until the "
        "second quarter of 2028 and stops working in the first quarter of 2029. Make the client "
        "with api_version='v1'."
    )
    assert warnings_in(caplog) == [warning]
    connect(tenant, api_version=version).list()
    assert warnings_in(caplog) == [warning] * 2


@pytest.mark.parametrize(("said", "number"), [("TRUE", 1), ("false", 0), ("", 0)])
def test_the_header_says_it(
    tenant: FakeTenant,
    connect_sync: Connect,
    caplog: pytest.LogCaptureFixture,
    said: str,
    number: int,
) -> None:
    tenant.fail("list", faults.Altered(headers={"X-Deprecated": said}))
    connect_sync(tenant, api_version="v1").list()
    assert len(warnings_in(caplog)) == number
