"""What is new, gone or stays, compared with an earlier report."""

import json
import pickle
from datetime import UTC
from typing import Any

import attrs
import pytest

from sailpoint_pat import ConfigurationError, InvalidRecord, PersonalAccessToken
from sailpoint_pat.audit import Acceptance, AuditReport, EarlierReport, Policy, audit
from tests.support.tokens import DAY, NOW, SUPPORT, make_owner, make_token

LATER = NOW + 2 * DAY
EXPIRING = make_token(name="expiring", expires_at=NOW + 10 * DAY)
POWERFUL = make_token(name="powerful", scopes=None)


def earlier(*reports: AuditReport) -> EarlierReport:
    """Return what is read back from the JSON of a report."""
    return EarlierReport.from_json(json.dumps(AuditReport.combine(reports).as_dict()))


def compared(*tokens: PersonalAccessToken, before: EarlierReport, **options: Any) -> AuditReport:
    """Audit the tokens of the tenant acme later."""
    given: dict[str, Any] = {"now": LATER, "tenant": "acme", "previous": before}
    return audit(tokens, **given | options)


def changes(report: AuditReport) -> list[str]:
    """Return the token's name, the kind, and what has changed, of each finding and accepted one."""
    findings = (*report.findings, *report.accepted)
    return [f"{each.token_name}: {each.kind} {each.change}" for each in findings]


BEFORE = earlier(audit([EXPIRING, POWERFUL], now=NOW, tenant="acme"))
OF_TWO = earlier(
    audit([EXPIRING], now=NOW, tenant="acme"), audit([POWERFUL], now=NOW, tenant="beta")
)


def test_what_is_read_back() -> None:
    report = audit([EXPIRING, POWERFUL], now=NOW, tenant="acme")
    read = earlier(report, AuditReport.failed("gone", "refused", now=NOW))
    assert read.taken_at == NOW
    assert read.taken_at.tzinfo is UTC
    assert read.findings == {"acme": report.findings}
    assert pickle.loads(pickle.dumps(read)) == read  # noqa: S301  our own


def test_accepted_findings_are_read_back_as_well() -> None:
    accepted = Acceptance(kind="all-scopes", name="*", reason="for now", until=NOW.date())
    report = audit([POWERFUL], Policy(accepted=[accepted]), now=NOW, tenant="acme")
    [finding] = earlier(report).findings["acme"]
    assert finding.token_id == POWERFUL.id


def test_without_an_earlier_report_nothing_is_said_about_changes() -> None:
    report = audit([POWERFUL], now=NOW)
    assert changes(report) == ["powerful: all-scopes None"]
    assert report.compared_with is None
    assert (report.summary.new, report.summary.stays, report.summary.gone) == (None, None, None)


def test_what_is_new_gone_and_stays() -> None:
    lately = make_token(name="lately", expires_at=None)
    report = compared(EXPIRING, lately, before=BEFORE)
    assert changes(report) == ["expiring: expiring stays", "lately: never-expires new"]
    assert report.gone == BEFORE.findings["acme"][1:]
    assert report.compared_with == NOW
    assert (report.summary.new, report.summary.stays, report.summary.gone) == (1, 1, 1)
    document = json.loads(json.dumps(report.as_dict()))
    assert [finding["kind"] for finding in document["gone"]] == ["all-scopes"]
    assert document["compared_with"] == "2026-06-01T12:00:00.000Z"


def test_another_kind_of_the_same_token_is_another_finding() -> None:
    token = attrs.evolve(EXPIRING, expires_at=LATER)
    report = compared(token, POWERFUL, before=BEFORE)
    assert changes(report) == ["expiring: expired new", "powerful: all-scopes stays"]
    assert [finding.kind for finding in report.gone] == ["expiring"]


