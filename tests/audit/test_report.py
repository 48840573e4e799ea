"""A report: its order, its groups, its numbers, its JSON; several tenants in one."""

import json
import pickle
from datetime import UTC, date
from typing import Any

import attrs
import pytest

from sailpoint_pat import InvalidRecord, IssuedToken, Owner, PersonalAccessToken, Secret
from sailpoint_pat.audit import (
    KINDS,
    SEVERITIES,
    Acceptance,
    AuditedTenant,
    AuditReport,
    Policy,
    Summary,
    audit,
)
from tests.support.tokens import DAY, NOW, SUPPORT, make_owner, make_token

SECRET = "1d1bef2b9f426383447f64f69349fc7c" * 2


def names(report: AuditReport) -> list[str | None]:
    """Return the names of the tokens, in the order of the findings."""
    return [finding.token_name for finding in report.findings]


def test_the_most_urgent_is_first() -> None:
    tokens = [
        make_token(name="never used", last_used_at=None, created_at=NOW - 50 * DAY),
        make_token(name="everything, lately", scopes=None, created_at=NOW - DAY),
        make_token(name="everything", scopes=None, created_at=NOW - 200 * DAY),
        make_token(name="expired long ago", expires_at=NOW - 100 * DAY),
        make_token(name="expired yesterday", expires_at=NOW - DAY),
        make_token(name="ownerless", owner=None),
        make_token(name="in 20 days", expires_at=NOW + 20 * DAY, created_at=NOW - 100 * DAY),
        make_token(name="in 10 days", expires_at=NOW + 10 * DAY, created_at=NOW - DAY),
        make_token(name="tomorrow", expires_at=NOW + DAY, created_at=NOW - DAY),
        make_token(name="in 5 days", expires_at=NOW + 5 * DAY, created_at=NOW - 100 * DAY),
    ]
    assert names(audit(tokens, now=NOW)) == [
        *("tomorrow", "in 5 days", "expired yesterday", "expired long ago", "ownerless"),
        *("in 10 days", "in 20 days", "everything", "everything, lately", "never used"),
        None,  # Support has nine
    ]


def test_what_is_as_urgent_stays_in_the_order_of_the_listing() -> None:
    tokens = [make_token(name=name, expires_at=NOW - DAY) for name in "cab"]
    assert names(audit(tokens, now=NOW)) == ["c", "a", "b"]


def test_the_severity_of_the_policy_orders_the_findings() -> None:
    tokens = [
        make_token(name="expired", expires_at=NOW - DAY),
        make_token(name="everything", scopes=None),
    ]
    policy = Policy(severity={"expired": "low", "all-scopes": "high"})
    assert names(audit(tokens, policy, now=NOW)) == ["everything", "expired"]


def test_accepted_findings_are_in_the_same_order() -> None:
    tokens = [make_token(name=f"in {n}", expires_at=NOW + n * DAY) for n in (3, 1, 2)]
    accepted = Acceptance(kind="expiring", name="*", reason="they may go", until=NOW.date())
    report = audit(tokens, Policy(accepted=[accepted]), now=NOW)
    assert [finding.token_name for finding in report.accepted] == ["in 1", "in 2", "in 3"]


def test_the_findings_of_a_severity_or_above() -> None:
    never_used = make_token(last_used_at=None, created_at=NOW - 50 * DAY)
    report = audit([never_used, make_token(scopes=None), make_token(expires_at=NOW)], now=NOW)
    for number, severity in enumerate(SEVERITIES, start=1):
        assert report.at_least(severity) == report.findings[:number]
    none: Any = "critical"
    with pytest.raises(ValueError, match="severity is none of high, medium, low"):
        report.at_least(none)


