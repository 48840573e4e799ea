"""The token endpoint, access tokens, and the clock."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx
import pytest

from sailpoint_pat.testing import FakeTenant

from .callers import V3, Caller, caller_with, exchange

GRANT = {"grant_type": "client_credentials"}
FORM = GRANT | {"client_id": "x", "client_secret": "y"}
A_FORM = "application/x-www-form-urlencoded"


def test_an_exchange(tenant: FakeTenant, client: httpx.Client) -> None:
    answer = exchange(client, tenant.client_id, tenant.client_secret)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "X-Deprecated" not in answer.headers
    body = answer.json()
    assert (body["token_type"], body["expires_in"]) == ("bearer", 749)
    assert (body["scope"], body["identity_id"]) == ("sp:scopes:all", tenant.person.id)
    assert body["access_token"].count(".") == 2
    again = exchange(client, tenant.client_id, tenant.client_secret).json()
    assert again["access_token"] != body["access_token"]
    assert tenant.token_exchanges == 2


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        (FORM, 401, "invalid_client"),
        (FORM | {"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"client_id": "x", "client_secret": "y"}, 400, "invalid_request"),
        (GRANT | {"client_id": "x"}, 400, "invalid_request"),
        (FORM | {"client_id": ["x", "x"]}, 400, "invalid_request"),
        ({}, 400, "invalid_request"),
    ],
)
def test_an_exchange_that_is_refused(
    client: httpx.Client, form: dict[str, str], status: int, error: str
) -> None:
    answer = client.post("/oauth/token", data=form)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["error_description"]


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b'{"grant_type": "client_credentials"}', "application/json"),
        (b"\xff", A_FORM),
        (b"no form", A_FORM),
        (b"grant_type=client_credentials&client_id=x&client_secret=y", "text/plain"),
    ],
)
def test_only_a_form_is_exchanged(client: httpx.Client, content: bytes, content_type: str) -> None:
    answer = client.post("/oauth/token", content=content, headers={"Content-Type": content_type})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_an_expired_or_revoked_token_is_not_exchanged(
    tenant: FakeTenant, client: httpx.Client, at_noon: datetime
) -> None:
    soon = tenant.add_token(tenant.person, "Soon", expires_at=at_noon + timedelta(minutes=1))
    gone = tenant.add_token(tenant.person, "Gone")
    tenant.remove_token(gone.id)
    assert exchange(client, soon.id, soon.secret).status_code == 200
    tenant.advance(timedelta(minutes=1))
    for token in (soon, gone):
        answer = exchange(client, token.id, token.secret)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(("own", "lives"), [(15, 15), (43200, 749)])
def test_access_tokens_expire(
    tenant: FakeTenant, client: httpx.Client, own: int, lives: int
) -> None:
    tenant.freeze()
    token = tenant.add_token(tenant.person, "x", access_token_ttl=timedelta(seconds=own))
    assert exchange(client, token.id, token.secret).json()["expires_in"] == lives
    caller = caller_with(client, token)
    tenant.advance(timedelta(seconds=lives - 1))
    assert caller.list().status_code == 200
    tenant.advance(timedelta(seconds=1))
    answer = caller.list()
    assert answer.status_code == 401
    assert answer.json() == {"error": "JWT validation failed: JWT is expired"}


def test_access_tokens_end_with_their_personal_access_token(
    tenant: FakeTenant, client: httpx.Client, support: Caller
) -> None:
    token = tenant.add_token(tenant.person, "Gone")
    caller = caller_with(client, token)
    assert caller.list().status_code == 200
    assert support.delete(token.id).status_code == 204
    assert caller.list().status_code == 401


@pytest.mark.parametrize("value", ["", "Bearer", "Bearer nonsense", "Basic eDp5", None])
def test_without_an_access_token(
    tenant: FakeTenant, client: httpx.Client, value: str | None
) -> None:
    headers = {} if value is None else {"Authorization": value}
    # Whoever is not known is not told what else is wrong.
    answer = client.post(V3, headers=headers, content=b"nonsense")
    assert answer.status_code == 401
    assert set(answer.json()) == {"error"}
    assert tenant.violations == []


def test_last_used_is_updated_once_a_day(
    tenant: FakeTenant, client: httpx.Client, at_noon: datetime
) -> None:
    token = tenant.add_token(tenant.person, "x")
    seen = []
    for hours in (0, 23, 1):
        tenant.advance(timedelta(hours=hours))
        exchange(client, token.id, token.secret)
        seen.append(tenant.tokens[token.id].last_used_at)
    assert seen == [at_noon, at_noon, at_noon + timedelta(hours=24)]


def test_the_date_header_follows_the_clock(client: httpx.Client, at_noon: datetime) -> None:
    [date] = client.get("/").headers.get_list("Date")
    assert parsedate_to_datetime(date) == at_noon


def test_the_clock_runs_until_it_is_frozen(tenant: FakeTenant) -> None:
    before = tenant.now
    assert abs(before - datetime.now(UTC)) < timedelta(minutes=1)
    assert tenant.now > before
    tenant.freeze()
    stopped = tenant.now
    assert tenant.now == stopped
    tenant.advance(timedelta(days=-1))
    assert tenant.now == stopped - timedelta(days=1)
