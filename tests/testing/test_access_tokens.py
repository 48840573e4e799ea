"""The token endpoint, access tokens, and the limit on requests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import httpx
import pytest

from sailpoint_pat.testing import FakeTenant

from .callers import Caller, caller_with, exchange

if TYPE_CHECKING:
    from collections.abc import Iterator

FORM = {"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"}


@pytest.fixture
def limited() -> Iterator[FakeTenant]:
    with FakeTenant(rate_limit=3, rate_window=timedelta(seconds=10)) as tenant:
        tenant.freeze()
        yield tenant


def test_an_exchange(tenant: FakeTenant, client: httpx.Client) -> None:
    answer = exchange(client, tenant.client_id, tenant.client_secret)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    body = answer.json()
    assert body["token_type"] == "bearer"
    assert body["expires_in"] == 749
    assert body["scope"] == "sp:scopes:all"
    assert body["identity_id"] == tenant.person.id
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
        ({"grant_type": "client_credentials", "client_id": "x"}, 400, "invalid_request"),
        (FORM | {"client_id": ["x", "x"]}, 400, "invalid_request"),
        ({}, 400, "invalid_request"),
    ],
)
def test_an_exchange_that_is_refused(
    client: httpx.Client, form: dict[str, str], status: int, error: str
) -> None:
    answer = client.post("/oauth/token", data=form)
    assert answer.status_code == status
    assert answer.json()["error"] == error
    assert answer.json()["error_description"]


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b'{"grant_type": "client_credentials"}', "application/json"),
        (b"\xff", "application/x-www-form-urlencoded"),
        (b"no form", "application/x-www-form-urlencoded"),
        (b"grant_type=client_credentials&client_id=x&client_secret=y", "text/plain"),
    ],
)
def test_only_a_form_is_exchanged(client: httpx.Client, content: bytes, content_type: str) -> None:
    answer = client.post("/oauth/token", content=content, headers={"Content-Type": content_type})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_a_token_that_expired_or_was_revoked_buys_nothing(
    tenant: FakeTenant, client: httpx.Client
) -> None:
    tenant.freeze()
    tenant.advance(datetime(2031, 5, 6, tzinfo=UTC) - tenant.now)
    soon = tenant.add_token(tenant.person, "Soon", expires_at=tenant.now + timedelta(minutes=1))
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


def test_access_tokens_die_with_their_token(
    tenant: FakeTenant, client: httpx.Client, support: Caller
) -> None:
    token = tenant.add_token(tenant.person, "Gone")
    caller = caller_with(client, token)
    assert caller.list().status_code == 200
    assert support.delete(token.id).status_code == 204
    assert caller.list().status_code == 401


@pytest.mark.parametrize("value", [None, "", "Bearer", "Bearer nonsense", "Basic eDp5"])
def test_without_an_access_token(
    tenant: FakeTenant, client: httpx.Client, value: str | None
) -> None:
    headers = {} if value is None else {"Authorization": value}
    # Whoever is not known is not told what else is wrong.
    answer = client.post("/v3/personal-access-tokens", headers=headers, content=b"nonsense")
    assert answer.status_code == 401
    assert set(answer.json()) == {"error"}
    assert tenant.violations == []


def test_last_used_is_brought_up_to_date_once_a_day(
    tenant: FakeTenant, client: httpx.Client
) -> None:
    start = datetime(2031, 5, 6, tzinfo=UTC)
    tenant.freeze()
    tenant.advance(start - tenant.now)
    token = tenant.add_token(tenant.person, "x")
    seen = []
    for hours in (0, 23, 1):
        tenant.advance(timedelta(hours=hours))
        exchange(client, token.id, token.secret)
        seen.append(tenant.tokens[token.id].last_used_at)
    assert seen == [start, start, start + timedelta(hours=24)]


def test_the_rate_limit_slides(limited: FakeTenant) -> None:
    with httpx.Client(base_url=limited.base_url) as client:
        first = caller_with(client, limited.tokens[limited.client_id])
        second = caller_with(client, limited.tokens[limited.client_id])
        answers = []
        for seconds in (0, 1, 3.5, 0, 5.4, 0.1, 0):
            limited.advance(timedelta(seconds=seconds))
            answer = first.list()
            answers.append((answer.status_code, answer.headers.get("Retry-After")))
        assert answers == [
            (200, None),  # at 0 s
            (200, None),  # at 1 s
            (200, None),  # at 4.5 s
            (429, "6"),  # the first one leaves the window in 5.5 s
            (429, "1"),  # at 9.9 s, in 0.1 s
            (200, None),  # at 10 s
            (429, "1"),  # at 10 s, in 1 s
        ]
        assert first.list().json() == {"message": " Rate Limit Exceeded "}
        assert second.list().status_code == 200
    assert limited.violations == []


def test_the_rate_limit_can_be_off() -> None:
    with (
        FakeTenant(rate_limit=None) as tenant,
        httpx.Client(base_url=tenant.base_url) as client,
    ):
        tenant.freeze()
        caller = caller_with(client, tenant.tokens[tenant.client_id])
        assert {caller.list().status_code for _ in range(101)} == {200}


def test_a_hundred_requests_in_ten_seconds(tenant: FakeTenant, support: Caller) -> None:
    tenant.freeze()
    assert [support.list().status_code for _ in range(101)] == [200] * 100 + [429]


def test_the_date_header_follows_the_clock(tenant: FakeTenant, client: httpx.Client) -> None:
    tenant.freeze()
    tenant.advance(datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC) - tenant.now)
    [date] = client.get("/").headers.get_list("Date")
    assert parsedate_to_datetime(date) == datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)


def test_the_clock_runs_until_it_is_frozen(tenant: FakeTenant) -> None:
    before = tenant.now
    assert abs(before - datetime.now(UTC)) < timedelta(minutes=1)
    assert tenant.now > before
    tenant.freeze()
    stopped = tenant.now
    assert tenant.now == stopped
    tenant.advance(timedelta(days=-1))
    assert tenant.now == stopped - timedelta(days=1)
