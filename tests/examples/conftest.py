"""What the examples for many tenants find."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from sailpoint_pat.testing import FakeTenant
from tests.settings.places import config_of, file_of

StartTenants = Callable[..., dict[str, FakeTenant]]
KeepTenants = Callable[[Mapping[str, FakeTenant]], None]


@pytest.fixture
def start_tenants() -> Iterator[StartTenants]:
    """Start tenants of these names, with five tokens besides their own."""
    with contextlib.ExitStack() as stack:

        def start(*names: str) -> dict[str, FakeTenant]:
            return {name: stack.enter_context(FakeTenant(tokens=5)) for name in names}

        yield start


@pytest.fixture
def keep_tenants(tmp_path: Path) -> KeepTenants:
    """Write the config file of SailPoint's tool, with an environment for each tenant."""

    def keep(tenants: Mapping[str, FakeTenant]) -> None:
        file = tmp_path / ".sailpoint" / "config.yaml"
        file.parent.mkdir()
        file.touch(mode=0o600)
        environments = (
            config_of(name, tenant.base_url, tenant.client_id, tenant.client_secret)
            for name, tenant in tenants.items()
        )
        file.write_text(file_of(*environments))

    return keep
