"""Times on the command line and in tables."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta

import typer

_DURATION = re.compile(r"([0-9]{1,6})([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_LONGEST = timedelta(days=36_500)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_END_OF_DAY = time(23, 59, 59, 999_000, tzinfo=UTC)


def duration(text: str) -> timedelta:
    """Read a duration: `12h`, `90d` or `2w`."""
    match = _DURATION.fullmatch(text)
    if match is None or not int(match[1]):
        raise typer.BadParameter(f"{text!r} is no time such as 12h, 90d or 2w.")
    found = int(match[1]) * _UNITS[match[2]]
    if found > _LONGEST:
        raise typer.BadParameter(f"{text!r} is longer than a hundred years.")
    return found


def moment(text: str) -> datetime:
    """Read a date: `2027-03-31`, which means its end in UTC, or ISO 8601 with an offset."""
    try:
        if _DAY.fullmatch(text):
            return datetime.combine(datetime.fromisoformat(text), _END_OF_DAY)
        found = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is no date such as 2027-03-31 or 2027-03-31T18:00:00+01:00."
        ) from None
    if found.tzinfo is None:
        raise typer.BadParameter(f"{text!r} has no offset from UTC: write {text}Z for UTC.")
    return found.astimezone(UTC)


def date_in_words(moment: datetime, now: datetime) -> str:
    """Return a day and how far away it is: `2027-03-31 (in 12 days)`, `2026-01-05 (3 days ago)`."""
    return f"{moment:%Y-%m-%d} ({time_away(moment - now)})"


def time_away(span: timedelta) -> str:
    """Return how far away something is: `in 12 days`, or `3 days ago` where it is negative."""
    hours = abs(span) // timedelta(hours=1)
    if hours < 1:
        words = "less than an hour"
    elif hours < 48:  # noqa: PLR2004  two days
        words = f"{hours} hour{'s' * (hours != 1)}"
    else:
        words = f"{round(hours / 24)} days"
    return f"in {words}" if span > timedelta(0) else f"{words} ago"
