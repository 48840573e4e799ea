"""Names come from other people. None of them may do anything but be read."""

import pytest

from sailpoint_pat import Owner
from sailpoint_pat.audit import Acceptance, AuditReport, Policy
from tests.browser.conftest import Show
from tests.browser.page import DESK, PHONE
from tests.support.reports import make_report
from tests.support.tokens import DAY, NOW, make_token

# Each with how it is shown.
NAMES = {
    "a script": ("<script>window.hurt = 1</script>", None),
    "an image": ('"><img src=x onerror="window.hurt = 1">', None),
    "the end of the script": ("</script><script>window.hurt = 1</script>", None),
    "a comment": ("<!--<script>", None),
    "the end of the style": ("</style></title></noscript><svg/onload=window.hurt=1>", None),
    "a template": ("{{ 7 * 7 }} {% raw %} ${window.hurt = 1}", None),
    "an entity": ("&lt;b&gt; &amp;amp;", None),
    "quotes": ('" onclick="window.hurt = 1" \'', None),
    "a backslash": ("\\u003cb\\u003e \\", None),
    "a key of an object": ("__proto__", None),
    "right to left": ("مفتاح النسخ الاحتياطي", None),
    "an emoji": ("🔑 \U0001f469\u200d\U0001f680 e\u0301", None),
    "a very long one": ("very long " * 500 + "end", None),
    "a long word": ("x" * 5000, None),
    "reversed": ("\u202egnp.exe", "\\u202egnp.exe"),
    "control characters": ("\x00\x1b[31mred\x07\x9b", "\\u0000\\u001b[31mred\\u0007\\u009b"),
    "several lines": ("two\r\nlines\u2028three", "two\\u000d\\u000alines\\u2028three"),
    "half a character": ("half \ud83d", "half \\ud83d"),
    "nothing to see": (" \u00a0", "\\u0020\\u00a0"),
    "no width": ("ad\u200bmin", "ad\\u200bmin"),
}


def make_hostile_report(name: str) -> AuditReport:
    """Return a report with the name wherever somebody else can put one."""
    today = NOW.date()
    reason = name if name.strip() else "none"
    policy = Policy(
        accepted=[
            Acceptance(kind="all-scopes", token="1" * 32, reason=reason, until=today),
            Acceptance(kind="unused", owner=f"{name}.", reason=reason, until=today),
            Acceptance(kind="unused", name=f"{name}*", reason=reason, until=today),
        ]
    )
    token = make_token(
        id="1" * 32,
        name=name,
        owner=Owner(name, name, name),
        scopes=(name, "sp:scopes:all"),
        expires_at=NOW + DAY,
    )
    before = make_report([make_token(id=name, name=name, expires_at=NOW + DAY)], tenant=name)
    return AuditReport.combine(
        [
            make_report([token], policy, tenant=name, previous=before),
            AuditReport.failed(name + "!", name, policy, base_url=name, now=NOW),
        ]
    )


@pytest.mark.parametrize("kind", NAMES)
def test_a_name_is_shown_as_it_is_and_does_nothing(show: Show, kind: str) -> None:
    name, told = NAMES[kind]
    shown = (name if told is None else told).strip()
    page = show(make_hostile_report(name))
    page.open_all_details()
    assert page.names == [shown]
    assert page.texts(".tokens .owner .name") == [shown]
    assert page.texts(".tokens .scopes code")[0] == shown
    assert page.texts(".tokens td.tenant") == [shown]
    assert set(page.texts(".todo .name, #doing h3, #since .name")) == {shown}
    assert set(page.texts("#accepted summary bdi")) <= {shown, "none"}

    page.set_size(*PHONE)
    assert page.run("return document.documentElement.scrollWidth") <= PHONE[0]
    page.set_size(*DESK)

    page.search("x")
    page.sort_by("owner")
    assert page.run("return window.hurt") is None
    assert page.run("return document.scripts.length") == 2
    assert page.run("return document.querySelectorAll('img, iframe, object, embed').length") == 0
    assert page.texts("footer") != []
    assert page.problems() == []


def test_a_name_leaves_the_direction_of_its_neighbours_alone(show: Show) -> None:
    page = show(make_hostile_report(NAMES["right to left"][0]))
    script = "return getComputedStyle(document.querySelector(arguments[0])).unicodeBidi"
    for selector in (".tokens .name", ".todo .name", "h3 bdi", "#accepted summary bdi"):
        assert page.run(script, selector) == "isolate", selector
