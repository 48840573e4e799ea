"""What is known of a call that is under way: its deadline, and whether it may have gone out.

This is the one mechanism that tells whether a request was sent. It fails safe: a request counts as
"may have been sent" unless the network of this package has seen that it was not.
"""

from __future__ import annotations

import math
from contextvars import ContextVar

import attrs
import httpcore
import httpx

from sailpoint_pat._clock import clock
from sailpoint_pat._versions import TOKEN_PATH


def is_exchange(request: httpx.Request) -> bool:
    """Return whether a request goes to the token endpoint."""
    return request.url.path == TOKEN_PATH


@attrs.define(eq=False)
class Sending:
    """One `send` of an HTTP client, and the request that it is at: an exchange, or the call.

    Attributes:
        deadline: when all of it has to be over, on the monotonic clock.
        request: the request that it is at, or None before the first one.
        opened: whether our network began to open a connection for that request.
        wrote: whether our network wrote anything of it.
        is_refused: whether it was answered with 401: then nothing was done, whatever becomes of the
            rest of that answer.
        stream: what our network has opened for that request, or None.
        begun: when this `send` began, on the monotonic clock.
    """

    deadline: float
    request: httpx.Request | None = None
    opened: bool = False
    wrote: bool = False
    is_refused: bool = False
    stream: httpcore.NetworkStream | httpcore.AsyncNetworkStream | None = None
    begun: float = attrs.field(factory=lambda: clock.monotonic())  # noqa: PLW0108  tests move it

    @classmethod
    def of(cls, call: httpx.Request) -> Sending:
        """Return what is known of a call that was not sent yet."""
        seconds = call.extensions.get("timeout", {}).get("read")
        return cls(clock.monotonic() + (math.inf if seconds is None else seconds))

    def begin(self, request: httpx.Request) -> None:
        """Go on to the next request, of which nothing was seen yet."""
        self.request, self.stream = request, None
        self.opened = self.wrote = self.is_refused = False

    @property
    def is_exchange(self) -> bool:
        """Whether it is at an exchange: the call itself was not sent, or was refused, then."""
        return self.request is not None and is_exchange(self.request)

    @property
    def may_have_been_sent(self) -> bool:
        """Whether the request may have gone out.

        It surely did not where our network opened a connection for it, and wrote nothing. One that
        was refused counts as not sent.
        """
        if self.request is None or self.is_refused:
            return False
        return self.wrote or not self.opened

    @property
    def maybe_performed(self) -> bool:
        """Whether the call itself may have taken effect."""
        return self.may_have_been_sent and not self.is_exchange

    def time_left(
        self, timeout: float | None, too_late: type[httpcore.TimeoutException]
    ) -> float | None:
        """Return a timeout in seconds, or what is left until the deadline if that is less.

        Raises:
            httpcore.TimeoutException: `too_late`, where the deadline has passed.
        """
        left = self.deadline - clock.monotonic()
        if left <= 0:
            raise too_late
        if timeout is None:
            return None if math.isinf(left) else left
        return min(timeout, left)


current_sending: ContextVar[Sending] = ContextVar("current_sending")
"""The sending of this thread or task; of the last call, where none is under way."""
