"""Tokens to audit and to report on, made without a tenant."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from sailpoint_pat import Owner, PersonalAccessToken

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
TICK = timedelta(microseconds=1)
SUPPORT = Owner("2c9180867b50d088017b554662fb281e", "Support", "IDENTITY")

_numbers = itertools.count()


def make_token(**fields: Any) -> PersonalAccessToken:
    """Return a token that no default policy finds fault with at `NOW`, but for `fields`."""
    number = next(_numbers)
    fine: dict[str, Any] = {
        "id": f"{number:032x}",
        "name": f"Token {number}",
        "owner": SUPPORT,
        "scopes": ("idn:accounts:read",),
        "created_at": NOW - 10 * DAY,
        "last_used_at": NOW - DAY,
        "expires_at": NOW + 100 * DAY,
        "never_expires": False,
        "access_token_ttl": timedelta(hours=12),
        "managed": False,
    }
    return PersonalAccessToken(**fine | fields)


def make_owner(name: str) -> Owner:
    return Owner(f"2c918086{name.encode().hex():0>24}", name, "IDENTITY")
