"""README and its like are pages of the site too, so links to them are led to those pages.

In the checkout, where people read the files as well, a link is relative to its file: to the top in
README, which a page takes in with the directive `include`, and to `docs/` in every other page.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from sphinx.application import Sphinx

# What stands at the top of the checkout, and the page that has it.
_PAGES = {
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "LICENSE": "license.md",
    "README.md": "index.md",
    "SECURITY.md": "secrets.md",
}
_LINK = re.compile(r"\]\((?P<target>[^)#:\s]+)(?P<anchor>#[^)\s]*)?\)")


def _page_of(target: str) -> str:
    if target.startswith("docs/"):
        return target.removeprefix("docs/")
    if target.startswith("examples/"):
        return "examples.md"
    return _PAGES[target]


def _lead_links_of_the_top(_app: Sphinx, path: Path, _page: str, text: list[str]) -> None:
    if path.parts[:-1] == ("..",) and path.suffix == ".md":
        text[0] = _LINK.sub(
            lambda link: f"]({_page_of(link['target'])}{link['anchor'] or ''})", text[0]
        )


def _lead_links_of_a_page(_app: Sphinx, page: str, text: list[str]) -> None:
    if "/" not in page:
        text[0] = _LINK.sub(
            lambda link: (
                f"]({_page_of(link['target'].removeprefix('../'))}{link['anchor'] or ''})"
                if link["target"].startswith("../")
                else link[0]
            ),
            text[0],
        )


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("include-read", _lead_links_of_the_top)
    app.connect("source-read", _lead_links_of_a_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
