"""A clock that tests move, in place of the one that the clients ask."""

import threading
from datetime import datetime, timedelta

import anyio
import anyio.lowlevel
import pytest

from sailpoint_pat._clock import Latch, clock


class MovedClock:
    """Waits are over at once: they are noted in `pauses`, and move the clock on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pauses: list[float] = []
        self._moved = 0.0
        self._lock = threading.Lock()
        self._monotonic = clock.monotonic
        self._now = clock.now
        for name in ("monotonic", "now", "wait", "wait_async"):
            monkeypatch.setattr(clock, name, getattr(self, name))

    def advance(self, by: timedelta) -> None:
        with self._lock:
            self._moved += by.total_seconds()

    def monotonic(self) -> float:
        return self._monotonic() + self._moved

    def now(self) -> datetime:
        return self._now() + timedelta(seconds=self._moved)

    def wait(self, seconds: float, _closed: Latch) -> None:
        self._pause(seconds)

    async def wait_async(self, seconds: float, _closed: anyio.Event) -> None:
        self._pause(seconds)
        await anyio.lowlevel.checkpoint()

    def _pause(self, seconds: float) -> None:
        with self._lock:
            self.pauses.append(seconds)
            self._moved += seconds
