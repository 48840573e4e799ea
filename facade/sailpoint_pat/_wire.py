"""The sockets of a sync client: none outlives the try it is used for, and `close` ends them all.

httpx's timeouts are for one read each, so a server that sends a byte now and then is never late.
Here each read and write gets what is left of the time for the whole try.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import weakref
from typing import TYPE_CHECKING

import httpcore

from sailpoint_pat._clock import clock

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Iterator

    from httpcore._backends.base import SOCKET_OPTION

__all__ = ["Wire"]


class Wire(httpcore.NetworkBackend):
    """Opens sockets that keep to the deadline of the thread that uses them."""

    def __init__(self) -> None:
        self._inner = httpcore.SyncBackend()
        self._thread = threading.local()
        self._streams: weakref.WeakSet[_Stream] = weakref.WeakSet()

    @contextlib.contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Bound everything that this thread does on the network in this block."""
        self._thread.deadline = clock.monotonic() + seconds
        try:
            yield
        finally:
            self._thread.deadline = None

    def left(self, timeout: float | None) -> float | None:
        """Return the smaller of a timeout and what is left of the deadline."""
        deadline: float | None = getattr(self._thread, "deadline", None)
        if deadline is None:
            return timeout
        left = max(0.001, deadline - clock.monotonic())
        return left if timeout is None else min(timeout, left)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect, in what is left of the time."""
        stream = self._inner.connect_tcp(
            host, port, self.left(timeout), local_address, socket_options
        )
        return self._bounded(stream)

    def shut_down(self) -> None:
        """End every read that waits in another thread."""
        for stream in list(self._streams):
            connection = stream.get_extra_info("socket")
            if isinstance(connection, socket.socket):
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def _bounded(self, stream: httpcore.NetworkStream) -> _Stream:
        bounded = _Stream(stream, self)
        self._streams.add(bounded)
        return bounded


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, wire: Wire) -> None:
        self._inner = inner
        self._wire = wire

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._wire.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._wire.left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        stream = self._inner.start_tls(ssl_context, server_hostname, self._wire.left(timeout))
        return self._wire._bounded(stream)  # noqa: SLF001  two halves of one thing

    def get_extra_info(self, info: str) -> object:
        return self._inner.get_extra_info(info)
