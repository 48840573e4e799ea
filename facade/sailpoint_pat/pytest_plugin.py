"""Fixtures for your tests: a tenant on this machine, and clients that talk to it.

pytest finds this plugin by itself where `sailpoint-pat[testing]` is installed:

    @pytest.mark.fake_tenant(tokens=200)
    def test_the_report(fake_tenant, pat_client):
        assert len(pat_client.list()) == 201

A suite that uses none of the fixtures pays nothing for them: what they need is imported by the
first test that asks for one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sailpoint_pat import AsyncPatClient, PatClient
    from sailpoint_pat.testing import FakeTenant

__all__ = ["async_pat_client", "fake_tenant", "pat_api_version", "pat_client"]


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known, so that `--strict-markers` accepts it."""
    config.addinivalue_line(
        "markers",
        "fake_tenant(**arguments): what the fixture `fake_tenant` starts with; "
        "the arguments are those of sailpoint_pat.testing.FakeTenant",
    )


@pytest.fixture
def fake_tenant(request: pytest.FixtureRequest) -> Iterator[FakeTenant]:
    """A SailPoint tenant on loopback for this test alone, with ids and secrets of its own.

    `@pytest.mark.fake_tenant(tokens=200, rate_limit=None)` gives it the arguments of `FakeTenant`.
    The test fails if a request or an answer broke the API's contract.
    """
    from sailpoint_pat.testing import FakeTenant  # noqa: PLC0415  a server and a validator

    marker = request.node.get_closest_marker("fake_tenant")
    if marker is not None and marker.args:
        pytest.fail("Name the arguments of the marker: fake_tenant(tokens=200)", pytrace=False)
    with FakeTenant(**(marker.kwargs if marker else {})) as tenant:
        yield tenant
    if tenant.violations:
        pytest.fail(f"The API's contract was broken: {'; '.join(tenant.violations)}", pytrace=False)


@pytest.fixture
def pat_api_version() -> str:
    """The API version that `pat_client` and `async_pat_client` speak: `v1`.

    Define a fixture with this name in your conftest.py to test with another one.
    """
    return "v1"


@pytest.fixture
def pat_client(fake_tenant: FakeTenant, pat_api_version: str) -> Iterator[PatClient]:
    """A `PatClient` of the fake tenant, which acts for its person Support."""
    from sailpoint_pat import PatClient  # noqa: PLC0415  brings httpx with it

    with PatClient(
        base_url=fake_tenant.base_url,
        client_id=fake_tenant.client_id,
        client_secret=fake_tenant.client_secret,
        api_version=pat_api_version,
    ) as pats:
        yield pats


@pytest.fixture
def async_pat_client(fake_tenant: FakeTenant, pat_api_version: str) -> AsyncPatClient:
    """An `AsyncPatClient` of the fake tenant, for `async with async_pat_client as pats:`.

    The test opens and closes it, because a client belongs to the event loop that it is used in:
    so it works with every plugin that runs async tests, and with `asyncio.run` in a plain test.
    """
    from sailpoint_pat import AsyncPatClient  # noqa: PLC0415  brings httpx with it

    return AsyncPatClient(
        base_url=fake_tenant.base_url,
        client_id=fake_tenant.client_id,
        client_secret=fake_tenant.client_secret,
        api_version=pat_api_version,
    )
