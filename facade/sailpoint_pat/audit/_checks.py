"""What each kind of finding about tokens looks at, and what it says.

A check takes tokens and yields those that it has something to say about, each with the moment since
when and with the sentence that says what to do.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeAlias

from sailpoint_pat.models import Owner, PersonalAccessToken

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sailpoint_pat.audit._policy import Policy

ALL_SCOPES: Final = "sp:scopes:all"
TOKENS_PER_PERSON: Final = 10
_SECOND: Final = timedelta(seconds=1)
_DAY: Final = timedelta(days=1)

Tokens: TypeAlias = "Collection[PersonalAccessToken]"
Seen: TypeAlias = "tuple[PersonalAccessToken, datetime | None, str]"
SeenOwner: TypeAlias = "tuple[Owner, datetime, str]"


def ownerless(tokens: Tokens) -> Iterator[Seen]:
    """Tokens without an owner, or whose owner has no id."""
    advice = (
        "Has no owner: find out what uses this token, make a token of somebody who stays for "
        "that, and revoke this one."
    )
    for token in tokens:
        owner = token.owner
        if owner is None or not owner.id:
            yield token, None, advice


def expired(tokens: Tokens, now: datetime) -> Iterator[Seen]:
    """Tokens past their date. At the very moment of its date, a token has expired."""
    for token in tokens:
        expires_at = token.expires_at
        if expires_at is not None and expires_at <= now:
            advice = (
                f"Expired on {expires_at.date()}: if something still needs it, make a new token "
                "for that; then revoke this one."
            )
            yield token, expires_at, advice


def expiring(
    tokens: Tokens, policy: Policy, now: datetime, *, after: datetime, until: datetime
) -> Iterator[Seen]:
    """Tokens whose date is later than `after`, and `until` at the latest."""
    within = policy.expiring_within
    for token in tokens:
        expires_at = token.expires_at
        if expires_at is not None and after < expires_at <= until:
            advice = (
                f"Expires on {expires_at.date()}, in {_days(expires_at - now)}: rotate it where it "
                "is used, or revoke it if nothing needs it."
            )
            yield token, max(token.created_at, expires_at - within), advice


def never_expires(tokens: Tokens) -> Iterator[Seen]:
    """Tokens that say so, and tokens without a date."""
    advice = "Never expires: replace it with a token that does, and rotate that one in time."
    for token in tokens:
        if token.never_expires or token.expires_at is None:
            yield token, token.created_at, advice


def unused(tokens: Tokens, policy: Policy, now: datetime) -> Iterator[Seen]:
    """Tokens that were used, but not for some time."""
    limit = now - policy.unused_after
    for token in tokens:
        last_used_at = token.last_used_at
        if last_used_at is not None and last_used_at <= limit:
            advice = f"Not used since {last_used_at.date()}: revoke it if nothing needs it."
            yield token, last_used_at + policy.unused_after, advice


def never_used(tokens: Tokens, policy: Policy, now: datetime) -> Iterator[Seen]:
    """Tokens that were made some time ago, and never used."""
    limit = now - policy.never_used_after
    for token in tokens:
        if token.last_used_at is None and token.created_at < limit:
            advice = (
                f"Was made on {token.created_at.date()} and never used: revoke it if nothing needs "
                "it."
            )
            yield token, token.created_at + policy.never_used_after, advice


def all_scopes(tokens: Tokens) -> Iterator[Seen]:
    """Tokens that may do whatever their owner may."""
    advice = (
        "May do whatever its owner may: replace it with a token that has only the scopes that it "
        "needs."
    )
    for token in tokens:
        if not token.scopes or ALL_SCOPES in token.scopes:
            yield token, token.created_at, advice


def long_access_tokens(tokens: Tokens, policy: Policy) -> Iterator[Seen]:
    """Tokens whose access tokens live longer than the policy allows."""
    longest = policy.max_access_token_ttl
    if longest is None:
        return
    for token in tokens:
        if token.access_token_ttl > longest:
            advice = (
                f"Its access tokens live {token.access_token_ttl // _SECOND} s, and the policy "
                f"allows {longest // _SECOND} s: replace it with a token whose access tokens live "
                "shorter."
            )
            yield token, token.created_at, advice


def near_limit(tokens: Tokens, policy: Policy) -> Iterator[SeenOwner]:
    """Owners with nearly as many tokens as a person may have, or as many."""
    owned = Counter(token.owner.id for token in tokens if token.owner is not None)
    many = {owner_id for owner_id, n in owned.items() if owner_id and n >= policy.near_limit}
    owners: dict[str, Owner] = {}
    created: dict[str, list[datetime]] = {}
    for token in tokens:
        owner = token.owner
        if owner is not None and owner.id is not None and owner.id in many:
            owners.setdefault(owner.id, owner)
            created.setdefault(owner.id, []).append(token.created_at)
    for owner_id, moments in created.items():
        advice = (
            f"Has {len(moments)} tokens, and SailPoint allows {TOKENS_PER_PERSON} a person: revoke "
            "those that nothing needs, before a new one is refused."
        )
        yield owners[owner_id], sorted(moments)[policy.near_limit - 1], advice


def _days(time: timedelta) -> str:
    if time < _DAY:
        return "less than a day"
    return "1 day" if time.days == 1 else f"{time.days} days"