def test_a_token_with_a_new_name_owner_or_severity_is_the_same() -> None:
    token = attrs.evolve(EXPIRING, name="renamed", owner=make_owner("New"), expires_at=LATER + DAY)
    report = compared(token, POWERFUL, before=BEFORE)
    assert changes(report) == ["renamed: expiring stays", "powerful: all-scopes stays"]
    assert report.gone == ()


def test_a_finding_of_an_owner_is_matched_on_the_owner() -> None:
    tokens = [make_token() for _ in range(9)]
    other = make_owner("Other")
    before = earlier(audit(tokens, now=NOW, tenant="acme"))
    others = [make_token(owner=other) for _ in range(9)]
    report = compared(*tokens[:8], make_token(), *others, before=before)
    found = [(each.owner_id, each.change) for each in report.findings]
    assert found == [(SUPPORT.id, "stays"), (other.id, "new")]


def test_a_finding_that_was_accepted_meanwhile_stays() -> None:
    accepted = Acceptance(kind="all-scopes", name="*", reason="for now", until=LATER.date())
    report = compared(EXPIRING, POWERFUL, before=BEFORE, policy=Policy(accepted=[accepted]))
    assert changes(report) == ["expiring: expiring stays", "powerful: all-scopes stays"]
    assert report.gone == ()
    assert report.summary.stays == 2


def test_another_tenant_of_the_earlier_report_is_another_tenant() -> None:
    report = compared(EXPIRING, POWERFUL, before=OF_TWO)
    assert changes(report) == ["expiring: expiring stays", "powerful: all-scopes new"]
    assert report.gone == ()


@pytest.mark.parametrize(
    "before",
    [
        earlier(audit([EXPIRING], now=NOW, tenant="beta")),
        earlier(AuditReport.failed("acme", "refused", now=NOW)),
    ],
)
def test_nothing_is_said_about_a_tenant_that_was_not_listed_then(before: EarlierReport) -> None:
    report = compared(POWERFUL, before=before)
    assert changes(report) == ["powerful: all-scopes None"]
    assert report.gone == ()
    assert report.compared_with == NOW


def test_a_tenant_that_could_not_be_listed_now_has_nothing_gone() -> None:
    failed = AuditReport.failed("acme", "refused", now=LATER)
    report = AuditReport.combine([failed, audit([], now=LATER, tenant="beta", previous=BEFORE)])
    assert report.gone == ()
    assert report.compared_with == NOW


def test_what_is_gone_in_several_tenants() -> None:
    reports = [audit([], now=LATER, tenant=name, previous=OF_TWO) for name in ("beta", "acme")]
    report = AuditReport.combine(reports)
    gone = [(each.tenant, each.kind) for each in report.gone]
    assert gone == [("beta", "all-scopes"), ("acme", "expiring")]
    assert report.summary.gone == 2


def test_a_kind_that_is_off_now_is_not_gone() -> None:
    report = compared(EXPIRING, before=BEFORE, policy=Policy(severity={"all-scopes": "off"}))
    assert report.gone == ()


def test_a_token_that_is_left_out_now_is_not_gone() -> None:
    managed = attrs.evolve(POWERFUL, managed=True)
    policy = Policy(include_managed=True)
    before = earlier(audit([managed], policy, now=NOW, tenant="acme"))
    assert compared(managed, before=before).gone == ()


@pytest.mark.parametrize(
    ("record_id", "gone"),
    [(POWERFUL.id, []), ("ef38f94347e94562b5bb8424a56397d8", ["all-scopes"]), (None, [])],
)
def test_a_token_that_could_not_be_read_now_is_not_gone(
    record_id: str | None, gone: list[str]
) -> None:
    records = [InvalidRecord(1, record_id, "created", "not a date")]
    report = compared(EXPIRING, before=BEFORE, unreadable=records)
    assert [finding.kind for finding in report.gone] == gone


def test_what_is_mended_is_gone_although_another_record_could_not_be_read() -> None:
    records = [InvalidRecord(1, None, "id", "required, but missing")]
    mended = attrs.evolve(POWERFUL, scopes=("idn:accounts:read",))
    report = compared(EXPIRING, mended, before=BEFORE, unreadable=records)
    assert [finding.kind for finding in report.gone] == ["all-scopes"]


