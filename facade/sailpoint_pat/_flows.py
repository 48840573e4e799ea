"""What takes several calls, written once for both clients.

A flow is a generator that yields operations (and a few other steps) and is sent their results, as
`httpx.Auth.auth_flow` yields requests. Either client drives it.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Generator
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple, TypeAlias, TypeVar

import attrs

from sailpoint_pat._operations import Operation, delete_token, list_tokens
from sailpoint_pat.errors import LostCreate, NotFoundError, SailPointError, UnexpectedResponseError
from sailpoint_pat.models import IssuedToken, PersonalAccessToken

T = TypeVar("T")

_log = logging.getLogger("sailpoint_pat")

Flow: TypeAlias = Generator[Any, Any, T]
IfUnknown: TypeAlias = Literal["raise", "replace"]
SaveFunction: TypeAlias = Callable[[IssuedToken], object]

# The tenant's clocks need not agree to the second: a record may be stamped so much before the time
# that the tenant's answers told when its create was sent.
CLOCK_ALLOWANCE = timedelta(seconds=10)


class Save(NamedTuple):
    """A step: call the user's function, and wait for what it returns."""

    function: SaveFunction
    issued: IssuedToken


def do(operation: Operation[T]) -> Flow[T]:
    """Yield one operation; return its result, with its type."""
    result: T = yield operation
    return result


def has_ended(flow: Flow[T]) -> bool:
    """Return whether a flow has come to its end, or was ended by an exception."""
    return inspect.getgeneratorstate(flow) == inspect.GEN_CLOSED


class OwnTokens(NamedTuple):
    """The caller's own tokens, and what is wrong with the records that could not be read."""

    tokens: list[PersonalAccessToken]
    broken: UnexpectedResponseError | None = None

    def find(self, wanted: Callable[[PersonalAccessToken], bool]) -> PersonalAccessToken | None:
        """Return the one that is wanted, or None.

        Raises:
            UnexpectedResponseError: it may be one of those that could not be read.
        """
        found = next(filter(wanted, self.tokens), None)
        if found is None and self.broken is not None:
            raise self.broken
        return found


def own_tokens() -> Flow[OwnTokens]:
    """List the caller's own tokens; one broken record does not hide the others."""
    try:
        return OwnTokens((yield from do(list_tokens(owner="me"))))
    except UnexpectedResponseError as error:
        if not error.tokens:
            raise
        return OwnTokens(list(error.tokens), error)


def find_orphan(
    error: SailPointError, tenant_time: Callable[[float], datetime]
) -> Flow[PersonalAccessToken | None]:
    """Look for the token that a lost create may have made. Reads only.

    `tenant_time` says what time it was at the tenant at a moment on the client's monotonic clock.

    Raises:
        ValueError: no create was lost with this error.
    """
    lost = error.lost_create if isinstance(error, SailPointError) else None
    if lost is None:
        raise ValueError(
            f"{type(error).__name__} is not from a create that may have taken effect: "
            "there is nothing to look for"
        )
    return _find(lost, tenant_time)


def _find(
    lost: LostCreate, tenant_time: Callable[[float], datetime] | None = None
) -> Flow[PersonalAccessToken | None]:
    mine = yield from own_tokens()
    since = lost.sent_at
    if tenant_time is not None and lost.sent_at_monotonic is not None:
        # The create was the client's first call; the tenant's time is known only now.
        since = tenant_time(lost.sent_at_monotonic)
    since -= CLOCK_ALLOWANCE

    def is_orphan(token: PersonalAccessToken) -> bool:
        """Whether it can only be the one: a good token is never taken for it.

        Names are unique among the owner's tokens. One with this name was there before, and then the
        create was refused; or this client made it, and then its id is known; or it was used, and
        then somebody has its secret.
        """
        return (
            token.name == lost.name
            and token.created_at >= since
            and token.last_used_at is None
            and token.id not in lost.known_ids
        )

    return mine.find(is_orphan)


def create(operation: Operation[IssuedToken], if_unknown: IfUnknown) -> Flow[IssuedToken]:
    """Create a token; where the outcome is unknown and `replace` is asked for, do it once more.

    Before that, it revokes the token that the first create may have made. So that it never revokes
    another one, it looks before the first create which tokens have the name.
    """
    if if_unknown == "raise":
        return do(operation)
    if if_unknown != "replace":
        raise ValueError(f"if_unknown is 'raise' or 'replace', not {if_unknown!r}")
    return _create_or_replace(operation)


def _create_or_replace(operation: Operation[IssuedToken]) -> Flow[IssuedToken]:
    known = frozenset(
        token.id for token in (yield from own_tokens()).tokens if token.name == operation.creates
    )
    try:
        return (yield from do(operation))
    except SailPointError as error:
        if error.lost_create is None or isinstance(error, UnexpectedResponseError):
            raise
        failure, lost = error, _beside(error.lost_create, known)
    failure.lost_create = lost
    orphan = yield from _revoke_orphan(failure, lost)
    try:
        return (yield from do(operation))
    except SailPointError as second:
        if second.lost_create is not None:
            second.lost_create = _beside(second.lost_create, known)
        elif orphan is None:
            # The first create was nowhere to be seen: it may still come, or have come just now,
            # and be what the second one was refused for.
            second.lost_create, second.maybe_performed = lost, True
        raise
    except BaseException as interrupt:
        if orphan is None:  # The same. What the driver says is about the second create alone.
            note_interrupted_create(interrupt, lost.name, lost.sent_at)
        raise


def _revoke_orphan(failure: SailPointError, lost: LostCreate) -> Flow[PersonalAccessToken | None]:
    """Look for what the lost create has made, and revoke it; return what was found."""
    orphan = None
    try:
        orphan = yield from _find(lost)
        if orphan is not None:
            yield from do(delete_token(orphan.id))
    except NotFoundError:
        pass  # Gone already, which is what was wanted.
    except SailPointError as error:
        raise failure from error
    except BaseException as interrupt:
        note_interrupted_create(interrupt, lost.name, lost.sent_at)
        raise
    return orphan


def note_interrupted_create(interrupt: BaseException, name: str, since: datetime) -> None:
    """Say with an exception that is not an error of ours that a create may have taken effect.

    A caller that only cancels a task never sees the exception, so the log says the same.
    """
    note = (
        f"Creating the token {name!r} was interrupted: since {since:%Y-%m-%d %H:%M:%S} UTC there "
        "may be one with that name, whose secret nobody has."
    )
    interrupt.add_note(note)
    _log.warning("%s", note)


def _beside(lost: LostCreate, known: frozenset[str]) -> LostCreate:
    return attrs.evolve(lost, known_ids=lost.known_ids | known)
