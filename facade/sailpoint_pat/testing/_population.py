"""A tenant's worth of tokens: many owners, and every condition that an audit looks for.

The conditions are fixed, and counted from the tenant's clock: the same number of tokens gives the
same picture each time.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import cycle
from typing import TYPE_CHECKING, Any, TypeAlias

from sailpoint_pat.testing._state import ALL_SCOPES, READ_MINE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from sailpoint_pat.testing._state import Person, Record, State

Facts: TypeAlias = dict[str, Any]
"""Arguments of `State.add_token`."""

_SUPPORTS_TOKENS = 5
# How many tokens one owner after the other has. Ten is the limit, so that nine and ten are near it.
_TOKENS_OF_AN_OWNER = (10, 3, 1, 9, 5, 2, 7, 4, 1, 6)
_EACH_NTH_NAME_IS_HOSTILE = 10

_NAMES = (
    *("Nightly export", "HR sync", "ServiceNow connector", "CI pipeline", "Splunk forwarder"),
    *("Access review", "Terraform", "Data warehouse", "Onboarding", "Role mining", "Jira bridge"),
)
_OWNERS = (
    *("Ada", "Björn", "Chloé", "Dmitri", "Esra", "Farid", "Grace", "Hans", "Ines", "Jun"),
    *("Kofi", "Łucja", "Mei", "Noor"),
)
# Names come from other people: each of these harms a program that passes it on as it is.
_HOSTILE_NAMES = (
    '=HYPERLINK("http://example.invalid","Click")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</script><b>{{ 7 * 7 }}</b>",
    "\x1b[31mred\x1b[0m\x1b]0;a title\x07",
    "two\r\nlines",
    "nothing\x00after",
    "\u202egnp.exe",
    "مفتاح النسخ الاحتياطي",
    "🔑 \U0001f469\u200d\U0001f680 e\u0301",
    "half a pair \ud83d",
    "very long " * 50,
    " ",
)


def populate(state: State, support: Person, count: int) -> None:
    """Add so many tokens, the first five of them Support's.

    Args:
        state: Where they go.
        support: Who owns the first ones.
        count: How many, 0 or more. From 200 on, every condition and name is among them.
    """
    conditions = cycle(_conditions(state.clock.now()))
    owners = _owners(state, support)
    for number in range(count):
        name = _NAMES[number % len(_NAMES)]
        if number % _EACH_NTH_NAME_IS_HOSTILE == _EACH_NTH_NAME_IS_HOSTILE - 1:
            name = _HOSTILE_NAMES[number // _EACH_NTH_NAME_IS_HOSTILE % len(_HOSTILE_NAMES)]
        state.add_token(next(owners), name, **next(conditions))


def add_unreadable_tokens(state: State) -> None:
    """Add tokens whose records lack what identifies them, or have a date that is none."""
    changes: list[Callable[[Record], object]] = [
        lambda record: record | {"created": "yesterday"},
        lambda record: {name: value for name, value in record.items() if name != "name"},
        lambda record: record | {"id": None},
    ]
    for number, change in enumerate(changes):
        owner = state.new_person(f"Owner of a broken record {number + 1}", ())
        state.add_token(owner, f"Broken record {number + 1}", altered=change)


def _owners(state: State, support: Person) -> Iterator[Person]:
    yield from [support] * _SUPPORTS_TOKENS
    for number, tokens in enumerate(cycle(_TOKENS_OF_AN_OWNER)):
        name = f"{_OWNERS[number % len(_OWNERS)]} {number // len(_OWNERS) + 1}"
        yield from [state.new_person(name, ())] * tokens


def _conditions(now: datetime) -> list[Facts]:
    """Each of them once. What is not said is fine: in use, narrow, and good for months."""
    day = timedelta(days=1)
    fine: Facts = {
        "scopes": ("idn:accounts:read", READ_MINE),
        "created_at": now - 40 * day,
        "expires_at": now + 140 * day,
        "last_used_at": now - day,
        "access_token_ttl": timedelta(minutes=15),
    }
    never: Facts = {"expires_at": None, "never_expires": True}
    nobody = {"type": "IDENTITY", "id": None, "name": None}
    return [
        fine,
        fine | {"created_at": now - 190 * day, "expires_at": now - 6 * day},
        fine | {"expires_at": now + 3 * day},
        fine | {"expires_at": now + 20 * day},
        fine | never,
        fine | {"last_used_at": None, "created_at": now - 5 * day},
        fine | {"last_used_at": None, "created_at": now - 60 * day},
        fine | {"last_used_at": now - 120 * day, "created_at": now - 150 * day},
        fine | {"scopes": (ALL_SCOPES,)},
        fine | {"scopes": None},
        fine | {"scopes": ()},
        fine | {"access_token_ttl": timedelta(hours=12)},
        fine | {"managed": True},
        # It has no date, and does not say that it never expires.
        fine | never | _showing({"userAwareTokenNeverExpires": None}),
        fine | _showing({"owner": None}),
        fine | _showing({"owner": nobody}),
        fine | _with_an_owner({"name": None}),
        fine | _with_an_owner({"type": "A_NEW_TYPE"}),
        fine | _showing({"managed": None, "accessTokenValiditySeconds": None}),
        # Two of what is usual, for each that is not.
        *[fine | {"expires_at": now + days * day} for days in (45, 60, 75, 90, 120, 170)],
    ]


def _showing(fields: Record) -> Facts:
    return {"altered": lambda record: record | fields}


def _with_an_owner(fields: Record) -> Facts:
    return {"altered": lambda record: record | {"owner": record["owner"] | fields}}
