"""The versions of the API: where each one's addresses are, and what it says about expiry.

This is the one place that knows. Legacy versions stand in front of the service
(`/v3/personal-access-tokens`); `v1`, the version of this service alone, stands behind it
(`/personal-access-tokens/v1`).
"""

from __future__ import annotations

import calendar
from datetime import MAXYEAR
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

SERVICE_PATH = "/personal-access-tokens"
TOKEN_PATH = "/oauth/token"  # noqa: S105  a path; beside the version, for all of them
_SIX_MONTHS = 6


class ApiVersion(NamedTuple):
    """One version of the API, and its rules.

    Attributes:
        name: what a user calls it, such as `v3`.
        is_legacy: whether it is a version of the whole API, which stands in front of the service.
        must_state_expiry: whether a create has to name an expiry, or say that there is none.
        has_latest_expiry: whether a token may last six months at most. Such a version does not
            understand `userAwareTokenNeverExpires` either.
    """

    name: str
    is_legacy: bool
    must_state_expiry: bool
    has_latest_expiry: bool

    @property
    def base_path(self) -> str:
        """Where the whole API of this version is, below the tenant's host: `/v3`, or nothing."""
        return f"/{self.name}" if self.is_legacy else ""

    def path_of(self, path: str) -> str:
        """Return where a path of the contract (`/personal-access-tokens/{id}`) is in this version.

        Args:
            path: begins with `SERVICE_PATH`.

        Returns:
            The path below the tenant's host.
        """
        if self.is_legacy:
            return f"{self.base_path}{path}"
        return f"{SERVICE_PATH}/{self.name}{path.removeprefix(SERVICE_PATH)}"

    def latest_expiry(self, created_at: datetime) -> datetime | None:
        """Return the latest date that a token may be given, or None where there is no limit."""
        return six_months_after(created_at) if self.has_latest_expiry else None


VERSIONS: Mapping[str, ApiVersion] = MappingProxyType(
    {
        version.name: version
        for version in (
            ApiVersion("v1", is_legacy=False, must_state_expiry=True, has_latest_expiry=False),
            ApiVersion("v3", is_legacy=True, must_state_expiry=False, has_latest_expiry=True),
            ApiVersion("v2024", is_legacy=True, must_state_expiry=False, has_latest_expiry=True),
            ApiVersion("v2025", is_legacy=True, must_state_expiry=True, has_latest_expiry=False),
            ApiVersion("v2026", is_legacy=True, must_state_expiry=True, has_latest_expiry=False),
            ApiVersion("beta", is_legacy=True, must_state_expiry=False, has_latest_expiry=True),
        )
    }
)
"""The versions that this package speaks, by name."""

DEFAULT_VERSION = "v3"


def six_months_after(moment: datetime) -> datetime:
    """Return the same day six months on, or that month's last day (181 to 184 days).

    Python's calendar ends with the year 9999, and what comes after that is that year's last month.
    """
    years, month = divmod(moment.month - 1 + _SIX_MONTHS, 12)
    year, month = moment.year + years, month + 1
    if year > MAXYEAR:
        year, month = MAXYEAR, 12
    day = min(moment.day, calendar.monthrange(year, month)[1])
    return moment.replace(year=year, month=month, day=day)
