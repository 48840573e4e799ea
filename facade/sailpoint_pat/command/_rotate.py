"""`sailpoint-pat rotate`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import attrs

from sailpoint_pat import RotationError, SailPointError
from sailpoint_pat.command._connection import connect
from sailpoint_pat.command._exits import DONE, CommandError, UsageError
from sailpoint_pat.command._output import is_table_for_people, print_token, print_tokens
from sailpoint_pat.command._save import SaveFailedError, SaveUnknownError
from sailpoint_pat.command._terminal import ask, progress, say
from sailpoint_pat.command._tokens import find, in_words, read_listing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sailpoint_pat import IssuedToken, PersonalAccessToken
    from sailpoint_pat.command._connection import Connection
    from sailpoint_pat.command._expiry import Expiry
    from sailpoint_pat.command._output import Format
    from sailpoint_pat.command._save import SaveOptions, Saver
    from sailpoint_pat.command._tokens import Listing
    from sailpoint_pat.command._where import Where


@attrs.frozen
class Selection:
    """Which tokens to rotate.

    Attributes:
        wanted: TOKEN arguments.
        own: the token that the command runs on.
        all_mine: every token of the caller that is neither managed by the platform nor expired.
        due: only those that expire within this time.
    """

    wanted: Sequence[str]
    own: bool
    all_mine: bool
    due: timedelta | None

    def check(self) -> None:
        """Refuse a command line that names no tokens, or names them in several ways.

        Raises:
            UsageError: it does.
        """
        if sum([bool(self.wanted), self.own, self.all_mine]) != 1:
            raise UsageError(
                "Say which tokens to rotate, with one of: TOKEN ..., --self, --all-mine."
            )

    @property
    def is_one(self) -> bool:
        """Whether it can only be one token, so that JSON is an object and not an array."""
        return self.own or len(self.wanted) == 1

    def candidates(self, listing: Listing, own_id: str) -> list[PersonalAccessToken]:
        """Return the tokens that are meant, due or not, the one that the command runs on last.

        Raises:
            UsageError: one is unknown, fits several, or is the platform's.
        """
        now = datetime.now(UTC)
        if self.all_mine:
            chosen = [
                token
                for token in listing.tokens
                if not token.managed and (token.expires_at is None or token.expires_at > now)
            ]
        else:
            chosen = find([own_id] if self.own else self.wanted, listing)
            for token in chosen:
                if token.managed:
                    raise UsageError(
                        f"{token.name!r} is managed by the platform itself and cannot be rotated."
                    )
        return sorted(chosen, key=lambda token: token.id == own_id)

    def fail_if_incomplete(self, listing: Listing) -> None:
        """Raise a CommandError where one of them may be a record that cannot be read."""
        if self.all_mine:
            listing.fail_if_incomplete()

    def those_due(self, candidates: list[PersonalAccessToken]) -> list[PersonalAccessToken]:
        """Return those of them that expire within `--due`; all of them without it."""
        if self.due is None:
            return candidates
        latest = datetime.now(UTC) + self.due
        return [token for token in candidates if token.expires_at and token.expires_at <= latest]


def rotate(  # noqa: PLR0913  the options of the command
    where: Where,
    selection: Selection,
    expiry: Expiry,
    save: SaveOptions,
    *,
    yes: bool,
    dry_run: bool,
    output: Format,
) -> int:
    """Put new tokens in place of old ones; return the exit code."""
    selection.check()
    expiry.check(must_be_given=False)
    save.check()
    with connect(where) as connection, save.opened(connection, output) as saver:
        listing = read_listing(connection.pats, "me")
        candidates = selection.candidates(listing, connection.client_id)
        chosen = selection.those_due(candidates)
        save.check_number(len(chosen))
        if not chosen:
            _say_nothing_is_due(candidates, output)
            selection.fail_if_incomplete(listing)
            return DONE
        if dry_run:
            connection.check_arguments(
                lambda pats: pats.rotate(chosen[0].id, save=saver.save, **expiry.arguments)
            )
        for token in chosen:
            say(f"{'Would rotate' if dry_run else 'To be rotated:'} {in_words(token)}")
        if dry_run:
            say(f"The new secret would go to {saver.place}. Nothing was changed.")
            return DONE
        ask(
            f"The new secret goes to {saver.place}, and the old token is revoked. Go on?",
            yes=yes,
            otherwise="give --yes to rotate without a question",
        )
        rotations = _Rotations(connection, saver, expiry)
        try:
            rotations.run(chosen, save)
        except KeyboardInterrupt as interrupt:
            for rotation in rotations.done:
                interrupt.add_note(rotation.state())
            raise
        if not saver.has_printed:
            _print([rotation.new for rotation in rotations.done], selection, output)
        rotations.fail_if_incomplete(len(chosen))
        selection.fail_if_incomplete(listing)
    return DONE


def _say_nothing_is_due(candidates: list[PersonalAccessToken], output: Format) -> None:
    expiries = [token.expires_at for token in candidates if token.expires_at]
    first = f"; the first to expire does so on {min(expiries):%Y-%m-%d}" if expiries else ""
    say(f"Nothing is due{first}.")
    if not is_table_for_people(output):
        print_tokens([], output)


def _print(new: Sequence[IssuedToken], selection: Selection, output: Format) -> None:
    if selection.is_one and new:
        print_token(new[0], output)
    elif new or not selection.is_one:
        print_tokens(new, output, with_owner=False)


@attrs.define
class _Rotation:
    """A new token that was made and may be saved, and what became of the old one."""

    old: PersonalAccessToken
    new: IssuedToken
    is_saved: bool
    old_is: str = "exists and works"

    def state(self) -> str:
        saved = "saved" if self.is_saved else "perhaps saved"
        return (
            f"{self.old.name!r}: the new token {self.new.id} exists and is {saved}; "
            f"the old token {self.old.id} {self.old_is}."
        )


class _Rotations:
    """Rotates one token after the other."""

    def __init__(self, connection: Connection, saver: Saver, expiry: Expiry) -> None:
        self.done: list[_Rotation] = []
        self._pats = connection.pats
        self._saver = saver
        self._expiry = expiry
        self._problems = 0

    def run(self, chosen: Sequence[PersonalAccessToken], save: SaveOptions) -> None:
        """Make, save and revoke. The command of `--then` comes once, before anything is revoked."""
        for old in chosen:
            rotation = self._make_and_save(old)
            if rotation and rotation.is_saved and save.then is None:
                self._revoke(rotation)
        saved = [rotation for rotation in self.done if rotation.is_saved]
        if save.then is None or not saved:
            return
        try:
            save.run_then()
        except CommandError as error:
            for rotation in saved:
                error.add_note(rotation.state())
            raise
        for rotation in saved:
            self._revoke(rotation)

    def fail_if_incomplete(self, wanted: int) -> None:
        """Raise a CommandError where something went wrong."""
        if self._problems:
            raise CommandError(
                "The rotation is not complete."
                if wanted == 1
                else f"{self._problems} of {wanted} rotations are not complete."
            )

    def _make_and_save(self, old: PersonalAccessToken) -> _Rotation | None:
        problem: CommandError | None = None

        def save(new: IssuedToken) -> None:
            nonlocal problem
            try:
                self._saver.save(new)
            except SaveFailedError as error:
                problem = error
                raise  # The library revokes the new token.
            except SaveUnknownError as error:
                problem = error  # Both tokens have to stay.

        try:
            with progress(f"Rotating {old.name!r}", shown=not self._saver.has_printed):
                new = self._pats.rotate(
                    old.id, save=save, revoke_old=False, **self._expiry.arguments
                )
        except RotationError as error:
            self._problem(problem)
            say(f"Not rotated: {old.name!r}. {error}")
            return None
        rotation = _Rotation(old, new, is_saved=problem is None)
        self.done.append(rotation)
        if problem is not None:
            self._problem(problem)
            say(rotation.state())
        return rotation

    def _revoke(self, rotation: _Rotation) -> None:
        rotation.old_is = "may exist"
        try:
            self._pats.delete(rotation.old.id, missing_ok=True)
        except SailPointError as error:
            if not error.maybe_performed:
                rotation.old_is = "exists and works"
            self._problem(None)
            say(f"{rotation.state()} It could not be revoked: {error}")
            say(f"To finish: sailpoint-pat revoke {rotation.old.id}")
            return
        rotation.old_is = "is revoked"
        say(
            f"Rotated {rotation.old.name!r}: the new token is {rotation.new.name!r}, id "
            f"{rotation.new.id}. Its secret went to {self._saver.place}. The old one is revoked."
        )

    def _problem(self, error: CommandError | None) -> None:
        self._problems += 1
        for line in (str(error), *error.details) if error else ():
            say(line)
