"""The report in the browser, as a reader uses it."""

import json
from typing import Any

from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.select import Select

DESK = (1280, 900)
PHONE = (390, 844)

# Does what the first two arguments say, and returns the milliseconds until its effect is painted.
_TIMED = """
const [selector, text, done] = arguments;
const element = document.querySelector(selector);
const begin = performance.now();
if (text === null) {
  element.click();
} else {
  element.value = text;
  element.dispatchEvent(new Event("input", { bubbles: true }));
}
requestAnimationFrame(() => {
  const channel = new MessageChannel();
  channel.port1.onmessage = () => done(performance.now() - begin);
  channel.port2.postMessage(null);
});
"""

_TEXTS = """
return [...document.querySelectorAll(arguments[0])].map((element) => element.textContent.trim());
"""

# From the moment that the browser asked for the page until it has done everything.
_OPENED_IN = "return performance.getEntriesByType('navigation')[0].loadEventEnd"


class Page:
    """One report, open in the browser."""

    def __init__(self, browser: WebDriver, address: str) -> None:
        self.browser = browser
        self.address = address

    def open(self) -> None:
        self.browser.get(self.address)

    # --- how it is looked at ----------------------------------------------------------------------

    def set_scheme(self, scheme: str) -> None:
        """Choose `light` or `dark`, as the reader's system does."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def set_size(self, width: int, height: int) -> None:
        """Give the window a size, in pixels."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def reset(self) -> None:
        """Undo what this page's tests have set, for the next page."""
        for command in ("Emulation.setEmulatedMedia", "Emulation.clearDeviceMetricsOverride"):
            self.browser.execute_cdp_cmd(command, {})
        self.log("browser")
        self.log("performance")

    def open_all_details(self) -> None:
        self.run("for (const details of document.querySelectorAll('details')) details.open = true")

    def run(self, script: str, *arguments: object) -> Any:
        return self.browser.execute_script(script, *arguments)

    def run_async(self, script: str, *arguments: object) -> Any:
        """Run a script that calls its last argument with what is to be returned."""
        return self.browser.execute_async_script(script, *arguments)

    def log(self, kind: str) -> list[dict[str, Any]]:
        """Return what the browser has noted since the last time, and forget it."""
        # Selenium gives this method no types.
        entries: list[dict[str, Any]] = self.browser.get_log(kind)  # type: ignore[no-untyped-call]
        return entries

    # --- what it says -----------------------------------------------------------------------------

    def find(self, selector: str) -> WebElement:
        """Return the one element that fits."""
        [element] = self.browser.find_elements(By.CSS_SELECTOR, selector)
        return element

    def texts(self, selector: str) -> list[str]:
        """Return the text of each element that fits, as it is written in the page."""
        found: list[str] = self.run(_TEXTS, selector)
        return found

    def seen(self, selector: str) -> list[str]:
        """Return the text of each element that fits, as the reader sees it."""
        return [each.text for each in self.browser.find_elements(By.CSS_SELECTOR, selector)]

    @property
    def status(self) -> str:
        """What the table says about itself, and a screen reader says aloud."""
        return self.find("#shown").text

    @property
    def names(self) -> list[str]:
        """The names of the tokens in the table, from the top."""
        return self.texts(".tokens .token .name")

    def problems(self) -> list[str]:
        """Return what the browser has complained about since the last time."""
        return [entry["message"] for entry in self.log("browser")]

    def requests(self) -> list[str]:
        """Return the addresses that the page has asked for."""
        events = (json.loads(entry["message"])["message"] for entry in self.log("performance"))
        return [
            event["params"]["request"]["url"]
            for event in events
            if event["method"] == "Network.requestWillBeSent"
            # The browser's own pages ask for things as well.
            and event["params"]["documentURL"] == self.address
        ]

    # --- what a reader does -----------------------------------------------------------------------

    def search(self, text: str) -> None:
        field = self.find("#search")
        field.clear()
        field.send_keys(text)

    def choose(self, field: str, option: str) -> None:
        """Choose what stands in a list, by the words that the reader sees."""
        Select(self.find(f"#{field}")).select_by_visible_text(option)

    def heading(self, key: str) -> WebElement:
        return self.find(f"th[data-key={key}]")

    def sort_by(self, key: str) -> None:
        self.heading(key).find_element(By.TAG_NAME, "button").click()

    # --- how long it takes, in milliseconds -------------------------------------------------------

    def opened_in(self) -> float:
        return float(self.run(_OPENED_IN))

    def milliseconds_to_sort(self, key: str) -> float:
        return self._timed(f"th[data-key={key}] button", None)

    def milliseconds_to_search(self, text: str) -> float:
        return self._timed("#search", text)

    def _timed(self, selector: str, text: str | None) -> float:
        return float(self.run_async(_TIMED, selector, text))
