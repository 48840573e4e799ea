"""A server on loopback that does on the wire what it is told to, also what no server should.

It answers well (`answers.good`) until told otherwise, for each of its two endpoints: the API and
the token endpoint. Every wait in it is bounded, and ends when the server does.
"""

import contextlib
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Mapping
from typing import Literal, Self, TypeAlias

from attrs import frozen

PATIENCE = 10.0

Endpoint: TypeAlias = Literal["api", "token"]


@frozen
class Request:
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def endpoint(self) -> Endpoint:
        return "token" if self.target.endswith("/oauth/token") else "api"


class Peer:
    """One connection, seen from the server."""

    def __init__(self, connection: socket.socket, stopped: threading.Event) -> None:
        self.connection = connection
        self._stopped = stopped
        self._received = b""

    def request(self) -> Request | None:
        """Return the next request, or None where the client has gone."""
        head = self._until(b"\r\n\r\n")
        if head is None:
            return None
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ", 2)
        headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length", "0"))
        while len(self._received) < length:
            if not self._receive():
                return None
        body, self._received = self._received[:length], self._received[length:]
        return Request(method, target, headers, body)

    def wait_for_data(self) -> None:
        """Wait until something has arrived, and leave it there."""
        self.connection.recv(1, socket.MSG_PEEK)

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)

    def send_for_ever(self, data: bytes, *, every: float = 0.0) -> None:
        """Send something again and again, until the client goes away."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and not self._stopped.wait(every):
            self.connection.sendall(data)

    def wait_until_gone(self) -> None:
        """Say nothing more, until the client goes away."""
        while self.connection.recv(65536):
            pass

    def send_and_close(self, data: bytes) -> None:
        """Send it and the end in one packet, so that who has read it can see the end."""
        self.connection.send(data, socket.MSG_MORE)
        self.close()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
        self.connection.close()

    def reset(self) -> None:
        """Close it with a RST."""
        _reset_when_closed(self.connection)
        self.connection.close()

    def _until(self, end: bytes) -> bytes | None:
        while end not in self._received:
            if not self._receive():
                return None
        found, self._received = self._received.split(end, 1)
        return found

    def _receive(self) -> bool:
        data = self.connection.recv(65536)
        self._received += data
        return bool(data)


def _reset_when_closed(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


Behaviour: TypeAlias = Callable[[Peer, Request], None]


class WireServer:
    """The server: listens from `start` to the end of its block.

    Args:
        answer: how it behaves until told otherwise.
        tls: the certificate to show; None for plain HTTP.
    """

    def __init__(self, answer: Behaviour, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Request] = []
        self.accepted = 0
        self._answer = answer
        self._tls = tls
        self._told: dict[Endpoint, tuple[Behaviour, bool]] = {}
        self._at_accept: Callable[[Peer], None] | None = None
        self._stopped = threading.Event()
        self._open: set[socket.socket] = set()
        self._changed = threading.Condition()
        self._threads: list[threading.Thread] = []
        # Bound and not listening: connections are refused until `start`.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]

    @property
    def base_url(self) -> str:
        return f"http{'s' if self._tls else ''}://127.0.0.1:{self.port}"

    # --- what it does -----------------------------------------------------------------------------

    def behave(self) -> None:
        with self._changed:
            self._told.clear()
            self._at_accept = None

    def misbehave(self, endpoint: Endpoint, how: Behaviour, *, once: bool = False) -> None:
        """Meet requests at an endpoint so, for ever or once."""
        with self._changed:
            self._told[endpoint] = how, once

    def misbehave_at_accept(self, how: Callable[[Peer], None]) -> None:
        """Meet every new connection so, before a request is read."""
        with self._changed:
            self._at_accept = how

    def count(self, endpoint: Endpoint) -> int:
        return sum(request.endpoint == endpoint for request in list(self.requests))

    def all_closed(self) -> bool:
        """Return whether every connection gets closed, by the clients, in reasonable time."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._open, PATIENCE)

    def end_connections(self, *, with_a_reset: bool = False) -> None:
        """End every open connection, while nothing is under way on it."""
        with self._changed:
            for connection in self._open:
                if with_a_reset:
                    _reset_when_closed(connection)
                # Wakes the thread that reads, which closes it.
                connection.shutdown(socket.SHUT_RD if with_a_reset else socket.SHUT_RDWR)
        assert self.all_closed()

    def say(self, data: bytes) -> None:
        """Send something on every open connection, unasked."""
        with self._changed:
            for connection in self._open:
                connection.sendall(data)

    def show(self, certificate: ssl.SSLContext) -> None:
        self._tls = certificate

    # --- how it works -----------------------------------------------------------------------------

    def start(self) -> Self:
        self._socket.listen(64)
        self._start_thread(self._accept)
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End every connection and every thread."""
        self._stopped.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        with self._changed:
            connections = list(self._open)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive(), f"{thread.name} goes on"

    def _start_thread(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, name="wire-server", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            connection.settimeout(PATIENCE)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._changed:
                self._open.add(connection)
                self.accepted += 1
                at_accept = self._at_accept
            self._start_thread(self._serve, connection, at_accept)

    def _serve(self, accepted: socket.socket, at_accept: Callable[[Peer], None] | None) -> None:
        connection = accepted
        try:
            if at_accept is not None:
                at_accept(Peer(connection, self._stopped))
                return
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
                with self._changed:
                    self._open.discard(accepted)
                    self._open.add(connection)
            peer = Peer(connection, self._stopped)
            while (request := peer.request()) is not None:
                self._behaviour(request)(peer, request)
        except (OSError, ValueError):
            pass  # The client went away, or the connection was ended here.
        finally:
            connection.close()
            with self._changed:
                self._open.discard(accepted)
                self._open.discard(connection)
                self._changed.notify_all()

    def _behaviour(self, request: Request) -> Behaviour:
        with self._changed:
            self.requests.append(request)
            how, once = self._told.get(request.endpoint, (self._answer, False))
            if once:
                del self._told[request.endpoint]
            return how
