"""`sailpoint-pat revoke`."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from sailpoint_pat import PermissionDeniedError
from sailpoint_pat.command._connection import connect
from sailpoint_pat.command._exits import DONE, CommandError, UsageError
from sailpoint_pat.command._terminal import ask, progress, say
from sailpoint_pat.command._tokens import IN_THE_TENANT, find, in_words, read_listing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sailpoint_pat import DeleteResult
    from sailpoint_pat.command._connection import Connection
    from sailpoint_pat.command._where import Where

_LIKE_AN_ID = re.compile(r"[0-9a-f]{32}")


@attrs.frozen
class _Target:
    id: str
    described: str
    was_listed: bool


def revoke(  # noqa: PLR0913  the options of the command
    where: Where,
    wanted: Sequence[str],
    *,
    from_file: Path | None,
    everybody: bool,
    yes: bool,
    dry_run: bool,
) -> int:
    """Revoke tokens; return the exit code."""
    words = [*wanted, *(_lines(from_file) if from_file else ())]
    if not words:
        raise UsageError("Say which tokens to revoke: TOKEN, or --from-file FILE.")
    with connect(where) as connection:
        targets = _targets(connection, words, everybody=everybody)
        for target in targets:
            say(f"{'Would revoke' if dry_run else 'To be revoked:'} {target.described}")
            if target.id == connection.client_id:
                say("That is the token that this command runs on.")
        if dry_run:
            say("Nothing was changed.")
            return DONE
        number = f"{len(targets)} tokens" if len(targets) > 1 else "this token"
        ask(
            f"Revoke {number}? Programs that use it stop working.",
            yes=yes,
            otherwise="give --yes to revoke without a question",
        )
        with progress("Revoking") as show:
            results = connection.pats.delete_many(
                [target.id for target in targets], on_progress=show
            )
    return _report(targets, results)


def _lines(file: Path) -> list[str]:
    """Return the TOKENs in a file, one on each line."""
    try:
        if str(file) != "-":
            text = file.read_text(encoding="utf-8-sig")
        else:
            text = sys.stdin.read() if sys.stdin is not None else ""
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not in UTF-8"
        raise UsageError(f"{file} cannot be read: {reason}.") from None
    return [line.strip() for line in text.splitlines() if line.strip()]


def _targets(connection: Connection, words: Sequence[str], *, everybody: bool) -> list[_Target]:
    try:
        listing = read_listing(connection.pats, None if everybody else "me")
    except PermissionDeniedError:
        # To revoke takes no right to list, as long as nothing has to be looked up.
        if not all(_LIKE_AN_ID.fullmatch(word) for word in words):
            raise
        return [_Target(word, f"id {word}", was_listed=False) for word in dict.fromkeys(words)]
    # A record that cannot be read can be revoked all the same.
    unreadable = {record.id for record in listing.unreadable if record.id}
    targets = [
        _Target(word, f"id {word}, whose record cannot be read", was_listed=True)
        for word in dict.fromkeys(words)
        if word in unreadable
    ]
    readable = find([word for word in words if word not in unreadable], listing, hint=IN_THE_TENANT)
    return targets + [_Target(token.id, in_words(token), was_listed=True) for token in readable]


def _report(targets: Sequence[_Target], results: Sequence[DeleteResult]) -> int:
    failed = 0
    for target, result in zip(targets, results, strict=True):
        if result.outcome == "deleted":
            say(f"Revoked {target.described}")
        elif result.outcome == "missing" and target.was_listed:
            say(f"Somebody else has revoked {target.described}")
        elif len(targets) == 1:
            # The one failure decides how the command ends.
            raise result.error or UsageError(f"There is no token with the {target.described}.")
        else:
            failed += 1
            say(f"Not revoked: {target.described}: {result.error or 'there is no such token'}")
    if failed:
        raise CommandError(f"{failed} of {len(targets)} tokens were not revoked.")
    return DONE
