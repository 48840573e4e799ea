"""`docs/command.md` says what the command does."""

import re
import shlex
from pathlib import Path

import pytest

from sailpoint_pat.audit import audit
from sailpoint_pat.command import _exits
from sailpoint_pat.command._app import app
from sailpoint_pat.command._job import Job
from sailpoint_pat.command._output import TOKEN_FIELDS
from sailpoint_pat.command._prometheus import exposition
from sailpoint_pat.command._run import run

PAGE = (Path(__file__).parents[2] / "docs" / "command.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^sailpoint-pat (.*)$", PAGE, re.MULTILINE)
assert callable(run), "importing it adds the commands to the app"


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_is_a_command_line_that_the_program_understands(example: str) -> None:
    words = shlex.split(example.partition(" > ")[0], comments=True)
    assert isinstance(app(args=words, standalone_mode=False), Job)


def test_the_page_has_the_exit_codes() -> None:
    rows = {int(code) for code in re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)}
    assert rows == {value for value in vars(_exits).values() if isinstance(value, int)}


def test_the_page_has_the_columns() -> None:
    assert f"    {','.join(TOKEN_FIELDS)}\n" in PAGE


def test_the_page_has_the_metrics() -> None:
    names = re.findall(r"^# HELP (\S+)", exposition(audit([])), re.MULTILINE)
    assert names == re.findall(r"^\| `(sailpoint_pat_\w+)` \|", PAGE, re.MULTILINE)
