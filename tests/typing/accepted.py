"""What type checkers must accept in users' programs. It is checked, and never run."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import assert_type

import httpx

from sailpoint_pat import (
    APIError,
    AsyncPatClient,
    ClientCredentials,
    DeleteResult,
    IssuedToken,
    OutcomeUnknownError,
    Owner,
    PatClient,
    PersonalAccessToken,
    RateLimit,
    RetryPolicy,
    RotationError,
    SailPointError,
    Secret,
    UnexpectedResponseError,
    find_settings,
)
from sailpoint_pat.audit import AuditReport, Finding, Policy, Severity, audit
from sailpoint_pat.report import render
from sailpoint_pat.testing import FakeTenant, faults


def clients() -> None:
    PatClient()
    PatClient("acme", client_id="id", client_secret="text")
    PatClient("acme", client_id="id", client_secret=Secret("text"))
    PatClient("acme", access_token="text")
    PatClient("acme", access_token=Secret("text"))
    PatClient("acme", access_token=lambda: "text")
    PatClient(retry=None, rate_limit=None, verify=ssl.create_default_context())
    PatClient(retry=RetryPolicy(tries=3), rate_limit=RateLimit(20), timeout=timedelta(seconds=5))
    PatClient(transport=httpx.HTTPTransport())
    AsyncPatClient(transport=httpx.AsyncHTTPTransport())


async def an_async_callable() -> Secret:
    return Secret("text")


def calls(pats: PatClient) -> None:
    assert_type(pats.list(owner="me", never_used=True), list[PersonalAccessToken])
    assert_type(pats.get("id"), PersonalAccessToken)
    assert_type(pats.create("name", expires_in=timedelta(days=1)), IssuedToken)
    pats.create("name", scopes=("a", "b"), expires_at=datetime.now(UTC), if_unknown="replace")
    pats.create("name", scopes={"a"}, never_expires=True)
    pats.delete("id", missing_ok=True)
    assert_type(pats.delete_many({"id"}, on_progress=print), list[DeleteResult])
    assert_type(pats.rotate("id", save=print), IssuedToken)
    assert_type(pats.create_like("id", name="name"), IssuedToken)
    pats.prove("id", Secret("text"))
    assert_type(pats.with_options(retry=None), PatClient)
    with pats as same:
        assert_type(same, PatClient)


async def async_calls() -> None:
    async with AsyncPatClient("acme", access_token=an_async_callable) as pats:
        assert_type(pats, AsyncPatClient)
        assert_type(await pats.list(), list[PersonalAccessToken])
        assert_type(await pats.create("name", never_expires=True), IssuedToken)

        async def save(new: IssuedToken) -> None:
            print(new.id)

        assert_type(await pats.rotate("id", save=save), IssuedToken)
        await pats.rotate("id", save=print)


def values(token: PersonalAccessToken, issued: IssuedToken) -> None:
    assert_type(token.owner, Owner | None)
    assert_type(token.scopes, tuple[str, ...] | None)
    assert_type(token.expires_at, datetime | None)
    assert_type(token.access_token_ttl, timedelta)
    assert_type(token.extra, Mapping[str, object])
    assert_type(token.as_dict(), dict[str, object])
    assert_type(issued.secret.reveal(), str)
    assert_type(find_settings().credentials, ClientCredentials | None)


def errors(pats: PatClient) -> None:
    try:
        pats.list()
    except UnexpectedResponseError as error:
        assert_type(error.tokens, tuple[PersonalAccessToken, ...])
    except OutcomeUnknownError as error:
        assert_type(pats.find_orphan(error), PersonalAccessToken | None)
    except RotationError as error:
        assert_type(error.new, IssuedToken | None)
        if error.step == "save":
            print(error.old_exists)
    except APIError as error:
        assert_type(error.retry_after, timedelta | None)
    except SailPointError as error:
        assert_type(error.maybe_performed, bool)


def reports(pats: PatClient) -> None:
    policy = Policy(unused_after=timedelta(days=30), severity={"unused": "off"})
    report = audit(pats.list(), policy, tenant="acme")
    assert_type(report, AuditReport)
    for finding in report.findings:
        assert_type(finding, Finding)
        assert_type(finding.severity, Severity)
    Path("report.html").write_text(render(report), encoding="utf-8")


def tenants() -> None:
    with FakeTenant(tokens=200) as tenant:
        assert_type(tenant, FakeTenant)
        assert_type(tenant.client_secret, str)
        gate = faults.Gate(after=True)
        tenant.fail("create", gate)
        assert_type(gate.reached.wait(1), bool)
        tenant.fail("*", faults.Status(502))
