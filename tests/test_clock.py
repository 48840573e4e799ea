"""What time it is at the tenant, told from the `Date` of its answers."""

from datetime import UTC, datetime, timedelta

import pytest

from sailpoint_pat._clock import TenantClock, http_date
from tests.support.clock import MovedClock

SAID = "Wed, 01 Jul 2026 12:00:00 GMT"
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("said", ["", "soon", "Wed, 99 Jul 2026 12:00:00 GMT"])
def test_until_the_tenant_says_it_this_machines_time_counts(clock: MovedClock, said: str) -> None:
    tenant_clock = TenantClock()
    tenant_clock.note(said)
    assert not tenant_clock.is_known
    assert abs(tenant_clock.now() - clock.now()) < SECOND


def test_the_end_of_the_calendar(clock: MovedClock) -> None:
    tenant_clock = TenantClock()
    tenant_clock.note("Fri, 31 Dec 9999 23:59:59 GMT")
    clock.advance(5 * SECOND)
    assert tenant_clock.now() == datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        (SAID, NOON),
        ("Wed, 01 Jul 2026 14:00:00 +0200", NOON),
        ("Wed, 01 Jul 2026 12:00:00", NOON),
        ("Wed, 01 Jul 2026 12:00:00 -0000", NOON),
        ("Fri, 31 Dec 9999 23:59:59 -0100", None),
        ("12:00", None),
        ("", None),
    ],
)
def test_an_http_date(text: str, moment: datetime | None) -> None:
    assert http_date(text) == moment
