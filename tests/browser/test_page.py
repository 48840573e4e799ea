"""What the page tells a reviewer, above and below the table."""

from datetime import date

import pytest

from sailpoint_pat.audit import Acceptance, AuditReport, Policy
from tests.browser.conftest import Show
from tests.support.reports import make_full_report, make_report, make_tokens
from tests.support.tokens import DAY, NOW, make_owner, make_token

ADA, MEI = make_owner("Ada"), make_owner("Mei")


def expires(days: float) -> dict[str, object]:
    return {"expires_at": NOW + days * DAY}


# --- what needs doing -----------------------------------------------------------------------------


def test_owners_stand_in_the_order_of_urgency_with_their_tokens(show: Show) -> None:
    tokens = [
        make_token(owner=ADA, name="later", **expires(20)),
        make_token(owner=MEI, name="soon", **expires(2), scopes=None),
        make_token(owner=MEI, name="old", last_used_at=NOW - 100 * DAY),
        make_token(owner=ADA, name="fine"),
    ]
    page = show(make_report(tokens))
    assert page.texts("#doing h3") == ["Mei", "Ada"]
    assert page.texts("#doing details[open] h3") == ["Mei"]
    assert page.texts("#doing summary .mark") == ["1 high", "2 medium", "1 medium"]
    assert page.texts("#doing .todo .name") == ["soon", "old", "later"]
    assert page.texts("#doing .todo .mark") == [
        *("Expiring · high", "All scopes · medium", "Unused · medium", "Expiring · medium")
    ]
    assert "Expires on 2026-06-03" in page.find("#doing").text


def test_what_has_no_owner_stands_under_no_owner(show: Show) -> None:
    page = show(make_report([make_token(owner=None, name="orphan")]))
    assert page.texts("#doing h3") == ["No owner"]
    assert page.texts("#doing .name") == ["orphan"]


def test_a_finding_without_a_token_says_what_it_is_about(show: Show) -> None:
    page = show(make_report([make_token(owner=ADA) for _ in range(9)]))
    page.open_all_details()
    assert page.find("#doing .todo > li > div").text == "All tokens of the owner"


def test_many_owners_do_not_hide_what_comes_after_them(show: Show) -> None:
    tokens = [make_token(owner=make_owner(f"Owner {n}"), **expires(1 + n)) for n in range(60)]
    page = show(make_report(tokens, Policy(expiring_within=90 * DAY)))
    assert len(page.texts("#doing h3")) == 60
    assert page.texts("#doing .more > summary") == ["Show the other 10 owners"]
    assert set(page.seen("#doing .more h3")) == {""}
    page.find("#doing .more > summary").click()
    assert "" not in page.seen("#doing .more h3")


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (
            make_report([make_token()]),
            {
                "#doing p": "Nothing. No finding is open.",
                ".lead": "1 token of 1 owner. Nothing needs doing.",
            },
        ),
        (make_report([]), {".lead": "There are no tokens.", "#shown": "0 tokens."}),
        (
            AuditReport.failed("acme", "no connection", now=NOW),
            {
                ".lead": "Nothing is known about the tokens.",
                "#doing p": "No finding is open in what could be read.",
                ".facts dd": None,
            },
        ),
        (
            make_report([make_token(**expires(2))]),
            {
                "h1": "Personal access tokens: acme",
                "th[data-key=tenant], #tenants, [id=by-tenant]": None,
            },
        ),
    ],
    ids=["nothing to do", "no tokens", "nothing is known", "one tenant"],
)
def test_a_short_report_says_so(
    show: Show, report: AuditReport, said: dict[str, str | None]
) -> None:
    page = show(report)
    for selector, text in said.items():
        assert page.seen(selector) == ([] if text is None else [text])
    assert page.problems() == []


def test_a_tenant_that_could_not_be_read_stands_at_the_top(show: Show) -> None:
    page = show(make_full_report())
    title, failed = page.find(".alert").text.splitlines()
    assert title == "This report is not complete: 1 of 3 tenants could not be read"
    assert failed == (
        "acme-emea https://acme-emea.api.identitynow.com: "
        "The token endpoint refused the credentials: invalid_client."
    )
    rows = page.seen("#tenants tbody tr")
    assert len(rows) == 3
    # Nobody knows how many tokens it has.
    assert rows[2].endswith("Could not be read not known not known")


