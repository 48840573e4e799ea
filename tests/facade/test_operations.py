"""The operations by themselves: what they refuse and what they make of a body, and no network."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta, timezone
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import pytest

from sailpoint_pat import NotFoundError, UnexpectedResponseError
from sailpoint_pat._clock import clock
from sailpoint_pat._operations import (
    _OWNER_FIELDS,
    _extra_of,
    create_token,
    delete_token,
    get_token,
    list_tokens,
)
from sailpoint_pat_generated.models import GetPersonalAccessTokenResponse, PatOwner
from sailpoint_pat_generated.types import Response

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
NAIVE = NOW.replace(tzinfo=None)
EDGE = datetime.max.replace(tzinfo=timezone(timedelta(hours=-1)))
RECORD: dict[str, Any] = {
    "id": "an-id",
    "name": "Export",
    "scope": None,
    "owner": {"type": "IDENTITY", "id": "2c9180867b50d088017b554662fb281e", "name": "Support"},
    "created": "2017-07-11T18:45:37.098Z",
}
BROKEN = {**RECORD, "created": "soon"}
SECRET = {"secret": "an-obviously-fake-secret"}


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def creating(version: str = "v3", **options: Any) -> Callable[[], object]:
    options = {"name": "x", "version": version, **options}
    return lambda: create_token(**options)


# --- what they refuse -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: list_tokens(owner=""), "owner is a non-empty text, not ''"),
        (lambda: list_tokens(filters=" "), "filters is a non-empty text, not ' '"),
        (
            lambda: list_tokens(owner="\udcff"),
            r"owner has a character that UTF-8 cannot carry: '\udcff'",
        ),
        (lambda: list_tokens(owner="x" * 16_385), "owner is too long for a URL (16385 characters)"),
        (
            lambda: list_tokens(never_used=True, filters="x"),
            "last_used_before, never_used and filters exclude each other: list once for each",
        ),
        (
            lambda: list_tokens(last_used_before=NAIVE),
            f"last_used_before is a datetime with a time zone, not {NAIVE!r}",
        ),
        (
            lambda: list_tokens(last_used_before=EDGE),
            f"last_used_before is at the very edge of the calendar: {EDGE!r}",
        ),
        (lambda: get_token(""), "token_id is a non-empty text, not ''"),
        (lambda: delete_token(""), "token_id is a non-empty text, not ''"),
        (lambda: delete_token(".."), "token_id '..' is a path, not an id"),
        (creating(name=""), "name is a non-empty text, not ''"),
        (creating(scopes="a"), "scopes is a list of texts, not one text: ['a']"),
        (creating(scopes=7), "scopes is a list of texts, not 7"),
        (creating(scopes=[""]), "each of scopes is a non-empty text, not ''"),
        (creating(scopes=[]), "scopes is empty: leave it out for every right of the owner"),
        (
            creating(access_token_ttl=14 * SECOND),
            f"access_token_ttl is a timedelta from 15 to 43200 seconds, not {14 * SECOND!r}",
        ),
        (
            creating(access_token_ttl=15.5 * SECOND),
            f"access_token_ttl is a whole number of seconds, not {15.5 * SECOND!r}",
        ),
        (
            creating(expires_in=SECOND, expires_at=NOW + SECOND),
            "expires_in, expires_at and never_expires exclude each other: give one",
        ),
        (
            creating("v2024", never_expires=True),
            (
                "never_expires is understood from API version v2025 on, and this client uses "
                "v2024: make it with api_version='v2025', or give expires_in or expires_at"
            ),
        ),
        (
            creating("v2025"),
            (
                "API version v2025 wants to be told when the token expires: "
                "give expires_in, expires_at or never_expires=True"
            ),
        ),
        (
            creating(expires_in=0 * SECOND),
            f"expires_in is a timedelta above zero, not {0 * SECOND!r}",
        ),
        (
            creating(expires_in=timedelta.max),
            f"expires_in goes beyond the year 9999: {timedelta.max!r}",
        ),
        (creating(expires_at=NOW), "expires_at is in the past: 2026-03-01T12:00:00+00:00"),
        (creating(expires_at=NAIVE), f"expires_at is a datetime with a time zone, not {NAIVE!r}"),
    ],
)
def test_what_they_refuse(call: Callable[[], object], said: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011  the whole message follows
        call()
    assert str(caught.value) == said


def test_the_shortest_and_the_longest_that_they_take() -> None:
    list_tokens(owner="x" * 16_384)
    for ttl in (15 * SECOND, 43_200 * SECOND):
        creating(access_token_ttl=ttl)()
    creating(expires_in=timedelta(microseconds=1))()
    creating(expires_at=NOW + timedelta(microseconds=1))()


def test_a_date_is_sent_in_utc_wherever_the_program_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        sent: Any = list_tokens(last_used_before=NOW).send
    time.tzset()
    assert sent.keywords["filters"] == "lastUsed le 2026-03-01T12:00:00.000Z"


# --- what they make of a body ---------------------------------------------------------------------


def listing(content: bytes | list[Any]) -> UnexpectedResponseError:
    return list_tokens().explain(content if isinstance(content, bytes) else encoded(content))


def creation(content: bytes | dict[str, Any]) -> UnexpectedResponseError:
    operation = create_token("x", version="v3")
    return operation.explain(content if isinstance(content, bytes) else encoded(content))


def encoded(body: object) -> bytes:
    return json.dumps(body).encode()


NOT_JSON = "the body is not JSON"
HTML = "the body is HTML or XML, not JSON (does the base URL lead to the API?)"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "the body is empty"),
        (b" \n", "the body is empty"),
        (b"<html>", HTML),
        (b"\n <html>", HTML),
        (b'["a', f"{NOT_JSON}, or cut off: Unterminated string starting at at character 1"),
        (b"\xff", f"{NOT_JSON} (UnicodeDecodeError)"),
        (b"[" * 100_000, f"{NOT_JSON} (RecursionError)"),
        (b"{}", "expected an array, got an object"),
        (b"null", "expected an array, got null"),
        (b'"x"', "expected an array, got a text"),
        (b"5", "expected an array, got a number or boolean"),
    ],
)
def test_a_body_that_is_no_listing(body: bytes, reason: str) -> None:
    error = listing(body)
    assert str(error) == f"listPersonalAccessTokens: the answer breaks the contract: {reason}."
    (wrong,) = error.invalid
    assert (wrong.index, wrong.id, wrong.field, wrong.reason) == (None, None, "", reason)
    assert error.tokens == ()


def test_a_listing_with_broken_records() -> None:
    far_too_long = {**RECORD, "accessTokenValiditySeconds": 10**300}
    error = listing([BROKEN, RECORD, {**RECORD, "id": 7}, 7, far_too_long])
    assert str(error) == (
        "listPersonalAccessTokens: 4 of 5 records break the contract: "
        "record 0 (id an-id): created: is not a date-time with an offset; "
        "record 2: id: expected a string, got an integer; "
        "record 3: expected an object, got an integer; "
        "record 4 (id an-id): accessTokenValiditySeconds: is out of range. "
        "The 1 that are fine are in this error's `tokens`."
    )
    assert [token.id for token in error.tokens] == ["an-id"]


@pytest.mark.parametrize(("number", "more"), [(5, ""), (6, "; and 1 more"), (9, "; and 4 more")])
def test_a_listing_with_many_broken_records(number: int, more: str) -> None:
    shown = "; ".join(f"record {index}: id: required, but missing" for index in range(5))
    assert str(listing([{}] * number)) == (
        f"listPersonalAccessTokens: {number} of {number} records break the contract: {shown}{more}."
    )


@pytest.mark.parametrize("parsed", [None, []])
def test_a_listing_with_a_status_that_was_not_declared(parsed: list[Any] | None) -> None:
    with pytest.raises(UnexpectedResponseError) as caught:
        list_tokens().read(Response[object](HTTPStatus(202), b"[]", {}, parsed))
    assert str(caught.value) == (
        "listPersonalAccessTokens: the answer breaks the contract: "
        "the API does not declare the status 202."
    )


def test_the_tokens_of_one_person_share_one_owner() -> None:
    parsed = [GetPersonalAccessTokenResponse.from_dict(RECORD) for _ in range(2)]
    first, second = list_tokens().read(Response[object](HTTPStatus.OK, b"", {}, parsed))
    assert first.owner is second.owner


@pytest.mark.parametrize(
    ("body", "reason"),
    [(b"", "the body is empty"), (b"[]", "expected an object, got an array")],
)
def test_a_body_that_is_no_new_token(body: bytes, reason: str) -> None:
    error = creation(body)
    assert str(error) == f"createPersonalAccessToken: the answer breaks the contract: {reason}."
    assert error.secret is None


@pytest.mark.parametrize(
    ("body", "reason", "where"),
    [
        (
            BROKEN | SECRET,
            "id an-id: created: is not a date-time with an offset",
            "in this error's `secret`",
        ),
        (RECORD | SECRET, "it cannot be read", "in this error's `secret`"),
        (RECORD, "id an-id: secret: required, but missing", "not in the answer"),
        (RECORD | {"secret": ""}, "id an-id: secret: is empty", "not in the answer"),
        ({}, "id: required, but missing", "not in the answer"),
    ],
)
def test_a_new_token_that_is_broken(body: dict[str, Any], reason: str, where: str) -> None:
    error = creation(body)
    assert str(error) == (
        "createPersonalAccessToken: a token was created, and the answer breaks the contract: "
        f"{reason}. Its secret is {where}."
    )
    assert (error.secret is None) is (where == "not in the answer")
    assert len(error.invalid) == (reason != "it cannot be read")


def test_a_new_token_with_a_status_that_was_not_declared() -> None:
    answer = Response[object](HTTPStatus(202), encoded(RECORD | SECRET), {}, None)
    with pytest.raises(UnexpectedResponseError) as caught:
        create_token("x", version="v3").read(answer)
    assert str(caught.value) == (
        "createPersonalAccessToken: a token was created, and the answer breaks the contract: "
        "id an-id: the API does not declare the status 202. "
        "Its secret is in this error's `secret`."
    )
    (wrong,) = caught.value.invalid
    assert (wrong.index, wrong.id, wrong.field) == (None, "an-id", "")


def test_an_answer_to_a_delete_that_is_none() -> None:
    assert str(delete_token("x").explain(b"{}")) == (
        "deletePersonalAccessToken: the answer breaks the contract: "
        "it is not the 204 that the API declares."
    )


# --- get ------------------------------------------------------------------------------------------


def test_get_is_a_listing_by_another_name() -> None:
    one, listed = get_token("x"), list_tokens()
    for field in ("name", "method", "path", "success", "safe_to_repeat", "creates"):
        assert getattr(one, field) == getattr(listed, field)


@pytest.mark.parametrize(
    ("owner", "whose"), [(None, "the tenant's tokens"), ("me", "the tokens of owner me")]
)
def test_what_get_does_not_find(owner: str | None, whose: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        get_token("x", owner=owner).read(Response[object](HTTPStatus.OK, b"[]", {}, []))
    assert str(caught.value) == f"No token x among {whose} that this caller may see (0)."


# --- what the models have no place for ------------------------------------------------------------


def test_fields_that_the_spec_does_not_know_are_kept() -> None:
    record = PatOwner.from_dict({**RECORD["owner"], "email": "a@example.com"})
    assert _extra_of(PatOwner, _OWNER_FIELDS)(record) == {"email": "a@example.com"}


def test_fields_that_the_spec_has_learnt_since_are_kept() -> None:
    record = PatOwner.from_dict({**RECORD["owner"], "email": "a@example.com"})
    then = {wire: ours for wire, ours in _OWNER_FIELDS.items() if wire != "type"}
    assert _extra_of(PatOwner, then)(record) == {"type": "IDENTITY", "email": "a@example.com"}
