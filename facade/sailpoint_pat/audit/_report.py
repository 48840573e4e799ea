"""What an audit found."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Final, Literal

import attrs

from sailpoint_pat.audit._kinds import KINDS, SEVERITIES, Kind, Severity
from sailpoint_pat.audit._policy import Acceptance, Policy
from sailpoint_pat.models import PersonalAccessToken

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

SCHEMA: Final = "sailpoint-pat.audit/1"

_WITHOUT_SINCE: Final = frozenset({"ownerless", "unreadable"})


@attrs.frozen(kw_only=True)
class Finding:
    """One thing that somebody should look at.

    Attributes:
        tenant: the tenant's name, as it was given to the audit.
        kind: what it is about.
        severity: how severe it is.
        message: one sentence or two: what was seen, and what to do.
        since: since when the policy calls this a finding, UTC, as far as the listing tells; None
            where the listing does not tell (`ownerless`, `unreadable`).
        token_id: the token's id; None for `near-limit`, and for a record without a readable id.
        token_name: the token's name; None for `near-limit` and `unreadable`.
        owner_id: the id of the owner; None where there is none.
        owner_name: the name of the owner; None where there is none.
        expires_at: when the token expires, UTC; None where it has no date.
        acceptance: what the policy says about this finding, or None. In `AuditReport.accepted` it
            is in force; in `AuditReport.findings` its date has passed.
        change: `new` or `stays`, compared with an earlier report; None where no earlier report
            tells.
    """

    tenant: str
    kind: Kind
    severity: Severity
    message: str
    since: datetime | None = None
    token_id: str | None = None
    token_name: str | None = None
    owner_id: str | None = None
    owner_name: str | None = None
    expires_at: datetime | None = None
    acceptance: Acceptance | None = None
    change: Literal["new", "stays"] | None = None

    def as_dict(self) -> dict[str, object]:
        """Return the finding as JSON can hold it."""
        token = {"id": self.token_id, "name": self.token_name}
        owner = {"id": self.owner_id, "name": self.owner_name}
        return {
            "tenant": self.tenant,
            "kind": self.kind,
            "severity": self.severity,
            "message": self.message,
            "since": _time(self.since),
            "token": token if self.token_id is not None else None,
            "owner": owner if owner != {"id": None, "name": None} else None,
            "expires_at": _time(self.expires_at),
            "acceptance": self.acceptance.as_dict() if self.acceptance else None,
            "change": self.change,
        }


@attrs.frozen(kw_only=True)
class AuditedTenant:
    """A tenant of a report: whether its tokens could be listed, and the tokens.

    Attributes:
        name: the tenant's name, the same in all findings.
        base_url: its address, or None where that was not given.
        status: `ok`, or `failed` where the tokens could not be listed.
        error: why they could not be listed; None where they could.
        audited_at: when it was audited, UTC.
        tokens: all its tokens that could be read, also the managed ones that the policy leaves out
            of the findings, in the order of the listing. Empty where the listing failed.
    """

    name: str
    base_url: str | None = None
    status: Literal["ok", "failed"] = "ok"
    error: str | None = None
    audited_at: datetime
    tokens: tuple[PersonalAccessToken, ...] = attrs.field(default=(), repr=False)

    def as_dict(self) -> dict[str, object]:
        """Return the tenant as JSON can hold it, without the tokens."""
        return {
            "name": self.name,
            "base_url": self.base_url,
            "status": self.status,
            "error": self.error,
            "audited_at": _time(self.audited_at),
        }


@attrs.frozen(kw_only=True)
class OwnerGroup:
    """The findings about one owner's tokens in one tenant, the most urgent first.

    Attributes:
        tenant: the tenant's name.
        owner_id: the owner's id; None for the group of all tokens without an owner.
        owner_name: the owner's name, where there is one.
        findings: the findings that are not accepted; at least one.
    """

    tenant: str
    owner_id: str | None
    owner_name: str | None
    findings: tuple[Finding, ...]


@attrs.frozen(kw_only=True)
class Summary:
    """How many there are of what.

    Attributes:
        tenants: the tenants that were audited.
        failed_tenants: the tenants whose tokens could not be listed.
        tokens: all tokens that could be read.
        left_out: the tokens among them that are managed by the platform and were left out.
        findings: the findings that are not accepted.
        by_severity: these findings by severity; all severities are in it.
        by_kind: these findings by kind; all kinds are in it.
        accepted: the findings that are accepted.
        new: the findings that the earlier report did not have; None without an earlier report.
        stays: the findings that it had as well; None without an earlier report.
        gone: the findings of it that are no more; None without an earlier report.
    """

    tenants: int
    failed_tenants: int
    tokens: int
    left_out: int
    findings: int
    by_severity: Mapping[Severity, int] = attrs.field(hash=False)
    by_kind: Mapping[Kind, int] = attrs.field(hash=False)
    accepted: int
    new: int | None = None
    stays: int | None = None
    gone: int | None = None

    def as_dict(self) -> dict[str, object]:
        """Return the numbers as JSON can hold them."""
        return attrs.asdict(self)


@attrs.frozen(kw_only=True)
class AuditReport:
    """What an audit of one tenant or several found. It can be pickled, and has no secret in it.

    Attributes:
        taken_at: when the audit was made, UTC; of several tenants, the first.
        policy: what was looked for.
        tenants: the tenants, in the order in which they were given.
        findings: what somebody should look at, the most urgent first. By severity, then by kind in
            the order of `KINDS`; what expires next stands before what expires later, what expired
            last before what expired earlier, and everything else oldest first.
        accepted: findings that the policy accepts, in the same order.
        compared_with: when the earlier report was made that this one is compared with, or None.
        gone: findings of the earlier report that are no more, by tenant and in the order of that
            report. What was not looked for this time is not among them: findings of a tenant that
            could not be listed, of a kind that is off, of a token that is left out or unreadable.
    """

    taken_at: datetime
    policy: Policy
    tenants: tuple[AuditedTenant, ...]
    findings: tuple[Finding, ...] = attrs.field(default=(), repr=False)
    accepted: tuple[Finding, ...] = attrs.field(default=(), repr=False)
    compared_with: datetime | None = None
    gone: tuple[Finding, ...] = attrs.field(default=(), repr=False)

    @property
    def summary(self) -> Summary:
        """How many there are of what."""
        severities = Counter(finding.severity for finding in self.findings)
        kinds = Counter(finding.kind for finding in self.findings)
        changes = Counter(finding.change for finding in (*self.findings, *self.accepted))
        compared = self.compared_with is not None
        managed = sum(token.managed for _, token in self.tokens())
        return Summary(
            tenants=len(self.tenants),
            failed_tenants=sum(tenant.status == "failed" for tenant in self.tenants),
            tokens=sum(len(tenant.tokens) for tenant in self.tenants),
            left_out=0 if self.policy.include_managed else managed,
            findings=len(self.findings),
            by_severity={severity: severities[severity] for severity in SEVERITIES},
            by_kind={kind: kinds[kind] for kind in KINDS},
            accepted=len(self.accepted),
            new=changes["new"] if compared else None,
            stays=changes["stays"] if compared else None,
            gone=len(self.gone) if compared else None,
        )

    def tokens(self) -> Iterator[tuple[str, PersonalAccessToken]]:
        """Yield each token with the name of its tenant."""
        for tenant in self.tenants:
            for token in tenant.tokens:
                yield tenant.name, token

    def at_least(self, severity: Severity) -> tuple[Finding, ...]:
        """Return the findings of this severity and of those above; accepted ones are not counted.

        Raises:
            ValueError: `severity` is none of the severities.
        """
        if severity not in SEVERITIES:
            raise ValueError(f"severity is none of {', '.join(SEVERITIES)}")
        counted = SEVERITIES[: SEVERITIES.index(severity) + 1]
        return tuple(finding for finding in self.findings if finding.severity in counted)

    def by_owner(self) -> tuple[OwnerGroup, ...]:
        """Return the findings by tenant and owner; the owner of the most urgent one is first."""
        groups: dict[tuple[str, str | None], list[Finding]] = {}
        for finding in self.findings:
            groups.setdefault((finding.tenant, finding.owner_id), []).append(finding)
        return tuple(
            OwnerGroup(
                tenant=tenant,
                owner_id=owner_id,
                owner_name=findings[0].owner_name if owner_id is not None else None,
                findings=tuple(findings),
            )
            for (tenant, owner_id), findings in groups.items()
        )

    def by_kind(self) -> dict[Kind, tuple[Finding, ...]]:
        """Return the findings by kind, in the order of `KINDS`; kinds without any are left out."""
        groups: dict[Kind, list[Finding]] = {}
        for finding in self.findings:
            groups.setdefault(finding.kind, []).append(finding)
        return {kind: tuple(groups[kind]) for kind in KINDS if kind in groups}

    def as_dict(self) -> dict[str, object]:
        """Return the report as JSON can hold it; `docs/audit.md` describes its form."""
        return {
            "schema": SCHEMA,
            "taken_at": _time(self.taken_at),
            "policy": self.policy.as_dict(),
            "tenants": [tenant.as_dict() for tenant in self.tenants],
            "summary": self.summary.as_dict(),
            "findings": [finding.as_dict() for finding in self.findings],
            "accepted": [finding.as_dict() for finding in self.accepted],
            "compared_with": _time(self.compared_with),
            "gone": [finding.as_dict() for finding in self.gone],
            "tokens": [{"tenant": tenant} | token.as_dict() for tenant, token in self.tokens()],
        }

    @classmethod
    def failed(
        cls,
        tenant: str,
        error: str,
        policy: Policy = Policy(),  # noqa: B008  it is frozen
        *,
        base_url: str | None = None,
        now: datetime,
    ) -> AuditReport:
        """Return the report of a tenant whose tokens could not be listed.

        Args:
            tenant: the tenant's name.
            error: why; the message of a `SailPointError`, for example. It must hold no secret.
            policy: what would have been looked for.
            base_url: the tenant's address.
            now: when it was tried.
        """
        now = now.astimezone(UTC)
        failed = AuditedTenant(
            name=tenant, base_url=base_url, status="failed", error=error, audited_at=now
        )
        return cls(taken_at=now, policy=policy, tenants=(failed,))

    @classmethod
    def combine(cls, reports: Iterable[AuditReport]) -> AuditReport:
        """Return one report of several; the tenants stand in the order of the reports.

        Args:
            reports: one report or more, of different tenants, made with the same policy.

        Raises:
            ValueError: there is no report, their policies differ, or a tenant's name appears twice.
        """
        reports = tuple(reports)
        if not reports:
            raise ValueError("there is no report to combine")
        if any(report.policy != reports[0].policy for report in reports):
            raise ValueError("the reports were made with different policies")
        tenants = tuple(tenant for report in reports for tenant in report.tenants)
        for name, times in Counter(tenant.name for tenant in tenants).items():
            if times > 1:
                raise ValueError(f"the reports have {times} tenants of the name {name!r}")
        return cls(
            taken_at=min(report.taken_at for report in reports),
            policy=reports[0].policy,
            tenants=tenants,
            findings=by_urgency(chain.from_iterable(each.findings for each in reports)),
            accepted=by_urgency(chain.from_iterable(each.accepted for each in reports)),
            compared_with=next(
                (each.compared_with for each in reports if each.compared_with), None
            ),
            gone=tuple(chain.from_iterable(each.gone for each in reports)),
        )


def by_urgency(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings in the order that `AuditReport.findings` describes."""
    # One sort for each severity and kind is twice as fast as one sort of all.
    groups: dict[tuple[Severity, Kind], list[Finding]] = {
        (severity, kind): [] for severity in SEVERITIES for kind in KINDS
    }
    for finding in findings:
        groups[finding.severity, finding.kind].append(finding)
    for (_, kind), group in groups.items():
        if kind == "expiring":
            group.sort(key=attrgetter("expires_at"))
        elif kind not in _WITHOUT_SINCE:
            group.sort(key=attrgetter("since"), reverse=kind == "expired")
    return tuple(chain.from_iterable(groups.values()))


def _time(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
