"""Audits many tenants on the machines of a Dask cluster: one task for each tenant.

    python examples/many_tenants_dask.py --fake             two processes and three tenants, here
    python examples/many_tenants_dask.py tcp://dask:8786 acme acme-test
                                                            a cluster, and environments by name

It needs Dask: pip install distributed. Credentials never travel. A task gets the name of an
environment, and reads the credentials on the machine that it runs on: from the keyring or from
~/.sailpoint/config.yaml there. What comes back is the tenant's report, which has no secret in it.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from distributed import Client, LocalCluster, as_completed

from sailpoint_pat import PatClient, RetryPolicy, SailPointError, UnexpectedResponseError
from sailpoint_pat.audit import AuditReport, audit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# A tenant that does not answer is given up after this time.
PATIENCE = RetryPolicy(total_time=timedelta(minutes=1))


def audit_environment(name: str) -> AuditReport:
    """List and audit one tenant, on a worker."""
    now = datetime.now(UTC)
    try:
        with PatClient(environment=name, api_version="v1", retry=PATIENCE) as pats:
            return audit(pats.list(), now=now, tenant=name)
    except SailPointError as error:
        if isinstance(error, UnexpectedResponseError) and error.tokens:
            return audit(error.tokens, now=now, tenant=name, unreadable=error.invalid)
        return AuditReport.failed(name, f"{error}", now=now)


def audit_all(dask: Client, names: Sequence[str]) -> AuditReport:
    """Audit all tenants on the cluster; return one report, in the order given."""
    # The keys are what Dask's own pages show; the time makes them new for each audit. What a lost
    # worker was at is done again by another one, which does no harm: it only reads.
    now = datetime.now(UTC).isoformat()
    tasks = {dask.submit(audit_environment, name, key=f"{name} {now}"): name for name in names}
    reports = {}
    for task in as_completed(tasks):
        name = tasks[task]
        # A result may be lost with its worker, and is then made again: this waits for it.
        error = task.exception()
        if error is None:
            reports[name] = task.result()
        else:
            # The task lost one worker after the other, say. Only the kind of it is told.
            why = f"the task ended with {type(error).__name__}"
            reports[name] = AuditReport.failed(name, why, now=datetime.now(UTC))
        print(f"{len(reports)} of {len(names)}: {name}", file=sys.stderr)
    return AuditReport.combine(reports[name] for name in names)


def main() -> int:
    """Print what was found; return the exit code."""
    parser = argparse.ArgumentParser(description="Audit many tenants on a Dask cluster.")
    parser.add_argument("scheduler", nargs="?", help="its address, such as tcp://dask:8786")
    parser.add_argument("environment", nargs="*", help="in the config file of each worker")
    parser.add_argument("--fake", action="store_true", help="use tenants on this machine")
    arguments = parser.parse_args()
    if arguments.fake:
        with fake_tenants() as names, local_cluster() as dask:
            report = audit_all(dask, names)
    elif arguments.environment:
        with Client(arguments.scheduler) as dask:
            report = audit_all(dask, arguments.environment)
    else:
        parser.error("give a scheduler and environments, or --fake")
    for tenant in report.tenants:
        print(f"{tenant.name}: {tenant.status}, {tenant.error or f'{len(tenant.tokens)} tokens'}")
    print(f"Findings of severity high: {len(report.at_least('high'))}")
    return 1 if report.at_least("high") or report.summary.failed_tenants else 0


@contextlib.contextmanager
def local_cluster() -> Iterator[Client]:
    """Start two processes on this machine."""
    with (
        LocalCluster(n_workers=2, threads_per_worker=4, dashboard_address="127.0.0.1:0") as cluster,
        Client(cluster) as dask,
    ):
        yield dask


@contextlib.contextmanager
def fake_tenants() -> Iterator[list[str]]:
    """Start three tenants, and keep their credentials where the workers look for them."""
    from sailpoint_pat.testing import FakeTenant  # noqa: PLC0415  an extra, not needed for yours

    names = ["acme", "acme-test", "shop"]
    with contextlib.ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        found = {}
        for name in names:
            tenant = stack.enter_context(FakeTenant(tokens=60))
            pair = {"clientid": tenant.client_id, "clientsecret": tenant.client_secret}
            found[name] = {"baseurl": tenant.base_url, "pat": pair}
        file = home / ".sailpoint" / "config.yaml"
        file.parent.mkdir()
        file.touch(mode=0o600)
        file.write_text(yaml.safe_dump({"authtype": "pat", "environments": found}))
        os.environ["HOME"] = f"{home}"
        yield names


if __name__ == "__main__":
    sys.exit(main())
