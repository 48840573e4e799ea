"""The audit of one tenant: every check, and which findings are accepted, new or gone."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

import attrs

from sailpoint_pat._clock import clock
from sailpoint_pat.audit import _checks as checks
from sailpoint_pat.audit._policy import Acceptance, Policy
from sailpoint_pat.audit._report import AuditedTenant, AuditReport, Finding, by_urgency
from sailpoint_pat.models import IssuedToken, PersonalAccessToken

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from sailpoint_pat.audit._earlier import EarlierReport
    from sailpoint_pat.audit._kinds import Kind, Severity
    from sailpoint_pat.errors import InvalidRecord
    from sailpoint_pat.models import Owner

__all__ = ["audit"]


def audit(  # noqa: PLR0913  each is described below
    tokens: Iterable[PersonalAccessToken],
    policy: Policy = Policy(),  # noqa: B008  it is frozen
    *,
    now: datetime | None = None,
    tenant: str = "",
    base_url: str | None = None,
    unreadable: Iterable[InvalidRecord] = (),
    previous: EarlierReport | None = None,
) -> AuditReport:
    """Say what somebody should look at among the tokens of one tenant.

    Nothing is read and nothing is sent: the same arguments give the same report. Several tenants
    are audited one by one, and `AuditReport.combine` makes one report of theirs.

    Args:
        tokens: the tenant's tokens, or one owner's, as they were listed. `near-limit` counts those
            of them that the policy does not leave out, expired ones included.
        policy: what to look for.
        now: the moment that everything is compared with, with an offset; the present if None.
        tenant: the tenant's name. It stands in each finding, and an earlier report is matched on
            it, so it should stay the same from audit to audit.
        base_url: the tenant's address, for the report.
        unreadable: the records that could not be read: `UnexpectedResponseError.invalid`, where
            `tokens` is `UnexpectedResponseError.tokens`.
        previous: an earlier report to compare with. It counts only if it has listed this tenant.

    Returns:
        The report of this tenant.

    Raises:
        ValueError: `now` has no offset.
    """
    if now is None:
        now = clock.now()
    elif now.tzinfo is None:
        raise ValueError("now has no offset: use datetime.now(UTC), for example")
    now = now.astimezone(UTC)
    listed = tuple(map(_without_secret, tokens))
    left_out = [each for each in listed if each.managed and not policy.include_managed]
    looked_at = [each for each in listed if not each.managed] if left_out else listed
    invalid = tuple(unreadable)
    earlier = None
    if previous is not None and tenant in previous.tenants:
        earlier = [finding for finding in previous.findings if finding.tenant == tenant]
    findings = _Findings(tenant, policy, now, earlier)
    _check(looked_at, policy, now, findings)
    for record in invalid:
        findings.add_unreadable(record)
    return AuditReport(
        taken_at=now,
        policy=policy,
        tenants=(AuditedTenant(name=tenant, base_url=base_url, audited_at=now, tokens=listed),),
        findings=by_urgency(findings.open),
        accepted=by_urgency(findings.accepted),
        compared_with=previous.taken_at if previous else None,
        gone=tuple(findings.gone(looked_at, left_out, invalid)),
    )


def _check(
    tokens: Sequence[PersonalAccessToken], policy: Policy, now: datetime, findings: _Findings
) -> None:
    findings.add("ownerless", checks.ownerless(tokens))
    findings.add("expired", checks.expired(tokens, now))
    findings.add_owners("near-limit", checks.near_limit(tokens, policy))
    # Nobody can use an expired token, so nothing else about it matters.
    usable = [each for each in tokens if each.expires_at is None or each.expires_at > now]
    end = now + policy.expiring_within
    urgent = min(end, now + policy.urgent_within)
    urgently = checks.expiring(usable, policy, now, after=now, until=urgent)
    findings.add("expiring", urgently, severity="high")
    findings.add("expiring", checks.expiring(usable, policy, now, after=urgent, until=end))
    findings.add("never-expires", checks.never_expires(usable))
    findings.add("unused", checks.unused(usable, policy, now))
    findings.add("never-used", checks.never_used(usable, policy, now))
    findings.add("all-scopes", checks.all_scopes(usable))
    findings.add("long-access-tokens", checks.long_access_tokens(usable, policy))


def _without_secret(token: PersonalAccessToken) -> PersonalAccessToken:
    if not isinstance(token, IssuedToken):
        return token
    names = [field.name for field in attrs.fields(PersonalAccessToken)]
    return PersonalAccessToken(**{name: getattr(token, name) for name in names})


class _Findings:
    """Collects the findings of one tenant, and tells accepted, new and gone ones from the rest."""

    def __init__(
        self, tenant: str, policy: Policy, now: datetime, earlier: list[Finding] | None
    ) -> None:
        self.open: list[Finding] = []
        self.accepted: list[Finding] = []
        self._tenant = tenant
        self._policy = policy
        self._now = now
        self._earlier = earlier
        self._not_seen_again = Counter(map(_key, earlier or ()))
        self._acceptances: dict[Kind, list[Acceptance]] = {}
        for acceptance in policy.accepted:
            self._acceptances.setdefault(acceptance.kind, []).append(acceptance)

    def add(
        self, kind: Kind, seen: Iterable[checks.Seen], severity: Severity | None = None
    ) -> None:
        """Add what a check of tokens has seen; `severity` comes before what the policy says."""
        level = self._policy.severity[kind]
        if level == "off":
            return
        for token, since, advice in seen:
            self._add(kind, severity or level, advice, since, token.owner, token.id, token)

    def add_owners(self, kind: Kind, seen: Iterable[checks.Seen]) -> None:
        """Add what a check of owners has seen; of each, any one of the owner's tokens."""
        level = self._policy.severity[kind]
        if level == "off":
            return
        for token, since, advice in seen:
            self._add(kind, level, advice, since, token.owner)

    def add_unreadable(self, record: InvalidRecord) -> None:
        """Add a record that could not be read."""
        level = self._policy.severity["unreadable"]
        if level == "off":
            return
        place = "" if record.index is None else f" number {record.index} (from 0)"
        field = f"{record.field}: " if record.field else ""
        advice = (
            f"The record{place} of the listing could not be read ({field}{record.reason}), so this "
            "token was not audited: look at it in SailPoint, and tell SailPoint's support."
        )
        self._add("unreadable", level, advice, token_id=record.id)

    def gone(
        self,
        looked_at: Collection[PersonalAccessToken],
        left_out: Collection[PersonalAccessToken],
        unreadable: Sequence[InvalidRecord],
    ) -> Iterator[Finding]:
        """Yield the earlier findings that are no more, without those that were not looked for."""
        hidden = {token.id for token in left_out} | {record.id for record in unreadable}
        # A record without an id may be that of any token that is missing from the listing.
        seen = {token.id for token in looked_at} if None in hidden else None
        for finding in self._earlier or ():
            key = _key(finding)
            if not self._not_seen_again[key]:
                continue
            self._not_seen_again[key] -= 1
            looked_for = self._policy.severity[finding.kind] != "off"
            if looked_for and finding.token_id is not None:
                looked_for = finding.token_id not in hidden
                looked_for = looked_for and (seen is None or finding.token_id in seen)
            if looked_for:
                yield finding

    def _add(  # noqa: PLR0913, PLR0917  it is called for each finding: by position is faster
        self,
        kind: Kind,
        severity: Severity,
        message: str,
        since: datetime | None = None,
        owner: Owner | None = None,
        token_id: str | None = None,
        token: PersonalAccessToken | None = None,
    ) -> None:
        owner_id = None if owner is None else owner.id or None
        owner_name = None if owner is None else owner.name
        token_name = None if token is None else token.name
        acceptance = None
        if kind in self._acceptances:
            acceptance = self._acceptance(kind, token_id, token_name, owner_id)
        in_force = acceptance is not None and self._now.date() <= acceptance.until
        if acceptance is not None and not in_force:
            message += f" It was accepted until {acceptance.until} ({acceptance.reason})."
        finding = Finding(
            tenant=self._tenant,
            kind=kind,
            severity=severity,
            message=message,
            # Where two clocks differ, this must not be in the future.
            since=since if since is None or since < self._now else self._now,
            token_id=token_id,
            token_name=token_name,
            owner_id=owner_id,
            owner_name=owner_name,
            expires_at=None if token is None else token.expires_at,
            acceptance=acceptance,
            change=self._change(kind, token_id, owner_id),
        )
        (self.accepted if in_force else self.open).append(finding)

    def _acceptance(
        self, kind: Kind, token_id: str | None, token_name: str | None, owner_id: str | None
    ) -> Acceptance | None:
        """Return what the policy says about a finding; of several, what holds longest."""
        fitting = [
            each
            for each in self._acceptances[kind]
            if each.fits(self._tenant, token_id, token_name, owner_id)
        ]
        return max(fitting, key=lambda each: each.until, default=None)

    def _change(
        self, kind: Kind, token_id: str | None, owner_id: str | None
    ) -> Literal["new", "stays"] | None:
        if self._earlier is None:
            return None
        key = (kind, token_id or owner_id)
        if not self._not_seen_again[key]:
            return "new"
        self._not_seen_again[key] -= 1
        return "stays"


def _key(finding: Finding) -> tuple[Kind, str | None]:
    """Return what a finding of one tenant is recognised by: its kind, and its token or owner."""
    return finding.kind, finding.token_id or finding.owner_id