def test_groups_by_owner_begin_with_the_most_urgent() -> None:
    ann, bob = make_owner("Ann"), make_owner("Bob")
    nameless: tuple[Any, ...] = (None, "Somebody", None)
    tokens = [
        make_token(owner=ann, scopes=None),
        make_token(owner=bob, expires_at=NOW),
        make_token(owner=bob, scopes=None),
        make_token(owner=ann, expires_at=NOW + 20 * DAY),
        make_token(owner=Owner(*nameless)),
        make_token(owner=make_owner("Fine")),
        make_token(owner=make_owner("Cid"), scopes=None),
    ]
    report = audit(tokens, now=NOW, tenant="acme")
    groups = report.by_owner()
    found = [(each.owner_id, *(finding.kind for finding in each.findings)) for each in groups]
    assert found == [
        (bob.id, "expired", "all-scopes"),
        (None, "ownerless"),
        (ann.id, "expiring", "all-scopes"),
        (make_owner("Cid").id, "all-scopes"),
    ]
    assert [group.owner_name for group in groups] == ["Bob", None, "Ann", "Cid"]
    assert {group.tenant for group in groups} == {"acme"}


def test_groups_by_kind() -> None:
    tokens = [make_token(scopes=None), make_token(expires_at=None, scopes=())]
    report = audit(tokens, now=NOW)
    first, *rest = report.findings
    assert report.by_kind() == {"never-expires": (first,), "all-scopes": tuple(rest)}
    assert next(iter(report.by_kind())) == "never-expires"


def test_the_summary() -> None:
    accepted = Acceptance(kind="never-expires", name="*", reason="it does", until=NOW.date())
    report = audit(
        [
            make_token(expires_at=NOW),
            make_token(expires_at=None, scopes=None),
            make_token(managed=True, expires_at=NOW),
        ],
        Policy(accepted=[accepted]),
        now=NOW,
        unreadable=[InvalidRecord(3, None, "id", "required, but missing")],
    )
    assert report.summary == Summary(
        tenants=1,
        failed_tenants=0,
        tokens=3,
        left_out=1,
        findings=3,
        by_severity={"high": 2, "medium": 1, "low": 0},
        by_kind=dict.fromkeys(KINDS, 0) | {"expired": 1, "all-scopes": 1, "unreadable": 1},
        accepted=1,
    )


TWO = [
    audit(
        [make_token(name="theirs", expires_at=NOW + 2 * DAY), make_token(scopes=None)],
        now=NOW,
        tenant="acme",
        base_url="https://acme.api.identitynow.com",
    ),
    audit([make_token(name="ours", expires_at=NOW + DAY)], now=NOW + DAY / 2, tenant="beta"),
]


def test_several_tenants_make_one_report() -> None:
    report = AuditReport.combine(TWO)
    assert [tenant.name for tenant in report.tenants] == ["acme", "beta"]
    found = [(finding.tenant, finding.kind) for finding in report.findings]
    assert found == [("beta", "expiring"), ("acme", "expiring"), ("acme", "all-scopes")]
    assert report.taken_at == NOW
    assert [tenant for tenant, _ in report.tokens()] == ["acme", "acme", "beta"]
    assert (report.summary.tenants, report.summary.tokens) == (2, 3)


def test_one_report_alone_stays_as_it_is() -> None:
    assert AuditReport.combine(TWO[:1]) == TWO[0]


def test_an_owner_of_the_same_id_in_two_tenants_is_two_owners() -> None:
    reports = [
        audit([make_token(scopes=None) for _ in range(8)], now=NOW, tenant=tenant)
        for tenant in ("acme", "beta")
    ]
    report = AuditReport.combine(reports)
    assert {finding.owner_id for finding in report.findings} == {SUPPORT.id}
    groups = [(group.tenant, len(group.findings)) for group in report.by_owner()]
    assert groups == [("acme", 8), ("beta", 8)]
    assert report.summary.by_kind["near-limit"] == 0


def test_a_tenant_that_could_not_be_listed_is_in_the_report() -> None:
    url, why = "https://gone.example", "the connection was refused"
    failed = AuditReport.failed("gone", why, base_url=url, now=NOW.astimezone(None))
    assert failed.findings == ()
    assert failed.taken_at.tzinfo is UTC
    report = AuditReport.combine([failed, TWO[0]])
    assert report.tenants[0] == AuditedTenant(
        name="gone", base_url=url, status="failed", error=why, audited_at=NOW
    )
    assert (report.summary.tenants, report.summary.failed_tenants) == (2, 1)
    assert report.findings == TWO[0].findings


