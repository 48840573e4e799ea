"""Findings that somebody has accepted, until a date."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from sailpoint_pat.audit import Acceptance, AuditReport, Policy, audit
from tests.support.tokens import NOW, SUPPORT, make_owner, make_token

TOKEN = make_token(id="86f1dc6fe8f54414950454cbb11278fa", name="backup-7", scopes=None)
TODAY = NOW.date()


def audited(*acceptances: Acceptance, now: datetime = NOW) -> AuditReport:
    """Audit a token that may do everything."""
    return audit([TOKEN], Policy(accepted=acceptances), now=now, tenant="acme")


def acceptance(**fields: Any) -> Acceptance:
    """Return an acceptance that is in force, but for `fields`."""
    given: dict[str, Any] = {"kind": "all-scopes", "reason": "it backs up all", "until": TODAY}
    return Acceptance(**given | fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"token": TOKEN.id},
        {"name": "backup-7"},
        {"name": "backup-*"},
        {"name": "backup-[5-9]"},
        {"name": "*"},
        {"owner": SUPPORT.id},
        {"token": TOKEN.id, "tenant": "acme"},
        {"token": TOKEN.id, "name": "b*", "owner": SUPPORT.id},
    ],
)
def test_an_accepted_finding_is_shown_as_such(fields: dict[str, Any]) -> None:
    report = audited(acceptance(**fields))
    assert report.findings == ()
    [finding] = report.accepted
    assert finding.kind == "all-scopes"
    assert finding.acceptance == acceptance(**fields)
    assert report.summary.accepted == 1
    assert report.summary.findings == 0
    assert report.at_least("low") == ()


@pytest.mark.parametrize(
    "fields",
    [
        {"token": "ef38f94347e94562b5bb8424a56397d8"},
        {"token": "backup-7"},
        {"token": TOKEN.id.upper()},
        {"name": "backup"},
        {"name": "Backup-*"},
        {"name": TOKEN.id},
        {"owner": "Support"},
        {"token": TOKEN.id, "tenant": "other"},
        {"token": TOKEN.id, "name": "restore-*"},
        {"token": TOKEN.id, "owner": make_owner("Else").id},
        {"token": TOKEN.id, "kind": "expired"},
    ],
)
def test_an_acceptance_fits_only_where_all_of_it_does(fields: dict[str, Any]) -> None:
    report = audited(acceptance(**fields))
    assert report.accepted == ()
    [finding] = report.findings
    assert finding.acceptance is None


@pytest.mark.parametrize(
    ("now", "accepted"),
    [
        (datetime(2026, 6, 1, 23, 59, 59, 999_999, tzinfo=UTC), 1),
        (datetime(2026, 6, 2, tzinfo=UTC), 0),
        # In Tokyo it is tomorrow already.
        (datetime(2026, 6, 2, 8, 0, tzinfo=timezone(timedelta(hours=9))), 1),
    ],
)
def test_an_acceptance_holds_until_the_end_of_its_day_in_utc(now: datetime, accepted: int) -> None:
    report = audited(acceptance(token=TOKEN.id, until=date(2026, 6, 1)), now=now)
    assert (len(report.accepted), len(report.findings)) == (accepted, 1 - accepted)


def test_a_finding_comes_back_and_says_that_it_was_accepted() -> None:
    until = acceptance(token=TOKEN.id, until=TODAY - timedelta(days=1))
    [finding] = audited(until).findings
    assert finding.acceptance == until
    assert finding.message.endswith("It was accepted until 2026-05-31 (it backs up all).")


@pytest.mark.parametrize("months", [(5, 7), (7, 5)])
def test_of_several_the_one_that_holds_longest_counts(months: tuple[int, int]) -> None:
    one, other = (acceptance(token=TOKEN.id, until=date(2026, month, 1)) for month in months)
    [finding] = audited(one, other).accepted
    assert finding.acceptance is not None
    assert finding.acceptance.until == date(2026, 7, 1)


def test_what_is_accepted_for_one_kind_is_not_for_another() -> None:
    token = make_token(expires_at=None, scopes=None)
    report = audit([token], Policy(accepted=[acceptance(token=token.id)]), now=NOW)
    assert [finding.kind for finding in report.findings] == ["never-expires"]
    assert [finding.kind for finding in report.accepted] == ["all-scopes"]


@pytest.mark.parametrize(
    ("fields", "accepted"),
    [({"owner": SUPPORT.id}, 1), ({"name": "*"}, 0), ({"token": TOKEN.id, "name": "*"}, 0)],
)
def test_a_finding_of_an_owner_is_accepted_by_the_owner(
    fields: dict[str, Any], accepted: int
) -> None:
    policy = Policy(accepted=[acceptance(kind="near-limit", **fields)])
    report = audit([make_token() for _ in range(9)], policy, now=NOW)
    assert (len(report.accepted), len(report.findings)) == (accepted, 1 - accepted)


def test_a_finding_without_an_owner_is_not_accepted_by_an_owner() -> None:
    policy = Policy(accepted=[acceptance(kind="ownerless", owner=SUPPORT.id)])
    assert audit([make_token(owner=None)], policy, now=NOW).accepted == ()


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"kind": "old"}, "kind is none of expiring, expired,"),
        ({"reason": ""}, "reason is empty"),
        ({"reason": "  "}, "reason is empty"),
        ({"reason": None}, "reason is empty"),
        ({"until": "2026-06-01"}, "until is not a date"),
        ({"until": NOW}, "until is not a date"),
        ({"until": None}, "until is not a date"),
        ({"token": ""}, "token is empty"),
        ({"token": 86}, "token is empty, or not a text"),
        ({"name": ""}, "name is empty"),
        ({"owner": 5}, "owner is empty, or not a text"),
        ({"tenant": ""}, "tenant is empty"),
        ({"token": None}, r"give token \(an id\), name \(a glob\) or owner \(an id\)"),
        ({"token": None, "tenant": "acme"}, "give token"),
    ],
)
def test_an_acceptance_that_cannot_be_meant_is_refused(
    fields: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ValueError, match=problem):
        acceptance(**{"token": TOKEN.id} | fields)
