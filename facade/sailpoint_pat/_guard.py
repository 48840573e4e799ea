"""Where a client may be used: in its own process, and an async one in its own event loop."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sailpoint_pat.errors import ConfigurationError

if TYPE_CHECKING:
    from anyio.lowlevel import RunVar


class Guard:
    """Refuses a call from where the connections of the client cannot be used.

    Two processes on one connection get each other's answers, and the connections of one event loop
    fail in another one, after the request was sent.

    Args:
        is_async: whether the client belongs to an event loop: the one of its first call.
    """

    def __init__(self, *, is_async: bool) -> None:
        self._process = os.getpid()
        self._is_async = is_async
        self._event_loop: RunVar[bool] | None = None

    @property
    def is_in_own_process(self) -> bool:
        """Whether this is the process that the client was made in."""
        return os.getpid() == self._process

    @property
    def is_in_own_event_loop(self) -> bool:
        """Whether this is the event loop that the client belongs to, or it has none yet."""
        return self._event_loop is None or self._event_loop.get(False)

    @property
    def is_at_home(self) -> bool:
        """Whether the connections can be used, and closed, from here."""
        return self.is_in_own_process and self.is_in_own_event_loop

    def check(self) -> None:
        """Check that a call may begin here.

        Raises:
            ConfigurationError: the process was forked, or the event loop is another one.
        """
        if not self.is_in_own_process:
            raise ConfigurationError(
                "This client was made before a fork, in another process. "
                "Make a client in each process. Nothing was sent."
            )
        if not self._is_async:
            return
        if self._event_loop is None:
            from anyio.lowlevel import RunVar  # noqa: PLC0415  only async clients need it

            own = RunVar[bool]("the event loop of an AsyncPatClient")
            own.set(True)
            self._event_loop = own
        if not self.is_in_own_event_loop:
            raise ConfigurationError(
                "This client belongs to another event loop, in which it made its first call. "
                "Make a client in each event loop: inside the function that asyncio.run is given. "
                "Nothing was sent."
            )
