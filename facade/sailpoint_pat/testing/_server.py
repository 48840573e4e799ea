"""uvicorn in a thread of its own, and a connection that can be dropped and reset.

`uvicorn.Server` looks ten times a second whether it should stop, and then waits for its clients.
A tenant is started and stopped once in each test, so it has a shorter loop of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import socket
import struct
import threading
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

if TYPE_CHECKING:
    import ssl

    from starlette.types import ASGIApp

# Longer than any test sits still: a connection that closes by itself is a race.
_KEEP_ALIVE_SECONDS = 600

# Of the loop: more than it takes to accept a connection, or to end one that is closed.
_TURNS = 10

# uvicorn tells its log about bad requests and dropped answers. Here both are asked for.
_silent = logging.getLogger("sailpoint_pat.testing.uvicorn")
_silent.addHandler(logging.NullHandler())
_silent.propagate = False


class Connection(H11Protocol):
    """One TCP connection, with a number."""

    def __init__(self, config: uvicorn.Config, state: ServerState, board: Board) -> None:
        super().__init__(config, state, {"connection": self})
        self.logger = _silent
        self.access_log = False
        self._board = board
        self.number = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # uvicorn narrows it as well
        """Count the connection."""
        self.number = self._board.opened()
        # uvicorn writes head and body apart, and asyncio takes this socket for none of TCP's:
        # without this a client's delayed acknowledgement holds each body up for 40 ms.
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Count it off."""
        self._board.closed()
        super().connection_lost(exc)

    def drop(self, last_words: bytes = b"") -> None:
        """Close the connection, whatever was promised on it."""
        # Without this uvicorn would miss an answer, and write a 500 to what is closed.
        self.cycle.disconnected = True
        if last_words:
            self.transport.write(last_words)
        self.transport.close()

    def reset(self) -> None:
        """Close it with a TCP RST."""
        self.cycle.disconnected = True
        sock = self.transport.get_extra_info("socket")
        # A linger time of zero makes the close a reset.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()


class Board:
    """Counts connections."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self.accepted = 0
        self.open = 0

    def opened(self) -> int:
        """One more; its number comes back."""
        with self._lock:
            self.accepted = next(self._numbers)
            self.open += 1
            return self.accepted

    def closed(self) -> None:
        """One less."""
        with self._lock:
            self.open -= 1


class Server:
    """Serves an application until it is told to stop."""

    def __init__(self, app: ASGIApp, *, ssl_context: ssl.SSLContext | None) -> None:
        self.board = Board()
        self._ssl_context = ssl_context
        self._config = uvicorn.Config(
            app,
            lifespan="off",
            ws="none",
            log_config=None,
            interface="asgi3",
            proxy_headers=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        )
        self._ready = threading.Event()
        self._failure: Exception | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None

    def start(self, host: str, port: int) -> int:
        """Begin to serve; the port comes back.

        Raises:
            OSError: The address is taken, or is not this machine's.
            RuntimeError: Something else is in the way, the TLS context for example.
        """
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, port), family=family, backlog=2048)
        actual_port: int = listener.getsockname()[1]
        self._thread = threading.Thread(
            target=self._run, args=(listener,), name="FakeTenant", daemon=True
        )
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            self._thread.join()
            raise RuntimeError("The tenant did not start.") from self._failure
        return actual_port

    def stop(self) -> None:
        """Stop at once: whatever is open is closed, and whoever waits gets no answer."""
        if self._thread is None or self._loop is None or self._stopping is None:
            return
        with contextlib.suppress(RuntimeError):  # its loop is closed: it has stopped already
            self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()
        self._thread = None

    def _run(self, listener: socket.socket) -> None:
        try:
            with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
                runner.run(self._serve(listener))
        except Exception as error:  # noqa: BLE001 - `start` raises it, in the thread that cares
            self._failure = error
            listener.close()
        finally:
            self._ready.set()

    async def _serve(self, listener: socket.socket) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        self._config.load()
        state = ServerState()
        server = await self._loop.create_server(
            lambda: Connection(self._config, state, self.board),
            sock=listener,
            ssl=self._ssl_context,
        )
        self._ready.set()
        await self._stopping.wait()
        # asyncio loses the socket of a connection that is being accepted while its server closes:
        # so no more of them first, then those that have begun, then the server.
        self._loop.remove_reader(listener)
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        server.close()
        await self._let_go(state)

    async def _let_go(self, state: ServerState) -> None:
        """Close what is open, until nothing is left to do."""
        myself = asyncio.current_task()
        idle_turns = 0
        while idle_turns < _TURNS:
            tasks = asyncio.all_tasks() - {myself}
            for task in tasks:
                if not task.cancelling():
                    task.cancel()
            for connection in list(state.connections):
                connection.transport.abort()
            idle_turns = 0 if tasks or state.connections else idle_turns + 1
            await asyncio.sleep(0)
