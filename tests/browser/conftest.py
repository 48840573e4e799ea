"""A real browser, and the report opened in it."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from sailpoint_pat.report import render
from tests.browser.page import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sailpoint_pat.audit import AuditReport


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    """Headless Chromium with a profile of its own."""
    browser, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if browser is None or driver is None:
        missing = "No Chromium, or no driver for it, was found: `make browser` brings both."
        # A run that decides about a change must not pass without having looked at the page.
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for argument in (
        "--headless=new",
        "--window-size=1280,900",
        "--no-sandbox",  # Chromium's sandbox refuses to work for root
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        f"--user-data-dir={tmp_path_factory.mktemp('chromium')}",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    chromium = webdriver.Chrome(options=options, service=Service(driver))
    yield chromium
    chromium.quit()


@pytest.fixture
def show(chromium: webdriver.Chrome, tmp_path: Path) -> Iterator[Callable[[AuditReport], Page]]:
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
