"""What an argument has to be: a bad one is a `ValueError`, and nothing is sent."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from sailpoint_pat import PatClient, TransportError
from sailpoint_pat._clock import clock
from sailpoint_pat.testing import FakeTenant
from tests.support.clients import Connect
from tests.support.records import SCOPE

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAIVE = NOW.replace(tzinfo=None)
EDGE = datetime.max.replace(tzinfo=timezone(timedelta(hours=-1)))
SECOND = timedelta(seconds=1)
TICK = timedelta(microseconds=1)
ZERO, HALF, MAX = timedelta(0), 15.5 * SECOND, timedelta.max
PAST = NOW - SECOND


@pytest.fixture(scope="module")
def untouched() -> Iterator[FakeTenant]:
    """A tenant that nobody may connect to."""
    with FakeTenant() as tenant:
        yield tenant
        assert tenant.connections == 0


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


TEXT = "is a non-empty text, not"
NOT_UTF8 = "has a character that UTF-8 cannot carry: '\\ud800'"
TOO_LONG = "is too long for a URL (16385 characters)"
ONE_EXPIRY = "expires_in, expires_at and never_expires exclude each other: give one"
ONE_FILTER = "last_used_before, never_used and filters exclude each other: list once for each"
TTL = "access_token_ttl is a timedelta from 15 to 43200 seconds, not"
WHOLE = "access_token_ttl is a whole number of seconds, not"
AT_THE_EDGE = f"is at the very edge of the calendar: {EDGE!r}"
NO_CREATE = "is not from a create that may have taken effect: there is nothing to look for"
NO_NEVER = (
    "does not understand never_expires: make the client with api_version='v1', or give expires_in "
    "or expires_at"
)
DATETIME = "is a datetime with a time zone, not"
ABOVE_ZERO = "expires_in is a timedelta above zero, not"
# What each method is given beside what is wrong.
FINE: dict[str, dict[str, Any]] = {
    "get": {"token_id": "x"},
    "create": {"name": "x"},
    "delete_many": {"token_ids": ["x"]},
    "rotate": {"token_id": "x", "save": print},
    "create_like": {"token_id": "x", "name": "x"},
    "prove": {"client_id": "x", "client_secret": "x"},
}
BAD: list[tuple[str, dict[str, Any], str]] = [
    ("list", {"owner": ""}, f"owner {TEXT} ''"),
    ("list", {"owner": " \n"}, f"owner {TEXT} ' \\n'"),
    ("list", {"owner": 7}, f"owner {TEXT} int"),
    ("list", {"owner": b"secret"}, f"owner {TEXT} bytes"),
    ("list", {"owner": "\ud800"}, f"owner {NOT_UTF8}"),
    ("list", {"owner": "x" * 16_385}, f"owner {TOO_LONG}"),
    ("list", {"owner": "ü" * 2_731}, "owner is too long for a URL (2731 characters)"),
    ("list", {"filters": "x" * 16_385}, f"filters {TOO_LONG}"),
    ("list", {"filters": ""}, f"filters {TEXT} ''"),
    ("list", {"never_used": "no"}, "never_used is True or False, not 'no'"),
    ("list", {"never_used": True, "filters": "x"}, ONE_FILTER),
    ("list", {"never_used": True, "last_used_before": NOW}, ONE_FILTER),
    ("list", {"last_used_before": NAIVE}, f"last_used_before {DATETIME} {NAIVE!r}"),
    ("list", {"last_used_before": "2023-02-05"}, f"last_used_before {DATETIME} '2023-02-05'"),
    ("list", {"last_used_before": EDGE}, f"last_used_before {AT_THE_EDGE}"),
    ("get", {"token_id": ""}, f"token_id {TEXT} ''"),
    ("get", {"token_id": None}, f"token_id {TEXT} NoneType"),
    ("get", {"owner": ""}, f"owner {TEXT} ''"),
    ("get", {"owner": "x" * 16_385}, f"owner {TOO_LONG}"),
    ("create", {"name": ""}, f"name {TEXT} ''"),
    ("create", {"name": b"x"}, f"name {TEXT} bytes"),
    ("create", {"name": "\ud800"}, f"name {NOT_UTF8}"),
    ("create", {"scopes": []}, "scopes is empty: leave it out for every right of the owner"),
    ("create", {"scopes": SCOPE}, f"scopes is a list of texts, not one text: ['{SCOPE}']"),
    ("create", {"scopes": 7}, "scopes is a list of texts, not 7"),
    ("create", {"scopes": ["a", ""]}, f"each of scopes {TEXT} ''"),
    ("create", {"scopes": [7]}, f"each of scopes {TEXT} int"),
    ("create", {"expires_in": ZERO}, f"{ABOVE_ZERO} {ZERO!r}"),
    ("create", {"expires_in": -SECOND}, f"{ABOVE_ZERO} {-SECOND!r}"),
    ("create", {"expires_in": 90}, f"{ABOVE_ZERO} 90"),
    ("create", {"expires_in": MAX}, f"expires_in goes beyond the year 9999: {MAX!r}"),
    ("create", {"expires_at": PAST}, "expires_at is in the past: 2026-03-01T11:59:59+00:00."),
    ("create", {"expires_at": "2030-01-01"}, f"expires_at {DATETIME} '2030-01-01'"),
    ("create", {"expires_at": NAIVE}, f"expires_at {DATETIME} {NAIVE!r}"),
    ("create", {"expires_at": EDGE}, f"expires_at {AT_THE_EDGE}"),
    ("create", {"expires_in": SECOND, "expires_at": NOW + SECOND}, ONE_EXPIRY),
    ("create", {"expires_in": SECOND, "never_expires": True}, ONE_EXPIRY),
    ("create", {"never_expires": 1}, "never_expires is True or False, not 1"),
    ("create", {"never_expires": True}, f"API version v3 {NO_NEVER}"),
    ("create", {"access_token_ttl": 14 * SECOND}, f"{TTL} {14 * SECOND!r}"),
    ("create", {"access_token_ttl": 43_201 * SECOND}, f"{TTL} {43_201 * SECOND!r}"),
    ("create", {"access_token_ttl": 60}, f"{TTL} 60"),
    ("create", {"access_token_ttl": HALF}, f"{WHOLE} {HALF!r}"),
    ("create", {"if_unknown": "retry"}, "if_unknown is 'raise' or 'replace', not 'retry'"),
    ("delete", {"token_id": ""}, f"token_id {TEXT} ''"),
    ("delete", {"token_id": "."}, "token_id '.' is a path, not an id"),
    ("delete", {"token_id": ".."}, "token_id '..' is a path, not an id"),
    ("delete", {"token_id": "\ud800"}, f"token_id {NOT_UTF8}"),
    ("delete", {"token_id": "x" * 16_385}, f"token_id {TOO_LONG}"),
    ("delete_many", {"token_ids": ["a", "x" * 16_385]}, f"token_id {TOO_LONG}"),
    ("delete_many", {"token_ids": "86f1dc6f"}, "token_ids is a list of ids, not one: ['86f1dc6f']"),
    ("delete_many", {"token_ids": None}, "token_ids is a list of ids, not None"),
    ("delete_many", {"token_ids": ["x", ""]}, f"token_id {TEXT} ''"),
    ("delete_many", {"token_ids": ["x", "x", ".."]}, "token_id '..' is a path, not an id"),
    ("delete_many", {"token_ids": [7]}, f"token_id {TEXT} int"),
    ("delete_many", {"on_progress": 7}, "on_progress is a function or None, not 7"),
    ("find_orphan", {"error": TransportError("lost")}, f"TransportError {NO_CREATE}"),
    ("find_orphan", {"error": None}, f"NoneType {NO_CREATE}"),
    ("rotate", {"token_id": ""}, f"token_id {TEXT} ''"),
    ("rotate", {"token_id": "x" * 16_385}, f"token_id {TOO_LONG}"),
    ("rotate", {"save": 7}, "save is a function that stores the new token, not 7"),
    ("rotate", {"name": ""}, f"name {TEXT} ''"),
    ("rotate", {"name": 7}, f"name {TEXT} int"),
    ("rotate", {"expires_at": NAIVE}, f"expires_at {DATETIME} {NAIVE!r}"),
    ("rotate", {"expires_in": SECOND, "never_expires": True}, ONE_EXPIRY),
    ("rotate", {"never_expires": True}, f"API version v3 {NO_NEVER}"),
    ("create_like", {"token_id": ".."}, "token_id '..' is a path, not an id"),
    ("create_like", {"name": ""}, f"name {TEXT} ''"),
    ("prove", {"client_id": ""}, "client_id and client_secret are texts that are not empty"),
    ("prove", {"client_secret": ""}, "client_id and client_secret are texts that are not empty"),
]


@pytest.mark.usefixtures("noon")
@pytest.mark.parametrize(("method", "arguments", "said"), BAD)
def test_a_bad_argument(
    untouched: FakeTenant, connect_sync: Connect, method: str, arguments: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011  the whole message follows
        getattr(connect_sync(untouched), method)(**FINE.get(method, {}) | arguments)
    assert str(caught.value) == said


ONE_OF_EACH = list({case[0]: case for case in BAD}.values())


@pytest.mark.parametrize(("method", "arguments", "said"), ONE_OF_EACH)
def test_each_method_of_both_clients_checks_its_arguments(
    untouched: FakeTenant, connect: Connect, method: str, arguments: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        getattr(connect(untouched), method)(**FINE.get(method, {}) | arguments)


SAY_WHEN = (
    "wants to be told when the token expires: give expires_in, expires_at or never_expires=True"
)


@pytest.mark.parametrize(
    ("version", "never", "said"),
    [
        *((version, False, SAY_WHEN) for version in ("v1", "v2025", "v2026")),
        *((version, True, NO_NEVER) for version in ("v2024", "beta")),
    ],
)
def test_what_a_version_wants_of_the_end(
    untouched: FakeTenant, connect_sync: Connect, version: str, never: bool, said: str
) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011  the whole message follows
        connect_sync(untouched, api_version=version).create("x", never_expires=never)
    assert str(caught.value) == f"API version {version} {said}"


@pytest.mark.parametrize("minutes", [-10, 10])
def test_in_the_past_says_so_where_the_clocks_are_far_apart(
    pats: PatClient, tenant: FakeTenant, minutes: int
) -> None:
    tenant.advance(timedelta(minutes=minutes))
    pats.list("me")
    with pytest.raises(ValueError, match="expires_at is in the past: ") as caught:
        pats.create("x", expires_at=tenant.now - timedelta(seconds=1))
    there, here = f"{tenant.now:%Y-%m-%d %H:}", f"{datetime.now(UTC):%Y-%m-%d %H:}"
    assert f"It is {there}" in str(caught.value)
    assert f"UTC at the tenant, and {here}" in str(caught.value)
    assert str(caught.value).endswith(" UTC on this machine.")


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("list", {"owner": "x" * 16_384}),
        ("list", {"owner": "ü" * 2_730}),
        ("create", {"name": "x" * 50_000, "scopes": ["x" * 50_000]}),
        ("create", {"name": "x", "access_token_ttl": 15 * SECOND}),
        ("create", {"name": "x", "access_token_ttl": 43_200 * SECOND}),
        ("create", {"name": "x", "expires_in": TICK + SECOND}),
        ("create", {"name": "x", "scopes": {SCOPE: None}.keys()}),
        ("delete", {"token_id": "...", "missing_ok": True}),
        ("delete", {"token_id": "x" * 16_384, "missing_ok": True}),
        ("delete_many", {"token_ids": []}),
    ],
)
def test_the_most_and_the_least_that_they_take(
    pats: PatClient, method: str, arguments: dict[str, Any]
) -> None:
    getattr(pats, method)(**arguments)
