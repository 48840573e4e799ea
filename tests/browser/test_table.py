"""The table of all tokens: sorted, searched, filtered and turned over."""

import pytest
from selenium.webdriver.common.keys import Keys

from sailpoint_pat import Owner
from sailpoint_pat.audit import Acceptance, AuditReport, Kind, Policy
from tests.browser.conftest import Show
from tests.browser.page import PHONE, Page
from tests.support.reports import make_report, make_tokens
from tests.support.tokens import DAY, NOW, make_owner, make_token

# Name, owner, scopes; the days since it was made, since it was used, and until it expires.
ROWS = [
    ("backup 10", "Ada", ("a", "b"), 300, None, 5),
    ("backup 9", "Zoë", ("sp:scopes:all",), 5, 1, None),
    ("Archive", "Mei", ("a",), 100, 95, 200),
    ("zebra", None, ("a", "b", "c"), 50, 2, -3),
    ("fine", "Björn", ("a", "b", "c", "d", "idn:roles:read"), 20, 3, 100),
]
TOKENS = [
    make_token(
        name=name,
        owner=owner and make_owner(owner),
        scopes=scopes,
        created_at=NOW - made * DAY,
        last_used_at=None if used is None else NOW - used * DAY,
        expires_at=None if expires is None else NOW + expires * DAY,
        never_expires=expires is None,
    )
    for name, owner, scopes, made, used, expires in ROWS
]

ORDERS = {
    "token": ["Archive", "backup 9", "backup 10", "fine", "zebra"],
    "owner": ["zebra", "backup 10", "fine", "Archive", "backup 9"],
    "created": ["backup 10", "Archive", "zebra", "fine", "backup 9"],
    "used": ["backup 10", "Archive", "fine", "zebra", "backup 9"],
    "expires": ["zebra", "backup 10", "fine", "Archive", "backup 9"],
    "scopes": ["Archive", "backup 10", "zebra", "fine", "backup 9"],
    "findings": ["fine", "Archive", "backup 9", "backup 10", "zebra"],
}


@pytest.fixture
def page(show: Show) -> Page:
    return show(make_report(TOKENS))


def accept(kind: Kind, name: str) -> Acceptance:
    return Acceptance(kind=kind, name=name, reason="for now", until=NOW.date())


# --- sorting --------------------------------------------------------------------------------------


def test_the_worst_stand_at_the_top(page: Page) -> None:
    assert page.names == ORDERS["findings"][::-1]
    assert page.heading("findings").get_attribute("aria-sort") == "descending"


def test_a_click_on_a_heading_sorts_and_a_second_one_turns_it_round(page: Page) -> None:
    for key, order in ORDERS.items():
        page.sort_by(key)
        assert page.names == order
        assert page.heading(key).get_attribute("aria-sort") == "ascending"
        assert len(page.texts("th[aria-sort]")) == 1
        page.sort_by(key)
        assert page.names == order[::-1]
        assert page.heading(key).get_attribute("aria-sort") == "descending"


def test_what_is_alike_is_sorted_by_name(show: Show) -> None:
    page = show(make_report([make_token(name=name) for name in ("c", "a", "b")]))
    page.sort_by("used")
    assert page.names == ["a", "b", "c"]


def test_what_is_accepted_stands_below_what_is_open(show: Show) -> None:
    tokens = [make_token(name=name, scopes=None) for name in ("accepted", "open")]
    policy = Policy(accepted=[accept("all-scopes", "accepted")])
    assert show(make_report(tokens, policy)).names == ["open", "accepted"]


def test_the_keyboard_reaches_a_heading_and_sorts(page: Page) -> None:
    page.find("#search").click()
    for _ in range(20):
        focused = page.browser.switch_to.active_element
        if focused.text == "Expires":
            break
        focused.send_keys(Keys.TAB)
    page.browser.switch_to.active_element.send_keys(Keys.ENTER)
    assert page.names == ORDERS["expires"]
    assert page.browser.switch_to.active_element.text == "Expires"


def test_on_a_phone_a_list_sorts(page: Page) -> None:
    page.set_size(*PHONE)
    page.choose("sort", "Expires, soonest first")
    assert page.names == ORDERS["expires"]


# --- searching and filtering ----------------------------------------------------------------------


def test_a_search_looks_for_all_words_in_names_owners_ids_and_scopes(page: Page) -> None:
    for text, found in {
        "BACKUP": ["backup 10", "backup 9"],
        "zoë": ["backup 9"],
        "idn:roles:read": ["fine"],
        TOKENS[2].id: ["Archive"],
        "backup ada": ["backup 10"],
        "   ": ["zebra", "backup 10", "backup 9", "Archive", "fine"],
        "nothing like it": [],
    }.items():
        page.search(text)
        assert page.names == found, text


