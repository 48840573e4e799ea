"""Fixtures that every test may use."""

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from sailpoint_pat import PatClient
from sailpoint_pat.testing import FakeTenant
from tests.support.clients import FLAVOURS, Connect, Flavour
from tests.support.clock import MovedClock


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Say what `-n auto` is: one process more than there are processors, since many tests wait."""
    return (os.cpu_count() or 1) + 1


def pytest_configure() -> None:
    """Take Ctrl-C: a shell that starts the tests in the background has it ignored."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def nobodys_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the tests away from the variables, the home and the keyring of whoever runs them."""
    for name in [name for name in os.environ if name.upper().startswith("SAIL_")]:
        monkeypatch.delenv(name)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


@pytest.fixture
def tenant() -> Iterator[FakeTenant]:
    with FakeTenant() as tenant:
        yield tenant
        assert tenant.violations == [], "the contract was broken"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> MovedClock:
    """The clients' clock, moved by hand; pauses are over at once."""
    return MovedClock(monkeypatch)


@pytest.fixture(params=FLAVOURS)
def flavour(request: pytest.FixtureRequest) -> Flavour:
    """Which client: sync, or async on asyncio or trio."""
    flavour: Flavour = request.param
    return flavour


@pytest.fixture
def connect(flavour: Flavour) -> Iterator[Connect]:
    """Makes clients of each flavour; closes them at the end."""
    with contextlib.ExitStack() as stack:
        yield Connect(flavour, stack)


@pytest.fixture
def connect_sync() -> Iterator[Connect]:
    """Makes sync clients, for what does not depend on the flavour."""
    with contextlib.ExitStack() as stack:
        yield Connect("sync", stack)


@pytest.fixture
def pats(connect_sync: Connect, tenant: FakeTenant) -> PatClient:
    """A sync client of the tenant that sends each call once."""
    return connect_sync(tenant, retry=None)
