"""The audit of one tenant: what each kind of finding looks at, and what it says."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

import attrs

from sailpoint_pat._clock import clock
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

ALL_SCOPES: Final = "sp:scopes:all"
TOKENS_PER_PERSON: Final = 10
_SECOND: Final = timedelta(seconds=1)


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
    """Say what should be looked at among the tokens of one tenant.

    Nothing is read and nothing is sent: the same arguments give the same report. Several tenants
    are audited one by one; `AuditReport.combine` makes one report of theirs.

    Args:
        tokens: the tenant's tokens, or one owner's, as they were listed. `near-limit` counts what
            is in here and not left out by the policy.
        policy: what to look for.
        now: the moment that everything is compared with, with an offset; the clock's time if None.
        tenant: the tenant's name. It stands in each finding, and an earlier report is matched on
            it, so it should stay the same from audit to audit.
        base_url: the tenant's address, for the report.
        unreadable: the records that could not be read: `UnexpectedResponseError.invalid`, where
            `tokens` is `UnexpectedResponseError.tokens`.
        previous: an earlier report to compare with. It counts only where it has listed this tenant.

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
    for token in looked_at:
        _look_at(token, policy, now, findings)
    _count_by_owner(looked_at, policy, findings)
    for record in invalid:
        _report_unreadable(record, findings)
    return AuditReport(
        taken_at=now,
        policy=policy,
        tenants=(AuditedTenant(name=tenant, base_url=base_url, audited_at=now, tokens=listed),),
        findings=by_urgency(findings.open),
        accepted=by_urgency(findings.accepted),
        since=previous.taken_at if previous else None,
        gone=by_urgency(findings.gone(looked_at, left_out, invalid)),
    )


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
        self._today = now.date()
        self._earlier = earlier or []
        self._not_seen_again = None if earlier is None else Counter(map(_key, earlier))
        self._acceptances: dict[Kind, list[Acceptance]] = {}
        for acceptance in policy.accepted:
            self._acceptances.setdefault(acceptance.kind, []).append(acceptance)

    def add(  # noqa: PLR0913  what a finding consists of
        self,
        kind: Kind,
        message: str,
        *,
        since: datetime | None = None,
        severity: Severity | None = None,
        token: PersonalAccessToken | None = None,
        token_id: str | None = None,
        owner: Owner | None = None,
    ) -> None:
        """Add a finding, unless the policy says `off` for its kind; `severity` comes before it."""
        level = self._policy.severity[kind]
        if level == "off":
            return
        token_name = expires_at = None
        if token is not None:
            token_id, token_name, owner = token.id, token.name, token.owner
            expires_at = token.expires_at
        owner_id, owner_name = (None, None) if owner is None else (owner.id or None, owner.name)
        change: Literal["new", "stays"] | None = None
        if self._not_seen_again is not None:
            key = (kind, token_id, owner_id if token_id is None else None)
            seen = self._not_seen_again[key] > 0
            self._not_seen_again[key] -= seen
            change = "stays" if seen else "new"
        acceptance = None
        if kind in self._acceptances:
            acceptance = self._acceptance(kind, token_id, token_name, owner_id)
        found = self.open
        if acceptance is not None and acceptance.until >= self._today:
            found = self.accepted
        elif acceptance is not None:
            message += f" It was accepted until {acceptance.until} ({acceptance.reason})."
        found.append(
            Finding(
                tenant=self._tenant,
                kind=kind,
                severity=severity or level,
                message=message,
                # A clock that is not quite right must not make it look like the future.
                since=None if since is None else min(since, self._now),
                token_id=token_id,
                token_name=token_name,
                owner_id=owner_id,
                owner_name=owner_name,
                expires_at=expires_at,
                acceptance=acceptance,
                change=change,
            )
        )

    def gone(
        self,
        looked_at: Collection[PersonalAccessToken],
        left_out: Collection[PersonalAccessToken],
        unreadable: Sequence[InvalidRecord],
    ) -> Iterator[Finding]:
        """Yield the earlier findings that are no more; those that were not looked for are not."""
        unknown = {token.id for token in left_out} | {record.id for record in unreadable}
        # A record without an id may be that of any token that is missing from the listing.
        known = {token.id for token in looked_at} if None in unknown else None
        for finding in self._earlier:
            key = _key(finding)
            if self._not_seen_again is None or self._not_seen_again[key] <= 0:
                continue
            self._not_seen_again[key] -= 1
            token_id = finding.token_id
            if (
                self._policy.severity[finding.kind] != "off"
                and (token_id is None or token_id not in unknown)
                and (token_id is None or known is None or token_id in known)
            ):
                yield finding

    def _acceptance(
        self, kind: Kind, token_id: str | None, token_name: str | None, owner_id: str | None
    ) -> Acceptance | None:
        """Return what the policy says about a finding; of several, what holds longest."""
        fitting = [
            acceptance
            for acceptance in self._acceptances[kind]
            if acceptance.fits(
                tenant=self._tenant, token_id=token_id, token_name=token_name, owner_id=owner_id
            )
        ]
        return max(fitting, key=lambda acceptance: acceptance.until, default=None)


