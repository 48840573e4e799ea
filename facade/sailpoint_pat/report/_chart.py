"""How many tokens expire in each month of the next year, as bars."""

from __future__ import annotations

from collections import Counter
from datetime import UTC
from typing import TYPE_CHECKING, Final

import attrs

from sailpoint_pat.report._words import number

if TYPE_CHECKING:
    from sailpoint_pat.audit import AuditReport

MONTHS: Final = 13
"""The month of the audit and the twelve after it: a whole year on any day of the month."""

# Not strftime's: a program may have set the language of another country.
NAMES: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)

BASE: Final = 155
"""Where the bars stand, in pixels below the top of the drawing."""

HIGHEST: Final = 130
"""The height of the highest bar, in pixels."""

BAR_SHARE: Final = 0.64
"""How much of a month's width its bar takes."""


@attrs.frozen(kw_only=True)
class Bar:
    """One month.

    Attributes:
        name: the month in full, such as `November 2026`.
        month: its short name.
        year: the year, where a new one begins; else an empty text.
        soon: the tokens of this month whose expiry is an open finding.
        later: all others.
        left: where the bar begins, in percent of the drawing's width.
        middle: the middle of the month, in percent of the drawing's width.
        soon_height: the height of the part for `soon`, in pixels.
        later_height: the height of the part for `later`, in pixels.
    """

    name: str
    month: str
    year: str
    soon: int
    later: int
    left: float
    middle: float
    soon_height: int
    later_height: int

    @property
    def count(self) -> int:
        """All tokens that expire in this month."""
        return self.soon + self.later

    @property
    def top(self) -> int:
        """Where the bar ends at the top, in pixels below the top of the drawing."""
        return BASE - self.soon_height - self.later_height


@attrs.frozen(kw_only=True)
class Chart:
    """All months, and what is in none of them.

    Attributes:
        bars: the months.
        width: of each bar, in percent of the drawing's width.
        base: where the bars stand, in pixels below the top of the drawing.
        rest: a sentence about the tokens that expire in none of these months.
    """

    bars: tuple[Bar, ...]
    width: float
    base: int
    rest: str


def chart(report: AuditReport) -> Chart:
    """Count the tokens that the policy looks at by the month in which they expire."""
    expiring = {
        (finding.tenant, finding.token_id)
        for finding in report.findings
        if finding.kind == "expiring"
    }
    first = report.taken_at.year * 12 + report.taken_at.month - 1
    soon: Counter[int] = Counter()
    later: Counter[int] = Counter()
    expired = never = after = 0
    for tenant, token in report.tokens():
        if token.managed and not report.policy.include_managed:
            continue
        if token.expires_at is None:
            never += 1
            continue
        if token.expires_at <= report.taken_at:
            expired += 1
            continue
        expires_at = token.expires_at.astimezone(UTC)
        month = expires_at.year * 12 + expires_at.month - 1 - first
        if month >= MONTHS:
            after += 1
        elif (tenant, token.id) in expiring:
            soon[month] += 1
        else:
            later[month] += 1
    most = max((soon[month] + later[month] for month in range(MONTHS)), default=0)
    return Chart(
        bars=tuple(_bar(first + at, at, soon[at], later[at], most) for at in range(MONTHS)),
        width=round(100 / MONTHS * BAR_SHARE, 3),
        base=BASE,
        rest=f"Not in the chart: expired already ({number(expired)}), later ({number(after)}), "
        f"never ({number(never)}).",
    )


def _bar(month: int, at: int, soon: int, later: int, most: int) -> Bar:
    year, name = str(month // 12), NAMES[month % 12]
    share = HIGHEST / max(most, 1)
    return Bar(
        name=f"{name} {year}",
        month=name[:3],
        year=year if at == 0 or name == "January" else "",
        soon=soon,
        later=later,
        left=round((at + (1 - BAR_SHARE) / 2) * 100 / MONTHS, 3),
        middle=round((at + 0.5) * 100 / MONTHS, 3),
        # One token among thousands still shows.
        soon_height=max(round(soon * share), 2) if soon else 0,
        later_height=max(round(later * share), 2) if later else 0,
    )