@pytest.mark.parametrize(
    ("then", "now", "expected", "gone"),
    [(1, 1, ["stays"], 0), (1, 3, ["stays", "new", "new"], 0), (3, 1, ["stays"], 2)],
)
def test_records_without_an_id_are_counted(
    then: int, now: int, expected: list[str], gone: int
) -> None:
    records = [InvalidRecord(n, None, "id", "required, but missing") for n in range(3)]
    before = earlier(audit([], now=NOW, tenant="acme", unreadable=records[:then]))
    report = compared(before=before, unreadable=records[:now])
    assert [finding.change for finding in report.findings] == expected
    assert len(report.gone) == gone


def report_as_json(**changed: Any) -> str:
    """Return the JSON of a report with something else in it."""
    whole = audit([EXPIRING, POWERFUL], now=NOW, tenant="acme").as_dict()
    return json.dumps(whole | changed)


def test_what_a_later_version_adds_does_not_matter() -> None:
    known = audit([EXPIRING], now=NOW, tenant="acme").findings[0].as_dict()
    text = report_as_json(
        findings=[known | {"newer": 1}, {"tenant": "acme", "kind": "newer"}],
        newer={"a": 1},
        tokens="newer",
    )
    [finding] = EarlierReport.from_json(text.encode()).findings["acme"]
    assert finding.token_id == EXPIRING.id


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", "x", "{}", '{"schema": "sailpoint-pat.audit/2"}', b"\xff", "[" * 99999],
)
def test_what_is_no_report_is_refused(text: str | bytes) -> None:
    problem = r'^last.json: this is no report with the schema "sailpoint-pat.audit/1"$'
    with pytest.raises(ConfigurationError, match=problem):
        EarlierReport.from_json(text, file="last.json")


FINDING = audit([POWERFUL], now=NOW, tenant="acme").findings[0].as_dict()


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"taken_at": None}, "taken_at is not a time with an offset"),
        ({"taken_at": "2026-06-01T12:00:00"}, "taken_at is not a time with an offset"),
        ({"taken_at": "0001-01-01T00:00:00+14:00"}, "taken_at is not a time with an offset"),
        ({"taken_at": "yesterday"}, "taken_at is not a time with an offset"),
        ({"tenants": None}, "tenants is not a list"),
        ({"tenants": ["acme"]}, r"tenants\[0\] is not an object"),
        ({"tenants": [{"status": "ok"}]}, r"tenants\[0\]: name is not a text"),
        ({"tenants": [{"name": "acme"}]}, r"tenants\[0\]: status is not a text"),
        ({"findings": {}}, "findings is not a list"),
        ({"findings": [5]}, r"findings\[0\] is not an object"),
        ({"findings": [FINDING, FINDING | {"kind": 5}]}, r"findings\[1\]: kind is not a text"),
        ({"findings": [FINDING | {"tenant": 5}]}, r"findings\[0\]: tenant is not a text"),
        (
            {"findings": [FINDING | {"severity": "dire"}]},
            r"findings\[0\]: severity is not one of high",
        ),
        ({"findings": [FINDING | {"token": "86f1"}]}, r"findings\[0\]: token is not an object"),
        ({"findings": [FINDING | {"token": {"id": 5}}]}, r"findings\[0\]: token: id is not a text"),
        ({"findings": [FINDING | {"owner": []}]}, r"findings\[0\]: owner is not an object"),
        ({"findings": [FINDING | {"since": 5}]}, r"findings\[0\]: since is not a time"),
        ({"accepted": None}, "accepted is not a list"),
    ],
)
def test_a_report_that_is_broken_is_refused(changed: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^last.json: {problem}"):
        EarlierReport.from_json(report_as_json(**changed), file="last.json")
