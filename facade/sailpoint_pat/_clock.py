"""The one place that asks what time it is, so that tests can move it; and the tenant's time."""

from __future__ import annotations

import contextlib
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import anyio


class Latch:
    """Something that happens once, and that threads wait for.

    Not a `threading.Event`: Ctrl-C in the middle of its methods can leave its lock taken for ever,
    and then whoever sets it or waits for it hangs. The steps of this one cannot be interrupted
    half-way.
    """

    def __init__(self) -> None:
        self._is_set = False
        self._lock = threading.Lock()
        self._lock.acquire()

    def is_set(self) -> bool:
        """Return whether it has happened."""
        return self._is_set

    def set(self) -> None:
        """Set it, and wake the threads that wait."""
        self._is_set = True
        self._release()

    def wait(self, seconds: float) -> None:
        """Wait until it happens, so long at most."""
        # A thread that was waiting takes the lock for a moment, and gives it to the next one.
        if not self._is_set and self._lock.acquire(timeout=min(seconds, threading.TIMEOUT_MAX)):
            self._release()

    def _release(self) -> None:
        with contextlib.suppress(RuntimeError):  # It was released already.
            self._lock.release()


class Clock:
    """The machine's clocks, and the way to wait on them."""

    def monotonic(self) -> float:
        """Seconds on a clock that only goes forward."""
        return time.monotonic()

    def now(self) -> datetime:
        """The wall clock, UTC."""
        return datetime.now(UTC)

    def wait(self, seconds: float, closed: Latch) -> None:
        """Wait that long, or until `closed` is set."""
        closed.wait(seconds)

    async def wait_async(self, seconds: float, closed: anyio.Event) -> None:
        """Wait that long, or until `closed` is set; a cancellation ends it at once."""
        import anyio  # noqa: PLC0415  a third of the import time, and only async clients need it

        with anyio.move_on_after(seconds):
            await closed.wait()


clock = Clock()


class TenantClock:
    """What time it is at the tenant, told from the `Date` of its answers."""

    def __init__(self) -> None:
        self._date = ""
        self._seen_at = 0.0

    def note(self, date: str) -> None:
        """Record an answer's `Date`; it is read when somebody asks for the time."""
        if date:
            self._date, self._seen_at = date, clock.monotonic()

    @property
    def is_known(self) -> bool:
        """Whether the tenant has told its time yet."""
        return http_date(self._date) is not None

    def at(self, moment: float) -> datetime:
        """Return the tenant's time at a moment on our monotonic clock.

        Our own time, as long as the tenant has not told its.
        """
        date, seen_at = http_date(self._date), self._seen_at
        if date is None:
            date, seen_at = clock.now(), clock.monotonic()
        try:
            return date + timedelta(seconds=moment - seen_at)
        except OverflowError:
            return date  # At the very edge of the calendar.

    def now(self) -> datetime:
        """Return the tenant's time, or ours as long as the tenant's is not known."""
        return self.at(clock.monotonic())


def http_date(value: str) -> datetime | None:
    """Return an HTTP date, UTC, or None where it cannot be read."""
    from email.utils import parsedate_to_datetime  # noqa: PLC0415  9 ms, for those who ask

    try:
        date = parsedate_to_datetime(value)
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None
