"""List, get, create and delete: what goes out, what comes back, and what never goes out."""

from __future__ import annotations

import concurrent.futures
import socket
import threading
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from sailpoint_pat import (
    BadRequestError,
    IssuedToken,
    NotFoundError,
    PatClient,
    PersonalAccessToken,
    TransportError,
    UnexpectedResponseError,
)
from sailpoint_pat.testing import FakeTenant, faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.clients import Connect

A_DATE = datetime(2023, 2, 5, 10, 59, 27, 214_000, tzinfo=UTC)
SCOPE = "demo:personal-access-token-scope:first"


def record(**changes: object) -> dict[str, object]:
    """Return a record as the API lists it; None for a field leaves it out."""
    whole: dict[str, object] = {
        "id": "86f1dc6fe8f54414950454cbb11278fa",
        "name": "NodeJS Integration",
        "scope": [SCOPE],
        "owner": {"type": "IDENTITY", "id": "2c9180867b50d088017b554662fb281e", "name": "Support"},
        "created": "2017-07-11T18:45:37.098Z",
    }
    return whole | changes


# --- list -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "query"),
    [
        ({}, ""),
        ({"owner": "me"}, "owner-id=me"),
        (
            {"owner": "2c9180867b50d088017b554662fb281e"},
            "owner-id=2c9180867b50d088017b554662fb281e",
        ),
        ({"never_used": True}, "filters=lastUsed%20isnull"),
        ({"never_used": False}, ""),
        (
            {"last_used_before": A_DATE},
            "filters=lastUsed%20le%202023-02-05T10%3A59%3A27.214Z",
        ),
        (
            {"last_used_before": A_DATE.astimezone(timezone(timedelta(hours=-5)))},
            "filters=lastUsed%20le%202023-02-05T10%3A59%3A27.214Z",
        ),
        ({"filters": "lastUsed isnull"}, "filters=lastUsed%20isnull"),
        ({"owner": "me", "never_used": True}, "owner-id=me&filters=lastUsed%20isnull"),
    ],
)
def test_what_a_listing_asks_for(
    arguments: dict[str, Any], query: str, tenant: FakeTenant, connect: Connect
) -> None:
    connect(tenant).list(**arguments)
    request = tenant.requests[-1]
    assert (request.method, request.path) == ("GET", "/v3/personal-access-tokens")
    assert request.query.replace("+", "%20") == query


def test_listings_hold_what_they_were_asked_for(tenant: FakeTenant, connect: Connect) -> None:
    other = tenant.add_person("Other")
    tenant.add_token(other, "never used")
    tenant.add_token(other, "long ago", last_used_at=A_DATE)
    pats = connect(tenant)

    def names(*arguments: Any, **keywords: Any) -> set[str]:
        return {token.name for token in pats.list(*arguments, **keywords)}

    assert names() == {"FakeTenant", "never used", "long ago"}
    assert names("me") == {"FakeTenant"}
    assert names(owner=other.id) == {"never used", "long ago"}
    assert names(never_used=True) == {"never used"}
    assert names(last_used_before=A_DATE) == {"long ago"}
    assert names(last_used_before=A_DATE - timedelta(milliseconds=1)) == set()


def test_good_records_are_carried_by_the_error_for_the_bad_ones(
    tenant: FakeTenant, connect: Connect
) -> None:
    body = [
        record(id="good-1"),
        record(id="bad-1", created="yesterday"),
        record(id="good-2", owner={"type": "ROBOT", "id": "x", "name": "R2"}),
        record(id="bad-2", owner=7),
        None,
        record(id=7),
    ]
    tenant.fail("list", faults.Body(body))
    with pytest.raises(UnexpectedResponseError) as caught:
        connect(tenant).list()
    error = caught.value
    assert [token.id for token in error.tokens] == ["good-1", "good-2"]
    assert [(wrong.index, wrong.id, wrong.field) for wrong in error.invalid] == [
        (1, "bad-1", "created"),
        (3, "bad-2", "owner"),
        (4, None, ""),
        (5, None, "id"),
    ]
    assert "4 of 6 records break the contract" in str(error)
    assert "yesterday" not in str(error), "a value may be a secret"
    assert tenant.count("list") == 1


