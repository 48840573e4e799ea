"""Which room may import which: the contracts of import-linter, and that they would notice."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def lint(sources: list[Path], directory: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the packages in these folders, with the contracts of this project."""
    program = "from importlinter.cli import lint_imports_command as lint; lint()"
    config = str(ROOT / "pyproject.toml")
    return subprocess.run(
        [sys.executable, "-c", program, "--no-cache", "--config", config],
        env={"PYTHONPATH": ":".join(map(str, sources))},
        cwd=directory,
        check=False,
        capture_output=True,
        text=True,
    )


def test_the_import_rules_hold(tmp_path: Path) -> None:
    done = lint([ROOT / "facade", ROOT / "generated"], tmp_path)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("module", "line", "broken"),
    [
        ("sailpoint_pat/flows.py", "import sailpoint_pat_generated.types", "Only `operations`"),
        ("sailpoint_pat/__init__.py", "import sailpoint_pat_generated", "Only `operations`"),
        ("sailpoint_pat_generated/types.py", "import sailpoint_pat.errors", "knows nothing"),
        ("sailpoint_pat/models.py", "import sailpoint_pat.errors", "import downwards"),
        ("sailpoint_pat/auth.py", "import sailpoint_pat.client", "import downwards"),
        ("sailpoint_pat/a_new_room.py", "", "import downwards"),
        ("sailpoint_pat/testing/faults.py", "import sailpoint_pat.retry", "does not lean on"),
    ],
)
def test_a_broken_rule_is_noticed(module: str, line: str, broken: str, tmp_path: Path) -> None:
    for package in (
        ROOT / "facade" / "sailpoint_pat",
        ROOT / "generated" / "sailpoint_pat_generated",
    ):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(package, tmp_path / package.name, ignore=ignored)
    with (tmp_path / module).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    done = lint([tmp_path], tmp_path)
    assert done.returncode == 1, done.stdout
    # Long names are wrapped in the summary, and the rules that hold are in it too.
    [verdict] = [row for row in done.stdout.splitlines() if broken in row and "BROKEN" in row]
    assert verdict
