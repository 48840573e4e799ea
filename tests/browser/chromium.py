"""A headless Chromium, for the tests of the page and for the benchmarks."""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

MISSING = "No Chromium, or no driver for it, was found: `make browser` brings both."


def is_there() -> bool:
    """Return whether there is a Chromium to start."""
    return bool(shutil.which("chromium") and shutil.which("chromedriver"))


@contextlib.contextmanager
def started(folder: Path) -> Iterator[webdriver.Chrome]:
    """Run a Chromium, with its profile in a folder, while this block lasts."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
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
        f"--user-data-dir={folder}",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    chromium = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    try:
        yield chromium
    finally:
        chromium.quit()
