"""The transports of our own: connections of httpcore on our network, used again and again.

httpcore's own pool makes the connections here, and does nothing else: its locks and its lists are
shared by all calls, and Ctrl-C, or the exception of a signal handler, in the middle of one call
leaves them in a state from which they do not recover. Here a connection belongs to one call at a
time. Whatever ends a call before its answer is complete ends its connection too, and no other call
knows of it.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TYPE_CHECKING

import httpcore
import httpx

from sailpoint_pat._answers import call_of
from sailpoint_pat._http._network import AsyncNetwork, Network
from sailpoint_pat._sending import current_sending
from sailpoint_pat.errors import UnexpectedResponseError

if TYPE_CHECKING:
    from collections.abc import Awaitable

# So many connections wait for their next request. There is no limit to how many are in use: how
# many calls there may be at once is for the rate limit to say.
_MOST_IDLE = 100
# A listing of 100,000 tokens is 44 MB; more than this is no listing.
LARGEST_ANSWER_BYTES = 256 * 1024 * 1024


def _core_request(request: httpx.Request) -> httpcore.Request:
    url = request.url
    if url.scheme not in {"http", "https"}:
        raise httpcore.UnsupportedProtocol
    return httpcore.Request(
        method=request.method,
        url=httpcore.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        ),
        headers=request.headers.raw,
        content=request.stream,
        extensions=request.extensions,
    )


def _check_size(size: int) -> None:
    """Refuse an answer that is too large.

    It was read to its end: to stop in the middle would leave generators of httpcore half-way.
    """
    if size > LARGEST_ANSWER_BYTES:
        sending = current_sending.get()
        call = call_of(sending.request) if sending.request else "The request"
        raise UnexpectedResponseError(
            f"{call} was answered with more than {LARGEST_ANSWER_BYTES // 1024**2} MiB.",
            maybe_performed=sending.maybe_performed,
        )


class ReusingTransport(httpx.BaseTransport):
    """Sends each request on a connection that is idle, or on a new one.

    Args:
        new_pool: makes a pool on a network backend; it is asked for new connections.
    """

    def __init__(self, new_pool: Callable[[Network], httpcore.ConnectionPool]) -> None:
        self._network = Network()
        self._pool = new_pool(self._network)
        self._is_closed = False
        # Threads take and put with one call each: there is no lock that could be left taken.
        self._idle: deque[httpcore.ConnectionInterface] = deque()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request."""
        core_request = _core_request(request)
        connection = self._connection_to(core_request.url.origin)
        try:
            answer = connection.handle_request(core_request)
        except BaseException:
            connection.close()
            # After a handshake that failed, httpcore's connection knows nothing of its stream yet.
            stream = current_sending.get().stream
            if isinstance(stream, httpcore.NetworkStream):
                stream.close()
            raise
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_Body(answer, connection, self._keep),
            extensions=answer.extensions,
        )

    def _connection_to(self, origin: httpcore.Origin) -> httpcore.ConnectionInterface:
        with contextlib.suppress(IndexError):  # None is idle.
            while True:
                connection = self._idle.pop()
                if connection.can_handle_request(origin) and not connection.has_expired():
                    return connection
                connection.close()
        return self._pool.create_connection(origin)

    def _keep(self, connection: httpcore.ConnectionInterface) -> None:
        """Keep a connection for the next request."""
        if len(self._idle) < _MOST_IDLE and not self._is_closed:
            self._idle.append(connection)
        else:
            connection.close()
        with contextlib.suppress(IndexError):
            oldest = self._idle.popleft()
            if oldest.has_expired() or self._is_closed:
                oldest.close()
            else:
                self._idle.appendleft(oldest)

    def close(self) -> None:
        """Close every connection; calls of other threads end in an error."""
        self._is_closed = True
        self._network.shut_down()
        with contextlib.suppress(IndexError):
            while True:
                self._idle.pop().close()


class _Body(httpx.SyncByteStream):
    def __init__(
        self,
        answer: httpcore.Response,
        connection: httpcore.ConnectionInterface,
        keep: Callable[[httpcore.ConnectionInterface], None],
    ) -> None:
        self._answer = answer
        self._connection = connection
        self._keep = keep
        self._is_complete = False

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for chunk in self._answer.iter_stream():
            size += len(chunk)
            if size <= LARGEST_ANSWER_BYTES:
                yield chunk
        self._is_complete = True
        _check_size(size)

    def close(self) -> None:
        is_idle = False
        try:
            if self._is_complete:
                self._answer.close()
                is_idle = self._connection.is_idle()
        finally:
            if is_idle:
                self._keep(self._connection)
            else:
                self._connection.close()


class AsyncReusingTransport(httpx.AsyncBaseTransport):
    """The same for the async client.

    Args:
        new_pool: makes a pool on a network backend; it is asked for new connections.
    """

    def __init__(self, new_pool: Callable[[AsyncNetwork], httpcore.AsyncConnectionPool]) -> None:
        self._pool = new_pool(AsyncNetwork())
        self._is_closed = False
        self._idle: deque[httpcore.AsyncConnectionInterface] = deque()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request."""
        core_request = _core_request(request)
        connection = await self._connection_to(core_request.url.origin)
        try:
            answer = await connection.handle_async_request(core_request)
        except BaseException:
            await connection.aclose()
            stream = current_sending.get().stream
            if isinstance(stream, httpcore.AsyncNetworkStream):
                await stream.aclose()
            raise
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_AsyncBody(answer, connection, self._keep),
            extensions=answer.extensions,
        )

    async def _connection_to(self, origin: httpcore.Origin) -> httpcore.AsyncConnectionInterface:
        while self._idle:
            connection = self._idle.pop()
            if connection.can_handle_request(origin) and not connection.has_expired():
                return connection
            await connection.aclose()
        return self._pool.create_connection(origin)

    async def _keep(self, connection: httpcore.AsyncConnectionInterface) -> None:
        if len(self._idle) < _MOST_IDLE and not self._is_closed:
            self._idle.append(connection)
        else:
            await connection.aclose()
        if self._idle and self._idle[0].has_expired():
            await self._idle.popleft().aclose()

    async def aclose(self) -> None:
        """Close every connection that is idle; the others are closed by their calls."""
        import anyio  # noqa: PLC0415  only async clients need it

        self._is_closed = True
        with anyio.CancelScope(shield=True):  # Also the last ones, where the task was cancelled.
            while self._idle:
                await self._idle.pop().aclose()


class _AsyncBody(httpx.AsyncByteStream):
    def __init__(
        self,
        answer: httpcore.Response,
        connection: httpcore.AsyncConnectionInterface,
        keep: Callable[[httpcore.AsyncConnectionInterface], Awaitable[None]],
    ) -> None:
        self._answer = answer
        self._connection = connection
        self._keep = keep
        self._is_complete = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self._answer.aiter_stream():
            size += len(chunk)
            if size <= LARGEST_ANSWER_BYTES:
                yield chunk
        self._is_complete = True
        _check_size(size)

    async def aclose(self) -> None:
        is_idle = False
        try:
            if self._is_complete:
                await self._answer.aclose()
                is_idle = self._connection.is_idle()
        finally:
            if is_idle:
                await self._keep(self._connection)
            else:
                await self._connection.aclose()
