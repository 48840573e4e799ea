"""Every public name is in the reference: one that is missing is a warning, and fails the build."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from sphinx.util import logging

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

# The modules whose `__all__` says what is public.
_PUBLIC = (
    "sailpoint_pat",
    "sailpoint_pat.audit",
    "sailpoint_pat.report",
    "sailpoint_pat.testing",
    "sailpoint_pat.testing.faults",
    "sailpoint_pat.pytest_plugin",
)


def _missing(environment: BuildEnvironment) -> list[str]:
    described = environment.domains.python_domain.objects
    names = [f"{module}.{name}" for module in _PUBLIC for name in import_module(module).__all__]
    modules = environment.domains.python_domain.modules
    return [name for name in names if name not in described and name not in modules]


def _warn_of_missing(_app: Sphinx, environment: BuildEnvironment) -> None:
    for name in _missing(environment):
        logging.getLogger(__name__).warning("the public name %s is not in the reference", name)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("env-check-consistency", _warn_of_missing)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
