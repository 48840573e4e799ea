"""What may be repeated, after how long, and how fast a client may go.

The rule is one line: repeat what is worth repeating if it was surely not performed, or if the
operation is safe to repeat.
"""

from __future__ import annotations

import random
import threading
from collections import deque
from datetime import timedelta
from typing import TYPE_CHECKING

import attrs

from sailpoint_pat._clock import clock
from sailpoint_pat.errors import (
    APIError,
    RateLimitedError,
    SailPointError,
    ServerError,
    TransportError,
)

if TYPE_CHECKING:
    from typing import NoReturn

__all__ = ["Attempts", "Pace", "RateLimit", "RetryPolicy"]

# Statuses after which the same request has a chance. Others (501, 505, 418, 3xx) say no for good.
_PASSING_STATUSES = frozenset({500, 502, 503, 504, *range(520, 531)})


def _positive(instance: object, attribute: attrs.Attribute[timedelta], value: timedelta) -> None:
    if not isinstance(value, timedelta) or value <= timedelta(0):
        raise ValueError(
            f"{type(instance).__name__}.{attribute.name} is a timedelta above zero, not {value!r}"
        )


def _at_least_one(instance: object, attribute: attrs.Attribute[int], value: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError(
            f"{type(instance).__name__}.{attribute.name} is a whole number from 1, not {value!r}"
        )


@attrs.frozen(kw_only=True)
class RetryPolicy:
    """How often, and for how long, a call is tried.

    The pause before try n+1 is drawn evenly between zero and `first_pause` x 2^(n-1), at most
    `longest_pause` (exponential back-off with full jitter). A 429 that says how long to wait is
    waited for instead, and counts against `total_time` only: it was an appointment, not a failure.
    Where a 5xx says so, the pause is at least that long.

    Attributes:
        tries: how often a call is sent at most, the first time included; from 1.
        first_pause: the longest pause after the first try; above zero.
        longest_pause: the longest pause after any try; above zero.
        total_time: everything together, from the first try: tries, pauses, and waits for the rate
            limit; above zero. What would not end within it is not begun: the error comes at once.

    Raises:
        ValueError: a value outside its range.
    """

    tries: int = attrs.field(default=5, validator=_at_least_one)
    first_pause: timedelta = attrs.field(default=timedelta(seconds=0.5), validator=_positive)
    longest_pause: timedelta = attrs.field(default=timedelta(seconds=20), validator=_positive)
    total_time: timedelta = attrs.field(default=timedelta(minutes=2), validator=_positive)


@attrs.frozen
class RateLimit:
    """The pace a client keeps to by itself: at most `calls` in any stretch of `per`.

    Attributes:
        calls: from 1.
        per: above zero.

    Raises:
        ValueError: a value outside its range.
    """

    calls: int = attrs.field(default=100, validator=_at_least_one)
    per: timedelta = attrs.field(default=timedelta(seconds=10), kw_only=True, validator=_positive)


class Pace:
    """The places of a rate limit, shared by all threads or tasks of one client.

    A call takes a place, waits until it may be used, and hands it back when its answer is there.
    The place is free again one window after that: the tenant has counted the call by then,
    however long the request was on its way, so that the client never overtakes itself.
    """

    def __init__(self, limit: RateLimit | None) -> None:
        self._per = limit.per.total_seconds() if limit else 0.0
        self._lock = threading.Lock()
        self._free_from = deque([0.0] * limit.calls) if limit else None
        self._held_until = 0.0

    def take(self) -> float:
        """Take the place that is free first; return from when (monotonic seconds)."""
        if self._free_from is None:
            return 0.0
        with self._lock:
            return self._free_from.popleft()

    def pause(self, place: float) -> float:
        """Return how many seconds are left until a call may go out on this place; 0.0 is now."""
        return max(0.0, max(place, self._held_until) - clock.monotonic())

    def give_back(self, place: float, *, used: bool) -> None:
        """Hand the place back, for the next window if it was used."""
        if self._free_from is None:
            return
        with self._lock:
            if used:
                self._free_from.append(clock.monotonic() + self._per)
            else:
                self._free_from.appendleft(place)

    def hold(self, wait: timedelta) -> None:
        """Let no call of this client go out for so long: the tenant answered 429."""
        with self._lock:
            self._held_until = max(self._held_until, clock.monotonic() + wait.total_seconds())


class Attempts:
    """The tries of one call: counts them, and says after each failure what comes next.

    Args:
        policy: how often and how long; None for one try.
        pace: where a 429 is made known to the other calls of the client.
        safe_to_repeat: whether doing the operation twice is the same as doing it once.
        timeout: for one try, in seconds.
    """

    def __init__(
        self, policy: RetryPolicy | None, pace: Pace, *, safe_to_repeat: bool, timeout: float
    ) -> None:
        self._policy = policy
        self._pace = pace
        self._safe_to_repeat = safe_to_repeat
        self._timeout = timeout
        self._started = 0.0
        self._failures = 0
        self._not_before = 0.0
        self._last_failure: SailPointError | None = None
        self.number = 0
        self.maybe_performed = False

    def pause(self) -> float:
        """Return how many seconds are left of the pause before the next try."""
        return max(0.0, self._not_before - clock.monotonic())

    def may_wait(self, seconds: float) -> None:
        """Make sure that the next try could still begin after a wait for the rate limit.

        The first try waits as long as it takes.

        Raises:
            SailPointError: the last failure, where the total time would be over by then.
        """
        failure, policy = self._last_failure, self._policy
        if failure and policy and clock.monotonic() + seconds >= self._end(policy):
            self._give_up(failure)

    def begin(self) -> float:
        """Count a try as begun; return how many seconds it may take."""
        now = clock.monotonic()
        if self.number == 0:
            self._started = now
        self.number += 1
        if self._policy is None:
            return self._timeout
        return max(0.001, min(self._timeout, self._end(self._policy) - now))

    def failed(self, error: SailPointError, *, last: bool) -> float:
        """Take note of a failed try and return the pause before the next one, in seconds.

        `last` says that there is no next one, whatever the policy says.

        Raises:
            SailPointError: `error` itself, where there is no next try.
        """
        self.maybe_performed = self.maybe_performed or error.maybe_performed
        asked = error.retry_after if isinstance(error, APIError) else None
        refused = asked is not None and isinstance(error, RateLimitedError)
        policy = self._policy
        # A wait that no call sits out is not forced upon the others either.
        if asked and refused and asked < (policy or RetryPolicy()).total_time:
            self._pace.hold(asked)
        if last or policy is None or not self._worth_repeating(error):
            self._give_up(error)
        pause = asked.total_seconds() if asked else 0.0
        if not (asked and refused):
            self._failures += 1
            if self._failures >= policy.tries:
                self._give_up(error)
            drawn = random.uniform(0, self._longest_pause(policy))  # noqa: S311  no secret
            pause = max(pause, drawn)
        now = clock.monotonic()
        if now + pause >= self._end(policy):
            self._give_up(error)
        self._not_before = now + pause
        self._last_failure = error
        return pause

    def _end(self, policy: RetryPolicy) -> float:
        return self._started + policy.total_time.total_seconds()

    def _longest_pause(self, policy: RetryPolicy) -> float:
        doubled = policy.first_pause.total_seconds() * 2.0 ** min(self._failures - 1, 60)
        return min(doubled, policy.longest_pause.total_seconds())

    def _worth_repeating(self, error: SailPointError) -> bool:
        if error.maybe_performed and not self._safe_to_repeat:
            return False
        if isinstance(error, ServerError):
            return error.status_code in _PASSING_STATUSES
        return isinstance(error, TransportError | RateLimitedError)

    def _give_up(self, error: SailPointError) -> NoReturn:
        # What an earlier try may have done stays open, whatever the last one was told.
        error.maybe_performed = self.maybe_performed
        if self.number > 1:
            error.args = (f"{error.args[0]} (gave up after {self.number} tries)",)
        raise error
