"""axe-core finds nothing to say about the page, whichever way it is looked at."""

from importlib import resources

import pytest

from sailpoint_pat.audit import AuditReport
from tests.browser.conftest import Show
from tests.browser.page import DESK, PHONE
from tests.support.reports import make_full_report, make_report
from tests.support.tokens import NOW

_RUN = """
const done = arguments[arguments.length - 1];
axe.run(document, { resultTypes: ["violations"] }).then(
  ({ violations }) => done(violations.map(({ id, help, nodes }) =>
    `${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.html).join(" ")}`)),
  (error) => done([String(error)]),
);
"""


# It takes long for each element, so that the long report is looked at in one way only.
@pytest.mark.parametrize(
    ("report", "scheme", "size"),
    [
        (make_full_report(), "light", DESK),
        (make_full_report(40), "dark", DESK),
        (make_full_report(40), "dark", PHONE),
        (make_report([]), "light", PHONE),
        (AuditReport.failed("acme", "no connection", now=NOW), "dark", DESK),
    ],
    ids=["long", "short", "on a phone", "empty", "failed"],
)
def test_axe_finds_nothing(
    show: Show, report: AuditReport, scheme: str, size: tuple[int, int]
) -> None:
    page = show(report)
    page.set_scheme(scheme)
    page.set_size(*size)
    page.open_all_details()
    axe = resources.files("axe_playwright_python") / "axe.min.js"
    page.run(axe.read_text(encoding="utf-8"))
    assert page.run_async(_RUN) == []