def _key(finding: Finding) -> tuple[Kind, str | None, str | None]:
    """Return what a finding of one tenant is recognised by: its kind, and its token or owner."""
    owner_id = finding.owner_id if finding.token_id is None else None
    return finding.kind, finding.token_id, owner_id


def _look_at(
    token: PersonalAccessToken, policy: Policy, now: datetime, findings: _Findings
) -> None:
    owner, expires_at, created_at = token.owner, token.expires_at, token.created_at
    if owner is None or not owner.id:
        findings.add(
            "ownerless",
            "Acts for nobody who is known: find out what uses it, make a token of somebody who "
            "stays for that, and revoke this one.",
            token=token,
        )
    if expires_at is not None and expires_at <= now:
        findings.add(
            "expired",
            f"Expired on {expires_at.date()}: give what still uses it a new token, then revoke "
            "this one.",
            since=expires_at,
            token=token,
        )
        # Whatever else is wrong with it: nobody can use it.
        return
    if expires_at is not None and expires_at - now <= policy.expiring_within:
        left = expires_at - now
        short_lived = expires_at - created_at <= policy.expiring_within
        findings.add(
            "expiring",
            f"Expires on {expires_at.date()}, in {_days(left)}: rotate it where it is used, or "
            "revoke it if nothing uses it.",
            since=created_at if short_lived else expires_at - policy.expiring_within,
            severity="high" if left <= policy.urgent_within else None,
            token=token,
        )
    if token.never_expires or expires_at is None:
        findings.add(
            "never-expires",
            "Never expires: replace it with a token that does, and rotate that in time.",
            since=created_at,
            token=token,
        )
    _look_at_use(token, policy, now, findings)
    _look_at_power(token, policy, findings)


def _look_at_use(
    token: PersonalAccessToken, policy: Policy, now: datetime, findings: _Findings
) -> None:
    last_used_at, created_at = token.last_used_at, token.created_at
    if last_used_at is None:
        if now - created_at > policy.never_used_after:
            findings.add(
                "never-used",
                f"Never used since it was made on {created_at.date()}: revoke it if nobody needs "
                "it.",
                since=created_at + policy.never_used_after,
                token=token,
            )
    elif now - last_used_at >= policy.unused_after:
        findings.add(
            "unused",
            f"Not used since {last_used_at.date()}: revoke it if nobody needs it.",
            since=last_used_at + policy.unused_after,
            token=token,
        )


def _look_at_power(token: PersonalAccessToken, policy: Policy, findings: _Findings) -> None:
    if not token.scopes or ALL_SCOPES in token.scopes:
        findings.add(
            "all-scopes",
            "May do everything that its owner may: replace it with a token that has only the "
            "scopes it needs.",
            since=token.created_at,
            token=token,
        )
    longest = policy.max_access_token_ttl
    if longest is not None and token.access_token_ttl > longest:
        findings.add(
            "long-access-tokens",
            f"Its access tokens live {token.access_token_ttl // _SECOND} s, longer than the "
            f"policy's {longest // _SECOND} s: replace it with a token that has a shorter time.",
            since=token.created_at,
            token=token,
        )


def _count_by_owner(
    tokens: Iterable[PersonalAccessToken], policy: Policy, findings: _Findings
) -> None:
    by_owner: dict[str, list[PersonalAccessToken]] = {}
    for token in tokens:
        owner = token.owner
        if owner is not None and owner.id:
            by_owner.setdefault(owner.id, []).append(token)
    for owned in by_owner.values():
        if len(owned) < policy.near_limit:
            continue
        created = sorted(token.created_at for token in owned)
        findings.add(
            "near-limit",
            f"Has {len(owned)} tokens, and SailPoint allows {TOKENS_PER_PERSON} a person: revoke "
            "those that nobody needs before the next one is refused.",
            since=created[policy.near_limit - 1],
            owner=owned[0].owner,
        )


def _report_unreadable(record: InvalidRecord, findings: _Findings) -> None:
    place = "" if record.index is None else f" number {record.index} of the listing"
    field = f"{record.field}: " if record.field else ""
    findings.add(
        "unreadable",
        f"The record{place} could not be read ({field}{record.reason}), so this token was not "
        "audited: look at it in SailPoint, and report it to SailPoint's support.",
        token_id=record.id,
    )


def _days(time: timedelta) -> str:
    if time < timedelta(days=1):
        return "less than a day"
    return f"{time.days} day{'s' if time.days > 1 else ''}"
