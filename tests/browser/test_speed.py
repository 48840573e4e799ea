"""Ten thousand tokens. The limits are three times what the benchmarks hold the page to."""

import pytest

from tests.benchmarks import pages
from tests.benchmarks.measurements import Plan
from tests.browser.conftest import Show
from tests.support.reports import make_report, make_tokens


def test_a_large_report_opens_and_is_sorted_and_searched_at_once(show: Show) -> None:
    page = show(make_report(make_tokens(10_000)))
    assert "10,000 tokens." in page.status
    assert page.opened_in() < 6_000
    for key in ("owner", "expires", "findings"):
        assert page.milliseconds_to_sort(key) < 900
        assert page.heading(key).get_attribute("aria-sort") == "ascending"
    assert page.milliseconds_to_search("backup ada") < 900
    assert " of 10,000 tokens match." in page.status


@pytest.mark.usefixtures("chromium")
def test_the_benchmarks_measure_the_page() -> None:
    rows = list(pages.measure(Plan(turns=2, listing=20)))
    assert [row.what.split(", ")[1] for row in rows] == [
        *("opened", "sorted by owner", "sorted by expiry", "searched")
    ]
    assert all(row.limit and row.value > 0 for row in rows)
