"""The tokens that a tenant starts with: all that an audit looks for, each time the same."""

import functools
import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import pytest

from sailpoint_pat.testing import FakeTenant

from .callers import support_of

Record: TypeAlias = dict[str, Any]
DAY = timedelta(days=1)


def listing(tenant: FakeTenant) -> list[Record]:
    with support_of(tenant) as support:
        records: list[Record] = support.list().raise_for_status().json()
    return records


@pytest.fixture(scope="module")
def population() -> tuple[datetime, list[Record]]:
    with FakeTenant(tokens=200) as tenant:
        now, records = tenant.now, listing(tenant)
        assert tenant.violations == []
    return now, records


def days(now: datetime, record: Record, field: str) -> float | None:
    """How many days ahead a date is; None where there is none."""
    date = record[field]
    return None if date is None else (datetime.fromisoformat(date) - now) / DAY


Condition: TypeAlias = Callable[[Record, Callable[[str], float | None]], bool]
CONDITIONS: dict[str, Condition] = {
    "expired": lambda _, ahead: (ahead("expirationDate") or 1) < 0,
    "expires within 7 days": lambda _, ahead: 0 < (ahead("expirationDate") or 0) < 7,
    "expires within 30 days": lambda _, ahead: 7 < (ahead("expirationDate") or 0) < 30,
    "never expires": lambda r, _: r["userAwareTokenNeverExpires"] is True,
    "no date": lambda r, _: not (r["expirationDate"] or r["userAwareTokenNeverExpires"]),
    "unused": lambda _, ahead: (ahead("lastUsed") or 0) < -90,
    "never used, old": lambda r, ahead: r["lastUsed"] is None and (ahead("created") or 0) < -30,
    "never used, young": lambda r, ahead: r["lastUsed"] is None and (ahead("created") or 0) > -30,
    "all scopes": lambda r, _: r["scope"] == ["sp:scopes:all"],
    "scopes not given": lambda r, _: r["scope"] is None,
    "no scopes": lambda r, _: r["scope"] == [],
    "narrow": lambda r, _: len(r["scope"] or ()) == 2,
    "no owner": lambda r, _: r["owner"] is None,
    "an owner without an id": lambda r, _: bool(r["owner"]) and r["owner"]["id"] is None,
    "an owner without a name": lambda r, _: bool(r["owner"]) and r["owner"]["name"] is None,
    "managed": lambda r, _: r["managed"] is True,
    "nulls": lambda r, _: r["managed"] is None and r["accessTokenValiditySeconds"] is None,
    "long access tokens": lambda r, _: r["accessTokenValiditySeconds"] == 43_200,
    "short access tokens": lambda r, _: r["accessTokenValiditySeconds"] == 900,
    "a formula": lambda r, _: r["name"].startswith("="),
    "markup": lambda r, _: "<script>" in r["name"],
    "an escape sequence": lambda r, _: "\x1b[" in r["name"],
    "line ends": lambda r, _: "\r\n" in r["name"],
    "right to left": lambda r, _: any("\u0600" <= letter <= "\u06ff" for letter in r["name"]),
    "emoji": lambda r, _: "\U0001f511" in r["name"],
    "a lone surrogate": lambda r, _: any("\ud800" <= letter <= "\udfff" for letter in r["name"]),
    "very long": lambda r, _: len(r["name"]) > 400,
}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_two_hundred_tokens_have(population: tuple[datetime, list[Record]], condition: str) -> None:
    now, records = population
    holds = CONDITIONS[condition]
    found = [r for r in records if holds(r, functools.partial(days, now, r))]
    assert 1 <= len(found) <= 199


def test_owners_have_from_one_to_ten_tokens(population: tuple[datetime, list[Record]]) -> None:
    _, records = population
    owners = Counter((record["owner"] or {}).get("id") for record in records)
    del owners[None]
    assert len(owners) > 20
    assert {1, 9, 10} <= set(owners.values())
    assert max(owners.values()) == 10


def test_some_tokens_are_supports() -> None:
    tenant = FakeTenant(tokens=5)
    assert {token.owner for token in tenant.tokens.values()} == {tenant.person}


def facts(tenant: FakeTenant) -> list[object]:
    return [
        (token.name, token.owner.name, token.scopes, round((token.created_at - tenant.now) / DAY))
        for token in tenant.tokens.values()
    ]


def test_each_tenant_has_ids_and_secrets_of_its_own_and_the_same_conditions() -> None:
    first, second = FakeTenant(tokens=200), FakeTenant(tokens=200)
    assert facts(first) == facts(second)
    assert set(first.tokens).isdisjoint(second.tokens)
    secrets = [{token.secret for token in each.tokens.values()} for each in (first, second)]
    assert secrets[0].isdisjoint(secrets[1])
    assert first.person.id != second.person.id


def test_two_tenants_with_one_seed_give_out_the_same() -> None:
    first, second = FakeTenant(tokens=20, seed="demo"), FakeTenant(tokens=20, seed="demo")
    assert list(first.tokens) == list(second.tokens)
    assert first.client_secret == second.client_secret
    assert first.client_id != FakeTenant(seed="another").client_id


def test_unreadable_records_come_only_when_asked_for() -> None:
    with FakeTenant(unreadable=True) as tenant:
        records = listing(tenant)
        assert tenant.violations == []
    broken = [record for record in records if record.get("name") != "FakeTenant"]
    assert len(broken) == 3
    assert "name" not in broken[1]
    assert (broken[0]["created"], broken[2]["id"]) == ("yesterday", None)


@pytest.mark.parametrize("shown", [{"owner": None}, "no record at all", None, [1]])
def test_a_record_can_be_altered_to_anything(tenant: FakeTenant, shown: object) -> None:
    tenant.add_token(tenant.person, "Strange", altered=lambda _: shown)
    assert json.dumps(listing(tenant)[1]) == json.dumps(shown)
    assert tenant.violations == []
