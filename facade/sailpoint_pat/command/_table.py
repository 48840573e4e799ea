"""The tables that are drawn on a terminal. Nothing else imports rich for them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sailpoint_pat.command._terminal import visible
from sailpoint_pat.command._times import time_away

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sailpoint_pat import PersonalAccessToken
    from sailpoint_pat.audit import AuditReport, Finding

_SOON = timedelta(days=30)
_STYLES = {"high": "red", "medium": "yellow", "low": ""}


def text(value: str, style: str = "") -> Text:
    """Return a cell; what stands in it is never read as markup."""
    return Text(visible(value), style=style)


def new_table() -> Table:
    """Return an empty table without lines, as wide as it has to be."""
    return Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")


def print_table(table: Table) -> None:
    """Draw a table on the terminal. `NO_COLOR` and `TERM=dumb` are rich's business."""
    Console().print(table)


def print_token_table(tokens: Sequence[PersonalAccessToken], *, with_owner: bool) -> None:
    """Draw tokens, one a row. On 80 columns there is room for the owner or for the scopes."""
    table = new_table()
    table.add_column("NAME", overflow="fold")
    if with_owner:
        table.add_column("OWNER", overflow="fold")
    for name in ("EXPIRES", "LAST USED", *([] if with_owner else ["SCOPES"]), "ID"):
        table.add_column(name, no_wrap=True)
    now = datetime.now(UTC)
    for token in tokens:
        owner = "none" if token.owner is None else token.owner.name or token.owner.id or "none"
        table.add_row(
            text(token.name),
            *([text(owner)] if with_owner else []),
            _expiry(token, now),
            text(f"{token.last_used_at:%Y-%m-%d}" if token.last_used_at else "never"),
            *([] if with_owner else [text(_scopes(token))]),
            text(token.id),
        )
    print_table(table)


def _scopes(token: PersonalAccessToken) -> str:
    """Return how much a token may do. Their names are too long for a table; `show` has them."""
    if token.scopes is None or "sp:scopes:all" in token.scopes:
        return "all"
    return f"{len(token.scopes)} scope{'s' * (len(token.scopes) != 1)}"


def _expiry(token: PersonalAccessToken, now: datetime) -> Text:
    """Return when a token expires: a date, or how far away it is where that matters."""
    if token.expires_at is None:
        return text("never" if token.never_expires else "no date")
    left = token.expires_at - now
    if left <= timedelta(0):
        return text(time_away(left), "red")
    if left <= _SOON:
        return text(time_away(left), "yellow")
    return text(f"{token.expires_at:%Y-%m-%d}")


def print_findings(report: AuditReport) -> None:
    """Draw the findings, the most urgent first, then the accepted ones."""
    several = len(report.tenants) > 1
    table = new_table()
    for name in ("SEVERITY", "KIND", *(["TENANT"] if several else []), "OWNER", "TOKEN"):
        # Long names take their room from themselves, and not from what there is to do.
        table.add_column(name, overflow="fold", max_width=24)
    table.add_column("WHAT TO DO", overflow="fold")
    rows: list[tuple[str, Finding]] = [(finding.severity, finding) for finding in report.findings]
    rows += [("accepted", finding) for finding in report.accepted]
    for label, finding in rows:
        table.add_row(
            text(label, _STYLES.get(label, "dim")),
            text(finding.kind),
            *([text(finding.tenant)] if several else []),
            text(finding.owner_name or finding.owner_id or ""),
            text(finding.token_name or finding.token_id or ""),
            text(finding.message),
        )
    if rows:
        print_table(table)
