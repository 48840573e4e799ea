"""What the contract tests share."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from tests.contract.line import Line
from tests.support.clients import FLAVOURS, Connect

if TYPE_CHECKING:
    from collections.abc import Iterator


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
