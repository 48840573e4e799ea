"""`sailpoint-pat list`, `show` and `whoami`: what only reads."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sailpoint_pat import PermissionDeniedError, SailPointError
from sailpoint_pat.command._connection import connect
from sailpoint_pat.command._exits import DONE
from sailpoint_pat.command._output import (
    is_table_for_people,
    print_fields,
    print_json,
    print_rows,
    print_token,
    print_tokens,
)
from sailpoint_pat.command._terminal import say
from sailpoint_pat.command._tokens import IN_THE_TENANT, Filters, find, read_listing

if TYPE_CHECKING:
    from sailpoint_pat.command._connection import Connection
    from sailpoint_pat.command._output import Format
    from sailpoint_pat.command._where import Where

# No token was last used before this, so the API has nothing to send.
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def list_tokens(where: Where, owner: str | None, filters: Filters, output: Format) -> int:
    """List tokens; return the exit code."""
    with connect(where) as connection:
        listing = read_listing(connection.pats, owner, filters)
    if listing.tokens or not is_table_for_people(output):
        print_tokens(listing.tokens, output, with_owner=owner is None)
    else:
        say("No tokens.")
    listing.fail_if_incomplete()
    return DONE


def show(where: Where, wanted: str, output: Format, *, everybody: bool) -> int:
    """Print one token; return the exit code."""
    with connect(where) as connection:
        listing = read_listing(connection.pats, None if everybody else "me")
    print_token(find([wanted], listing, hint=IN_THE_TENANT)[0], output)
    return DONE


def whoami(where: Where, output: Format) -> int:
    """Print what the command would use, and what it is seen to be allowed; return the exit code."""
    with connect(where) as connection:
        settings = connection.settings
        known: dict[str, object] = {
            "base_url": settings.base_url,
            "base_url_from": settings.base_url_from,
            "api_version": settings.api_version,
            "api_version_from": settings.api_version_from,
            "client_id": connection.client_id,
            "credentials_from": settings.credentials_from,
        }
        try:
            known |= _seen(connection)
        except SailPointError:
            # Where the settings come from is what somebody needs who cannot get in.
            _print_known(known, output)
            raise
    _print_known(known, output)
    return DONE


def _seen(connection: Connection) -> dict[str, object]:
    """Try what does no harm, and return what was seen."""
    own = None
    try:
        mine = read_listing(connection.pats, "me").tokens
        own = next((token for token in mine if token.id == connection.client_id), None)
        can_list_own = True
    except PermissionDeniedError:
        can_list_own = False
    try:
        connection.pats.list(last_used_before=_LONG_AGO)
        can_list_all = True
    except PermissionDeniedError:
        can_list_all = False
    return {
        "token": None if own is None else own.as_dict(),
        "can_list_own": can_list_own,
        "can_list_all": can_list_all,
    }


def _print_known(known: dict[str, object], output: Format) -> None:
    if output == "json":
        print_json(known)
        return
    words = {name.replace("_", " "): _in_words(value) for name, value in known.items()}
    if "can_list_own" in known:
        words["can create, revoke"] = "not tried"
    if is_table_for_people(output):
        print_fields(words)
    else:
        print_rows(("what", "value"), list(words.items()), output)


def _in_words(value: object) -> str:
    match value:
        case None:
            return "not known"
        case bool():
            return "yes" if value else "no"
        case dict():
            owner = value["owner"] or {}
            until = value["expires_at"]
            return (
                f"{value['name']}, of {owner.get('name') or owner.get('id') or 'nobody'}, "
                f"{f'expires {until}' if until else 'without a date of expiry'}"
            )
    return str(value)
