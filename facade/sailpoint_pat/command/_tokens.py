"""Which tokens the command line means: a listing, filters, and TOKEN arguments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import attrs

from sailpoint_pat import PermissionDeniedError, UnexpectedResponseError
from sailpoint_pat.command._exits import CommandError, UsageError
from sailpoint_pat.command._terminal import progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sailpoint_pat import InvalidRecord, PatClient, PersonalAccessToken

IN_THE_TENANT = " With --all, the whole tenant is looked through."


@attrs.frozen
class Listing:
    """Tokens that were listed.

    Attributes:
        tokens: those that can be read.
        unreadable: records that break the contract.
        records: how many records were in the answer, with those that the filters leave out.
        owner: whose they are: `me`, an identity's id, or None for the whole tenant.
    """

    tokens: tuple[PersonalAccessToken, ...]
    unreadable: tuple[InvalidRecord, ...]
    records: int
    owner: str | None

    def fail_if_incomplete(self) -> None:
        """Raise a CommandError where a record could not be read."""
        if self.unreadable:
            first = self.unreadable[0]
            where = first.id or f"number {first.index}"
            raise CommandError(
                f"{len(self.unreadable)} of {self.records} records of the listing cannot be read. "
                f"The first is {where}: {first.field} {first.reason}."
            )


@attrs.frozen
class Filters:
    """Which tokens of a listing are wanted; what is None or False filters nothing.

    Attributes:
        unused_since: those that were used, but not for this long. With `never_used`, either.
        never_used: those that were never used.
        expires_within: those that work now, and will not after this long.
        name: those whose name fits this pattern (`*`, `?`, `[...]`).
    """

    unused_since: timedelta | None = None
    never_used: bool = False
    expires_within: timedelta | None = None
    name: str | None = None

    def wants(self, token: PersonalAccessToken, now: datetime) -> bool:
        """Return whether a token is one of those."""
        return (
            self._fits_use(token, now)
            and (
                self.expires_within is None
                or (
                    token.expires_at is not None
                    and now < token.expires_at <= now + self.expires_within
                )
            )
            and (self.name is None or fnmatchcase(token.name, self.name))
        )

    def _fits_use(self, token: PersonalAccessToken, now: datetime) -> bool:
        if token.last_used_at is None:
            return self.never_used or self.unused_since is None
        if self.unused_since is None:
            return not self.never_used
        return token.last_used_at <= now - self.unused_since


def read_listing(pats: PatClient, owner: str | None, filters: Filters = Filters()) -> Listing:
    """List tokens and filter them; a record that cannot be read does not hide the others.

    Raises:
        PermissionDeniedError: the caller may not list them; a note says what else to try.
        UnexpectedResponseError: there is no listing in the answer at all.
    """
    now = datetime.now(UTC)
    unreadable: tuple[InvalidRecord, ...] = ()
    # What the API can leave out need not be sent. It has no filter for "either".
    either = filters.never_used and filters.unused_since is not None
    before = None if either or filters.unused_since is None else now - filters.unused_since
    try:
        with progress("Listing the tokens"):
            tokens = pats.list(
                owner, last_used_before=before, never_used=filters.never_used and not either
            )
    except UnexpectedResponseError as error:
        if any(record.index is None for record in error.invalid):
            raise
        tokens, unreadable = list(error.tokens), error.invalid
    except PermissionDeniedError as error:
        if owner is None:
            error.add_note("Without --all, the command looks through the caller's own tokens.")
        raise
    return Listing(
        tuple(token for token in tokens if filters.wants(token, now)),
        unreadable,
        len(tokens) + len(unreadable),
        owner,
    )


def find(wanted: Sequence[str], listing: Listing, *, hint: str = "") -> list[PersonalAccessToken]:
    """Return the tokens that TOKEN arguments mean: by exact id, else by exact name.

    Args:
        wanted: the arguments.
        listing: the tokens to look through.
        hint: what else to try where one is not among the caller's own.

    Raises:
        UsageError: one is unknown, or fits several.
    """
    found: dict[str, PersonalAccessToken] = {}
    for word in wanted:
        token = _find_one(word, listing, hint)
        found[token.id] = token
    return list(found.values())


def _find_one(word: str, listing: Listing, hint: str) -> PersonalAccessToken:
    for token in listing.tokens:
        if token.id == word:
            return token
    named = [token for token in listing.tokens if token.name == word]
    if len(named) == 1 and not listing.unreadable:
        return named[0]
    if named and listing.unreadable:
        raise UsageError(
            f"There is a token {word!r}, and {len(listing.unreadable)} records of the listing "
            "cannot be read, which may have the same name: give the id."
        )
    if named:
        raise UsageError(
            f"{word!r} is the name of {len(named)} tokens: give the id.",
            details=tuple(in_words(token) for token in named),
        )
    where = "among the caller's own" if listing.owner == "me" else "in the tenant"
    raise UsageError(
        f"No token {where} has the id or the name {word!r} "
        f"({listing.records} were looked at).{hint if listing.owner == 'me' else ''}"
    )


def in_words(token: PersonalAccessToken) -> str:
    """Return a token on one line, for people: its name, id, owner and expiry."""
    owner = "" if token.owner is None else f" of {token.owner.name or token.owner.id}"
    until = f"expires {token.expires_at:%Y-%m-%d}" if token.expires_at else "does not expire"
    return f"{token.name!r}{owner}, id {token.id}, {until}"