def test_an_error_for_many_bad_records_shows_a_few(tenant: FakeTenant, connect: Connect) -> None:
    tenant.fail("list", faults.Body([{}] * 1000))
    with pytest.raises(UnexpectedResponseError, match="; and 995 more") as caught:
        connect(tenant).list()
    assert len(caught.value.invalid) == 1000
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (faults.Html(200), r"the body is HTML or XML, not JSON \(does .* API\?\)\.$"),
        (faults.Body(b""), "the body is empty"),
        (faults.Body(b'[{"id": "x"'), "cut off"),
        (faults.Body(b"\xff\xfe["), "not JSON"),
        (faults.Body({}), "expected an array, got an object"),
        (faults.Body(b"null"), "expected an array, got null"),
        (faults.Body(b"[" * 100_000), "not JSON"),
        (faults.Body([], status=202), "does not declare the status 202"),
        (faults.Status(204), "does not declare the status 204"),
    ],
)
def test_a_listing_that_is_none(
    fault: faults.Fault, said: str, tenant: FakeTenant, connect: Connect
) -> None:
    tenant.fail("list", fault)
    with pytest.raises(UnexpectedResponseError, match=said) as caught:
        connect(tenant).list()
    assert caught.value.tokens == ()
    assert len(caught.value.invalid) == 1


# --- get ------------------------------------------------------------------------------------------


def test_get_finds_one(tenant: FakeTenant, connect: Connect) -> None:
    other = tenant.add_token(tenant.add_person("Other"), "theirs")
    pats = connect(tenant)
    assert pats.get(tenant.client_id, owner="me").name == "FakeTenant"
    assert pats.get(other.id).name == "theirs"
    assert type(pats.get(other.id)) is PersonalAccessToken
    with pytest.raises(NotFoundError, match=f"No token {other.id} among the tokens of owner me"):
        pats.get(other.id, owner="me")


def test_get_finds_a_good_record_among_bad_ones(tenant: FakeTenant, connect: Connect) -> None:
    pats = connect(tenant)
    listing = faults.Body([record(id="bad", created=1), record(id="good")])
    tenant.fail("list", listing, times=2)
    assert pats.get("good").id == "good"
    with pytest.raises(UnexpectedResponseError):
        pats.get("bad")


def test_what_get_does_not_find_is_said_like_a_404(tenant: FakeTenant, connect: Connect) -> None:
    with pytest.raises(NotFoundError) as caught:
        connect(tenant).get("no-such-id")
    assert caught.value.status_code == 404
    assert caught.value.response is None
    assert not caught.value.maybe_performed


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
    assert stored.expires_at == issued.expires_at
    assert issued.expires_at is not None
    assert abs(issued.expires_at - expires_at) < timedelta(milliseconds=1)
    assert issued.owner is not None
    assert issued.owner.name == "Support"
    assert issued.last_used_at is None


def test_create_with_a_name_only(tenant: FakeTenant, connect: Connect) -> None:
    issued = connect(tenant).create("Nightly export")
    assert issued.scopes == ("sp:scopes:all",)
    assert issued.access_token_ttl == timedelta(seconds=43_200)
    assert issued.expires_at is not None
    assert timedelta(days=180) < issued.expires_at - issued.created_at < timedelta(days=185)
    assert not issued.never_expires


def test_create_with_a_span(tenant: FakeTenant, connect: Connect) -> None:
    issued = connect(tenant).create("Nightly export", expires_in=timedelta(days=1))
    assert issued.expires_at is not None
    assert abs(issued.expires_at - tenant.now - timedelta(days=1)) < timedelta(minutes=1)


@pytest.mark.parametrize("seconds", [15, 43_200])
def test_create_at_the_bounds_of_the_lifetime(
    seconds: int, tenant: FakeTenant, connect: Connect
) -> None:
    ttl = timedelta(seconds=seconds)
    assert connect(tenant).create("Nightly export", access_token_ttl=ttl).access_token_ttl == ttl