def test_a_filter_shows_what_fits(page: Page) -> None:
    for field, option, found in (
        ("by-kind", "Never expires", ["backup 9"]),
        ("by-kind", "None", ["fine"]),
        ("by-severity", "High", ["zebra", "backup 10"]),
        ("by-severity", "Low", ["backup 10"]),
        ("by-severity", "Accepted", []),
        ("by-expiry", "Expired already", ["zebra"]),
        ("by-expiry", "Within 7 days", ["backup 10"]),
        ("by-expiry", "Within a year", ["backup 10", "Archive", "fine"]),
        ("by-expiry", "Never", ["backup 9"]),
    ):
        page.choose(field, option)
        assert page.names == found, option
        page.find("#clear").click()


def test_filters_add_up_and_one_button_clears_them(page: Page) -> None:
    page.choose("by-severity", "Medium")
    page.search("backup")
    assert page.names == ["backup 9"]
    page.find("#clear").click()
    assert len(page.names) == len(TOKENS)


def test_kind_and_severity_are_of_the_same_finding(page: Page) -> None:
    page.choose("by-kind", "Never used")
    page.choose("by-severity", "High")
    assert page.names == []


def test_an_accepted_finding_is_none_that_is_open(show: Show) -> None:
    accepted = [accept("never-expires", "backup 9"), accept("all-scopes", "backup 9")]
    page = show(make_report(TOKENS, Policy(accepted=accepted)))
    page.choose("by-severity", "Accepted")
    assert page.names == ["backup 9"]
    assert page.texts(".tokens .findings .mark") == [
        "Never expires · accepted",
        "All scopes · accepted",
    ]
    page.choose("by-severity", "Any")
    page.choose("by-kind", "None")
    assert page.names == ["backup 9", "fine"]


def test_several_tenants_have_a_column_and_a_filter(show: Show) -> None:
    reports = [make_report(TOKENS[:2]), make_report(TOKENS[2:], tenant="acme-test")]
    page = show(AuditReport.combine(reports))
    page.choose("by-tenant", "acme-test")
    assert set(page.names) == {"Archive", "zebra", "fine"}
    assert set(page.texts(".tokens td.tenant")) == {"acme-test"}


# --- what is said about it ------------------------------------------------------------------------


def test_a_screen_reader_is_told_what_is_shown(page: Page) -> None:
    assert page.find("#shown").aria_role == "status"
    assert page.status == "5 tokens. Rows 1 to 5, sorted by Findings, worst first."
    page.search("backup")
    assert page.status == "2 of 5 tokens match. Rows 1 to 2, sorted by Findings, worst first."
    page.search("nothing like it")
    assert page.status == "0 of 5 tokens match."


def test_a_row_says_what_is_known_of_a_token(page: Page) -> None:
    page.search("Archive")
    assert page.seen(".tokens tbody td") == [
        f"Archive\n{TOKENS[2].id}",
        "Mei",
        "2026-02-21\n100 days old",
        "2026-02-26\n95 days ago",
        "2026-12-18\nin 200 days",
        "a",
        "Unused · medium",
    ]


def test_a_token_of_the_platform_says_so(show: Show) -> None:
    page = show(make_report([make_token(name="ours", managed=True)]))
    assert page.find("td.token").text.splitlines()[::2] == ["ours", "managed by the platform"]


def test_a_token_without_scopes_has_every_right(show: Show) -> None:
    page = show(make_report([make_token(scopes=each) for each in (None, tuple("abcde"), ())]))
    page.sort_by("scopes")
    # Every right is more than any list of scopes.
    assert page.texts("td.scopes")[1:] == ["None given: every right"] * 2


def test_owners_of_the_same_name_are_told_apart(show: Show) -> None:
    ids = ("1" * 32, "2" * 32)
    owners = [*(Owner(each, "Ada", "IDENTITY") for each in ids), make_owner("Mei")]
    page = show(make_report([make_token(owner=owner) for owner in owners]))
    assert set(page.texts(".tokens td.owner")) == {f"Ada{ids[0]}", f"Ada{ids[1]}", "Mei"}


# --- pages ----------------------------------------------------------------------------------------


def test_a_hundred_rows_are_shown_at_a_time(show: Show) -> None:
    page = show(make_report(make_tokens(250)))
    seen = []
    for rows in ("Rows 1 to 100,", "Rows 101 to 200,", "Rows 201 to 250,", "Rows 201 to 250,"):
        assert rows in page.status
        seen.append(page.names)
        page.find("#next").click()
    assert [len(names) for names in seen] == [100, 100, 50, 50]
    assert len(set(seen[0] + seen[1] + seen[2])) == 250
    assert page.find("#next").get_attribute("aria-disabled") == "true"
    page.find("#previous").click()
    assert page.names == seen[1]
    # A search begins on the first page.
    page.search("a")
    assert "Rows 1 to 100," in page.status
    assert page.find("#previous").get_attribute("aria-disabled") == "true"


def test_the_scopes_that_have_no_room_are_folded(show: Show) -> None:
    scopes = tuple(f"idn:scope-{number}:read" for number in range(9))
    page = show(make_report([make_token(scopes=scopes)]))
    assert page.find(".tokens .scopes").text.splitlines() == [*scopes[:3], "6 more"]
    page.find(".tokens .scopes summary").click()
    assert page.find(".tokens .scopes").text.splitlines() == [*scopes[:3], "6 more", *scopes[3:]]
