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
        self._lock = threading.Lock()
        self._streams: weakref.WeakSet[_Stream] = weakref.WeakSet()
        self._ended = False

    @property
    def wrote(self) -> bool:
        """Whether anything of the request of this thread may have gone out to the tenant."""
        return getattr(self._thread, "wrote", False)

    @wrote.setter
    def wrote(self, wrote: bool) -> None:
        self._thread.wrote = wrote

    @contextlib.contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Bound everything that this thread does on the network in this block."""
        self._thread.deadline = clock.monotonic() + seconds
        try:
            yield
        finally:
            self._thread.deadline = None

    def left(self, timeout: float | None, late: type[httpcore.TimeoutException]) -> float | None:
        """Return the smaller of a timeout and what is left of the deadline.

        Raises:
            httpcore.TimeoutException: `late`; the deadline has passed. To wait just a little longer
                would go on for ever with a server that always has something to read.
        """
        deadline: float | None = getattr(self._thread, "deadline", None)
        if deadline is None:
            return timeout
        left = deadline - clock.monotonic()
        if left <= 0:
            raise late("timed out")
        return left if timeout is None else min(timeout, left)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect, in what is left of the time: each address of the host gets its share of it."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(str(error)) from error
        addresses = list(dict.fromkeys(str(address[0]) for *_, address in found))
        failure: Exception = httpcore.ConnectError("the host has no address")
        until = None if timeout is None else clock.monotonic() + timeout
        for index, address in enumerate(addresses):
            left = self.left(
                None if until is None else until - clock.monotonic(), httpcore.ConnectTimeout
            )
            share = None if left is None else max(0.001, left / (len(addresses) - index))
            try:
                stream = self._inner.connect_tcp(
                    address, port, share, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return self._bounded(stream)
        raise failure

    def shut_down(self) -> None:
        """End every read that waits in another thread, and let no other connection be made."""
        with self._lock:
            self._ended = True
            streams = list(self._streams)
        for stream in streams:
            connection = stream.get_extra_info("socket")
            if isinstance(connection, socket.socket):
                with contextlib.suppress(OSError):
                    # Not `SSLSocket.shutdown`: it takes the TLS away first, and what another thread
                    # writes in that moment would go out in the clear.
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)

    def _bounded(self, stream: httpcore.NetworkStream) -> _Stream:
        bounded = _Stream(stream, self)
        with self._lock:
            self._streams.add(bounded)
            ended = self._ended
        if ended:
            bounded.close()
            raise httpcore.ConnectError("the client is closed")
        return bounded


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, wire: Wire) -> None:
        self._inner = inner
        self._wire = wire

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._wire.left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if not buffer:
            return  # What httpcore writes after a head that has no body, CONNECT's too.
        left = self._wire.left(timeout, httpcore.WriteTimeout)
        # CONNECT is for the proxy.
        if not buffer.startswith(b"CONNECT "):
            self._wire.wrote = True
        self._inner.write(buffer, left)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = self._wire.left(timeout, httpcore.ConnectTimeout)
        stream = self._inner.start_tls(ssl_context, server_hostname, left)
        return self._wire._bounded(stream)  # noqa: SLF001  two halves of one thing

    def get_extra_info(self, info: str) -> object:
        return self._inner.get_extra_info(info)
