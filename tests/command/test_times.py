"""How far away something is, in words."""

from datetime import UTC, datetime, timedelta

import pytest

from sailpoint_pat.command._times import date_in_words, time_away

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (MINUTE, "in less than an hour"),
        (-MINUTE, "less than an hour ago"),
        (HOUR, "in 1 hour"),
        (-2 * HOUR, "2 hours ago"),
        (48 * HOUR - MINUTE, "in 47 hours"),
        (2 * DAY, "in 2 days"),
        (90 * DAY - MINUTE, "in 90 days"),
        (-365 * DAY, "365 days ago"),
    ],
)
def test_how_far_away(span: timedelta, words: str) -> None:
    assert time_away(span) == words


def test_a_date() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert date_in_words(now + 3 * DAY, now) == "2026-01-04 (in 3 days)"
