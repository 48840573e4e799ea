"""Reads the tokens of several tenants at once, for the audit."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import anyio
import attrs

from sailpoint_pat import (
    AsyncPatClient,
    ConfigurationError,
    PermissionDeniedError,
    SailPointError,
    UnexpectedResponseError,
)
from sailpoint_pat.command._connection import Arguments, settings_of
from sailpoint_pat.command._terminal import progress, say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sailpoint_pat import InvalidRecord, PersonalAccessToken

# Enough to hide that tenants answer slowly, and few enough for the memory of a small machine.
_AT_ONCE = 8


@attrs.frozen
class Place:
    """A tenant to read, or one whose settings cannot be used.

    Attributes:
        name: what the report calls it.
        arguments: what a client is made with.
        base_url: its address, where that is known.
        problem: why its settings cannot be used, or None.
    """

    name: str
    arguments: Arguments = attrs.field(repr=False)
    base_url: str | None = None
    problem: ConfigurationError | None = None


@attrs.frozen
class Reading:
    """What a tenant answered.

    Attributes:
        place: the tenant.
        read_at: when, UTC.
        tokens: its tokens that can be read.
        unreadable: its records that break the contract.
        error: why there is no listing, or None.
    """

    place: Place
    read_at: datetime
    tokens: Sequence[PersonalAccessToken] = ()
    unreadable: tuple[InvalidRecord, ...] = ()
    error: SailPointError | None = None


def places_of(
    names: Sequence[str | None], arguments: Arguments, *, called: str | None = None
) -> list[Place]:
    """Return the tenants behind environments of the config file.

    Args:
        names: the environments; None stands for what the arguments say.
        arguments: what every client is made with, but for the environment.
        called: what the report calls the tenant that the arguments say, or None for its own name.

    Returns:
        One place for each address and client id, also where several environments have the same.
    """
    found: list[Place] = []
    known: dict[tuple[str, str], str] = {}
    for name in names:
        place, client_id = _place(name, arguments, called)
        same = known.setdefault((place.base_url or place.name, client_id), place.name)
        if same == place.name:
            found.append(place)
        else:
            say(f"{place.name} has the address and the client id of {same}: it is read once.")
    return found


def _place(name: str | None, arguments: Arguments, called: str | None) -> tuple[Place, str]:
    arguments = arguments.copy()
    if name is not None:
        arguments["environment"] = name
    try:
        settings = settings_of(arguments)
    except ConfigurationError as error:
        if name is None:
            raise
        return Place(name, arguments, problem=error), ""
    arguments["api_version"] = settings.api_version
    called = name or called or settings.environment or _short(settings.base_url)
    client_id = settings.credentials.client_id if settings.credentials else ""
    return Place(called, arguments, settings.base_url), client_id


def _short(base_url: str) -> str:
    """Return `acme` for `https://acme.api.identitynow.com`, and the host and port otherwise."""
    host = urlsplit(base_url).netloc
    tenant, _, rest = host.partition(".")
    return tenant if rest.startswith("api.") else host


def read_places(places: Sequence[Place], owner: str | None) -> list[Reading]:
    """Read several tenants at once; one that fails does not stop the others."""
    with progress("Listing the tokens") as show:
        return anyio.run(_read_all, places, owner, show)


async def _read_all(
    places: Sequence[Place], owner: str | None, show: Callable[[int, int], None]
) -> list[Reading]:
    readings: dict[str, Reading] = {}
    free = anyio.CapacityLimiter(_AT_ONCE)

    async def read(place: Place) -> None:
        async with free:
            readings[place.name] = await _read(place, owner)
        show(len(readings), len(places))

    async with anyio.create_task_group() as group:
        for place in places:
            group.start_soon(read, place)
    return [readings[place.name] for place in places]


async def _read(place: Place, owner: str | None) -> Reading:
    now = datetime.now(UTC)
    if place.problem is not None:
        return Reading(place, now, error=place.problem)
    try:
        async with AsyncPatClient(**place.arguments) as pats:
            return Reading(place, now, await pats.list(owner))
    except UnexpectedResponseError as error:
        if any(record.index is None for record in error.invalid):
            return Reading(place, now, error=error)
        return Reading(place, now, error.tokens, error.invalid)
    except PermissionDeniedError as error:
        if owner is None:
            error.add_note("With --owner me, the audit looks at the caller's own tokens alone.")
        return Reading(place, now, error=error)
    except SailPointError as error:
        return Reading(place, now, error=error)
