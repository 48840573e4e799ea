"""`sailpoint-pat create`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sailpoint_pat import SailPointError, UnexpectedResponseError
from sailpoint_pat.command._connection import connect
from sailpoint_pat.command._exits import DONE, CommandError, UsageError
from sailpoint_pat.command._output import print_token
from sailpoint_pat.command._save import SaveUnknownError
from sailpoint_pat.command._terminal import progress, say
from sailpoint_pat.command._tokens import read_listing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sailpoint_pat import IssuedToken, PatClient
    from sailpoint_pat.command._connection import Connection
    from sailpoint_pat.command._expiry import Expiry
    from sailpoint_pat.command._output import Format
    from sailpoint_pat.command._save import SaveOptions, Saver
    from sailpoint_pat.command._where import Where


def create(  # noqa: PLR0913  the options of the command
    where: Where,
    name: str,
    scopes: Sequence[str],
    expiry: Expiry,
    save: SaveOptions,
    *,
    all_scopes: bool,
    dry_run: bool,
    output: Format,
) -> int:
    """Create a token and save its secret; return the exit code."""
    if bool(scopes) == all_scopes:
        raise UsageError(
            "Say what the new token may do, with one of: --scope SCOPE (any number of times), "
            "--all-scopes. Nothing was sent."
        )
    expiry.check(must_be_given=True)
    save.check()
    with connect(where) as connection, save.opened(connection, output) as saver:
        wanted = list(scopes) if scopes else None
        if dry_run:
            _check(connection, name, wanted, expiry)
            say(
                f"Would create {name!r}. Its secret would go to {saver.place}. Nothing was changed."
            )
            return DONE
        new = _created(connection.pats, name, wanted, expiry)
        _save(connection.pats, saver, new)
        say(f"Created {new.name!r}, id {new.id}. Its secret went to {saver.place}.")
        try:
            save.run_then()
        except (CommandError, KeyboardInterrupt) as error:
            error.add_note(f"The new token {new.id} exists and is saved.")
            raise
        if not saver.has_printed:
            print_token(new, output)
    return DONE


def _check(connection: Connection, name: str, scopes: list[str] | None, expiry: Expiry) -> None:
    """Check all that can be known before the API is asked to create the token."""
    connection.check_arguments(lambda pats: pats.create(name, scopes=scopes, **expiry.arguments))
    mine = read_listing(connection.pats, "me")
    if any(token.name == name for token in mine.tokens):
        raise CommandError(f"The name {name!r} is taken, and names are unique for each owner.")


def _created(pats: PatClient, name: str, scopes: list[str] | None, expiry: Expiry) -> IssuedToken:
    try:
        with progress("Creating the token"):
            # Where the answer gets lost, the token that nobody has the secret of is looked for and
            # revoked.
            return pats.create(name, scopes=scopes, if_unknown="replace", **expiry.arguments)
    except UnexpectedResponseError as error:
        for record in error.invalid:
            if record.id is not None:
                error.add_note(_revoked_again(pats, record.id))
        raise


def _save(pats: PatClient, saver: Saver, new: IssuedToken) -> None:
    try:
        with progress("Saving the secret", shown=not saver.has_printed):
            saver.save(new)
    except SaveUnknownError as error:
        error.add_note(f"The new token {new.name!r} exists, id {new.id}.")
        raise
    except Exception as error:
        # Whatever went wrong: nobody has the secret.
        error.add_note(_revoked_again(pats, new.id))
        raise
    except BaseException as interrupt:
        interrupt.add_note(
            f"The new token {new.id} exists. It may not be saved: sailpoint-pat revoke {new.id}"
        )
        raise


def _revoked_again(pats: PatClient, token_id: str) -> str:
    try:
        pats.delete(token_id, missing_ok=True)
    except SailPointError as error:
        return (
            f"The new token {token_id} is not saved and could not be revoked ({error}): "
            f"sailpoint-pat revoke {token_id}"
        )
    return f"The new token {token_id} was revoked again: nothing is left of it."
