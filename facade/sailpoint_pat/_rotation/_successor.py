"""What the new token of a rotation is asked to be: like the old one, under a name of its own."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

import attrs

from sailpoint_pat._clock import clock
from sailpoint_pat._flows import Flow
from sailpoint_pat._operations import Operation, create_token
from sailpoint_pat._rotation._progress import Progress
from sailpoint_pat._text import printable
from sailpoint_pat.errors import LostCreate
from sailpoint_pat.models import IssuedToken, PersonalAccessToken, Secret

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sailpoint_pat._versions import ApiVersion

_log = logging.getLogger("sailpoint_pat")

_SUFFIX = re.compile(r" \(rotated [0-9: -]+\)$")
# A name that grows by the suffix stays below this, unless it was longer before.
_LONGEST_NAME = 100
_TO_SPARE = timedelta(minutes=1)


class Tenant(Protocol):
    """What a rotation has to know of the tenant, and of the client: a driver does."""

    @property
    def version(self) -> ApiVersion: ...
    def tenant_time(self) -> datetime: ...
    def lost_create(self, name: str, begun: float) -> LostCreate: ...
    def prove(self, client_id: str, client_secret: Secret) -> Flow[None]: ...
    def switch(self, old_id: str, issued: IssuedToken) -> None: ...


@attrs.frozen
class Plan:
    """What was asked for."""

    token_id: str
    tenant: Tenant
    name: str | None
    expiry: dict[str, Any]
    replace_unused: bool = False


def operation_like(
    old: PersonalAccessToken, plan: Plan, taken: set[str], progress: Progress
) -> Operation[IssuedToken]:
    """Return the operation that creates a token like the old one.

    Raises:
        RotationError: no such token can be asked for.
    """
    try:
        return create_token(
            plan.name or _fresh_name(old.name, taken),
            version=plan.tenant.version,
            now=plan.tenant.tenant_time(),
            scopes=old.scopes,
            access_token_ttl=old.access_token_ttl,
            **_expiry(plan, old),
        )
    except ValueError as error:
        raise progress.stopped(f"no token can be made like the old one: {error}") from error


def _fresh_name(name: str, taken: set[str]) -> str:
    base = _SUFFIX.sub("", name)
    longest = max(len(name), _LONGEST_NAME)
    names = (base[: longest - len(suffix)] + suffix for suffix in _suffixes())
    return next(fresh for fresh in names if fresh not in taken)


def _suffixes() -> Iterator[str]:
    stamp = clock.now().strftime("%Y-%m-%d %H:%M:%S")
    yield f" (rotated {stamp})"
    number = 2
    while True:
        yield f" (rotated {stamp} {number})"
        number += 1


def _expiry(plan: Plan, old: PersonalAccessToken) -> dict[str, Any]:
    """Return the expiry that was asked for, or else the lifetime that the old token had.

    A lifetime that would end too late for the version is left to the API, which gives six months.
    Six months are 181 to 184 days, so the same span may fit on one day and not on another.
    """
    version = plan.tenant.version
    if any(plan.expiry.values()):
        return plan.expiry
    if old.expires_at is not None and old.expires_at > old.created_at:
        lifetime, now = old.expires_at - old.created_at, plan.tenant.tenant_time()
        latest = version.latest_expiry(now)
        # A minute to spare: the tenant reads its own clock when the create arrives.
        if latest is None or lifetime < latest - now - _TO_SPARE:
            return {"expires_in": lifetime}
        _log.warning(
            "The token %s was made for %d days, and API version %s lets a new one last six months "
            "at most: no date is sent, and the API chooses.",
            printable(old.id),
            lifetime.days,
            version.name,
        )
        return {}
    if not version.has_latest_expiry:
        return {"never_expires": True} if old.never_expires else {}
    _log.warning(
        "The token %s has no expiry to carry over, and API version %s gives the new one six "
        "months. To choose, give expires_in or expires_at, or never_expires with api_version='v1'.",
        printable(old.id),
        version.name,
    )
    return {}
