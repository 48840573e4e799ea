"""axe-core finds nothing to say about the page, whichever way it is looked at."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

import pytest

from sailpoint_pat.audit import AuditReport
from tests.browser.page import PHONE
from tests.support.reports import make_full_report, make_report
from tests.support.tokens import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.page import Page

REPORTS: dict[str, Callable[[], AuditReport]] = {
    "full": make_full_report,
    "empty": lambda: make_report([]),
    "failed": lambda: AuditReport.failed("acme", "no connection", now=NOW),
}

_RUN = """
const done = arguments[arguments.length - 1];
axe.run(document, { resultTypes: ["violations"] }).then(
  ({ violations }) => done(violations.map(({ id, help, nodes }) =>
    `${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.html).join(" ")}`)),
  (error) => done([String(error)]),
);
"""


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core's script."""
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("report", REPORTS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 900), PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing(
    show: Callable[[AuditReport], Page], axe: str, report: str, scheme: str, size: tuple[int, int]
) -> None:
    page = show(REPORTS[report]())
    page.set_scheme(scheme)
    page.set_size(*size)
    page.open_all_details()
    page.run(axe)
    assert page.run_async(_RUN) == []
