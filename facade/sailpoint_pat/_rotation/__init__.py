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
from typing import TYPE_CHECKING

from sailpoint_pat._boundary import without_frames
from sailpoint_pat._clock import clock
from sailpoint_pat._flows import Flow, OwnTokens, Save, SaveFunction, create, do, own_tokens
from sailpoint_pat._operations import delete_token
from sailpoint_pat._operations._arguments import checked_expiry, checked_name
from sailpoint_pat._rotation._progress import Progress, words_of
from sailpoint_pat._rotation._successor import Plan, Tenant, operation_like
from sailpoint_pat._text import printable
from sailpoint_pat.errors import (
    NotFoundError,
    RotationError,
    SailPointError,
    UnexpectedResponseError,
)
from sailpoint_pat.models import IssuedToken, PersonalAccessToken

if TYPE_CHECKING:
    from datetime import datetime, timedelta

_log = logging.getLogger("sailpoint_pat")


def rotate(  # noqa: PLR0913  the arguments of the method
    token_id: str,
    tenant: Tenant,
    *,
    save: SaveFunction,
    name: str | None = None,
    expires_in: timedelta | None = None,
    expires_at: datetime | None = None,
    never_expires: bool = False,
    revoke_old: bool = True,
) -> Flow[IssuedToken]:
    """Return the flow of a rotation.

    The arguments are those of `PatClient.rotate`, and `tenant`: what is known of the tenant.

    Raises:
        ValueError: a bad argument; nothing has been sent then.
    """
    if not callable(save):
        raise ValueError(f"save is a function that stores the new token, not {save!r}")  # noqa: TRY004
    delete_token(token_id)
    if name is not None:
        checked_name(name)
    # The old token's lifetime may be carried over, so none of the three has to be given.
    checked_expiry(tenant.version, tenant.tenant_time(), expires_in, expires_at, never_expires)
    asked = {"expires_in": expires_in, "expires_at": expires_at, "never_expires": never_expires}
    plan = Plan(token_id, tenant, name, asked)
    progress = Progress()
    return _guarded(_all_steps(plan, progress, save, revoke_old=revoke_old), progress)


def create_like(
    token_id: str, tenant: Tenant, *, name: str, replace_unused: bool
) -> Flow[IssuedToken]:
    """Return the flow of a rotation's first two steps; see `rotate` and `PatClient.create_like`.

    Raises:
        ValueError: a bad argument; nothing has been sent then.
    """
    delete_token(token_id)
    checked_name(name)
    plan = Plan(token_id, tenant, name, {}, replace_unused)
    progress = Progress()
    return _guarded(_first_steps(plan, progress), progress)


def _guarded(steps: Flow[IssuedToken], progress: Progress) -> Flow[IssuedToken]:
    try:
        return (yield from steps)
    except RotationError:
        raise
    except Exception as error:
        progress.mark_unknown(error)
        without_frames(error)
        raise progress.stopped(words_of(error)) from error
    except BaseException as interrupt:
        # Ctrl-C or a cancelled task: it goes on at once, and says what there is to clear up.
        progress.mark_unknown(interrupt)
        note = f"The rotation was interrupted at the step {progress.step!r}. {progress.state()}"
        interrupt.add_note(note)
        _log.warning("%s", note)
        raise


def _first_steps(plan: Plan, progress: Progress) -> Flow[IssuedToken]:
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
    operation = operation_like(old, plan, set(by_name), progress)

    assert operation.creates is not None  # noqa: S101  it is a create
    progress.lost_create = plan.tenant.lost_create(operation.creates, clock.monotonic())
    progress.step = "create"
    try:
        progress.new = new = yield from create(operation, "replace")
    except SailPointError as error:
        # Not `maybe_performed`: the error may be from the look before the create.
        progress.new_exists = None if error.lost_create else False
        progress.lost_create = error.lost_create
        yield from _undo_broken(error, mine, progress)
        raise
    progress.new_exists = True
    return new


def _was_never_used(holder: PersonalAccessToken, old: PersonalAccessToken) -> bool:
    return holder.last_used_at is None and holder.id != old.id and not holder.managed


def _all_steps(
    plan: Plan, progress: Progress, save: SaveFunction, *, revoke_old: bool
) -> Flow[IssuedToken]:
    new = yield from _first_steps(plan, progress)
    old = progress.old
    assert old is not None  # noqa: S101  it was found
    progress.step = "prove"
    try:
        yield from plan.tenant.prove(new.id, new.secret)
        progress.step = "save"
        yield Save(save, new)
    except Exception as error:
        yield from _undo(new.id, progress)
        without_frames(error)  # Those of `save` may hold the secret that it was given.
        raise progress.stopped(words_of(error)) from error

    progress.step = "revoke"
    plan.tenant.switch(old.id, new)
    if revoke_old:
        try:
            yield from do(delete_token(old.id))
        except NotFoundError:
            pass  # Another rotation of the same token was faster.
        except SailPointError as error:
            progress.old_exists = None if error.maybe_performed else True
            raise progress.stopped(
                f"{words_of(error)}. The new token is saved: only the old one is left to revoke"
            ) from error
    return new


def _replaceable(token_id: str, mine: OwnTokens, progress: Progress) -> PersonalAccessToken:
    old = mine.find(lambda token: token.id == token_id)
    if old is None:
        raise progress.stopped(
            f"the token {printable(token_id)} is not among the caller's own {len(mine.tokens)}, "
            "and nobody can create a token for somebody else"
        )
    if old.managed:
        raise progress.stopped(f"the token {printable(token_id)} is managed by the platform itself")
    return old


def _undo(new_id: str, progress: Progress) -> Flow[None]:
    """Revoke a new token that nobody saved; if that fails too, the error says that it exists."""
    known, progress.new_exists = progress.new_exists, None  # What an interrupt leaves behind.
    try:
        yield from do(delete_token(new_id))
    except NotFoundError:
        progress.new_exists = False
    except ValueError:
        progress.new_exists = known  # The tenant gave it an id that cannot be sent.
    except SailPointError as error:
        progress.new_exists = None if error.maybe_performed else known
    else:
        progress.new_exists = False


def _undo_broken(error: SailPointError, mine: OwnTokens, progress: Progress) -> Flow[None]:
    """Revoke a token whose create was answered in a way that cannot be read.

    The error may also be from a listing: the records of one have an index, and are never revoked.
    Neither is a token that was there before.
    """
    if not isinstance(error, UnexpectedResponseError):
        return
    there_before = {token.id for token in mine.tokens}
    for record in error.invalid:
        if record.index is None and record.id and record.id not in there_before:
            yield from _undo(record.id, progress)
