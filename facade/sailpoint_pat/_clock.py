"""The one place that asks what time it is, so that tests can move it."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import threading

__all__ = ["Clock", "clock"]


class Clock:
    """The machine's clocks, and the way to wait on them."""

    def monotonic(self) -> float:
        """Seconds on a clock that only goes forward."""
        return time.monotonic()

    def now(self) -> datetime:
        """The wall clock, UTC."""
        return datetime.now(UTC)

    def wait(self, seconds: float, closed: threading.Event) -> None:
        """Wait that long, or until `closed` is set."""
        closed.wait(seconds)

    async def wait_async(self, seconds: float) -> None:
        """Wait that long; a cancellation ends it at once."""
        import anyio  # noqa: PLC0415  a third of the import time, and only async clients need it

        await anyio.sleep(seconds)


clock = Clock()
