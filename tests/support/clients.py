"""One way to call every client, so that one suite of tests holds all of them.

The async client runs in an event loop of its own, in a thread, and is called through a portal:
a test calls `pats.list()` whatever is behind it.
"""

import contextlib
import functools
import inspect
from typing import Any, Literal, TypeAlias, cast

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal

from sailpoint_pat import AsyncPatClient, PatClient
from sailpoint_pat.testing import FakeTenant

Flavour: TypeAlias = Literal["sync", "asyncio", "trio"]
FLAVOURS: tuple[Flavour, ...] = ("sync", "asyncio", "trio")

async_only = pytest.mark.parametrize("flavour", ["asyncio", "trio"], indirect=True)
"""Marks a test that is about the async client alone."""


def pair_of(tenant: FakeTenant) -> dict[str, Any]:
    """Return what a client needs to know of a tenant."""
    return {
        "base_url": tenant.base_url,
        "client_id": tenant.client_id,
        "client_secret": tenant.client_secret,
    }


class Portalled:
    """An async client behind the methods of a sync one."""

    def __init__(self, client: AsyncPatClient, portal: BlockingPortal) -> None:
        self.client = client
        self.portal = portal

    def __getattr__(self, name: str) -> Any:
        if name == "close":
            name = "aclose"
        found = getattr(self.client, name)
        if name == "with_options":
            return lambda **options: Portalled(found(**options), self.portal)
        if not inspect.iscoroutinefunction(found):
            return found

        def call(*args: Any, **kwargs: Any) -> Any:
            return self.portal.call(functools.partial(found, *args, **kwargs))

        return call

    def __repr__(self) -> str:
        return repr(self.client)


class Connect:
    """Makes clients of one flavour, and closes them when the test ends."""

    def __init__(self, flavour: Flavour, stack: contextlib.ExitStack) -> None:
        self.flavour = flavour
        self._stack = stack
        self._portal: BlockingPortal | None = None

    @property
    def portal(self) -> BlockingPortal:
        if self._portal is None:
            self._portal = self._stack.enter_context(start_blocking_portal(self.flavour))
        return self._portal

    def __call__(self, tenant: FakeTenant | None = None, **options: Any) -> PatClient:
        """Return a client for a tenant; the options are those of `PatClient`."""
        if tenant is not None and "access_token" in options:
            options = {"base_url": tenant.base_url, **options}
        elif tenant is not None:
            options = pair_of(tenant) | options
        if self.flavour == "sync":
            client = PatClient(**options)
            self._stack.callback(client.close)
            return client
        portal = self.portal
        portalled = Portalled(AsyncPatClient(**options), portal)
        self._stack.callback(portalled.close)
        return cast("PatClient", portalled)
