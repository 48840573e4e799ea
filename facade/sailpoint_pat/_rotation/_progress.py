"""What is known of a rotation that is under way, and what is said when it stops."""

from __future__ import annotations

import attrs

from sailpoint_pat._text import printable
from sailpoint_pat.errors import LostCreate, RotationError, RotationStep, SailPointError
from sailpoint_pat.models import IssuedToken, PersonalAccessToken


@attrs.define
class Progress:
    """What exists by now; the source of what a `RotationError` says."""

    step: RotationStep = "find"
    old: PersonalAccessToken | None = None
    new: IssuedToken | None = None
    new_exists: bool | None = False
    old_exists: bool | None = None
    lost_create: LostCreate | None = None

    def stopped(self, why: str) -> RotationError:
        """Return the error for a rotation that stops here."""
        error = RotationError(
            f"The rotation stopped at the step {self.step!r}: {why}. {self.state()}",
            step=self.step,
            old=self.old,
            new=self.new,
            old_exists=self.old_exists,
            new_exists=self.new_exists,
        )
        # Nobody else knows the name of the new token that may exist.
        if self.new is None and self.new_exists is None:
            error.lost_create = self.lost_create
        return error

    def mark_unknown(self, error: BaseException) -> None:
        """Set to None what is not certain any more after an exception that is not ours.

        At two steps a request may have gone out whose answer nobody has read.
        """
        if isinstance(error, SailPointError):
            return
        if self.step == "create":
            self.new_exists = None
        if self.step == "revoke":
            self.old_exists = None

    def state(self) -> str:
        """Return a sentence that says which tokens exist."""
        parts = []
        if self.old is not None:
            parts.append(f"The old token {printable(self.old.id)} {_exists(self.old_exists)}")
        if self.new is not None:
            parts.append(f"the new token {printable(self.new.id)} {_exists(self.new_exists)}")
        elif self.new_exists is None:
            parts.append("a new token may exist, whose secret nobody has")
        else:
            parts.append("no new token exists")
        sentence = "; ".join(parts)
        return f"{sentence[0].upper()}{sentence[1:]}."


def _exists(known: bool | None) -> str:  # noqa: FBT001  three values of one fact
    return {True: "exists and works", False: "does not exist any more", None: "may exist"}[known]


def words_of(error: Exception) -> str:
    """Return what an error says; of others' only the class: `save` may quote the secret."""
    ours = isinstance(error, SailPointError)
    return f"{type(error).__name__}: {error}".rstrip(".") if ours else type(error).__name__
