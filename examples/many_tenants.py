"""Audits any number of tenants into one report, several of them at once.

    python examples/many_tenants.py --fake            three tenants on this machine, one is down
    python examples/many_tenants.py                   all environments of ~/.sailpoint/config.yaml
    python examples/many_tenants.py acme acme-test    these environments

Each tenant has a client of its own, and with it a rate limit of its own. A tenant that cannot be
listed is in the report, and does not stop the others. Reads the tenants' tokens (scope:
sp:all-personal-access-tokens:read). It exits with 1 if there is a finding of severity high or a
tenant that could not be listed, and with 2 if there is nothing to audit.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import ssl
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

import anyio
import certifi

from sailpoint_pat import (
    AsyncPatClient,
    RetryPolicy,
    SailPointError,
    UnexpectedResponseError,
    environments,
)
from sailpoint_pat.audit import AuditReport, Policy, audit

if TYPE_CHECKING:
    from collections.abc import Iterator

Tenants: TypeAlias = Mapping[str, Callable[[], AsyncPatClient]]
"""What makes the client of each tenant, by the name that the report calls the tenant."""

# Enough to hide that tenants answer slowly; each listing is in memory as a whole.
AT_ONCE = 16
# A tenant that does not answer is given up after this time.
PATIENCE = RetryPolicy(total_time=timedelta(minutes=1))


def main() -> int:
    """Print the findings of all tenants; return the exit code."""
    parser = argparse.ArgumentParser(description="Audit the tokens of many tenants.")
    parser.add_argument("environment", nargs="*", help="all of the config file if left out")
    parser.add_argument("--fake", action="store_true", help="use tenants on this machine")
    arguments = parser.parse_args()
    try:
        with fake_tenants() if arguments.fake else named(arguments.environment) as tenants:
            if not tenants:
                print("There is no environment in ~/.sailpoint/config.yaml.", file=sys.stderr)
                return 2
            report = anyio.run(audit_all, tenants, Policy())
    except SailPointError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 2
    show(report)
    return 1 if report.at_least("high") or report.summary.failed_tenants else 0


async def audit_all(tenants: Tenants, policy: Policy) -> AuditReport:
    """Audit all tenants, a bounded number at a time; return one report, in the order given."""
    reports: dict[str, AuditReport] = {}
    free = anyio.CapacityLimiter(AT_ONCE)

    async def audit_one(name: str) -> None:
        async with free:
            reports[name] = await audit_tenant(name, tenants[name], policy)

    async with anyio.create_task_group() as group:
        for name in tenants:
            group.start_soon(audit_one, name)
    return AuditReport.combine(reports[name] for name in tenants)


async def audit_tenant(
    name: str, connect: Callable[[], AsyncPatClient], policy: Policy
) -> AuditReport:
    """List and audit one tenant; one that cannot be listed makes a report that says why."""
    now = datetime.now(UTC)
    try:
        async with connect() as pats:
            return audit(await pats.list(), policy, now=now, tenant=name)
    except SailPointError as error:
        if isinstance(error, UnexpectedResponseError) and error.tokens:
            # Records that cannot be read are findings, and do not hide the others.
            return audit(error.tokens, policy, now=now, tenant=name, unreadable=error.invalid)
        return AuditReport.failed(name, f"{error}", policy, now=now)


def show(report: AuditReport) -> None:
    """Print each tenant in a line, and then what is most urgent."""
    for tenant in report.tenants:
        said = tenant.error or f"{len(tenant.tokens)} tokens"
        print(f"{tenant.name}: {tenant.status}, {said}")
    for finding in report.at_least("high"):
        # Names come from other people: repr() keeps control characters off the terminal.
        print(f"  {finding.tenant} {finding.kind} {finding.token_name!r}: {finding.message}")
    summary = report.summary
    print(
        f"Tenants: {summary.tenants}, {summary.failed_tenants} of them not listed. "
        f"Tokens: {summary.tokens}. Findings: {summary.findings}."
    )


@contextlib.contextmanager
def named(names: list[str]) -> Iterator[Tenants]:
    """Yield the tenants behind these environments of the config file, or behind all."""
    # Loading the usual certificates takes longer than a listing: once for all clients.
    trust = ssl.create_default_context(cafile=certifi.where())
    yield {
        name: functools.partial(
            AsyncPatClient, environment=name, api_version="v1", retry=PATIENCE, verify=trust
        )
        for name in names or [environment.name for environment in environments()]
    }


@contextlib.contextmanager
def fake_tenants() -> Iterator[Tenants]:
    """Start three tenants, and stop one of them."""
    from sailpoint_pat.testing import FakeTenant  # noqa: PLC0415  an extra, not needed for yours

    with contextlib.ExitStack() as stack:
        running = {
            name: stack.enter_context(FakeTenant(tokens=60))
            for name in ("acme", "acme-test", "shop")
        }
        running["shop"].stop()
        yield {
            name: functools.partial(
                AsyncPatClient,
                base_url=tenant.base_url,
                client_id=tenant.client_id,
                client_secret=tenant.client_secret,
                api_version="v1",
                retry=RetryPolicy(tries=2),
            )
            for name, tenant in running.items()
        }


if __name__ == "__main__":
    sys.exit(main())
