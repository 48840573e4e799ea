"""The three operations and their rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from sailpoint_pat.testing import ALL_RIGHTS, FakeTenant

from .callers import PATH, Caller, caller_with

if TYPE_CHECKING:
    from collections.abc import Iterator

READ_MINE = "idn:my-personal-access-tokens:read"
READ_ALL = "idn:all-personal-access-tokens:read"
READ_MANAGED = "idn:managed-personal-access-tokens:read"
MANAGE_MINE = "sp:my-personal-access-tokens:manage"
MANAGE_ALL = "sp:all-personal-access-tokens:manage"
DAY = timedelta(days=1)
NOBODY = "0" * 32


@pytest.fixture(autouse=True)
def nothing_breaks_the_contract(tenant: FakeTenant) -> Iterator[None]:
    yield
    assert tenant.violations == []


def names(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [record["name"] for record in answer.json()]


def reason(answer: httpx.Response, status: int = 400) -> str:
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert body["detailCode"].startswith(str(status))
    assert len(body["trackingId"]) == 32
    return str(body["messages"][0]["text"])


def test_a_created_token_is_listed_works_and_can_be_deleted(
    tenant: FakeTenant, client: httpx.Client, support: Caller
) -> None:
    made = support.create(
        {"name": "Nightly", "scope": [READ_MINE], "accessTokenValiditySeconds": 60}
    ).json()
    assert made["owner"] == {"type": "IDENTITY", "id": tenant.person.id, "name": "Support"}
    assert made["secret"] == tenant.tokens[made["id"]].secret

    [record] = [each for each in support.list(owner_id="me").json() if each["id"] == made["id"]]
    assert record == {k: v for k, v in made.items() if k != "secret"} | {
        "lastUsed": None,
        "managed": False,
    }
    nightly = caller_with(client, tenant.tokens[made["id"]])
    assert "Nightly" in names(nightly.list(owner_id="me"))

    deleted = support.delete(made["id"])
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert "Nightly" not in names(support.list())
    assert made["id"] not in tenant.tokens


@pytest.mark.parametrize("version", ["v3", "v2024", "v2025", "v2026", "beta"])
def test_every_version_serves_the_same(support: Caller, version: str) -> None:
    assert names(support.send("GET", f"/{version}/personal-access-tokens")) == ["FakeTenant"]


@pytest.mark.parametrize(
    ("rights", "owner", "status", "seen"),
    [
        ({READ_MINE}, "me", 200, ["Mine"]),
        ({READ_MINE}, None, 403, None),
        ({READ_MINE}, "support", 403, None),
        ({READ_ALL}, "me", 403, None),
        ({READ_ALL}, None, 200, ["FakeTenant", "Mine"]),
        ({READ_ALL}, "support", 200, ["FakeTenant"]),
        ({READ_ALL}, NOBODY, 200, []),
        ({READ_ALL, READ_MANAGED}, "support", 200, ["FakeTenant", "Managed"]),
        ({READ_MINE, READ_MANAGED}, "me", 200, ["Mine"]),
        ({MANAGE_ALL, MANAGE_MINE}, None, 403, None),
        (set(), "me", 403, None),
    ],
)
def test_listing_takes_the_right_to(  # noqa: PLR0913, PLR0917 - one column of the table each
    tenant: FakeTenant,
    client: httpx.Client,
    rights: set[str],
    owner: str | None,
    status: int,
    seen: list[str] | None,
) -> None:
    tenant.add_token(tenant.person, "Managed", managed=True)
    person = tenant.add_person("Ada", rights=rights)
    ada = caller_with(client, tenant.add_token(person, "Mine"))
    asked = tenant.person.id if owner == "support" else owner
    answer = ada.list() if asked is None else ada.list(owner_id=asked)
    assert answer.status_code == status
    if seen is not None:
        assert names(answer) == seen


@pytest.mark.parametrize(
    ("rights", "may_create", "may_delete_own", "may_delete_others"),
    [
        ({MANAGE_MINE}, True, True, False),
        ({MANAGE_ALL}, True, True, True),
        ({READ_ALL, READ_MINE}, False, False, False),
    ],
)
def test_changing_takes_the_right_to(  # noqa: PLR0913, PLR0917 - one column of the table each
    tenant: FakeTenant,
    client: httpx.Client,
    rights: set[str],
    may_create: bool,  # noqa: FBT001 - a column of the table
    may_delete_own: bool,  # noqa: FBT001 - a column of the table
    may_delete_others: bool,  # noqa: FBT001 - a column of the table
) -> None:
    person = tenant.add_person("Ada", rights=rights)
    ada = caller_with(client, tenant.add_token(person, "Mine"))
    own = tenant.add_token(person, "Another of mine").id
    theirs = tenant.add_token(tenant.person, "Theirs").id

    created = ada.create({"name": "New"})
    assert created.status_code == (200 if may_create else 403)
    assert ada.delete(own).status_code == (204 if may_delete_own else 403)
    assert ada.delete(theirs).status_code == (204 if may_delete_others else 403)
    assert (own in tenant.tokens, theirs in tenant.tokens) == (
        not may_delete_own,
        not may_delete_others,
    )
    if may_create:
        assert created.json()["owner"]["name"] == "Ada"
    else:
        assert MANAGE_MINE in reason(created, 403)


@pytest.mark.parametrize(
    ("scopes", "status"),
    [((READ_MINE,), 403), ((READ_ALL,), 200), (("sp:scopes:all",), 200), (None, 200), ((), 403)],
)
def test_a_token_may_do_no_more_than_its_scopes(
    tenant: FakeTenant, client: httpx.Client, scopes: tuple[str, ...] | None, status: int
) -> None:
    narrow = caller_with(client, tenant.add_token(tenant.person, "Narrow", scopes=scopes))
    assert narrow.list().status_code == status


def test_a_scope_gives_no_right_that_its_owner_lacks(
    tenant: FakeTenant, client: httpx.Client
) -> None:
    person = tenant.add_person("Ada", rights=ALL_RIGHTS - {READ_ALL})
    ada = caller_with(client, tenant.add_token(person, "Mine", scopes=[READ_ALL]))
    assert READ_ALL in reason(ada.list(), 403)


@pytest.mark.parametrize(
    ("filters", "seen"),
    [
        ("lastUsed isnull", ["Unused"]),
        ("lastUsed le 2023-02-05T10:59:27.214Z", ["Old"]),
        ("lastUsed le 2023-02-05T10:59:27.213Z", []),
        ("lastUsed le 2023-02-05T11:59:27.214+01:00", ["Old"]),
        ("lastUsed le 2999-01-01T00:00:00Z", ["FakeTenant", "Old"]),
    ],
)
def test_filters(tenant: FakeTenant, support: Caller, filters: str, seen: list[str]) -> None:
    used = datetime(2023, 2, 5, 10, 59, 27, 214_000, tzinfo=UTC)
    tenant.add_token(tenant.person, "Old", last_used_at=used)
    tenant.add_token(tenant.person, "Unused")
    assert names(support.list(filters=filters)) == seen


@pytest.mark.parametrize(
    "filters",
    [
        "name eq 'x'",
        "lastUsed ge 2023-02-05T10:59:27.214Z",
        "lastUsed le yesterday",
        "lastUsed le 2023-02-05T10:59:27",
        "lastUsed",
        "lastUsed isnull or lastUsed isnull",
    ],
)
def test_a_filter_that_is_not_supported(support: Caller, filters: str) -> None:
    reason(support.list(filters=filters))


def test_names_are_unique_per_owner(tenant: FakeTenant, support: Caller) -> None:
    tenant.add_token(tenant.add_person("Ada"), "Mine")
    assert support.create({"name": "Mine"}).status_code == 200
    assert "already exists" in reason(support.create({"name": "Mine"}))


def test_ten_tokens_a_person(tenant: FakeTenant, support: Caller) -> None:
    for number in range(9):
        assert support.create({"name": f"Token {number}"}).status_code == 200
    assert "limit" in reason(support.create({"name": "One too many"}))
    assert len(tenant.tokens) == 10


@pytest.mark.parametrize(
    ("version", "body", "expires"),
    [
        ("v3", {}, "2025-07-31T12:00:00.000Z"),
        ("v3", {"expirationDate": None}, "2025-07-31T12:00:00.000Z"),
        ("v3", {"userAwareTokenNeverExpires": True}, None),
        ("v3", {"expirationDate": "2025-02-01T00:00:00.0015+01:00"}, "2025-01-31T23:00:00.001Z"),
        ("v3", {"expirationDate": "2025-02-01t00:00:00z"}, "2025-02-01T00:00:00.000Z"),
        ("v2024", {}, "2025-07-31T12:00:00.000Z"),
        ("v2025", {"userAwareTokenNeverExpires": True}, None),
        ("v2025", {"expirationDate": None, "userAwareTokenNeverExpires": True}, None),
        ("v2025", {"expirationDate": "2025-02-01T00:00:00Z"}, "2025-02-01T00:00:00.000Z"),
        ("v2025", {}, 400),
        ("v2025", {"userAwareTokenNeverExpires": False}, 400),
        ("v2026", {"expirationDate": None}, 400),
        ("v3", {"expirationDate": "2025-01-31T12:00:00Z"}, 400),
        ("v3", {"expirationDate": "2001-01-01T00:00:00Z"}, 400),
        ("v3", {"expirationDate": "9999-12-31T23:59:59-12:00"}, 400),
    ],
)
def test_expiry(
    tenant: FakeTenant,
    client: httpx.Client,
    version: str,
    body: dict[str, object],
    expires: str | int | None,
) -> None:
    tenant.freeze()
    tenant.advance(datetime(2025, 1, 31, 12, tzinfo=UTC) - tenant.now)
    support = caller_with(client, tenant.tokens[tenant.client_id])
    answer = support.create({"name": "New"} | body, version)
    if expires == 400:
        reason(answer)
    else:
        assert answer.json()["expirationDate"] == expires


def test_six_months_end_with_the_month(tenant: FakeTenant) -> None:
    tenant.freeze()
    tenant.advance(datetime(2025, 8, 31, tzinfo=UTC) - tenant.now)
    made = tenant.add_token(tenant.person, "End of August")
    assert made.expires_at == datetime(2026, 2, 28, tzinfo=UTC)


@pytest.mark.parametrize(("seconds", "status"), [(15, 200), (43200, 200)])
def test_how_long_access_tokens_live(support: Caller, seconds: int, status: int) -> None:
    answer = support.create({"name": "New", "accessTokenValiditySeconds": seconds})
    assert answer.status_code == status
    assert answer.json()["accessTokenValiditySeconds"] == seconds


def test_an_unknown_token_cannot_be_deleted(support: Caller) -> None:
    assert NOBODY in reason(support.delete(NOBODY), 404)
    assert "'a/b'" in reason(support.delete("a%2Fb"), 404)


@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        ("GET", "/v3/personal-access-tokens/", 404, None),
        ("GET", "/v1/personal-access-tokens", 404, None),
        ("GET", "/personal-access-tokens", 404, None),
        ("GET", "/", 404, None),
        ("GET", f"{PATH}/{NOBODY}", 405, "DELETE"),
        ("PATCH", f"{PATH}/{NOBODY}", 405, "DELETE"),
        ("TRACE", PATH, 405, "GET, POST"),
        ("PUT", PATH, 405, "GET, POST"),
        ("GET", "/oauth/token", 405, "POST"),
    ],
)
def test_paths_and_methods_that_lead_nowhere(  # noqa: PLR0913, PLR0917 - one column of the table each
    tenant: FakeTenant, support: Caller, method: str, path: str, status: int, allow: str | None
) -> None:
    answer = support.send(method, path)
    assert answer.headers.get("Allow") == allow
    reason(answer, status)
    assert tenant.requests[-1].operation == "other"


def test_extra_tokens_are_the_same_each_time() -> None:
    first, second = FakeTenant(tokens=200), FakeTenant(tokens=200)
    assert list(first.tokens) == list(second.tokens)
    tokens = list(first.tokens.values())
    assert len(tokens) == 201
    assert len({token.owner.id for token in tokens}) == 21
    for kinds in (
        {token.last_used_at is None for token in tokens},
        {token.never_expires for token in tokens},
        {token.managed for token in tokens},
    ):
        assert kinds == {True, False}


def test_a_long_listing_is_whole_and_checked_at_its_end() -> None:
    with (
        FakeTenant(tokens=300) as tenant,
        httpx.Client(base_url=tenant.base_url) as client,
    ):
        support = caller_with(client, tenant.tokens[tenant.client_id])
        assert {each["id"] for each in support.list().json()} == set(tenant.tokens)
        assert tenant.violations == []
        tenant.add_token(tenant.person, "x", scopes=[1])  # type: ignore[list-item] # the break
        assert support.list().status_code == 500
