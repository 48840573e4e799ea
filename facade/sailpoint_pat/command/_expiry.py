"""When a new token expires, as the command line says it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TypedDict

import attrs

from sailpoint_pat.command._exits import UsageError


class ExpiryArguments(TypedDict):
    """The arguments of the library's `create` and `rotate`."""

    expires_in: timedelta | None
    expires_at: datetime | None
    never_expires: bool


@attrs.frozen
class Expiry:
    """When a new token expires; at most one of the three is given."""

    expires_in: timedelta | None = None
    expires_at: datetime | None = None
    never_expires: bool = False

    def check(self, *, must_be_given: bool) -> None:
        """Refuse a command line that says nothing where it has to, or contradicts itself.

        Raises:
            UsageError: it does.
        """
        given = (self.expires_in, self.expires_at, self.never_expires or None)
        number = sum(value is not None for value in given)
        if number > 1 or (must_be_given and not number):
            raise UsageError(
                "Say when the new token expires, with one of: --expires-in 90d, "
                "--expires-at 2027-03-31, --never-expires. Nothing was sent."
            )
        if self.expires_at is not None and self.expires_at <= datetime.now(UTC):
            raise UsageError(f"--expires-at {self.expires_at:%Y-%m-%d} is in the past.")

    @property
    def arguments(self) -> ExpiryArguments:
        """The same, for the library."""
        return ExpiryArguments(
            expires_in=self.expires_in, expires_at=self.expires_at, never_expires=self.never_expires
        )
