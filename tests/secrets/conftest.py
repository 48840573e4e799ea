"""Which clients the hunts are for."""

import pytest

from tests.support.clients import Flavour


@pytest.fixture(params=["sync", "asyncio"])
def flavour(request: pytest.FixtureRequest) -> Flavour:
    """The async client once: what it holds is the same on asyncio and on trio."""
    flavour: Flavour = request.param
    return flavour
