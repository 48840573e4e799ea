"""Light, dark, on a phone and on paper."""

import pytest

from tests.browser.conftest import Show
from tests.browser.page import PHONE, Page
from tests.support.reports import make_full_report, make_report, make_tokens
from tests.support.tokens import make_token

# Notes what is there when the page has made itself ready for the printer.
_NOTE = """
const selector = arguments[0];
addEventListener("beforeprint", () => {
  window.printed = [...document.querySelectorAll(selector)].map((each) => each.textContent);
});
"""

_ARE_SEEN = """
const parts = [...document.querySelectorAll("details:not([open]) .todo, .more table")];
return parts.map((part) => part.checkVisibility());
"""

# How bright the background is, from 0 to 255.
_BRIGHTNESS = """
const [red, green, blue] = getComputedStyle(document.body).backgroundColor.match(/\\d+/g);
return (Number(red) + Number(green) + Number(blue)) / 3;
"""


@pytest.mark.parametrize(("scheme", "darkest", "brightest"), [("light", 230, 255), ("dark", 0, 40)])
def test_the_page_is_as_light_or_dark_as_the_readers_system(
    show: Show, scheme: str, darkest: int, brightest: int
) -> None:
    page = show(make_full_report())
    page.set_scheme(scheme)
    assert darkest <= page.run(_BRIGHTNESS) <= brightest


def printed(page: Page, selector: str) -> list[str]:
    """Return the texts that are there on paper."""
    page.run(_NOTE, selector)
    # Twice, as somebody does who changes the paper's size in between.
    page.run("dispatchEvent(new Event('beforeprint'))")
    page.browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    texts: list[str] = page.run("return window.printed")
    return texts


def test_on_a_phone_nothing_is_wider_than_the_screen(show: Show) -> None:
    page = show(make_full_report())
    page.set_size(*PHONE)
    page.open_all_details()
    assert page.run("return document.documentElement.scrollWidth") <= PHONE[0]


def test_on_a_phone_each_cell_says_what_it_is(show: Show) -> None:
    page = show(make_report(make_tokens(1)))
    page.set_size(*PHONE)
    label = "return getComputedStyle(document.querySelector('td.expires'), '::before').content"
    assert page.run(label) == '"Expires"'
    assert not page.heading("expires").is_displayed()


def test_on_paper_all_rows_are_there_and_on_screen_a_page_again(show: Show) -> None:
    page = show(make_report(make_tokens(350)))
    assert len(printed(page, ".tokens tbody tr")) == 350
    assert len(page.names) == 100
    page.sort_by("owner")
    assert page.heading("owner").get_attribute("aria-sort") == "ascending"
    assert page.problems() == []


def test_on_paper_a_filter_stays_in_force_and_is_told(show: Show) -> None:
    page = show(make_report(make_tokens(350)))
    page.search("backup")
    matching = int(page.status.split(" of ")[0])
    assert len(printed(page, ".tokens tbody tr")) == matching < 100


def test_on_paper_nothing_is_folded_and_there_are_no_controls(show: Show) -> None:
    page = show(make_full_report())
    assert set(page.run(_ARE_SEEN)) == {False}
    page.set_scheme("dark")
    page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert set(page.run(_ARE_SEEN)) == {True}
    assert not page.find("#search").is_displayed()
    assert not page.find("nav").is_displayed()
    assert page.run(_BRIGHTNESS) == 255


def test_on_paper_no_scope_is_folded(show: Show) -> None:
    scopes = tuple(f"idn:scope-{number}:read" for number in range(9))
    page = show(make_report([make_token(scopes=scopes)]))
    assert printed(page, ".tokens .scopes > code") == list(scopes)
