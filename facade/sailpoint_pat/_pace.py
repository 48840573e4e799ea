"""How fast a client may go: the places of its rate limit."""

from __future__ import annotations

import itertools
import threading
import weakref
from collections import deque
from datetime import timedelta

import attrs

from sailpoint_pat._clock import clock
from sailpoint_pat._validators import above_zero, at_least_one


@attrs.frozen
class RateLimit:
    """The pace a client keeps to by itself: at most `calls` in any stretch of `per`.

    SailPoint allows 100 requests in 10 seconds for each client id and API version, so programs
    that share a personal access token share its allowance.

    Attributes:
        calls: from 1.
        per: above zero.

    Raises:
        ValueError: a value outside its range.
    """

    calls: int = attrs.field(default=100, validator=at_least_one)
    per: timedelta = attrs.field(default=timedelta(seconds=10), kw_only=True, validator=above_zero)


@attrs.define(eq=False)
class Place:
    """One call's place in the line; who comes first has the lower number."""

    number: int
    is_under_way: bool = False


class Pace:
    """The line in which the calls of all threads or tasks of one client wait.

    A call joins the line, asks how long to wait until it may go, and leaves when its answer is
    there. It counts for one window more after that: the tenant has counted the call by then,
    however long the request was on its way. So the client never sends more than the limit allows.

    The line holds its places weakly: one that an interrupt has dropped is not waited for.
    """

    def __init__(self, limit: RateLimit | None) -> None:
        self._calls = limit.calls if limit else 0
        self._window = limit.per.total_seconds() if limit else 0.0
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._line: weakref.WeakSet[Place] = weakref.WeakSet()
        self._answered: deque[float] = deque()  # When, of those that still count.
        self._held_until = 0.0

    def join(self) -> Place:
        """Return a place at the end of the line."""
        place = Place(next(self._numbers))
        if self._calls:
            with self._lock:
                self._line.add(place)
        return place

    def pause(self, place: Place) -> float:
        """Return how many seconds to wait before asking again; 0.0: the call may go out now."""
        with self._lock:
            now = clock.monotonic()
            held = self._held_until - now
            if not self._calls:
                return max(0.0, held)
            while self._answered and self._answered[0] + self._window <= now:
                self._answered.popleft()
            places = list(self._line)
            under_way = sum(each.is_under_way for each in places)
            before = sum(each.number < place.number for each in places if not each.is_under_way)
            # How many of those that count now have to be over before this call may go.
            needed = before + 1 - (self._calls - under_way - len(self._answered))
            if needed > 0:
                return max(held, self._until_over(needed, now))
            if held > 0:
                return held
            place.is_under_way = True
            return 0.0

    def _until_over(self, needed: int, now: float) -> float:
        # What is under way counts for a window from its answer on, so a window from now at least.
        if needed > len(self._answered):
            return self._window
        return self._answered[needed - 1] + self._window - now

    def leave(self, place: Place) -> None:
        """Give a place up: after the answer, or without having used it."""
        with self._lock:
            self._line.discard(place)
            if self._calls and place.is_under_way:
                place.is_under_way = False
                self._answered.append(clock.monotonic())

    def hold(self, seconds: float) -> None:
        """Let no call of this client go out for so long: the tenant answered 429."""
        with self._lock:
            self._held_until = max(self._held_until, clock.monotonic() + seconds)
