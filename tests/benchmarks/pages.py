"""How fast a browser opens, sorts and searches the report of a large tenant."""

import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sailpoint_pat.report import render
from tests.benchmarks.measurements import Plan, Row, quartiles
from tests.browser import chromium
from tests.browser.page import Page
from tests.support.reports import make_report, make_tokens

# Milliseconds.
_LIMITS = {"opened": 2_000, "sorted by owner": 300, "sorted by expiry": 300, "searched": 300}


def measure(plan: Plan) -> Iterator[Row]:
    """Measure each of these in a real browser, until its effect is painted."""
    what = f"the report of {plan.listing:,} tokens"
    if not chromium.is_there():
        for name in _LIMITS:
            yield Row(f"{what}, {name}", "", f"not there: {chromium.MISSING}", 0.0, None)
        return
    found: dict[str, list[float]] = {name: [] for name in _LIMITS}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        file = Path(folder) / "report.html"
        file.write_text(render(make_report(make_tokens(plan.listing))), encoding="utf-8")
        with chromium.started(Path(folder) / "profile") as browser:
            page = Page(browser, file.as_uri())
            for _ in range(plan.turns):
                page.open()
                found["opened"].append(page.opened_in())
                found["sorted by owner"].append(page.milliseconds_to_sort("owner"))
                found["sorted by expiry"].append(page.milliseconds_to_sort("expires"))
                found["searched"].append(page.milliseconds_to_search("backup ada"))
    for name, times in found.items():
        median, spread = statistics.median(times), quartiles(times)
        yield Row(
            f"{what}, {name}, in milliseconds",
            f"{median:.0f} ms",
            "",
            round(median),
            _LIMITS[name],
            spread and (round(spread[0]), round(spread[1])),
        )
