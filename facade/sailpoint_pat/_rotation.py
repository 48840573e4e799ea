"""A new token in place of an old one, with no moment without a working, saved one.

1. Find the old token among the caller's own.
2. Create the new one.
3. Prove that it works.
4. Have it saved.
5. Go on with the new one, if the client itself runs on the old one.
6. Revoke the old one.

Whatever fails, at least one token that was saved works afterwards, and the `RotationError` says
which tokens exist.
"""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import attrs

from sailpoint_pat._clock import clock
from sailpoint_pat._flows import (
    Flow,
    OwnTokens,
    Prove,
    Save,
    SaveFunction,
    Switch,
    create,
    do,
    own_tokens,
)
from sailpoint_pat._operations import (
    Operation,
    check_expiry,
    check_name,
    create_token,
    delete_token,
)
from sailpoint_pat._text import printable
from sailpoint_pat.errors import (
    LostCreate,
    NotFoundError,
    RotationError,
    RotationStep,
    SailPointError,
    UnexpectedResponseError,
)
from sailpoint_pat.models import IssuedToken, PersonalAccessToken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from sailpoint_pat._versions import ApiVersion

__all__ = ["create_like", "rotate"]

_log = logging.getLogger("sailpoint_pat")

_SUFFIX = re.compile(r" \(rotated [0-9: -]+\)$")
# A name that grows by the suffix stays below this, unless it was longer before.
_LONGEST_NAME = 100
_TO_SPARE = timedelta(minutes=1)


@attrs.define
class _Progress:
    """What exists by now; the source of what a `RotationError` says."""

    step: RotationStep = "find"
    old: PersonalAccessToken | None = None
    new: IssuedToken | None = None
    new_exists: bool | None = False
    old_exists: bool | None = None
    lost_create: LostCreate | None = None

    def stopped(self, why: str) -> RotationError:
        error = RotationError(
            f"The rotation stopped at the step {self.step!r}: {why}. {self.state()}",
            step=self.step,
            old=self.old,
            new=self.new,
            old_exists=self.old_exists,
            new_exists=self.new_exists,
        )
        # Nobody else knows the name of the new token that may exist.
        error.lost_create = self.lost_create if self.new is None else None
        return error

    def admit_ignorance(self, error: BaseException) -> None:
        """Take back what is not known any more when something else than an error of ours ended it.

        At two steps a request may have gone out whose answer nobody has read.
        """
        if isinstance(error, SailPointError):
            return
        if self.step == "create":
            self.new_exists = None
        if self.step == "revoke":
            self.old_exists = None

    def state(self) -> str:
        parts = []
        if self.old is not None:
            parts.append(f"The old token {self.old.id} {_exists(self.old_exists)}")
        if self.new is not None:
            parts.append(f"the new token {self.new.id} {_exists(self.new_exists)}")
        elif self.new_exists is None:
            parts.append("a new token may exist, whose secret nobody has")
        else:
            parts.append("no new token exists")
        sentence = "; ".join(parts)
        return f"{sentence[0].upper()}{sentence[1:]}."


def _exists(known: bool | None) -> str:  # noqa: FBT001  three values of one fact
    return {True: "exists and works", False: "does not exist any more", None: "may exist"}[known]


def rotate(  # noqa: PLR0913  the arguments of the method
    token_id: str,
    *,
    save: SaveFunction,
    version: ApiVersion,
    tenant_time: Callable[[], datetime],
    lost_create: Callable[[str, float], LostCreate],
    name: str | None = None,
    expires_in: timedelta | None = None,
    expires_at: datetime | None = None,
    never_expires: bool = False,
    revoke_old: bool = True,
) -> Flow[IssuedToken]:
    """Return the flow of a rotation.

    Beside the arguments of `PatClient.rotate` it takes the version of the API, for its rules of
    expiry; `tenant_time`, which tells the tenant's time, as far as it is known; and `lost_create`,
    which makes of a name and a moment on the client's clock what `find_orphan` looks for.

    Raises:
        ValueError: a bad argument; nothing has been sent then.
    """
    if not callable(save):
        raise ValueError(f"save is a function that stores the new token, not {save!r}")  # noqa: TRY004
    delete_token(token_id)
    if name is not None:
        check_name(name)
    # The old token's lifetime may be carried over, so none of the three has to be given.
    check_expiry(version, tenant_time(), expires_in, expires_at, never_expires)
    expiry = {"expires_in": expires_in, "expires_at": expires_at, "never_expires": never_expires}
    plan = _Plan(token_id, version, tenant_time, lost_create, name, expiry)
    progress = _Progress()
    return _guarded(_all_steps(plan, progress, save, revoke_old=revoke_old), progress)


def create_like(  # noqa: PLR0913  the arguments of the method
    token_id: str,
    *,
    version: ApiVersion,
    tenant_time: Callable[[], datetime],
    lost_create: Callable[[str, float], LostCreate],
    name: str,
    replace_unused: bool,
) -> Flow[IssuedToken]:
    """Return the flow of a rotation's first two steps; see `rotate` and `PatClient.create_like`.

    Raises:
        ValueError: a bad argument; nothing has been sent then.
    """
    delete_token(token_id)
    check_name(name)
    plan = _Plan(token_id, version, tenant_time, lost_create, name, {}, replace_unused)
    progress = _Progress()
    return _guarded(_first_steps(plan, progress), progress)