@pytest.mark.parametrize(
    ("reports", "problem"),
    [
        ([], "there is no report"),
        ([TWO[0], TWO[0]], "2 tenants of the name 'acme'"),
        ([TWO[0], audit([], Policy(near_limit=5), now=NOW)], "different policies"),
    ],
)
def test_reports_that_do_not_fit_together(reports: list[AuditReport], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        AuditReport.combine(reports)


def test_the_json() -> None:
    token = make_token(
        id="86f1dc6fe8f54414950454cbb11278fa",
        name="NodeJS Integration",
        expires_at=None,
        extra={"shape": [1, None]},
    )
    until = date(2026, 5, 1)
    lapsed = Acceptance(kind="never-expires", token=token.id, reason="old job", until=until)
    policy = Policy(accepted=[lapsed])
    report = audit([token], policy, now=NOW, tenant="acme", base_url="https://acme.example")
    failed = AuditReport.failed("gone", "refused", policy, now=NOW)
    document = json.loads(json.dumps(AuditReport.combine([report, failed]).as_dict()))
    [finding] = document.pop("findings")
    [listed] = document.pop("tokens")
    summary = document.pop("summary")
    assert document == {
        "schema": "sailpoint-pat.audit/1",
        "taken_at": "2026-06-01T12:00:00.000Z",
        "policy": policy.as_dict(),
        "tenants": [
            {
                "name": "acme",
                "base_url": "https://acme.example",
                "status": "ok",
                "error": None,
                "audited_at": "2026-06-01T12:00:00.000Z",
            },
            {
                "name": "gone",
                "base_url": None,
                "status": "failed",
                "error": "refused",
                "audited_at": "2026-06-01T12:00:00.000Z",
            },
        ],
        "accepted": [],
        "compared_with": None,
        "gone": [],
    }
    assert finding.pop("message").startswith("Never expires")
    assert finding == {
        "tenant": "acme",
        "kind": "never-expires",
        "severity": "medium",
        "since": "2026-05-22T12:00:00.000Z",
        "token": {"id": token.id, "name": "NodeJS Integration"},
        "owner": {"id": SUPPORT.id, "name": "Support"},
        "expires_at": None,
        "acceptance": {
            "kind": "never-expires",
            "token": token.id,
            "reason": "old job",
            "until": "2026-05-01",
        },
        "change": None,
    }
    assert listed["tenant"] == "acme"
    assert listed["id"] == token.id
    assert listed["owner"] == {"id": SUPPORT.id, "name": "Support", "type": "IDENTITY"}
    assert listed["extra"] == {"shape": [1, None]}
    assert set(summary["by_severity"]) == set(SEVERITIES)
    assert (summary["tenants"], summary["failed_tenants"], summary["new"]) == (2, 1, None)


def test_findings_without_a_token_or_an_owner_in_the_json() -> None:
    records = [InvalidRecord(0, None, "id", "required, but missing")]
    tokens = [make_token() for _ in range(9)]
    unreadable, near_limit = (
        finding.as_dict() for finding in audit(tokens, now=NOW, unreadable=records).findings
    )
    assert (unreadable["token"], unreadable["owner"], unreadable["since"]) == (None, None, None)
    assert near_limit["token"] is None
    assert near_limit["owner"] == {"id": SUPPORT.id, "name": "Support"}


def test_a_report_can_be_pickled() -> None:
    tokens = [make_token(scopes=None, extra={"shape": {"a": 1}}), make_token(owner=None)]
    report = audit(tokens, now=NOW, tenant="acme")
    assert pickle.loads(pickle.dumps(report)) == report  # noqa: S301  our own


def test_the_secret_of_an_issued_token_does_not_get_into_a_report() -> None:
    token = make_token(scopes=None)
    fields = {each.name: getattr(token, each.name) for each in attrs.fields(PersonalAccessToken)}
    report = audit([IssuedToken(**fields, secret=Secret(SECRET))], now=NOW)
    assert report == audit([token], now=NOW)
    assert type(report.tenants[0].tokens[0]) is PersonalAccessToken
    assert SECRET.encode() not in pickle.dumps(report)
    assert "secret" not in json.dumps(report.as_dict())


def test_the_repr_of_a_report_is_short() -> None:
    report = audit([make_token(scopes=None) for _ in range(500)], now=NOW, tenant="acme")
    assert len(repr(report)) < 1000
