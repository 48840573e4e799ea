"""A real browser, and the report opened in it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome

from sailpoint_pat.audit import AuditReport
from sailpoint_pat.report import render
from tests.browser import chromium as browser
from tests.browser.page import Page

Show = Callable[[AuditReport], Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip these tests where there is no browser, but for a run that decides about a change."""
    if browser.is_there() or os.environ.get("CI"):
        return
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.skip(reason=browser.MISSING))


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """Headless Chromium with a profile of its own."""
    assert browser.is_there(), browser.MISSING
    with browser.started(tmp_path_factory.mktemp("chromium")) as chromium:
        yield chromium


@pytest.fixture
def show(chromium: Chrome, tmp_path: Path) -> Iterator[Show]:
    """Renders a report and opens it as somebody would who was mailed it: as a file."""

    def show(report: AuditReport) -> Page:
        file = tmp_path / "report.html"
        file.write_text(render(report), encoding="utf-8")
        page = Page(chromium, file.as_uri())
        page.open()
        return page

    yield show
    page = Page(chromium, "about:blank")
    page.open()
    page.reset()