@pytest.mark.parametrize("version", ["v2025", "v2026", "beta"])
def test_create_a_token_that_never_expires(
    version: str, tenant: FakeTenant, connect: Connect
) -> None:
    issued = connect(tenant, api_version=version).create("Nightly export", never_expires=True)
    assert issued.never_expires
    assert issued.expires_at is None


def test_a_name_that_is_taken(tenant: FakeTenant, connect: Connect) -> None:
    with pytest.raises(BadRequestError, match="already exists") as caught:
        connect(tenant).create("FakeTenant")
    assert not caught.value.maybe_performed
    assert tenant.count("create") == 1


def test_a_create_that_breaks_the_contract_still_hands_over_the_secret(
    tenant: FakeTenant, connect: Connect
) -> None:
    body = record(secret="an-obviously-fake-secret", created="soon")
    tenant.fail("create", faults.Body(body))
    with pytest.raises(UnexpectedResponseError, match="a token was created") as caught:
        connect(tenant).create("NodeJS Integration")
    assert caught.value.secret is not None
    assert caught.value.secret.reveal() == "an-obviously-fake-secret"
    assert caught.value.invalid[0].id == body["id"]
    assert "an-obviously-fake-secret" not in repr(caught.value)
    assert caught.value.maybe_performed
    assert tenant.count("create") == 1


def test_a_new_token_without_its_secret(tenant: FakeTenant, connect: Connect) -> None:
    tenant.fail("create", faults.Body(record(secret="")))
    with pytest.raises(UnexpectedResponseError, match=r"secret: is empty\. .* not in the answer"):
        connect(tenant).create("NodeJS Integration")


# --- delete ---------------------------------------------------------------------------------------


def test_delete_revokes(tenant: FakeTenant, connect: Connect) -> None:
    token = tenant.add_token(tenant.person, "old")
    pats = connect(tenant)
    pats.delete(token.id)
    assert token.id not in tenant.tokens
    with pytest.raises(NotFoundError):
        pats.delete(token.id)
    pats.delete(token.id, missing_ok=True)


def test_a_strange_id_stays_one_segment_of_the_path(tenant: FakeTenant, connect: Connect) -> None:
    pats = connect(tenant)
    for strange in ("a/../b", "a?b=c", "a#b", "é ", "%2e%2e"):
        pats.delete(strange, missing_ok=True)
    assert [request.path.rpartition("/")[2] for request in tenant.requests[1:]] == [
        "a%2F..%2Fb",
        "a%3Fb%3Dc",
        "a%23b",
        "%C3%A9%20",
        "%252e%252e",
    ]
    assert tenant.count("delete") == 5


@pytest.mark.parametrize("fault", [faults.Status(200, body="{}"), faults.Html(200)])
def test_a_delete_that_is_not_answered_as_declared(
    fault: faults.Fault, tenant: FakeTenant, connect: Connect
) -> None:
    tenant.fail("delete", fault)
    with pytest.raises(UnexpectedResponseError, match="deletePersonalAccessToken"):
        connect(tenant).delete("86f1dc6fe8f54414950454cbb11278fa")


def test_delete_many(tenant: FakeTenant, connect: Connect) -> None:
    ids = [tenant.add_token(tenant.person, f"old {number}").id for number in range(3)]
    asked = [*ids, "no-such-id", tenant.client_id, ids[0]]
    progress: list[tuple[int, int]] = []
    pats = connect(tenant)
    results = pats.delete_many(asked, on_progress=lambda done, of: progress.append((done, of)))
    assert [result.id for result in results] == asked
    assert [result.outcome for result in results] == [
        "deleted", "deleted", "deleted", "missing", "deleted", "deleted"
    ]  # fmt: skip
    assert progress == [(number, 5) for number in range(1, 6)]
    assert tenant.tokens == {}
    assert pats.delete_many([]) == []


# --- what never goes out --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def untouched() -> Iterator[FakeTenant]:
    """A tenant that nobody ever connects to."""
    with FakeTenant() as tenant:
        yield tenant


naive = A_DATE.replace(tzinfo=None)
edge = datetime.max.replace(tzinfo=timezone(timedelta(hours=-1)))


