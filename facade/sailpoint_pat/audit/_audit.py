"""The audit of one tenant: every check, and which findings are accepted, new or gone."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import attrs

from sailpoint_pat._clock import clock
from sailpoint_pat.audit import _checks as checks
from sailpoint_pat.audit._policy import Acceptance, Policy
from sailpoint_pat.audit._report import AuditedTenant, AuditReport, Finding, by_urgency
from sailpoint_pat.models import IssuedToken, PersonalAccessToken

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sailpoint_pat.audit._earlier import EarlierReport
    from sailpoint_pat.audit._kinds import Kind, Severity
    from sailpoint_pat.errors import InvalidRecord


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
    records = tuple(unreadable)
    findings = _find(looked_at, records, policy, now, tenant)
    gone: list[Finding] = []
    if previous is not None and tenant in previous.findings:
        findings, gone = _compare(findings, previous.findings[tenant])
        gone = [each for each in gone if policy.severity[each.kind] != "off"]
        gone = _without_unknown(gone, looked_at, left_out, records)
    findings, accepted = _accept(findings, policy, now)
    return AuditReport(
        taken_at=now,
        policy=policy,
        tenants=(AuditedTenant(name=tenant, base_url=base_url, audited_at=now, tokens=listed),),
        findings=by_urgency(findings),
        accepted=by_urgency(accepted),
        compared_with=previous.taken_at if previous else None,
        gone=tuple(gone),
    )


def _without_secret(token: PersonalAccessToken) -> PersonalAccessToken:
    if not isinstance(token, IssuedToken):
        return token
    names = [field.name for field in attrs.fields(PersonalAccessToken)]
    return PersonalAccessToken(**{name: getattr(token, name) for name in names})


# --- finding --------------------------------------------------------------------------------------


def _find(
    tokens: Sequence[PersonalAccessToken],
    records: Sequence[InvalidRecord],
    policy: Policy,
    now: datetime,
    tenant: str,
) -> list[Finding]:
    """Return all findings of a tenant, in no particular order."""
    found: list[Finding] = []

    def add(kind: Kind, seen: Iterable[checks.Seen], severity: Severity | None = None) -> None:
        level = policy.severity[kind]
        if level != "off":
            found.extend(_about_tokens(kind, severity or level, seen, now, tenant))

    add("ownerless", checks.ownerless(tokens))
    add("expired", checks.expired(tokens, now))
    # Nobody can use an expired token, so nothing else about it matters.
    usable = [each for each in tokens if each.expires_at is None or each.expires_at > now]
    end = now + policy.expiring_within
    urgent = min(end, now + policy.urgent_within)
    add("expiring", checks.expiring(usable, policy, now, after=now, until=urgent), "high")
    add("expiring", checks.expiring(usable, policy, now, after=urgent, until=end))
    add("never-expires", checks.never_expires(usable))
    add("unused", checks.unused(usable, policy, now))
    add("never-used", checks.never_used(usable, policy, now))
    add("all-scopes", checks.all_scopes(usable))
    add("long-access-tokens", checks.long_access_tokens(usable, policy))
    if (level := policy.severity["near-limit"]) != "off":
        found.extend(_about_owners(level, checks.near_limit(tokens, policy), now, tenant))
    if (level := policy.severity["unreadable"]) != "off":
        found.extend(_about_records(level, records, tenant))
    return found


def _about_tokens(
    kind: Kind, severity: Severity, seen: Iterable[checks.Seen], now: datetime, tenant: str
) -> Iterator[Finding]:
    for token, since, advice in seen:
        owner = token.owner
        yield Finding(
            tenant=tenant,
            kind=kind,
            severity=severity,
            message=advice,
            # Where two clocks differ, this must not be in the future.
            since=since if since is None or since < now else now,
            token_id=token.id,
            token_name=token.name,
            owner_id=None if owner is None else owner.id or None,
            owner_name=None if owner is None else owner.name,
            expires_at=token.expires_at,
        )


def _about_owners(
    severity: Severity, seen: Iterable[checks.SeenOwner], now: datetime, tenant: str
) -> Iterator[Finding]:
    for owner, since, advice in seen:
        yield Finding(
            tenant=tenant,
            kind="near-limit",
            severity=severity,
            message=advice,
            since=min(since, now),
            owner_id=owner.id,
            owner_name=owner.name,
        )


def _about_records(
    severity: Severity, records: Iterable[InvalidRecord], tenant: str
) -> Iterator[Finding]:
    for record in records:
        what, audited = "The listing", "nothing was audited"
        if record.index is not None:
            what = f"Record {record.index} of the listing (from 0)"
            audited = "this token was not audited"
        field = f"{record.field}: " if record.field else ""
        yield Finding(
            tenant=tenant,
            kind="unreadable",
            severity=severity,
            message=f"{what} could not be read ({field}{record.reason}), so {audited}: look "
            "at it in SailPoint, and tell SailPoint's support.",
            token_id=record.id,
        )


# --- new, gone, accepted --------------------------------------------------------------------------


def _compare(
    findings: Iterable[Finding], earlier: Sequence[Finding]
) -> tuple[list[Finding], list[Finding]]:
    """Return the findings with their `change`, and the earlier ones that are no more."""
    # Counted, because several records without an id look alike.
    left = Counter(map(_key, earlier))
    compared = []
    for finding in findings:
        stays = left[_key(finding)] > 0
        left[_key(finding)] -= stays
        compared.append(attrs.evolve(finding, change="stays" if stays else "new"))
    gone = []
    for finding in earlier:
        if left[_key(finding)] > 0:
            left[_key(finding)] -= 1
            gone.append(finding)
    return compared, gone


def _key(finding: Finding) -> tuple[Kind, str | None]:
    """Return what a finding of one tenant is recognised by: its kind, and its token or owner."""
    return finding.kind, finding.token_id or finding.owner_id


def _without_unknown(
    gone: Iterable[Finding],
    looked_at: Iterable[PersonalAccessToken],
    left_out: Iterable[PersonalAccessToken],
    records: Iterable[InvalidRecord],
) -> list[Finding]:
    """Leave out findings of tokens that were not looked at: nobody knows whether they are gone."""
    not_looked_at = {token.id for token in left_out} | {record.id for record in records}
    gone = [each for each in gone if each.token_id is None or each.token_id not in not_looked_at]
    if None not in not_looked_at:
        return gone
    # A record without an id may be that of any token that is missing from the listing.
    known = {None, *(token.id for token in looked_at)}
    return [each for each in gone if each.token_id in known]


def _accept(
    findings: Iterable[Finding], policy: Policy, now: datetime
) -> tuple[list[Finding], list[Finding]]:
    """Return the findings that are open, and those that are accepted."""
    kinds = {acceptance.kind for acceptance in policy.accepted}
    found, accepted = [], []
    for finding in findings:
        acceptance = _acceptance(finding, policy) if finding.kind in kinds else None
        if acceptance is None:
            found.append(finding)
        elif now.date() <= acceptance.until:
            accepted.append(attrs.evolve(finding, acceptance=acceptance))
        else:
            note = f" It was accepted until {acceptance.until} ({acceptance.reason})."
            message = finding.message + note
            found.append(attrs.evolve(finding, acceptance=acceptance, message=message))
    return found, accepted


def _acceptance(finding: Finding, policy: Policy) -> Acceptance | None:
    """Return what the policy says about a finding; of several entries, what holds longest."""
    fitting = [
        each
        for each in policy.accepted
        if each.kind == finding.kind
        and each.tenant in {None, finding.tenant}
        and each.token in {None, finding.token_id}
        and each.owner in {None, finding.owner_id}
        and (each.name is None or _is_named(finding, each.name))
    ]
    return max(fitting, key=lambda each: each.until, default=None)


def _is_named(finding: Finding, name: str) -> bool:
    return finding.token_name is not None and fnmatchcase(finding.token_name, name)
