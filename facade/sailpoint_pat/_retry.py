"""What may be repeated, and after how long.

The rule is one line: repeat what is worth repeating if it was surely not performed, or if the
operation is safe to repeat.
"""

from __future__ import annotations

import random
from datetime import timedelta

import attrs

from sailpoint_pat._clock import clock
from sailpoint_pat._validators import above_zero, at_least_one
from sailpoint_pat.errors import (
    APIError,
    RateLimitedError,
    RequestTimeout,
    SailPointError,
    ServerError,
    TransportError,
)

# Statuses after which the same request has a chance. Others (501, 505, 418, 3xx) say no for good.
_TEMPORARY_STATUSES = frozenset({500, 502, 503, 504, *range(520, 531)})
# A 429 that asks for a shorter wait is a failure like others: it would be asked again at once.
_LONG_WAIT = timedelta(seconds=1)


@attrs.frozen(kw_only=True)
class RetryPolicy:
    """How often, and for how long, a call is tried.

    The pause before try n+1 is drawn evenly between zero and `first_pause` x 2^(n-1), at most
    `longest_pause` (exponential back-off with full jitter). A 429 that asks to wait a second or
    longer is waited for instead, and counts against `total_time` only: the API has said when to
    come back, so this is no failed try. Where any other answer says how long to wait, the pause is
    at least that long.

    Attributes:
        tries: how often a call is sent at most, the first time included; from 1.
        first_pause: the longest pause after the first try; above zero.
        longest_pause: the longest pause after any try; above zero.
        total_time: everything together, from the call on: tries, pauses, and waits for the rate
            limit; above zero. What would not end within it is not begun: the error comes at once.

    Raises:
        ValueError: a value outside its range.
    """

    tries: int = attrs.field(default=5, validator=at_least_one)
    first_pause: timedelta = attrs.field(default=timedelta(seconds=0.5), validator=above_zero)
    longest_pause: timedelta = attrs.field(default=timedelta(seconds=20), validator=above_zero)
    total_time: timedelta = attrs.field(default=timedelta(minutes=2), validator=above_zero)


class Tries:
    """The tries of one call: counts them, and says after each failure what comes next.

    Args:
        policy: how often and how long; None for one try.
        safe_to_repeat: whether doing the operation twice is the same as doing it once.
        timeout: for one try, in seconds.
    """

    def __init__(self, policy: RetryPolicy | None, *, safe_to_repeat: bool, timeout: float) -> None:
        self._policy = policy
        self._safe_to_repeat = safe_to_repeat
        self._timeout = timeout
        self._started = clock.monotonic()
        self._failures = 0
        self._last_failure: SailPointError | None = None
        self.number = 0
        self.maybe_performed = False

    @property
    def time_left(self) -> float:
        """How many seconds of the policy's total time are left."""
        if self._policy is None:
            return self._timeout
        return self._started + self._policy.total_time.total_seconds() - clock.monotonic()

    def begin(self) -> float:
        """Count a try as begun; return how many seconds it may take."""
        self.number += 1
        return max(0.001, min(self._timeout, self.time_left)) if self._policy else self._timeout

    def overdue(self, pause: float) -> SailPointError | None:
        """Return the error to raise if a wait for the rate limit would take too long, else None.

        Without a policy there is no total time, and a call waits as long as it takes.
        """
        if self._policy is None or pause < self.time_left:
            return None
        return self._last_failure or RequestTimeout(
            f"The call was not sent: {pause:.1f} s to wait for its place in the client's rate "
            f"limit, and {max(0.0, self.time_left):.1f} s left of the retry policy's total_time."
        )

    def pause_after(self, error: SailPointError) -> float | None:
        """Record a failed try; return the pause before the next one, in seconds, or None."""
        self.maybe_performed = self.maybe_performed or error.maybe_performed
        self._last_failure = error
        policy = self._policy
        if policy is None or not self._is_worth_repeating(error):
            return None
        asked = (error.retry_after if isinstance(error, APIError) else None) or timedelta()
        pause = asked.total_seconds()
        if not (isinstance(error, RateLimitedError) and asked >= _LONG_WAIT):
            self._failures += 1
            if self._failures >= policy.tries:
                return None
            drawn = random.uniform(0, self._longest_pause(policy))  # noqa: S311  no secret
            pause = max(pause, drawn)
        return pause if pause < self.time_left else None

    def _longest_pause(self, policy: RetryPolicy) -> float:
        doubled = policy.first_pause.total_seconds() * 2.0 ** min(self._failures - 1, 60)
        return min(doubled, policy.longest_pause.total_seconds())

    def _is_worth_repeating(self, error: SailPointError) -> bool:
        if error.maybe_performed and not self._safe_to_repeat:
            return False
        if isinstance(error, ServerError):
            return error.status_code in _TEMPORARY_STATUSES
        return isinstance(error, TransportError | RateLimitedError)

    def final(self, error: SailPointError) -> SailPointError:
        """Return the error to raise: it says after how many tries, and what may have been done."""
        # What an earlier try may have done stays open, whatever the last one was told.
        error.maybe_performed = self.maybe_performed or error.maybe_performed
        if self.number > 1:
            error.args = (f"{error.args[0]} (gave up after {self.number} tries)",)
        return error
