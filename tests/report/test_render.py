"""The page as text: what can be said about it without a browser."""

import base64
import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import attrs
import pytest

from sailpoint_pat import IssuedToken, Owner, PersonalAccessToken, Secret
from sailpoint_pat.audit import AuditReport, Policy, audit
from sailpoint_pat.report import render
from tests.support.reports import make_full_report, make_report, make_tokens
from tests.support.tokens import DAY, NOW, make_token

HOSTILE = [
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "]]>\u2028\u2029&lt;/script&gt;",
    "half \ud83d",
    "\x00\x1b",
]


class Tags(HTMLParser):
    """The tags of a page with their attributes, in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def data_of(page: str) -> dict[str, list[list[object]]]:
    """Return what the page's script reads, ended where a browser ends it."""
    [text] = re.findall(r'<script type="application/json" id="data">(.*?)</script', page, re.DOTALL)
    data: dict[str, list[list[object]]] = json.loads(text)
    return data


# --- what a page may do ---------------------------------------------------------------------------


def test_the_policy_allows_this_style_and_this_script_and_nothing_else() -> None:
    page = render(make_full_report())
    [policy] = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    directives = dict(each.split(" ", 1) for each in policy.replace("&#39;", "'").split("; "))
    [style] = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    [script] = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)

    def hashed(text: str) -> str:
        digest = hashlib.sha256(text.encode()).digest()
        return f"'sha256-{base64.b64encode(digest).decode()}'"

    assert directives == {
        "default-src": "'none'",
        "script-src": hashed(script),
        "style-src": hashed(style),
        "base-uri": "'none'",
        "form-action": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }


def test_nothing_leads_out_of_the_page() -> None:
    tags = Tags(render(make_full_report())).found
    links = [attributes["href"] for _, attributes in tags if attributes.get("href")]
    assert links
    assert all(link is not None and link.startswith("#") for link in links)
    assert not [attributes for _, attributes in tags if "src" in attributes]


def test_no_tag_has_a_style_or_a_handler_of_its_own() -> None:
    for _, attributes in Tags(render(make_full_report())).found:
        assert not [name for name in attributes if name == "style" or name.startswith("on")]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_cannot_end_the_block_of_data(name: str) -> None:
    harmless = render(make_report([make_token(id="1", name="x", owner=Owner("x", "x", "x"))]))
    page = render(make_report([make_token(id="1", name=name, owner=Owner(name, name, name))]))
    assert len(data_of(page)["tokens"]) == 1
    assert [tag for tag, _ in Tags(page).found] == [tag for tag, _ in Tags(harmless).found]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_page_can_be_written_whatever_the_names(name: str) -> None:
    written = render(make_report([make_token(name=name)], tenant=name)).encode("utf-8")
    assert not {*b"\x00\x1b"} & {*written}


def test_no_secret_is_in_a_page() -> None:
    token = make_token(expires_at=NOW + DAY, extra={"note": "kept-out-of-the-page"})
    fields = {each.name: getattr(token, each.name) for each in attrs.fields(PersonalAccessToken)}
    issued = IssuedToken(**fields, secret=Secret("c0ffee" * 10))
    page = render(make_report([issued]))
    assert "c0ffee" not in page
    assert "kept-out-of-the-page" not in page


# --- what a page holds ----------------------------------------------------------------------------


def test_every_token_is_in_the_page_once() -> None:
    tokens = make_tokens(500)
    data = data_of(render(make_report(tokens)))
    assert [row[data["columns"].index("id")] for row in data["tokens"]] == [  # type: ignore[arg-type]
        token.id for token in tokens
    ]


def test_a_token_belongs_to_its_own_tenant() -> None:
    # The same id in two tenants: a finding of one is none of the other.
    first = make_report([make_token(id="a", scopes=None)])
    second = make_report([make_token(id="a")], tenant="acme-test")
    data = data_of(render(AuditReport.combine([first, second])))
    assert [row[-1] for row in data["tokens"]] == [[["all-scopes", "medium", 0]], []]


@pytest.mark.parametrize(
    ("taken_at", "first", "last"),
    [
        (datetime(2026, 1, 31, tzinfo=UTC), "January 2026", "January 2027"),
        (datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC), "December 2026", "December 2027"),
        (datetime(2028, 2, 29, tzinfo=UTC), "February 2028", "February 2029"),
    ],
)
def test_the_chart_shows_this_month_and_the_twelve_after_it(
    taken_at: datetime, first: str, last: str
) -> None:
    page = render(audit([], now=taken_at))
    [table] = re.findall(r"<summary>The same as a table.*?</table>", page, re.DOTALL)
    months = re.findall(r'<th scope="row">(.*?)</th>', table)
    assert (months[0], months[-1], len(months)) == (first, last, 13)


@pytest.mark.parametrize(
    ("policy", "sentence"),
    [
        (Policy(unused_after=timedelta(days=1)), "It was used, but not for 1 day."),
        (Policy(unused_after=timedelta(hours=36)), "It was used, but not for 36 hours."),
        (Policy(unused_after=timedelta(0)), "It was used, but not for 0 seconds."),
        (
            Policy(max_access_token_ttl=timedelta(seconds=90)),
            "Access tokens made from it live longer than 90 seconds.",
        ),
        (Policy(near_limit=1), "Its owner has 1 token or more."),
    ],
)
def test_the_policy_is_told_in_words(policy: Policy, sentence: str) -> None:
    assert sentence in render(make_report([], policy))


def test_a_report_without_a_name_has_no_colon() -> None:
    assert "<h1>Personal access tokens</h1>" in render(audit([], now=NOW))
