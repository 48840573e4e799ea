"""HTTP: the sockets, the transports on them, and the httpx clients on those."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from sailpoint_pat._http._clients import AsyncHTTPClient, HTTPClient, Shape
from sailpoint_pat._http._pools import Route
from sailpoint_pat._http._reuse import AsyncReusingTransport, ReusingTransport
from sailpoint_pat.errors import ConfigurationError

if TYPE_CHECKING:
    import ssl

    from sailpoint_pat.models import Secret


def sync_http_client(
    shape: Shape,
    transport: httpx.BaseTransport | None,
    proxy: str | Secret | None,
    verify: bool | ssl.SSLContext,  # noqa: FBT001  httpx's own type
) -> HTTPClient:
    """Return the httpx client for threads.

    Args:
        shape: what it is made of.
        transport: the user's own in place of the network, or None.
        proxy: the address of a proxy, or None for what the usual variables say.
        verify: True, False, or an `ssl.SSLContext`.

    Raises:
        ConfigurationError: a value of the wrong type, or one that cannot be used.
    """
    if transport is None:
        route = Route(shape.origin, proxy, verify)
        own = ReusingTransport(route.new_pool)
        return HTTPClient(shape, own, route.proxy_text)
    if not isinstance(transport, httpx.BaseTransport):
        raise _wrong_transport("BaseTransport", transport)
    return HTTPClient(shape, transport, "")


def async_http_client(
    shape: Shape,
    transport: httpx.AsyncBaseTransport | None,
    proxy: str | Secret | None,
    verify: bool | ssl.SSLContext,  # noqa: FBT001  httpx's own type
) -> AsyncHTTPClient:
    """Return the httpx client for tasks; see `sync_http_client`."""
    if transport is None:
        route = Route(shape.origin, proxy, verify)
        own = AsyncReusingTransport(route.new_async_pool)
        return AsyncHTTPClient(shape, own, route.proxy_text)
    if not isinstance(transport, httpx.AsyncBaseTransport):
        raise _wrong_transport("AsyncBaseTransport", transport)
    return AsyncHTTPClient(shape, transport, "")


def _wrong_transport(expected: str, transport: object) -> ConfigurationError:
    return ConfigurationError(f"transport is an httpx.{expected}, not a {type(transport).__name__}")
