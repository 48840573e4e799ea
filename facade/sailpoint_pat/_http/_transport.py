"""What every request goes through on its way to a transport, ours or the user's own."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import TypeAlias

import httpx

from sailpoint_pat._answers import call_of
from sailpoint_pat._clock import clock
from sailpoint_pat._http._failures import closed_error
from sailpoint_pat._sending import current_sending
from sailpoint_pat.errors import RequestTimeout

Observe: TypeAlias = Callable[[httpx.Response], None]


def _begin(request: httpx.Request) -> None:
    """Note that the request may be sent from now on.

    Raises:
        RequestTimeout: it is too late to send it.
    """
    sending = current_sending.get()
    if sending.deadline <= clock.monotonic():
        raise RequestTimeout(
            f"{call_of(request)} was not sent: the time for the call was over by then."
        )
    sending.begin(request)


def _seen(response: httpx.Response, request: httpx.Request, observe: Observe) -> httpx.Response:
    response.request = request
    # httpx logs it, and a server may quote there what it was sent.
    response.extensions.pop("reason_phrase", None)
    current_sending.get().is_refused = response.status_code == HTTPStatus.UNAUTHORIZED
    observe(response)
    return response


class WatchedTransport(httpx.BaseTransport):
    """Notes in `_sending` what is sent, and shows every answer to `observe`."""

    def __init__(self, inner: httpx.BaseTransport, observe: Observe) -> None:
        self._inner = inner
        self._observe = observe
        self._is_closed = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, unless another thread has closed the client meanwhile."""
        if self._is_closed:
            raise closed_error(call_of(request))
        _begin(request)
        response = self._inner.handle_request(request)
        return _seen(response, request, self._observe)

    def close(self) -> None:
        """Close the transport below."""
        self._is_closed = True
        self._inner.close()


class AsyncWatchedTransport(httpx.AsyncBaseTransport):
    """The same for the async client."""

    def __init__(self, inner: httpx.AsyncBaseTransport, observe: Observe) -> None:
        self._inner = inner
        self._observe = observe

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request."""
        _begin(request)
        response = await self._inner.handle_async_request(request)
        return _seen(response, request, self._observe)

    async def aclose(self) -> None:
        """Close the transport below."""
        await self._inner.aclose()
