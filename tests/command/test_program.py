"""The program itself: help, version, completion, and what it says without its extra."""

import sys

import pytest

from sailpoint_pat import __version__
from tests.command.conftest import Run
from tests.command.running import process

COMMANDS = ("whoami", "list", "show", "create", "rotate", "revoke", "audit")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_begins_with_an_example(run: Run, command: str) -> None:
    done = run(command, "--help")
    lines = [line.strip() for line in done.out.splitlines() if line.strip()]
    assert done.code == 0
    assert lines[0].startswith(f"Usage: sailpoint-pat {command}")
    assert lines[1].startswith(f"Example: sailpoint-pat {command}")


def test_help_lists_the_commands(run: Run) -> None:
    done = run("--help")
    assert done.code == 0
    assert all(f"\n  {command} " in done.out for command in COMMANDS)


@pytest.mark.parametrize(
    "command",
    [
        (sys.executable, "-W", "error", "-m", "sailpoint_pat"),
        (sys.executable.rpartition("/")[0] + "/sailpoint-pat",),
    ],
)
def test_version(command: tuple[str, ...]) -> None:
    done = process("--version", command=command)
    assert (done.code, done.out, done.err) == (0, f"sailpoint-pat {__version__}\n", "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(run: Run, monkeypatch: pytest.MonkeyPatch, shell: str) -> None:
    monkeypatch.setenv("_SAILPOINT_PAT_COMPLETE", f"source_{shell}")
    done = run()
    assert done.code == 0
    assert "_SAILPOINT_PAT_COMPLETE" in done.out


def test_completion_of_a_command(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_SAILPOINT_PAT_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "sailpoint-pat r")
    monkeypatch.setenv("COMP_CWORD", "1")
    assert run().out.split() == ["rotate", "revoke"]


WITHOUT = """
import sys
from importlib.abc import MetaPathFinder

class Missing(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.split(".")[0] in {missing!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Missing())
from sailpoint_pat.command import main
sys.exit(main({arguments!r}))
"""


@pytest.mark.parametrize(
    ("missing", "arguments"),
    [
        ("typer", ["--version"]),
        ("openapi_core", ["--fake", "list"]),
        ("keyring", ["--fake", "rotate", "--self", "--yes", "--save-to-keyring", "prod"]),
        ("jinja2", ["--fake", "audit", "--html", "report.html"]),
    ],
)
def test_without_the_extra_it_says_how_to_get_it(missing: str, arguments: list[str]) -> None:
    program = WITHOUT.format(missing={missing}, arguments=arguments)
    done = process(command=(sys.executable, "-W", "error", "-c", program))
    assert (done.code, done.out) == (2, "")
    assert "pip install '.[cli]' in a checkout" in done.err
    assert "whl[cli]'" in done.err
    assert "sailpoint-pat[cli]" not in done.err  # It is in no package index.


def test_what_takes_long_to_import_is_not_imported_for_nothing() -> None:
    program = (
        "import sys; from sailpoint_pat.command import main; main(['--version']); "
        "print(sorted({'httpx', 'rich', 'yaml', 'keyring', 'anyio', 'jinja2'} & {*sys.modules}))"
    )
    done = process(command=(sys.executable, "-c", program))
    assert done.out.splitlines()[-1] == "[]"
