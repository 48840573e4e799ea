"""RetryPolicy and RateLimit: their values, and which are refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs
import pytest

from sailpoint_pat import RateLimit, RetryPolicy

SECOND = timedelta(seconds=1)


def test_what_is_used_when_nothing_is_said() -> None:
    assert RetryPolicy() == RetryPolicy(
        tries=5, first_pause=SECOND / 2, longest_pause=20 * SECOND, total_time=120 * SECOND
    )
    # The published limit.
    assert RateLimit() == RateLimit(100, per=10 * SECOND)


@pytest.mark.parametrize("tries", [0, -1, 1.5, "3", None, True])
def test_bad_counts(tries: Any) -> None:
    with pytest.raises(ValueError, match=r"RetryPolicy.tries is a whole number from 1"):
        RetryPolicy(tries=tries)
    with pytest.raises(ValueError, match=r"RateLimit.calls is a whole number from 1"):
        RateLimit(tries)


@pytest.mark.parametrize("span", [timedelta(0), -SECOND, 1, 1.5, "1s", None])
@pytest.mark.parametrize("field", ["first_pause", "longest_pause", "total_time"])
def test_bad_spans(field: str, span: Any) -> None:
    options: dict[str, Any] = {field: span}
    with pytest.raises(ValueError, match=rf"RetryPolicy.{field} is a timedelta above zero"):
        RetryPolicy(**options)
    with pytest.raises(ValueError, match=r"RateLimit.per is a timedelta above zero"):
        RateLimit(1, per=span)


def test_they_are_values() -> None:
    policy, limit = RetryPolicy(tries=2), RateLimit(5)
    assert {policy: 1, limit: 2}[RetryPolicy(tries=2)] == 1
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        policy.tries = 3  # type: ignore[misc] # that is what is tried
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        limit.calls = 3  # type: ignore[misc] # that is what is tried
