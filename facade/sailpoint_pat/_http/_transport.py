"""Typed errors for what fails in a transport, ours or the user's own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import TypeAlias

import httpcore
import httpx

from sailpoint_pat._answers import call_of
from sailpoint_pat._clock import clock
from sailpoint_pat._http._failures import no_answer
from sailpoint_pat._http._reuse import ReusingTransport
from sailpoint_pat._sending import current
from sailpoint_pat.errors import RequestTimeout, SailPointError, UnexpectedResponseError

__all__ = ["AsyncTypedTransport", "TypedTransport"]

# A listing of 100,000 tokens is 44 MB; more than this is no listing.
LARGEST_ANSWER_BYTES = 256 * 1024 * 1024

Observe: TypeAlias = Callable[[httpx.Response], None]
Failure: TypeAlias = Callable[[Exception], Exception]


class _TooLargeError(Exception):
    """The answer is larger than any listing."""


_OF_THE_NETWORK = (
    httpcore.ConnectionNotAvailable,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.TimeoutException,
    httpcore.UnsupportedProtocol,
    OSError,
    OverflowError,  # A timeout that is longer than the system can wait.
    UnicodeError,  # A host that is no name.
    _TooLargeError,
)


class _Typed:
    """What both typed transports share.

    Args:
        proxy: for messages: the proxy in between, without its password, or "".
        observe: is shown every answer.
    """

    def __init__(self, proxy: str, observe: Observe) -> None:
        self._proxy = proxy
        self._observe = observe

    def _failures_of(self, request: httpx.Request) -> Failure:
        """Return how an exception of this request becomes ours.

        Raises:
            RequestTimeout: it is too late to send it.
        """
        sending = current.get()
        if sending.deadline <= clock.monotonic():
            raise RequestTimeout(
                f"{call_of(request)} was not sent: the time for the call was over by then."
            )
        sending.begin(request)

        def failure(error: Exception) -> Exception:
            if isinstance(error, SailPointError):
                return error
            if isinstance(error, _TooLargeError):
                return UnexpectedResponseError(
                    f"{call_of(request)} was answered with more than "
                    f"{LARGEST_ANSWER_BYTES // 1024**2} MiB.",
                    maybe_performed=not sending.is_exchange,
                )
            return no_answer(error, request, sending, proxy=self._proxy)

        return failure


class TypedTransport(_Typed, httpx.BaseTransport):
    """A transport, ours or the user's own, whose failures are `SailPointError`s.

    Of a transport of the user's own nothing is seen, so its requests may always have been sent.
    Out of ours, anything but what the network raises goes on as it is: it is from a signal handler,
    such as a worker's time limit.
    """

    def __init__(self, inner: httpx.BaseTransport, proxy: str, observe: Observe) -> None:
        super().__init__(proxy, observe)
        self._inner = inner
        self._failures = _OF_THE_NETWORK if isinstance(inner, ReusingTransport) else (Exception,)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; raise a `SailPointError` where there is no answer."""
        failure = self._failures_of(request)
        try:
            response = self._inner.handle_request(request)
        except self._failures as error:
            raise failure(error) from None
        response.request = request
        self._observe(response)
        assert isinstance(response.stream, httpx.SyncByteStream)  # noqa: S101  as httpx itself does
        response.stream = _Body(response.stream, self._failures, failure)
        return response

    def close(self) -> None:
        """Close the transport below."""
        self._inner.close()


class AsyncTypedTransport(_Typed, httpx.AsyncBaseTransport):
    """The same for the async client."""

    def __init__(self, inner: httpx.AsyncBaseTransport, proxy: str, observe: Observe) -> None:
        super().__init__(proxy, observe)
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; raise a `SailPointError` where there is no answer."""
        failure = self._failures_of(request)
        try:
            response = await self._inner.handle_async_request(request)
        except Exception as error:  # noqa: BLE001  raised as ours
            raise failure(error) from None
        response.request = request
        self._observe(response)
        assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101  as httpx itself does
        response.stream = _AsyncBody(response.stream, failure)
        return response

    async def aclose(self) -> None:
        """Close the transport below."""
        await self._inner.aclose()


class _Measured:
    """Counts the bytes of a body. One that is too large is read to its end, and then refused.

    To stop in the middle would leave generators of the libraries below half-way.
    """

    def __init__(self) -> None:
        self._size = 0

    def fits(self, chunk: bytes) -> bool:
        self._size += len(chunk)
        return self._size <= LARGEST_ANSWER_BYTES

    def check(self) -> None:
        if self._size > LARGEST_ANSWER_BYTES:
            raise _TooLargeError


class _Body(httpx.SyncByteStream):
    def __init__(
        self, stream: httpx.SyncByteStream, failures: tuple[type[Exception], ...], failure: Failure
    ) -> None:
        self._stream = stream
        self._failures = failures
        self._failure = failure

    def __iter__(self) -> Iterator[bytes]:
        measured = _Measured()
        try:
            for chunk in self._stream:
                if measured.fits(chunk):
                    yield chunk
            measured.check()
        except self._failures as error:
            raise self._failure(error) from None

    def close(self) -> None:
        self._stream.close()


class _AsyncBody(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.AsyncByteStream, failure: Failure) -> None:
        self._stream = stream
        self._failure = failure

    async def __aiter__(self) -> AsyncIterator[bytes]:
        measured = _Measured()
        try:
            async for chunk in self._stream:
                if measured.fits(chunk):
                    yield chunk
            measured.check()
        except Exception as error:  # noqa: BLE001  raised as ours
            raise self._failure(error) from None

    async def aclose(self) -> None:
        await self._stream.aclose()
