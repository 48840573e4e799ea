"""What the page says, worked out of the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from sailpoint_pat.audit import SEVERITIES
from sailpoint_pat.report._chart import Chart, chart
from sailpoint_pat.report._policy import AcceptedRule, Rule, accepted_rules, managed, rules
from sailpoint_pat.report._words import count, day, number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sailpoint_pat.audit import AuditedTenant, AuditReport, Finding, OwnerGroup, Severity


@attrs.frozen(kw_only=True)
class Fact:
    """A number at the top of the page."""

    name: str
    number: int
    severity: Severity | None = None


@attrs.frozen(kw_only=True)
class OwnerToDo:
    """What one owner has to do: the findings token by token, and how many of which severity."""

    group: OwnerGroup
    by_token: tuple[tuple[Finding, ...], ...]
    severities: Mapping[Severity, int]


@attrs.frozen(kw_only=True)
class TenantLine:
    """A tenant, and how many findings of it are open."""

    tenant: AuditedTenant
    findings: int


@attrs.frozen(kw_only=True)
class Column:
    """A column of the table of all tokens, and how it is called when it is sorted."""

    key: str
    name: str
    ascending: str
    descending: str


@attrs.frozen(kw_only=True)
class View:
    """All that the template is given beside the report itself."""

    title: str
    lead: str
    facts: tuple[Fact, ...]
    failed: tuple[AuditedTenant, ...]
    several_tenants: bool
    tenants: tuple[TenantLine, ...]
    owners: tuple[OwnerToDo, ...]
    changes: tuple[tuple[str, tuple[Finding, ...]], ...]
    chart: Chart
    columns: tuple[Column, ...]
    accepted: tuple[AcceptedRule, ...]
    rules: tuple[Rule, ...]
    managed: str


_TENANT: Final = Column(key="tenant", name="Tenant", ascending="A to Z", descending="Z to A")
_COLUMNS: Final = (
    Column(key="token", name="Token", ascending="A to Z", descending="Z to A"),
    Column(key="owner", name="Owner", ascending="A to Z", descending="Z to A"),
    Column(key="created", name="Created", ascending="oldest first", descending="newest first"),
    Column(key="used", name="Last used", ascending="never, then oldest", descending="latest first"),
    Column(key="expires", name="Expires", ascending="soonest first", descending="never first"),
    Column(key="scopes", name="Scopes", ascending="fewest first", descending="most first"),
    Column(key="findings", name="Findings", ascending="none first", descending="worst first"),
)


def view(report: AuditReport) -> View:
    """Return what the page says about a report."""
    several = len(report.tenants) > 1
    found = (*report.findings, *report.accepted)
    by_tenant = {tenant.name: 0 for tenant in report.tenants}
    for finding in report.findings:
        by_tenant[finding.tenant] = by_tenant.get(finding.tenant, 0) + 1
    owners = {
        (tenant, token.owner.id)
        for tenant, token in report.tokens()
        if token.owner is not None and token.owner.id
    }
    return View(
        title=count(len(report.tenants), "tenant") if several else report.tenants[0].name,
        lead=_lead(report, len(owners)),
        facts=_facts(report, len(owners)),
        failed=tuple(tenant for tenant in report.tenants if tenant.status == "failed"),
        several_tenants=several,
        tenants=tuple(
            TenantLine(tenant=tenant, findings=by_tenant[tenant.name]) for tenant in report.tenants
        ),
        owners=tuple(map(_to_do, report.by_owner())),
        changes=(
            ("New", tuple(finding for finding in found if finding.change == "new")),
            ("Gone", report.gone),
        ),
        chart=chart(report),
        columns=(*_COLUMNS[:2], _TENANT, *_COLUMNS[2:]) if several else _COLUMNS,
        accepted=accepted_rules(report),
        rules=rules(report),
        managed=managed(report),
    )


def _lead(report: AuditReport, owners: int) -> str:
    summary = report.summary
    if summary.failed_tenants == summary.tenants:
        return "Nothing is known about the tokens."
    if not summary.tokens and not summary.findings:
        return "There are no tokens."
    looked_at = f"{count(summary.tokens, 'token')} of {count(owners, 'owner')}."
    if not summary.findings:
        return f"{looked_at} Nothing needs doing."
    open_findings = (
        f"{count(summary.findings, 'finding')} {'is' if summary.findings == 1 else 'are'} open, "
        f"{number(summary.by_severity['high'])} of high severity."
    )
    expiry = [
        token.expires_at
        for _, token in report.tokens()
        if token.expires_at is not None
        and token.expires_at > report.taken_at
        and (report.policy.include_managed or not token.managed)
    ]
    next_one = f" The next token to expire does so on {day(min(expiry))}." if expiry else ""
    return f"{looked_at} {open_findings}{next_one}"


def _facts(report: AuditReport, owners: int) -> tuple[Fact, ...]:
    summary = report.summary
    severities = (
        Fact(name=severity.capitalize(), number=summary.by_severity[severity], severity=severity)
        for severity in SEVERITIES
    )
    return (
        *severities,
        Fact(name="Accepted", number=summary.accepted),
        Fact(name="Tokens", number=summary.tokens),
        Fact(name="Owners", number=owners),
    )


def _to_do(group: OwnerGroup) -> OwnerToDo:
    by_token: dict[object, list[Finding]] = {}
    for finding in group.findings:
        # A finding without a token, such as `near-limit`, stands alone.
        key = finding.token_id or id(finding)
        by_token.setdefault(key, []).append(finding)
    return OwnerToDo(
        group=group,
        by_token=tuple(map(tuple, by_token.values())),
        severities={
            severity: sum(finding.severity == severity for finding in group.findings)
            for severity in SEVERITIES
        },
    )
