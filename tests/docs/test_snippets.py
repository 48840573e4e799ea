"""Every program that the README and the docs show does what they say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sailpoint_pat.testing import FakeTenant

TOP = Path(__file__).parents[2]
PAGES = [TOP / "README.md", *sorted((TOP / "docs").glob("*.md"))]
SNIPPET = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SNIPPETS = [
    pytest.param(
        page, match, id=f"{page.name}:{page.read_text()[: match.start()].count(chr(10)) + 2}"
    )
    for page in PAGES
    for match in SNIPPET.finditer(page.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("page", "match"), SNIPPETS)
def test_a_snippet_runs(
    page: Path, match: re.Match[str], tenant: FakeTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAIL_BASE_URL", tenant.base_url)
    monkeypatch.setenv("SAIL_CLIENT_ID", tenant.client_id)
    monkeypatch.setenv("SAIL_CLIENT_SECRET", tenant.client_secret)
    line = page.read_text(encoding="utf-8")[: match.start()].count("\n") + 1
    program = "\n" * line + match[1]
    exec(compile(program, str(page), "exec"), {"__name__": "__main__"})  # noqa: S102  ours


def test_there_are_snippets() -> None:
    assert len(SNIPPETS) >= 10


def test_every_target_that_the_readme_names_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (TOP / "Makefile").read_text(), re.MULTILINE))
    for page in PAGES:
        named = set(re.findall(r"`make ([a-z-]+)", page.read_text(encoding="utf-8")))
        named |= set(re.findall(r"^make ([a-z-]+)", page.read_text(encoding="utf-8"), re.MULTILINE))
        assert named <= targets, page.name


def test_every_link_leads_somewhere() -> None:
    for page in PAGES:
        for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"
