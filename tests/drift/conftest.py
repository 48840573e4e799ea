"""How the tests run the tool and read its report."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[2]
# The tool is a script beside the package, not a part of it.
sys.path.insert(0, str(ROOT))

from tools import drift  # noqa: E402 - the line above makes it importable


class Result:
    """What one run gave: its exit status, what it printed, and the report under its headings."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status = status
        self.out = out
        self.err = err
        self.groups: dict[str, list[str]] = {}
        for line in out.splitlines():
            if heading := re.fullmatch(r"(\w[\w ]+) \((\d+)\)", line):
                group = self.groups.setdefault(heading[1], [])
                left = int(heading[2])
            elif self.groups and left:
                assert line.startswith("  ")
                group.append(line.strip())
                left -= 1


class Compare(Protocol):
    def __call__(self, upstream: Any, *options: str) -> Result: ...


@pytest.fixture
def compare(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Compare:
    """Run the tool on a document, a path or a URL."""

    def run(upstream: Any, *options: str) -> Result:
        source = upstream
        if isinstance(upstream, dict):
            source = tmp_path / "upstream.json"
            source.write_text(json.dumps(upstream))
        arguments: Sequence[str] = [str(source), *options]
        status = drift.main(arguments)
        captured = capsys.readouterr()
        return Result(status, captured.out, captured.err)

    return run
