"""The programs in the README and the docs, and how to run them."""

import ast
import asyncio
import inspect
import re
from pathlib import Path
from typing import Any

import attrs

TOP = Path(__file__).parents[2]
PAGES = [TOP / "README.md", *sorted((TOP / "docs").glob("*.md"))]
_PROGRAM = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@attrs.frozen
class Snippet:
    """One program of a page.

    Attributes:
        page: the file that shows it.
        line: the line of the page that it begins after.
        text: the program.
    """

    page: Path
    line: int
    text: str

    @property
    def name(self) -> str:
        """The page and the line, for people."""
        return f"{self.page.name}:{self.line + 1}"

    def run(self) -> dict[str, Any]:
        """Run it, as a notebook would where it awaits something; return its names."""
        names: dict[str, Any] = {"__name__": "__main__"}
        program = compile(
            "\n" * self.line + self.text,
            str(self.page),
            "exec",
            flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT,
        )
        waiting = eval(program, names)  # noqa: S307  our own pages
        if inspect.iscoroutine(waiting):
            asyncio.run(waiting)
        return names


def snippets_of(page: Path) -> list[Snippet]:
    """Return the programs that a page shows."""
    text = page.read_text(encoding="utf-8")
    return [
        Snippet(page, text[: match.start()].count("\n") + 1, match[1])
        for match in _PROGRAM.finditer(text)
    ]
