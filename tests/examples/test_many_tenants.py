"""The example that audits many tenants: each is in the report once, whatever happens."""

import functools
import os
import subprocess
import sys
import threading
from pathlib import Path

import anyio
import pytest

from examples import many_tenants
from sailpoint_pat import AsyncPatClient, RetryPolicy
from sailpoint_pat.audit import AuditReport, Policy
from sailpoint_pat.testing import FakeTenant, faults
from tests.docs.snippets import TOP
from tests.examples.conftest import KeepTenants, StartTenants
from tests.support.records import record

PATIENCE = 20


def client_of(tenant: FakeTenant) -> functools.partial[AsyncPatClient]:
    return functools.partial(
        AsyncPatClient,
        base_url=tenant.base_url,
        client_id=tenant.client_id,
        client_secret=tenant.client_secret,
        api_version="v1",
        retry=RetryPolicy(tries=2),
    )


def audit(tenants: dict[str, FakeTenant]) -> AuditReport:
    connects = {name: client_of(tenant) for name, tenant in tenants.items()}
    return anyio.run(many_tenants.audit_all, connects, Policy())


@pytest.fixture
def tenants(start_tenants: StartTenants) -> dict[str, FakeTenant]:
    return start_tenants("acme", "down", "refuses", "broken", "unreadable", "last")


@pytest.mark.usefixtures("clock")
def test_every_tenant_is_in_the_report_once_and_in_order(tenants: dict[str, FakeTenant]) -> None:
    tenants["down"].stop()
    tenants["refuses"].fail("list", faults.Status(403), times=None)
    tenants["broken"].fail("list", faults.Body([{"id": "broken"}, record()]))
    tenants["unreadable"].fail("list", faults.Html(), times=None)
    report = audit(tenants)
    assert [tenant.name for tenant in report.tenants] == list(tenants)
    statuses = {tenant.name: tenant.status for tenant in report.tenants}
    failed = {name for name, status in statuses.items() if status == "failed"}
    assert failed == {"down", "refuses", "unreadable"}
    listed = {tenant.name: len(tenant.tokens) for tenant in report.tenants}
    assert (listed["acme"], listed["broken"], listed["last"]) == (6, 1, 6)
    [unreadable] = report.by_kind()["unreadable"]
    assert (unreadable.tenant, unreadable.token_id) == ("broken", "broken")
    assert all(tenant.client_secret not in repr(report) for tenant in tenants.values())


def test_so_many_are_read_at_once_and_no_more(
    tenants: dict[str, FakeTenant], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many_tenants, "AT_ONCE", 2)
    gates = {name: faults.Gate() for name in tenants}
    for name, tenant in tenants.items():
        tenant.fail("list", gates[name])
    reports: list[AuditReport] = []
    running = threading.Thread(target=lambda: reports.append(audit(tenants)))
    running.start()
    reached = [gates[name].reached.wait(PATIENCE) for name in ("acme", "down")]
    untouched = [name for name, tenant in tenants.items() if tenant.count() == 0]
    for gate in gates.values():
        gate.open()
    running.join(PATIENCE)
    assert reached == [True, True]
    assert untouched == ["refuses", "broken", "unreadable", "last"]
    assert reports[0].summary.failed_tenants == 0


# --- as a program ---------------------------------------------------------------------------------


def run(home: Path, *arguments: str) -> tuple[int, str, str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(home)}
    done = subprocess.run(
        [sys.executable, "-W", "error", str(TOP / "examples" / "many_tenants.py"), *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_it_needs_no_tenant(tmp_path: Path) -> None:
    code, out, err = run(tmp_path, "--fake")
    assert code == 1
    assert "acme: ok, 61 tokens" in out
    assert "shop: failed, " in out
    assert "Tenants: 3, 1 of them not listed. Tokens: 122." in out
    assert "Traceback" not in err


def test_it_goes_through_the_environments_of_the_config_file(
    tenants: dict[str, FakeTenant], keep_tenants: KeepTenants, tmp_path: Path
) -> None:
    tenants["refuses"].fail("list", faults.Status(403), times=None)
    tenants = {name: tenants[name] for name in ("acme", "refuses", "last")}
    keep_tenants(tenants)
    code, out, err = run(tmp_path)
    assert (code, err) == (1, "")
    assert "acme: ok, 6 tokens" in out
    assert "refuses: failed, " in out
    assert "last: ok, 6 tokens" in out
    assert all(tenant.client_secret not in out for tenant in tenants.values())


def test_it_takes_the_environments_that_it_is_told(
    tenants: dict[str, FakeTenant], keep_tenants: KeepTenants, tmp_path: Path
) -> None:
    keep_tenants(tenants)
    code, out, err = run(tmp_path, "last", "nowhere")
    assert (code, err) == (1, "")
    assert "last: ok, 6 tokens" in out
    assert "nowhere: failed, " in out
    assert tenants["acme"].count() == 0


def test_it_says_where_there_is_nothing_to_audit(tmp_path: Path) -> None:
    code, out, err = run(tmp_path)
    assert (code, out) == (2, "")
    assert "There is no environment in ~/.sailpoint/config.yaml." in err
