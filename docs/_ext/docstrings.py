"""What the docstrings, written for `help()`, need before they are pages.

- Names and code stand in single back quotes: the default role in `conf.py` makes them code.
- A program is indented, after a blank line, as in Markdown.
- The async client's methods have copies of the sync client's docstrings. A link takes their place.
- attrs writes signatures whose defaults say where they are kept. The values take their place.
- The docstring of a constant or a type stands below it, in the private module that defines it.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import attrs
from sphinx.domains.python._object import PyObject
from sphinx.pycode import ModuleAnalyzer

from sailpoint_pat import AsyncPatClient, PatClient

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx

_PROGRAM = " " * 4
_DEFAULT = re.compile(r"attr_dict\['(?P<name>\w+)'\]\.default")


def _link_to_the_sync_method(name: str) -> list[str] | None:
    owner, _, method = name.rpartition(".")
    if owner != f"{PatClient.__module__.partition('.')[0]}.{AsyncPatClient.__name__}":
        return None
    sync = getattr(PatClient, method, None)
    if sync is None or sync.__doc__ != getattr(AsyncPatClient, method).__doc__:
        return None
    return [f":py:meth:`.PatClient.{method}`, awaited.", ""]


def _docstring_below(name: str) -> list[str] | None:
    package, _, constant = name.rpartition(".")
    for module in [each for each in sys.modules if each.startswith(f"{package}.")]:
        found = ModuleAnalyzer.for_module(module).find_attr_docs().get(("", constant))
        if found:
            return found
    return None


def _with_programs_as_code(lines: list[str]) -> Iterator[str]:
    text, after_blank = "", False
    for line in lines:
        is_program = line.startswith(_PROGRAM)
        if is_program and after_blank and not text.startswith(" "):
            yield from (".. code-block:: default", "")
        if line.strip():
            # Within a program, a blank line begins no other one.
            text, after_blank = line, False
        else:
            after_blank = True
        yield line


def _prepare(  # Sphinx passes these, by position.
    _app: Sphinx, what: str, name: str, _object: object, _options: object, lines: list[str]
) -> None:
    if what == "method":
        lines[:] = _link_to_the_sync_method(name) or lines
    elif what in {"data", "type"}:
        lines[:] = _docstring_below(name) or lines
    lines[:] = _with_programs_as_code(lines)


def _show_defaults(  # Sphinx passes these, by position.
    _app: Sphinx, _what: str, _name: str, thing: object, _options: object, text: str, result: str
) -> tuple[str, str] | None:
    if not (isinstance(thing, type) and attrs.has(thing)) or text is None:
        return None
    fields = attrs.fields_dict(thing)
    text = _DEFAULT.sub(lambda found: repr(fields[found["name"]].default), text)
    return text.replace("datetime.timedelta", "timedelta").replace("NOTHING", "{}"), result


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    for field in PyObject.doc_field_types:
        if field.name == "variable":
            field.label = "Attributes"  # As the docstrings call them.
    # Before napoleon, which makes fields of the sections.
    app.connect("autodoc-process-docstring", _prepare, priority=400)
    app.connect("autodoc-process-signature", _show_defaults)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
