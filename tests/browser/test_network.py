"""The page loads nothing, sends nothing, and could not if it wanted to."""

import socket

import pytest

from tests.browser.conftest import Show
from tests.support.reports import make_full_report

# Tries what a page can try, and returns the directives that refused it.
_TRY = """
const [there, done] = arguments;
const refused = new Set();
addEventListener("securitypolicyviolation", (event) => refused.add(event.effectiveDirective));
function add(name, attributes) {
  document.body.append(Object.assign(document.createElement(name), attributes));
}
add("img", { src: there });
add("link", { rel: "stylesheet", href: there });
add("style", { textContent: "body { color: red }" });
fetch(there).catch(() => {});
navigator.sendBeacon(there, "x");
const attempts = [
  () => add("script", { textContent: "window.hurt = 1" }),
  () => document.body.setAttribute("onclick", "window.hurt = 1"),
  () => { document.body.innerHTML = "<b>x</b>"; },
  () => { new Function("window.hurt = 1")(); },
];
// Later, because what the driver itself runs may do more than the page's own scripts.
setTimeout(() => {
  for (const attempt of attempts) {
    try { attempt(); } catch (error) { refused.add(error.name); }
  }
});
setTimeout(() => done({ refused: [...refused].sort(), hurt: window.hurt ?? null }), 300);
"""


def test_nothing_but_the_page_is_asked_for(show: Show) -> None:
    page = show(make_full_report())
    page.open_all_details()
    page.search("a")
    page.sort_by("owner")
    page.find("#search").submit()
    assert set(page.requests()) == {page.address}
    assert page.problems() == []


def test_the_policy_of_the_page_refuses_everything_else(show: Show) -> None:
    page = show(make_full_report())
    with socket.create_server(("127.0.0.1", 0)) as listener:
        there = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        tried = page.run_async(_TRY, there)
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()
    assert tried["hurt"] is None
    assert tried["refused"] == [
        *("EvalError", "TypeError", "connect-src", "img-src", "require-trusted-types-for"),
        "style-src-elem",
    ]
