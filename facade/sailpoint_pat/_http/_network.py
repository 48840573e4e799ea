"""The network below httpcore's pool: it keeps to the deadline, and notes what goes out.

httpx's timeouts are for one read each, so a server that sends a byte now and then is never late.
Here each step gets what is left of the time of the whole try.
"""

from __future__ import annotations

import contextlib
import os
import socket
import weakref
from typing import TYPE_CHECKING

import httpcore

from sailpoint_pat._sending import current_sending

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable


# What goes to a proxy before the request does: a CONNECT, or the handshake of SOCKS.
_FOR_A_PROXY = (b"CONNECT ", b"\x05", b"\x01")


def _note_write(buffer: bytes) -> None:
    if not buffer.startswith(_FOR_A_PROXY):
        current_sending.get().wrote = True


class Network(httpcore.NetworkBackend):
    """Opens connections for the sync client."""

    def __init__(self) -> None:
        self._inner = httpcore.SyncBackend()
        self._process = os.getpid()
        self._is_shut_down = False
        self._streams: weakref.WeakSet[_Stream] = weakref.WeakSet()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Open a connection in the time that is left."""
        sending = current_sending.get()
        sending.opened = True
        left = sending.time_left(timeout, httpcore.ConnectTimeout)
        sending.stream = stream = self.watch(
            self._inner.connect_tcp(host, port, left, local_address, socket_options or ())
        )
        return stream

    def watch(self, stream: httpcore.NetworkStream) -> httpcore.NetworkStream:
        """Return a stream that keeps to the deadline, and that `shut_down` ends.

        Raises:
            httpcore.ConnectError: it was made while another thread closed the client.
        """
        watched = _Stream(stream, self)
        self._streams.add(watched)
        if self._is_shut_down:
            stream.close()
            raise httpcore.ConnectError
        return watched

    def shut_down(self) -> None:
        """End every read that another thread waits in."""
        if os.getpid() != self._process:
            return  # After a fork, the connections are still the parent's.
        self._is_shut_down = True
        for stream in list(self._streams):
            connection = stream.get_extra_info("socket")
            if isinstance(connection, socket.socket):
                with contextlib.suppress(OSError):
                    # Not `SSLSocket.shutdown`: that one takes the TLS away first, and what another
                    # thread writes in that moment would go out in the clear.
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, network: Network) -> None:
        self._inner = inner
        self._network = network

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(
            max_bytes, current_sending.get().time_left(timeout, httpcore.ReadTimeout)
        )

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if buffer:  # httpcore also writes the body that a GET does not have.
            left = current_sending.get().time_left(timeout, httpcore.WriteTimeout)
            _note_write(buffer)
            self._inner.write(buffer, left)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = current_sending.get().time_left(timeout, httpcore.ConnectTimeout)
        return self._network.watch(self._inner.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> object:
        return self._inner.get_extra_info(info)


class AsyncNetwork(httpcore.AsyncNetworkBackend):
    """Opens connections for the async client, on asyncio and on trio."""

    def __init__(self) -> None:
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Open a connection in the time that is left."""
        sending = current_sending.get()
        sending.opened = True
        left = sending.time_left(timeout, httpcore.ConnectTimeout)
        sending.stream = stream = _AsyncStream(
            await self._inner.connect_tcp(host, port, left, local_address, socket_options)
        )
        return stream


class _AsyncStream(httpcore.AsyncNetworkStream):
    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = current_sending.get().time_left(timeout, httpcore.ReadTimeout)
        return await self._inner.read(max_bytes, left)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if buffer:
            left = current_sending.get().time_left(timeout, httpcore.WriteTimeout)
            _note_write(buffer)
            await self._inner.write(buffer, left)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        left = current_sending.get().time_left(timeout, httpcore.ConnectTimeout)
        return _AsyncStream(await self._inner.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> object:
        return self._inner.get_extra_info(info)
