"""The page of the command's options, written from the command itself at each build.

A page says `<!-- the command's options -->` where they go.
"""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any

import typer.main

from sailpoint_pat.command import _run as _adds_the_commands
from sailpoint_pat.command._app import app as program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx

# In a text, two hyphens would become a dash.
_OPTION = re.compile(r"--[a-z-]+")
_PLACE = "<!-- the command's options -->"
_ = _adds_the_commands


def _described(command: Any, path: str, heading: str) -> Iterator[str]:
    """Yield the lines of the page about one command."""
    # Its help begins with an example, and `\b` tells the terminal not to fill the lines.
    example, _, text = inspect.cleandoc(command.help).removeprefix("\b\n").partition("\n\n")
    usage = " ".join([path, *command.collect_usage_pieces(_context(command))])
    yield from (f"## {heading}", "", _with_options_as_code(text), "", f"    {usage}", "")
    yield from (f"For example `{example.removeprefix('Example: ')}`.", "")
    yield from ("| option | means |", "| --- | --- |")
    for parameter in command.params:
        record = parameter.get_help_record(_context(command))
        if record is not None:
            yield f"| `{_cell(record[0])}` | {_with_options_as_code(_cell(record[1]))} |"
    yield ""


def _context(command: Any) -> Any:
    return command.make_context(command.name, [], resilient_parsing=True)


def _with_options_as_code(text: str) -> str:
    return _OPTION.sub(r"`\g<0>`", text)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|")


def _page() -> Iterator[str]:
    command: Any = typer.main.get_command(program)
    yield from _described(command, "sailpoint-pat", "Before the command")
    for name, each in command.commands.items():
        yield from _described(each, f"sailpoint-pat {name}", name)


def _write_options(_app: Sphinx, _page_name: str, source: list[str]) -> None:
    if _PLACE in source[0]:
        source[0] = source[0].replace(_PLACE, "\n".join(_page()))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("source-read", _write_options)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
