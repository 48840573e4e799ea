"""How the tests run the tool and read its report."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import pytest
from tools.drift.__main__ import main

from tests.drift import specimens

# How the tests write what the tool says under its headings.
SIGNS = {"Breaks our users": "!", "Additions we could take": "+", "Harmless": "~"}

# `list: ...` reads better than `listPersonalAccessTokens: ...`.
SHORT = re.compile("PersonalAccessTokens?(?=: )")


class Result:
    """What one run gave: its exit status, what it printed, and its news, a sign before each."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err
        self.news: list[str] = []
        sign = ""
        for line in out.splitlines():
            if not line.startswith("  "):
                sign = SIGNS.get(line.partition(" (")[0], "")
            elif sign:
                self.news.append(f"{sign} {SHORT.sub('', line.strip())}")


class Compare(Protocol):
    """Runs the tool on a document, a path or a URL, against `ours` as it is or as it is given."""

    def __call__(self, upstream: Any, *options: str, ours: Any = None) -> Result: ...


@pytest.fixture
def compare(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Compare:
    def run(upstream: Any, *options: str, ours: Any = None) -> Result:
        files = {"ours.json": ours or specimens.ours()}
        if isinstance(upstream, dict):
            files["upstream.json"] = upstream
            upstream = tmp_path / "upstream.json"
        for name, node in files.items():
            (tmp_path / name).write_text(json.dumps(node))
        arguments: Sequence[str] = [str(upstream), "--ours", str(tmp_path / "ours.json"), *options]
        status = main(arguments)
        captured = capsys.readouterr()
        return Result(status, captured.out, captured.err)

    return run
