"""What the contract tests share."""

import contextlib
from collections.abc import Iterator

import pytest

from tests.contract.line import Line
from tests.support.clients import FLAVOURS, Connect


@pytest.fixture(scope="module")
def line() -> Iterator[Line]:
    """Sync clients, made once a module and not once an example."""
    with contextlib.ExitStack() as stack:
        yield Line(Connect("sync", stack))


@pytest.fixture(params=FLAVOURS)
def line_of_each_flavour(request: pytest.FixtureRequest) -> Iterator[Line]:
    """Clients of each flavour: for what shows that all of them are wired alike."""
    with contextlib.ExitStack() as stack:
        yield Line(Connect(request.param, stack))