@attrs.frozen
class _Plan:
    """What was asked for."""

    token_id: str
    version: ApiVersion
    tenant_time: Callable[[], datetime]
    lost_create: Callable[[str, float], LostCreate]
    name: str | None
    expiry: dict[str, Any]
    replace_unused: bool = False


def _guarded(steps: Flow[IssuedToken], progress: _Progress) -> Flow[IssuedToken]:
    try:
        return (yield from steps)
    except RotationError:
        raise
    except Exception as error:
        progress.admit_ignorance(error)
        raise progress.stopped(_said(error)) from error
    except BaseException as interrupt:
        # Ctrl-C or a cancelled task: it goes on at once, and says what there is to clear up.
        progress.admit_ignorance(interrupt)
        note = f"The rotation was interrupted at the step {progress.step!r}. {progress.state()}"
        interrupt.add_note(note)
        _log.warning("%s", note)
        raise


def _first_steps(plan: _Plan, progress: _Progress) -> Flow[IssuedToken]:
    """Find the old token, and create the new one."""
    mine = yield from own_tokens()
    progress.old = old = _replaceable(plan.token_id, mine, progress)
    progress.old_exists = True
    by_name = {token.name: token for token in mine.tokens}
    holder = by_name.get(plan.name or "")
    if holder is not None and plan.replace_unused and _was_never_used(holder, old):
        yield from do(delete_token(holder.id))
    elif holder is not None:
        raise progress.stopped(
            f"the name {plan.name!r} is taken, and names are unique among the owner's tokens"
        )
    operation = _operation_like(old, plan, set(by_name), progress)

    progress.step = "create"
    assert operation.creates is not None  # noqa: S101  it is a create
    progress.lost_create = plan.lost_create(operation.creates, clock.monotonic())
    try:
        progress.new = new = yield from create(operation, "replace")
    except SailPointError as error:
        # Not `maybe_performed`: the error may be from the look before the create.
        progress.new_exists = None if error.lost_create else False
        progress.lost_create = error.lost_create
        yield from _undo_broken(error, progress)
        raise
    progress.new_exists = True
    return new


def _was_never_used(holder: PersonalAccessToken, old: PersonalAccessToken) -> bool:
    return holder.last_used_at is None and holder.id != old.id and not holder.managed


def _all_steps(
    plan: _Plan, progress: _Progress, save: SaveFunction, *, revoke_old: bool
) -> Flow[IssuedToken]:
    new = yield from _first_steps(plan, progress)
    old = progress.old
    assert old is not None  # noqa: S101  it was found
    progress.step = "prove"
    try:
        yield Prove(new)
        progress.step = "save"
        yield Save(save, new)
    except Exception as error:
        yield from _undo(new.id, progress)
        raise progress.stopped(_said(error)) from error

    progress.step = "revoke"
    yield Switch(old.id, new)
    if revoke_old:
        try:
            yield from do(delete_token(old.id))
        except NotFoundError:
            pass  # Another rotation of the same token was faster.
        except SailPointError as error:
            progress.old_exists = None if error.maybe_performed else True
            raise progress.stopped(
                f"{_said(error)}. The new token is saved: only the old one is left to revoke"
            ) from error
    return new


def _replaceable(token_id: str, mine: OwnTokens, progress: _Progress) -> PersonalAccessToken:
    old = mine.find(lambda token: token.id == token_id)
    if old is None:
        raise progress.stopped(
            f"the token {token_id} is not among the caller's own {len(mine.tokens)}, "
            "and nobody can create a token for somebody else"
        )
    if old.managed:
        raise progress.stopped(f"the token {token_id} is managed by the platform itself")
    return old


def _operation_like(
    old: PersonalAccessToken, plan: _Plan, taken: set[str], progress: _Progress
) -> Operation[IssuedToken]:
    try:
        return create_token(
            plan.name or _fresh_name(old.name, taken),
            version=plan.version,
            now=plan.tenant_time(),
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


def _expiry(plan: _Plan, old: PersonalAccessToken) -> dict[str, Any]:
    """Return the expiry that was asked for, or else the lifetime that the old token had.

    A lifetime that would end too late for the version is left to the API, which gives six months.
    Six months are 181 to 184 days, so the same span may fit on one day and not on another.
    """
    version = plan.version
    if any(plan.expiry.values()):
        return plan.expiry
    if old.expires_at is not None and old.expires_at > old.created_at:
        lifetime, now = old.expires_at - old.created_at, plan.tenant_time()
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


def _undo(new_id: str, progress: _Progress) -> Flow[None]:
    """Revoke a new token that nobody saved; if that fails too, the error says that it exists."""
    known, progress.new_exists = progress.new_exists, None  # What an interrupt leaves behind.
    try:
        yield from do(delete_token(new_id))
    except NotFoundError:
        progress.new_exists = False
    except SailPointError as error:
        progress.new_exists = None if error.maybe_performed else known
    else:
        progress.new_exists = False


def _undo_broken(error: SailPointError, progress: _Progress) -> Flow[None]:
    """Revoke a token whose create was answered in a way that cannot be read."""
    if isinstance(error, UnexpectedResponseError):
        for record in error.invalid:
            if record.id:
                yield from _undo(record.id, progress)


def _said(error: Exception) -> str:
    # Only our own words: what `save` raises may quote the secret.
    ours = isinstance(error, SailPointError)
    return f"{type(error).__name__}: {error}".rstrip(".") if ours else type(error).__name__
