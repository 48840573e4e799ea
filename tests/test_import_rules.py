"""Which room may import which, and that nobody reaches into another library's private names."""

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FACADE = ROOT / "facade" / "sailpoint_pat"


def lint(sources: list[Path], directory: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the packages in these folders, with the contracts of this project."""
    program = "from importlinter.cli import lint_imports_command as lint; lint()"
    config = str(ROOT / "pyproject.toml")
    return subprocess.run(
        [sys.executable, "-c", program, "--no-cache", "--config", config],
        env={"PYTHONPATH": ":".join(map(str, sources)), "COLUMNS": "200"},
        cwd=directory,
        check=False,
        capture_output=True,
        text=True,
    )


def test_the_import_rules_hold(tmp_path: Path) -> None:
    done = lint([ROOT / "facade", ROOT / "generated"], tmp_path)
    assert done.returncode == 0, done.stdout


BROKEN = [
    ("sailpoint_pat/_flows.py", "sailpoint_pat_generated.types"),
    ("sailpoint_pat/__init__.py", "sailpoint_pat_generated"),
    ("sailpoint_pat_generated/types.py", "sailpoint_pat.errors"),
    ("sailpoint_pat/models.py", "sailpoint_pat.errors"),
    ("sailpoint_pat/_auth.py", "sailpoint_pat.client"),
    ("sailpoint_pat/testing/faults.py", "sailpoint_pat._retry"),
]


@pytest.fixture(scope="module")
def verdict(tmp_path_factory: pytest.TempPathFactory) -> str:
    copy = tmp_path_factory.mktemp("broken")
    for package in (FACADE, ROOT / "generated" / "sailpoint_pat_generated"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(package, copy / package.name, ignore=ignored)
    for module, imported in BROKEN:
        with (copy / module).open("a", encoding="utf-8") as file:
            file.write(f"\nimport {imported}\n")
    (copy / "sailpoint_pat" / "a_new_room.py").touch()
    done = lint([copy], copy)
    assert done.returncode == 1, done.stdout
    return done.stdout


@pytest.mark.parametrize(("module", "imported"), BROKEN)
def test_a_broken_rule_is_noticed(verdict: str, module: str, imported: str) -> None:
    importer = module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    assert f"{importer} -> {imported} (l." in verdict


def test_a_new_room_has_to_be_given_its_place(verdict: str) -> None:
    assert "a_new_room" in verdict


# --- private names of other libraries -------------------------------------------------------------


def private_names(source: str) -> Iterator[str]:
    """Yield what a module imports or looks up by its name; `make check` sees all other uses."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from (each.name for each in names if is_foreign_and_private(each.name))
            case ast.ImportFrom(module=str(module), names=names):
                dotted = [f"{module}.{each.name}" for each in names]
                yield from filter(is_foreign_and_private, dotted)
            case ast.Call(
                func=ast.Name(id="getattr" | "setattr"), args=[_, ast.Constant(name), *_]
            ):
                if is_private(str(name)):
                    yield ast.unparse(node)


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def is_foreign_and_private(dotted: str) -> bool:
    parts = dotted.split(".")
    return parts[0] != "sailpoint_pat" and any(map(is_private, parts))


@pytest.mark.parametrize(
    "module", sorted(path.relative_to(FACADE).as_posix() for path in FACADE.rglob("*.py"))
)
def test_no_private_name_of_another_library(module: str) -> None:
    source = (FACADE / module).read_text(encoding="utf-8")
    assert list(private_names(source)) == []


@pytest.mark.parametrize(
    "line",
    [
        "import httpcore._sync",
        "from httpx._client import Client",
        "from h11 import _state",
        "getattr(request, '_content')",
    ],
)
def test_one_would_be_noticed(line: str) -> None:
    assert list(private_names(line))
