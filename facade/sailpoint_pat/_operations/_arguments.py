"""What an argument has to be: bad ones are a `ValueError` before anything is sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from sailpoint_pat._clock import clock

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sailpoint_pat._versions import ApiVersion

_SHORTEST_TTL, _LONGEST_TTL = timedelta(seconds=15), timedelta(seconds=43_200)
# httpx builds no URL of more than 65,536 characters, and servers read far less.
_LONGEST_IN_URL = 16_384
# Clocks that are further apart than this are worth a word in an error.
_FAR_APART = timedelta(minutes=1)


def text(what: str, value: str) -> str:
    """Return a text that is not blank and that UTF-8 can carry."""
    if not isinstance(value, str) or not value.strip():
        got = repr(value) if isinstance(value, str) else type(value).__name__
        raise ValueError(f"{what} is a non-empty text, not {got}")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{what} has a character that UTF-8 cannot carry: {value!r}") from None
    return value


def checked_name(value: str) -> str:
    """Return the name of a new token."""
    return text("name", value)


def text_in_url(what: str, value: str) -> str:
    """Return a text that fits into a URL."""
    if len(quote(text(what, value), safe="")) > _LONGEST_IN_URL:
        raise ValueError(f"{what} is too long for a URL ({len(value)} characters)")
    return value


def scope_list(scopes: Iterable[str]) -> list[str]:
    """Return scopes as a list; an empty one could be read as "none" and as "all"."""
    if isinstance(scopes, str):
        raise ValueError(f"scopes is a list of texts, not one text: [{scopes!r}]")  # noqa: TRY004
    try:
        found = [text("each of scopes", scope) for scope in scopes]
    except TypeError:
        raise ValueError(f"scopes is a list of texts, not {scopes!r}") from None
    if not found:
        raise ValueError("scopes is empty: leave it out for every right of the owner")
    return found


def ttl_seconds(ttl: timedelta) -> int:
    """Return the lifetime of access tokens in seconds."""
    if not isinstance(ttl, timedelta) or not _SHORTEST_TTL <= ttl <= _LONGEST_TTL:
        raise ValueError(f"access_token_ttl is a timedelta from 15 to 43200 seconds, not {ttl!r}")
    if ttl.microseconds:
        raise ValueError(f"access_token_ttl is a whole number of seconds, not {ttl!r}")
    return int(ttl.total_seconds())


def checked_expiry(
    version: ApiVersion,
    now: datetime,
    expires_in: timedelta | None,
    expires_at: datetime | None,
    never_expires: bool,  # noqa: FBT001  handed on
) -> datetime | None:
    """Return the date to ask for, or None; `now` is the tenant's time, as far as it is known."""
    if not isinstance(never_expires, bool):
        raise ValueError(f"never_expires is True or False, not {never_expires!r}")  # noqa: TRY004
    if sum([expires_in is not None, expires_at is not None, never_expires]) > 1:
        raise ValueError("expires_in, expires_at and never_expires exclude each other: give one")
    if never_expires and version.has_latest_expiry:
        raise ValueError(
            f"API version {version.name} does not understand never_expires: make the client with "
            "api_version='v1', or give expires_in or expires_at"
        )
    if expires_in is not None:
        if not isinstance(expires_in, timedelta) or expires_in <= timedelta(0):
            raise ValueError(f"expires_in is a timedelta above zero, not {expires_in!r}")
        try:
            return now + expires_in
        except OverflowError:
            raise ValueError(f"expires_in goes beyond the year 9999: {expires_in!r}") from None
    if expires_at is not None and _aware("expires_at", expires_at) <= now:
        apart = now - clock.now()
        clocks = "."
        if abs(apart) > _FAR_APART:
            clocks = (
                f". It is {now:%Y-%m-%d %H:%M:%S} UTC at the tenant, and "
                f"{clock.now():%Y-%m-%d %H:%M:%S} UTC on this machine."
            )
        raise ValueError(f"expires_at is in the past: {expires_at.isoformat()}{clocks}")
    return expires_at


def _aware(what: str, value: datetime) -> datetime:
    if not isinstance(value, datetime) or value.utcoffset() is None:
        raise ValueError(f"{what} is a datetime with a time zone, not {value!r}")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{what} is at the very edge of the calendar: {value!r}") from None


def date_text(what: str, value: datetime) -> str:
    """Return a moment as the API reads it, to the millisecond."""
    utc = _aware(what, value).replace(tzinfo=None)
    return utc.isoformat(timespec="milliseconds") + "Z"