@pytest.mark.parametrize(
    ("method", "arguments", "options", "said"),
    [
        ("list", {"owner": ""}, {}, "owner is a non-empty text"),
        ("list", {"owner": "  "}, {}, "owner is a non-empty text"),
        ("list", {"owner": 7}, {}, "owner is a non-empty text"),
        ("list", {"owner": "\udcff"}, {}, "UTF-8"),
        ("list", {"filters": ""}, {}, "filters is a non-empty text"),
        ("list", {"last_used_before": naive}, {}, "last_used_before is a datetime with a time"),
        ("list", {"last_used_before": "2023-02-05"}, {}, "last_used_before is a datetime"),
        ("list", {"last_used_before": A_DATE.date()}, {}, "last_used_before is a datetime"),
        ("list", {"last_used_before": edge}, {}, "edge of the calendar"),
        ("list", {"last_used_before": A_DATE, "never_used": True}, {}, "exclude each other"),
        ("list", {"never_used": True, "filters": "lastUsed isnull"}, {}, "exclude each other"),
        ("get", {"token_id": ""}, {}, "token_id is a non-empty text"),
        ("get", {"token_id": None}, {}, "token_id is a non-empty text"),
        ("get", {"token_id": "x", "owner": ""}, {}, "owner is a non-empty text"),
        ("create", {"name": ""}, {}, "name is a non-empty text"),
        ("create", {"name": " \n"}, {}, "name is a non-empty text"),
        ("create", {"name": b"x"}, {}, "name is a non-empty text"),
        ("create", {"name": "\ud800"}, {}, "UTF-8"),
        ("create", {"name": "x", "scopes": []}, {}, "scopes is empty"),
        ("create", {"name": "x", "scopes": SCOPE}, {}, "scopes is a list of texts, not one text"),
        ("create", {"name": "x", "scopes": [""]}, {}, "each of scopes is a text"),
        ("create", {"name": "x", "scopes": [7]}, {}, "each of scopes is a text"),
        ("create", {"name": "x", "scopes": 7}, {}, "scopes is a list of texts"),
        ("create", {"name": "x", "expires_in": timedelta(0)}, {}, "expires_in is a timedelta abo"),
        ("create", {"name": "x", "expires_in": timedelta(days=-1)}, {}, "expires_in is a timede"),
        ("create", {"name": "x", "expires_in": 90}, {}, "expires_in is a timedelta above zero"),
        ("create", {"name": "x", "expires_in": timedelta.max}, {}, "beyond the year 9999"),
        ("create", {"name": "x", "expires_at": A_DATE}, {}, "expires_at is in the past"),
        ("create", {"name": "x", "expires_at": naive}, {}, "expires_at is a datetime with a time"),
        ("create", {"name": "x", "expires_at": "2099-01-01"}, {}, "expires_at is a datetime"),
        ("create", {"name": "x", "expires_at": edge}, {}, "edge of the calendar"),
        (
            "create",
            {"name": "x", "expires_in": timedelta(1), "expires_at": A_DATE},
            {},
            "exclude each other",
        ),
        (
            "create",
            {"name": "x", "expires_in": timedelta(1), "never_expires": True},
            {"api_version": "v2025"},
            "exclude each other",
        ),
        ("create", {"name": "x", "never_expires": True}, {}, "does not understand never_expires"),
        (
            "create",
            {"name": "x", "never_expires": True},
            {"api_version": "v2024"},
            "does not understand never_expires",
        ),
        ("create", {"name": "x"}, {"api_version": "v2025"}, "wants to be told when"),
        ("create", {"name": "x"}, {"api_version": "v2026"}, "wants to be told when"),
        ("create", {"name": "x", "access_token_ttl": timedelta(seconds=14)}, {}, "15 to 43200"),
        ("create", {"name": "x", "access_token_ttl": timedelta(seconds=43201)}, {}, "15 to 43200"),
        ("create", {"name": "x", "access_token_ttl": timedelta(seconds=15.5)}, {}, "whole number"),
        ("create", {"name": "x", "access_token_ttl": 60}, {}, "15 to 43200"),
        ("create", {"name": "x", "if_unknown": "ignore"}, {}, "if_unknown is 'raise' or 'replace'"),
        ("delete", {"token_id": ""}, {}, "token_id is a non-empty text"),
        ("delete", {"token_id": "."}, {}, "is a path, not an id"),
        ("delete", {"token_id": ".."}, {}, "is a path, not an id"),
        ("delete", {"token_id": "\ud800"}, {}, "UTF-8"),
        ("delete_many", {"token_ids": "86f1dc6f"}, {}, "token_ids is a list of ids, not one"),
        ("delete_many", {"token_ids": None}, {}, "token_ids is a list of ids, not None"),
        ("list", {"never_used": "no"}, {}, "never_used is True or False"),
        ("create", {"name": "x", "never_expires": 1}, {}, "never_expires is True or False"),
        ("delete_many", {"token_ids": ["x", ""]}, {}, "token_id is a non-empty text"),
        ("delete_many", {"token_ids": ["x", "x", ".."]}, {}, "is a path, not an id"),
        ("find_orphan", {"error": TransportError("lost")}, {}, "there is nothing to look for"),
        ("rotate", {"token_id": "", "save": print}, {}, "token_id is a non-empty text"),
        ("rotate", {"token_id": "x", "save": None}, {}, "save"),
        ("rotate", {"token_id": "x", "save": print, "name": ""}, {}, "name is a text"),
        ("rotate", {"token_id": "x", "save": print, "expires_at": naive}, {}, "with a time zone"),
        (
            "rotate",
            {"token_id": "x", "save": print, "never_expires": True},
            {},
            "does not understand",
        ),
    ],
)
def test_a_bad_argument_is_a_value_error_before_anything_is_sent(  # noqa: PLR0913, PLR0917  a table
    method: str,
    arguments: dict[str, Any],
    options: dict[str, Any],
    said: str,
    untouched: FakeTenant,
    connect: Connect,
) -> None:
    pats = connect(untouched, **options)
    with pytest.raises(ValueError, match=said):
        getattr(pats, method)(**arguments)
    assert untouched.connections == 0


