"""FakeTenant keeps the contract: schemathesis, which knows only `openapi.yaml`, finds nothing."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import yaml

from sailpoint_pat.testing import ALL_RIGHTS, FakeTenant, faults
from tests.contract.contract import written

# Some rules stand in no schema: what a filter looks like, that an expiry lies ahead, that names are
# unique and tokens are ten at most. So a 400 may be right for a request that fits the schema.
CONFIG = """
[[operations]]
include-method = ["GET", "POST"]
[operations.checks.positive_data_acceptance]
expected-statuses = ["2xx", "400"]
"""
LAYOUTS = {"v3": "/v3", "v1": ""}


@pytest.fixture
def tenant() -> Iterator[FakeTenant]:
    """A tenant without a rate limit. Its callers break the contract on purpose."""
    with FakeTenant(rate_limit=None, access_token_ttl=timedelta(hours=12)) as tenant:
        yield tenant


def schemathesis(tenant: FakeTenant, version: str, folder: Path, *options: str) -> tuple[int, str]:
    """Run it on one layout with all its checks; return its exit status and what it says."""
    # It deletes what it finds in listings. Its own token it does not see there.
    rights = ALL_RIGHTS - {"idn:managed-personal-access-tokens:read"}
    pair = tenant.add_token(tenant.add_person("Robot", rights=rights), "robot", managed=True)
    form = {"client_id": pair.id, "client_secret": pair.secret, "grant_type": "client_credentials"}
    exchange = httpx.post(f"{tenant.base_url}/oauth/token", data=form)
    (folder / "schemathesis.toml").write_text(CONFIG, encoding="utf-8")
    contract = written()
    # The version of a layout is part of the address that schemathesis is given, or of the path.
    contract["paths"] = {
        path: operations
        for path, operations in contract["paths"].items()
        if ("servers" in operations) == (version == "v1")
    }
    # It does not know what OAuth 2.0 puts into a request: to it this is a bearer token.
    contract["components"]["securitySchemes"]["userAuth"] = {"type": "http", "scheme": "bearer"}
    (folder / "openapi.yaml").write_text(yaml.safe_dump(contract), encoding="utf-8")
    command = [
        str(Path(sys.executable).parent / "schemathesis"),
        "run",
        "openapi.yaml",
        f"--url={tenant.base_url}{LAYOUTS[version]}",
        f"--header=Authorization: Bearer {exchange.json()['access_token']}",
        "--checks=all",
        "--generation-database=none",
        "--no-color",
        *(["--seed=1"] if os.environ.get("CI") else []),
        *options,
    ]
    run = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )
    return run.returncode, run.stdout + run.stderr


@pytest.mark.parametrize("version", LAYOUTS)
def test_schemathesis_finds_nothing(tenant: FakeTenant, version: str, tmp_path: Path) -> None:
    status, report = schemathesis(tenant, version, tmp_path, "--max-examples=10")
    assert status == 0, report
    for phase in ("Examples", "Coverage", "Fuzzing", "Stateful"):
        assert f"✅  {phase}" in report, report
    answered = {(request.operation, request.status) for request in tenant.requests}
    assert answered >= {
        *(("list", 200), ("list", 400), ("list", 401)),
        *(("create", 200), ("create", 400), ("create", 401)),
        *(("delete", 204), ("delete", 404), ("delete", 401)),
        ("other", 405),
    }
    # The tenant takes down what the requests broke, and what it broke itself.
    assert [what for what in tenant.violations if not what.startswith("request ")] == []


def test_schemathesis_finds_what_is_wrong(tenant: FakeTenant, tmp_path: Path) -> None:
    tenant.fail("list", faults.Body([{"id": "a token without a name"}]), times=None)
    status, report = schemathesis(tenant, "v1", tmp_path, "--phases=examples", "--max-examples=1")
    assert status == 1, report
    assert "Response violates schema" in report
    assert "required" in report
