"""The policy in force, and what it accepts, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from sailpoint_pat.audit import KINDS
from sailpoint_pat.report._words import count, duration

if TYPE_CHECKING:
    from sailpoint_pat.audit import Acceptance, AuditReport, Finding, Kind, Level, Policy


@attrs.frozen(kw_only=True)
class Rule:
    """What the policy says about one kind of finding.

    Attributes:
        kind: the kind.
        when: what makes a token a finding of this kind.
        severity: how severe it is, or `off`.
        note: what else is to be said about the severity; mostly empty.
        open: the findings of this kind that are not accepted.
    """

    kind: Kind
    when: str
    severity: Level
    note: str
    open: int


@attrs.frozen(kw_only=True)
class AcceptedRule:
    """What somebody has accepted, and the findings that it covers.

    Attributes:
        rule: what the policy says.
        passed: whether its date has passed, so that its findings are open again.
        findings: the findings that are accepted because of it.
    """

    rule: Acceptance
    passed: bool
    findings: tuple[Finding, ...]


def rules(report: AuditReport) -> tuple[Rule, ...]:
    """Return what the policy says about each kind."""
    policy, by_kind = report.policy, report.summary.by_kind
    when = _when(policy)
    urgent = f"high within {duration(policy.urgent_within)}"
    return tuple(
        Rule(
            kind=kind,
            when=when[kind],
            severity=policy.severity[kind],
            note=urgent if kind == "expiring" and policy.severity[kind] != "high" else "",
            open=by_kind[kind],
        )
        for kind in KINDS
    )


def accepted_rules(report: AuditReport) -> tuple[AcceptedRule, ...]:
    """Return what the policy accepts, what ends first at the beginning."""
    covered: dict[Acceptance, list[Finding]] = {each: [] for each in report.policy.accepted}
    for finding in report.accepted:
        if finding.acceptance is not None:
            covered.setdefault(finding.acceptance, []).append(finding)
    today = report.taken_at.date()
    return tuple(
        AcceptedRule(rule=rule, passed=rule.until < today, findings=tuple(findings))
        for rule, findings in sorted(covered.items(), key=lambda pair: pair[0].until)
    )


def managed(report: AuditReport) -> str:
    """Return a sentence about the tokens that the platform manages."""
    if report.policy.include_managed:
        return "Tokens that the platform made for itself are looked at as well."
    left_out = report.summary.left_out
    return (
        "Tokens that the platform made for itself are left out: "
        f"{count(left_out, 'token') if left_out else 'there are none'}."
    )


def _when(policy: Policy) -> dict[Kind, str]:
    longest = policy.max_access_token_ttl
    return {
        "expiring": f"It expires within {duration(policy.expiring_within)}.",
        "expired": "It has expired. Nothing else but a missing owner is reported about it.",
        "ownerless": "It has no owner, or one without an id.",
        "unreadable": "Its record breaks the API's contract.",
        "never-expires": "It is made to last for ever, or has no date.",
        "all-scopes": "It has every right of its owner: sp:scopes:all, or no scopes at all.",
        "unused": f"It was used, but not for {duration(policy.unused_after)}.",
        "long-access-tokens": "The policy sets no limit."
        if longest is None
        else f"Access tokens made from it live longer than {duration(longest)}.",
        "never-used": f"It was never used and is older than {duration(policy.never_used_after)}.",
        "near-limit": f"Its owner has {count(policy.near_limit, 'token')} or more.",
    }
