"""Every program that the README and the docs show does what they say."""

import re

import pytest

from sailpoint_pat import __version__
from sailpoint_pat.testing import FakeTenant
from tests.docs.snippets import PAGES, TOP, Snippet, snippets_of

SNIPPETS = [snippet for page in PAGES for snippet in snippets_of(page)]


@pytest.mark.usefixtures("user")
@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda snippet: snippet.name)
def test_a_snippet_runs(snippet: Snippet, tenant: FakeTenant) -> None:
    snippet.run()
    if snippet.page.name != "versions.md":
        old = [request.path for request in tenant.requests if request.path.startswith("/v3/")]
        assert not old, "new programs take v1"


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


def test_the_readme_installs_the_wheel_of_this_version() -> None:
    readme = (TOP / "README.md").read_text(encoding="utf-8")
    wheels = set(re.findall(r"sailpoint_pat-[\w.]+-py3-none-any\.whl", readme))
    assert wheels == {f"sailpoint_pat-{__version__}-py3-none-any.whl"}