# --- the client itself ----------------------------------------------------------------------------


def test_a_closed_client_says_so(tenant: FakeTenant, connect: Connect) -> None:
    pats = connect(tenant)
    pats.list()
    pats.close()
    for call in (pats.list, lambda: pats.create("x"), lambda: pats.delete("x")):
        with pytest.raises(TransportError, match=r"was not sent: this client is closed") as caught:
            call()
        assert not caught.value.maybe_performed
    assert tenant.count() == 2
    pats.close()


def test_nothing_goes_out_after_the_client_was_closed(
    tenant: FakeTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Sync only: an async client cancels what is under way.
    asked, answer = threading.Event(), threading.Event()
    found = socket.getaddrinfo

    def slow(*args: Any, **kwargs: Any) -> Any:
        asked.set()
        answer.wait(10)
        return found(*args, **kwargs)

    pats = PatClient(
        base_url=tenant.base_url, client_id=tenant.client_id, client_secret=tenant.client_secret
    )
    monkeypatch.setattr(socket, "getaddrinfo", slow)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        listing = pool.submit(pats.list)
        asked.wait(10)
        pats.close()
        answer.set()
        with pytest.raises(TransportError, match="closed") as caught:
            listing.result()
    assert not caught.value.maybe_performed
    assert tenant.count() == 0


def test_leaving_the_context_closes_the_connections(tenant: FakeTenant) -> None:
    with PatClient(
        base_url=tenant.base_url, client_id=tenant.client_id, client_secret=tenant.client_secret
    ) as pats:
        pats.list()
    with pytest.raises(TransportError, match="closed"):
        pats.list()


def test_making_a_client_for_nowhere_costs_nothing_until_it_is_used(connect: Connect) -> None:
    pats = connect(
        base_url="http://127.0.0.1:9", client_id="an-id", client_secret="obviously-fake", retry=None
    )
    with pytest.raises(TransportError, match=r"no connection to 127\.0\.0\.1") as caught:
        pats.list()
    assert not caught.value.maybe_performed
