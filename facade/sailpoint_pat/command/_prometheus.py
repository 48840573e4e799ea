"""An audit's report in Prometheus' text format, for the node exporter's textfile collector."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sailpoint_pat.audit import KINDS, SEVERITIES
from sailpoint_pat.command._terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sailpoint_pat import PersonalAccessToken
    from sailpoint_pat.audit import AuditReport


def exposition(report: AuditReport) -> str:
    """Return the report as samples. What does not exist (no expiry, never used) has no sample."""
    tokens = [(_token_labels(tenant, token), token) for tenant, token in report.tokens()]
    findings = Counter(
        (finding.tenant, finding.kind, finding.severity) for finding in report.findings
    )
    lines = [
        *_metric(
            "sailpoint_pat_token_expiry_timestamp_seconds",
            "When the token expires, in seconds since 1970. Without a sample it never does.",
            ((labels, _seconds(token.expires_at)) for labels, token in tokens),
        ),
        *_metric(
            "sailpoint_pat_token_last_used_timestamp_seconds",
            "When the token was last used, to the day. Without a sample it never was.",
            ((labels, _seconds(token.last_used_at)) for labels, token in tokens),
        ),
        *_metric(
            "sailpoint_pat_audit_findings",
            "How many findings there are that are not accepted.",
            (
                (
                    {"tenant": tenant.name, "kind": kind, "severity": severity},
                    findings[tenant.name, kind, severity],
                )
                for tenant in report.tenants
                if tenant.status == "ok"
                for kind in KINDS
                for severity in SEVERITIES
            ),
        ),
        *_metric(
            "sailpoint_pat_audit_success",
            "1 where the tenant's tokens could be listed, 0 where not.",
            (({"tenant": each.name}, int(each.status == "ok")) for each in report.tenants),
        ),
        *_metric(
            "sailpoint_pat_audit_timestamp_seconds",
            "When the tenant was audited, in seconds since 1970.",
            (({"tenant": each.name}, _seconds(each.audited_at)) for each in report.tenants),
        ),
    ]
    return "\n".join(lines) + "\n"


def _metric(
    name: str, help_text: str, samples: Iterable[tuple[Mapping[str, str], float | None]]
) -> list[str]:
    return [
        f"# HELP {name} {help_text}",
        f"# TYPE {name} gauge",
        *(
            f"{name}{{{_labels(labels)}}} {value:.3f}".removesuffix(".000")
            for labels, value in samples
            if value is not None
        ),
    ]


def _labels(labels: Mapping[str, str]) -> str:
    return ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())


def _escaped(value: str) -> str:
    return visible(value).replace("\\", "\\\\").replace('"', '\\"')


def _token_labels(tenant: str, token: PersonalAccessToken) -> dict[str, str]:
    owner = token.owner
    return {
        "tenant": tenant,
        "id": token.id,
        "name": token.name,
        "owner_id": "" if owner is None else owner.id or "",
        "owner_name": "" if owner is None else owner.name or "",
    }


def _seconds(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()
