"""Build hook: put the spec into the wheel, where `FakeTenant` reads it.

An editable install leaves it out, because a checkout reads the one at the top: a
second copy would go stale.
"""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class SpecIntoWheel(BuildHookInterface[Any]):
    """Adds `openapi.yaml` to every wheel that is not an editable one."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the spec as package data of `sailpoint_pat.testing`."""
        if version != "editable":
            build_data["force_include"]["openapi.yaml"] = "sailpoint_pat/testing/openapi.yaml"