def test_the_chart_counts_each_month_and_its_table_says_the_same(show: Show) -> None:
    days = (-1, 2, 3, 29, 31, 180, 364, 400)
    tokens = [
        *(make_token(**expires(each)) for each in days),
        make_token(expires_at=None, never_expires=True),
        make_token(managed=True, **expires(2)),
    ]
    page = show(make_report(tokens))
    page.open_all_details()
    assert page.texts("#expiry svg text:not(.quiet)") == ["3", "1", "1", "1"]
    table = dict(zip(page.texts("#expiry tbody th"), page.texts("#expiry tbody td"), strict=False))
    assert len(table) == 13
    assert [row for row in page.seen("#expiry tbody tr") if not row.endswith(" 0 0")] == [
        *("June 2026 3 3", "July 2026 1 0", "November 2026 1 0", "May 2027 1 0")
    ]
    assert "expired already (1), later (1), never (1)" in page.find("#expiry .note").text


# --- since last time, accepted, the policy --------------------------------------------------------


def test_what_is_new_and_what_is_gone_is_listed(show: Show) -> None:
    before = make_report([make_token(id="a" * 32, name="was", **expires(2))])
    page = show(make_report([make_token(name="is", **expires(3))], previous=before))
    assert "1 new, 1 gone, 0 as before" in page.find("#since .note").text
    page.open_all_details()
    assert page.texts("#since summary") == ["New: 1", "Gone: 1"]
    assert page.texts("#since .name") == ["is", "was"]
    assert page.texts("#doing .plain") == ["New"]


def test_without_an_earlier_report_nothing_is_compared(show: Show) -> None:
    page = show(make_report(make_tokens(20)))
    assert page.texts("#since, a[href='#since']") == []


def test_what_is_accepted_stands_with_reason_date_and_tokens(show: Show) -> None:
    later, before = date(2026, 12, 31), date(2026, 5, 31)
    accepted = [
        Acceptance(kind="never-expires", name="b*", reason="No way yet", until=later),
        Acceptance(kind="unused", owner=ADA.id, reason="Once", until=before),
    ]
    token = make_token(name="backup", expires_at=None, never_expires=True)
    page = show(make_report([token], Policy(accepted=accepted)))
    page.open_all_details()
    assert page.texts("#accepted summary") == [
        "Once until 2026-05-31: 0 findings, the date has passed",
        "No way yet until 2026-12-31: 1 finding",
    ]
    assert page.texts("#accepted .what") == [
        f"Unused, owner {ADA.id}.",
        "Never expires, tokens named b*.",
    ]
    assert page.texts("#accepted .name") == ["backup"]
    assert page.texts("#doing .name") == []


def test_the_policy_in_force_is_told(show: Show) -> None:
    policy = Policy(
        expiring_within=45 * DAY,
        severity={"never-used": "off", "all-scopes": "high"},
        include_managed=True,
    )
    page = show(make_report([make_token(scopes=None)], policy))
    rows = {row.splitlines()[0] for row in page.seen("#policy tbody tr")}
    assert "Expiring It expires within 45 days. Medium high within 7 days 0" in rows
    assert "Never used It was never used and is older than 30 days. Off 0" in rows
    assert any(row.startswith("All scopes ") and row.endswith("High 1") for row in rows)
    assert "are looked at as well" in page.find("#policy .note").text


def test_without_a_script_all_but_the_table_is_there(show: Show) -> None:
    page = show(make_full_report())
    page.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        page.open()
        shown = page.find("body").text
    finally:
        page.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert "What needs doing" in shown
    assert "This table needs JavaScript" in shown
    assert "Search" not in shown


def test_the_links_at_the_top_lead_to_their_sections(show: Show) -> None:
    page = show(make_full_report())
    for anchor in ("doing", "since", "expiry", "tokens", "accepted", "policy"):
        page.find(f"nav a[href='#{anchor}']").click()
        assert page.run("return document.querySelector(':target').id") == anchor
