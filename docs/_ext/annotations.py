"""Let autodoc resolve every annotation, also where names are imported for the type checker alone.

Without them it shows a signature as it is written: with the name of an alias instead of the type,
and without links.
"""

from __future__ import annotations

import ast
import inspect
import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING

import sailpoint_pat

if TYPE_CHECKING:
    from types import ModuleType

    from sphinx.application import Sphinx


def _import_what_is_for_type_checkers(module: ModuleType) -> None:
    for statement in ast.parse(inspect.getsource(module)).body:
        if isinstance(statement, ast.If) and ast.unparse(statement.test) == "TYPE_CHECKING":
            block = ast.Module(statement.body, type_ignores=[])
            exec(compile(block, str(module.__file__), "exec"), vars(module))  # noqa: S102  our own


def _import_all(_app: Sphinx) -> None:
    for found in pkgutil.walk_packages(sailpoint_pat.__path__, "sailpoint_pat."):
        if not found.name.endswith(".__main__"):
            _import_what_is_for_type_checkers(import_module(found.name))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("builder-inited", _import_all)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
