"""The tries of a call and the places of a pace by themselves, on a clock that stands still."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sailpoint_pat import RateLimit, RateLimitedError, RetryPolicy, TransportError
from sailpoint_pat._clock import clock
from sailpoint_pat.retry import Attempts, Pace

SECOND = timedelta(seconds=1)
POLICY = RetryPolicy(total_time=60 * SECOND)


class Stopped:
    """Monotonic seconds."""

    now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Stopped:
    stopped = Stopped()
    monkeypatch.setattr(clock, "monotonic", stopped.monotonic)
    return stopped


@pytest.fixture
def pace(time: Stopped) -> Pace:
    assert time.now
    return Pace(RateLimit(1, per=10 * SECOND))


def attempts(pace: Pace, policy: RetryPolicy | None = POLICY) -> Attempts:
    return Attempts(policy, pace, safe_to_repeat=True, timeout=30.0)


def refusal(seconds: float) -> RateLimitedError:
    return RateLimitedError("wait", status_code=429, retry_after=timedelta(seconds=seconds))


def test_an_appointment_within_the_whole_time_is_kept_by_all(pace: Pace) -> None:
    call = attempts(pace)
    call.begin()
    assert call.failed(refusal(59), last=False) == call.pause() == 59
    assert pace.pause(pace.take()) == 59


def test_an_appointment_at_its_very_end_is_kept_by_nobody(pace: Pace) -> None:
    call = attempts(pace)
    call.begin()
    with pytest.raises(RateLimitedError):
        call.failed(refusal(60), last=False)
    assert call.pause() == pace.pause(pace.take()) == 0


@pytest.mark.parametrize("policy", [POLICY, None])
def test_the_last_try_makes_it_known_too(policy: RetryPolicy | None, pace: Pace) -> None:
    call = attempts(pace, policy)
    call.begin()
    with pytest.raises(RateLimitedError):
        call.failed(refusal(7), last=True)
    assert pace.pause(pace.take()) == 7


def test_the_longer_appointment_counts(time: Stopped, pace: Pace) -> None:
    pace.hold(9 * SECOND)
    pace.hold(2 * SECOND)
    assert pace.pause(time.now) == 9
    assert pace.pause(time.now + 20) == 20


def test_a_try_may_take_its_timeout_or_what_is_left(time: Stopped, pace: Pace) -> None:
    call = attempts(pace)
    assert call.begin() == 30
    time.now += 45
    assert call.begin() == 15
    # Not zero, which would be no timeout at all.
    time.now += 15
    assert call.begin() == 0.001
    assert call.number == 3


def test_without_a_policy_a_try_may_take_its_timeout(time: Stopped, pace: Pace) -> None:
    call = attempts(pace, None)
    call.begin()
    time.now += 45
    assert call.begin() == 30


def test_an_appointment_is_not_a_failure(time: Stopped, pace: Pace) -> None:
    call = attempts(pace, RetryPolicy(tries=2))
    for _ in range(3):
        call.begin()
        time.now += call.failed(refusal(1), last=False)
    call.failed(TransportError("reset"), last=False)
    with pytest.raises(TransportError):
        call.failed(TransportError("reset"), last=False)


def test_a_place_that_was_used_is_free_one_window_later(time: Stopped, pace: Pace) -> None:
    place = pace.take()
    assert pace.pause(place) == 0
    time.now += 3
    pace.give_back(place, used=True)
    place = pace.take()
    assert pace.pause(place) == 10
    # Handed back as it was.
    pace.give_back(place, used=False)
    time.now += 4
    assert pace.pause(pace.take()) == 6


def test_a_place_that_was_not_used_is_the_next_one(time: Stopped) -> None:
    pace = Pace(RateLimit(2, per=10 * SECOND))
    pace.give_back(pace.take(), used=True)
    free = pace.take()
    pace.give_back(free, used=False)
    assert pace.take() == free < time.now


def test_without_a_limit_there_is_a_place_at_any_time(time: Stopped) -> None:
    pace = Pace(None)
    place = pace.take()
    assert place < time.now
    pace.give_back(place, used=True)
    assert pace.pause(pace.take()) == 0
    pace.hold(5 * SECOND)
    assert pace.pause(pace.take()) == 5
