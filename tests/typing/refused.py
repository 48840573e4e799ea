"""What type checkers must refuse in users' programs. It is checked, and never run.

An ignore that is not needed is an error, so each line here is one that mypy and pyright refuse. The
reason of each ignore is that of this file.
"""

from __future__ import annotations

from datetime import timedelta

import httpx

from sailpoint_pat import (
    AsyncPatClient,
    IssuedToken,
    PatClient,
    PersonalAccessToken,
    RateLimit,
    RetryPolicy,
)
from sailpoint_pat.audit import Policy
from sailpoint_pat.testing import FakeTenant


async def an_async_callable() -> str:
    return "text"


def clients() -> None:
    PatClient(timeout=30)  # type: ignore[arg-type]
    PatClient(retry=3)  # type: ignore[arg-type]
    PatClient(verify="bundle.pem")  # type: ignore[arg-type]
    PatClient("acme", "id", "secret")  # type: ignore[call-arg]
    PatClient(access_token=an_async_callable)  # type: ignore[arg-type]
    PatClient(transport=httpx.AsyncHTTPTransport())  # type: ignore[arg-type]
    AsyncPatClient(transport=httpx.HTTPTransport())  # type: ignore[arg-type]
    RetryPolicy(5)  # type: ignore[call-arg]
    RateLimit(100, timedelta(seconds=10))  # type: ignore[call-arg]


def calls(pats: PatClient) -> None:
    pats.create("name", expires_in=90)  # type: ignore[arg-type]
    pats.create("name", expires_at="2027-03-31")  # type: ignore[arg-type]
    pats.create("name", if_unknown="ignore")  # type: ignore[arg-type]
    pats.rotate("id")  # type: ignore[call-arg]
    pats.delete(None)  # type: ignore[arg-type]
    pats.list("me", None)  # type: ignore[call-arg]
    pats.find_orphan(ValueError())  # type: ignore[arg-type]


async def async_calls(pats: AsyncPatClient) -> None:
    for _token in pats.list():  # type: ignore[attr-defined]
        pass
    with pats:  # type: ignore[attr-defined]
        pass


def values(token: PersonalAccessToken, issued: IssuedToken) -> None:
    token.name = "another"  # type: ignore[misc]
    print(token.owner.name)  # type: ignore[union-attr]
    print(token.secret)  # type: ignore[attr-defined]
    print(issued.secret + "x")  # type: ignore[operator]


def policies() -> None:
    Policy(severity={"unused": "urgent"})  # type: ignore[dict-item]
    Policy(unused_after=90)  # type: ignore[arg-type]


def tenants(tenant: FakeTenant) -> None:
    tenant.fail("rotate", None)  # type: ignore[arg-type]
