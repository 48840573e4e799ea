"""A tenant, and somebody who talks plain HTTP to it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from sailpoint_pat.testing import FakeTenant

from .callers import Caller, caller_with


@pytest.fixture
def tenant() -> Iterator[FakeTenant]:
    """A tenant whose callers may break the contract."""
    with FakeTenant() as running:
        yield running


@pytest.fixture
def client(tenant: FakeTenant) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=tenant.base_url, timeout=10) as open_client:
        yield open_client


@pytest.fixture
def support(tenant: FakeTenant, client: httpx.Client) -> Caller:
    return caller_with(client, tenant.tokens[tenant.client_id])


@pytest.fixture
def at_noon(tenant: FakeTenant) -> datetime:
    """The last of January 2027, 12:00: the tenant's clock stands still then."""
    noon = datetime(2027, 1, 31, 12, tzinfo=UTC)
    tenant.freeze()
    tenant.advance(noon - tenant.now)
    return noon
