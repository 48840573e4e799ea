"""An audit's report on standard output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sailpoint_pat.command._output import is_table_for_people, print_json, print_rows, write
from sailpoint_pat.command._terminal import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sailpoint_pat.audit import AuditReport, Finding

AuditFormat = Literal["table", "json", "csv", "prometheus"]

FINDING_FIELDS = (
    "tenant",
    "severity",
    "kind",
    "token_id",
    "token_name",
    "owner_id",
    "owner_name",
    "since",
    "change",
    "accepted",
    "accepted_until",
    "message",
)


def print_report(report: AuditReport, output: AuditFormat) -> None:
    """Print a report in one of the forms."""
    if output == "json":
        print_json(report.as_dict())
    elif output == "prometheus":
        from sailpoint_pat.command._prometheus import exposition  # noqa: PLC0415  one of four

        write(exposition(report))
    elif is_table_for_people(output):
        from sailpoint_pat.command._table import print_findings  # noqa: PLC0415  imports rich

        print_findings(report)
        say(_in_words(report))
    else:
        print_rows(FINDING_FIELDS, _rows(report), output)


def _rows(report: AuditReport) -> Iterator[list[object]]:
    for finding in report.findings:
        yield _row(finding, accepted=False)
    for finding in report.accepted:
        yield _row(finding, accepted=True)


def _row(finding: Finding, *, accepted: bool) -> list[object]:
    return [
        finding.tenant,
        finding.severity,
        finding.kind,
        finding.token_id,
        finding.token_name,
        finding.owner_id,
        finding.owner_name,
        finding.as_dict()["since"],
        finding.change,
        accepted,
        finding.acceptance and finding.acceptance.until,
        finding.message,
    ]


def _in_words(report: AuditReport) -> str:
    summary = report.summary
    severities = ", ".join(f"{number} {name}" for name, number in summary.by_severity.items())
    changes = "" if summary.new is None else f"; {summary.new} new, {summary.gone} gone"
    return (
        f"{summary.tokens} tokens, {summary.findings} findings: {severities}; "
        f"{summary.accepted} accepted{changes}."
    )
