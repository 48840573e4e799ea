"""Arguments of a client that contradict each other or make no sense."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sailpoint_pat import ConfigurationError, PatClient

if TYPE_CHECKING:
    from sailpoint_pat.testing import FakeTenant
    from tests.support.clients import Connect

PAIR: dict[str, Any] = {"client_id": "an-id", "client_secret": "obviously-fake"}
HIDDEN = "hunter2"


@pytest.mark.parametrize("version", ["v3", "v2024", "v2025", "v2026", "beta"])
def test_every_version_is_a_prefix(version: str, tenant: FakeTenant, connect: Connect) -> None:
    connect(tenant, api_version=version).list()
    assert [request.path for request in tenant.requests] == [
        "/oauth/token",
        f"/{version}/personal-access-tokens",
    ]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"access_token": "x", "client_id": "y"}, "two ways to authenticate"),
        ({"access_token": "x", "client_secret": "y"}, "two ways to authenticate"),
        ({"access_token": ""}, "the access token is no text"),
        ({"access_token": f"{HIDDEN}\n"}, "the access token is no text"),
        ({"timeout": 30, **PAIR}, "timeout is a timedelta above zero"),
        ({"retry": 3, **PAIR}, "retry is a RetryPolicy or None"),
        ({"rate_limit": 3, **PAIR}, "rate_limit is a RateLimit or None"),
        ({"proxy": f"x://u:{HIDDEN}@p", **PAIR}, "the proxy cannot be used"),
        ({"proxy": 5, **PAIR}, "proxy is the address of a proxy"),
        ({"proxy": "", **PAIR}, "proxy is the address of a proxy"),
        ({"verify": "/ca.pem", **PAIR}, "verify is True, False or an ssl"),
        ({"verify": 0, **PAIR}, "verify is True, False or an ssl"),
        ({"transport": 5, **PAIR}, "transport is an httpx.BaseTransport"),
    ],
)
def test_arguments_that_cannot_be(arguments: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem) as caught:
        PatClient("acme", **arguments)
    assert HIDDEN not in str(caught.value)
    assert HIDDEN not in repr(caught.value.__context__)
