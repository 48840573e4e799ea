"""The three operations and their rules, the same in every version."""

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from sailpoint_pat.testing import ALL_RIGHTS, FakeTenant

from .callers import V3, Caller, caller_with, support_of

READ_MINE = "idn:my-personal-access-tokens:read"
READ_ALL = "idn:all-personal-access-tokens:read"
READ_MANAGED = "idn:managed-personal-access-tokens:read"
MANAGE_MINE = "sp:my-personal-access-tokens:manage"
MANAGE_ALL = "sp:all-personal-access-tokens:manage"
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


@pytest.mark.parametrize("seconds", [15, 43200])
def test_a_created_token_is_listed_works_and_can_be_deleted(
    tenant: FakeTenant, client: httpx.Client, support: Caller, seconds: int
) -> None:
    asked = {"name": "Nightly", "scope": [READ_MINE], "accessTokenValiditySeconds": seconds}
    made = support.create(**asked).json()
    assert asked.items() <= made.items()
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


@pytest.mark.parametrize(
    ("rights", "owner", "seen"),
    [
        ({READ_MINE}, "me", ["Mine"]),
        ({READ_MINE}, None, 403),
        ({READ_MINE}, "support", 403),
        ({READ_ALL}, "me", 403),
        ({READ_ALL}, None, ["FakeTenant", "Mine"]),
        ({READ_ALL}, "support", ["FakeTenant"]),
        ({READ_ALL}, NOBODY, []),
        ({READ_ALL, READ_MANAGED}, "support", ["FakeTenant", "Managed"]),
        ({READ_MINE, READ_MANAGED}, "me", ["Mine"]),
        ({MANAGE_ALL, MANAGE_MINE}, None, 403),
        (set(), "me", 403),
    ],
)
def test_listing_takes_the_right_to(
    tenant: FakeTenant,
    client: httpx.Client,
    rights: set[str],
    owner: str | None,
    seen: list[str] | int,
) -> None:
    tenant.add_token(tenant.person, "Managed", managed=True)
    person = tenant.add_person("Ada", rights=rights)
    ada = caller_with(client, tenant.add_token(person, "Mine"))
    asked = tenant.person.id if owner == "support" else owner
    answer = ada.list() if asked is None else ada.list(owner_id=asked)
    if isinstance(seen, int):
        assert answer.status_code == seen
    else:
        assert names(answer) == seen


@pytest.mark.parametrize(
    ("rights", "create", "delete_own", "delete_others"),
    [
        ({MANAGE_MINE}, 200, 204, 403),
        ({MANAGE_ALL}, 200, 204, 204),
        ({READ_ALL, READ_MINE}, 403, 403, 403),
    ],
)
def test_changing_takes_the_right_to(
    tenant: FakeTenant,
    client: httpx.Client,
    rights: set[str],
    create: int,
    delete_own: int,
    delete_others: int,
) -> None:
    person = tenant.add_person("Ada", rights=rights)
    ada = caller_with(client, tenant.add_token(person, "Mine"))
    own = tenant.add_token(person, "Another of mine").id
    theirs = tenant.add_token(tenant.person, "Theirs").id
    created = ada.create()
    assert created.status_code == create
    assert ada.delete(own).status_code == delete_own
    assert ada.delete(theirs).status_code == delete_others
    assert own in tenant.tokens or delete_own == 204
    assert theirs in tenant.tokens or delete_others == 204
    assert MANAGE_MINE in reason(created, 403) if create == 403 else created.json()["id"]


@pytest.mark.parametrize(
    ("scopes", "own", "whole"),
    [
        ((READ_MINE,), 200, 403),
        ((READ_ALL,), 403, 200),
        (("sp:my-personal-access-tokens:read",), 200, 403),
        ((MANAGE_MINE,), 200, 403),
        (("sp:all-personal-access-tokens:read",), 200, 200),
        ((MANAGE_ALL,), 200, 200),
        (("sp:scopes:all",), 200, 200),
        (None, 200, 200),
        ((), 403, 403),
    ],
)
def test_a_token_may_do_no_more_than_its_scopes(
    tenant: FakeTenant, client: httpx.Client, scopes: tuple[str, ...] | None, own: int, whole: int
) -> None:
    narrow = caller_with(client, tenant.add_token(tenant.person, "Narrow", scopes=scopes))
    statuses = [narrow.list(owner_id="me").status_code, narrow.list().status_code]
    assert statuses == [own, whole]


def test_a_scope_gives_no_right_that_its_owner_lacks(
    tenant: FakeTenant, client: httpx.Client
) -> None:
    person = tenant.add_person("Ada", rights=ALL_RIGHTS - {READ_ALL})
    ada = caller_with(client, tenant.add_token(person, "Mine", scopes=[READ_ALL, MANAGE_ALL]))
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
        *("name eq 'x'", "lastUsed", "lastUsed le yesterday", "lastUsed isnull or lastUsed isnull"),
        *("lastUsed ge 2023-02-05T10:59:27.214Z", "lastUsed le 2023-02-05T10:59:27"),
    ],
)
def test_a_filter_that_is_not_supported(support: Caller, filters: str) -> None:
    reason(support.list(filters=filters))


def test_names_are_unique_per_owner(tenant: FakeTenant, support: Caller) -> None:
    tenant.add_token(tenant.add_person("Ada"), "New")
    assert support.create().status_code == 200
    assert "already exists" in reason(support.create())


def test_ten_tokens_a_person(tenant: FakeTenant, support: Caller) -> None:
    made = [support.create(name=f"Token {number}") for number in range(10)]
    assert [answer.status_code for answer in made[:9]] == [200] * 9
    assert "limit" in reason(made[9])
    assert len(tenant.tokens) == 10


def test_an_unknown_token_cannot_be_deleted(support: Caller) -> None:
    assert NOBODY in reason(support.delete(NOBODY), 404)
    assert "'a/b'" in reason(support.delete("a%2Fb"), 404)


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", f"{V3}/{NOBODY}", "DELETE"),
        ("PATCH", f"/personal-access-tokens/v1/{NOBODY}", "DELETE"),
        ("TRACE", V3, "GET, POST"),
        ("PUT", "/personal-access-tokens/v1", "GET, POST"),
        ("GET", "/oauth/token", "POST"),
    ],
)
def test_methods_that_do_not_exist(
    tenant: FakeTenant, support: Caller, method: str, path: str, allow: str
) -> None:
    answer = support.send(method, path)
    assert answer.headers["Allow"] == allow
    reason(answer, 405)
    assert tenant.requests[-1].operation == "other"


def test_a_long_listing_is_whole_and_checked_at_its_end() -> None:
    with FakeTenant(tokens=300) as tenant, support_of(tenant) as support:
        assert {each["id"] for each in support.list().json()} == set(tenant.tokens)
        assert tenant.violations == []
        tenant.add_token(tenant.person, "x", scopes=[1])  # type: ignore[list-item] # the break
        assert support.list().status_code == 500
