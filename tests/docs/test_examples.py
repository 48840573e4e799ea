"""The programs in `examples/` run as a user would run them."""

import json
import os
import signal
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from sailpoint_pat.testing import FakeTenant, StoredToken, faults
from tests.docs.snippets import TOP


def start(tenant: FakeTenant | None, name: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", str(TOP / "examples" / name), *arguments],
        env=os.environ | (tenant.environment if tenant else {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(tenant: FakeTenant | None, name: str, *arguments: str) -> tuple[int, str, str]:
    process = start(tenant, name, *arguments)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


@pytest.mark.parametrize(
    ("name", "code", "says"),
    [
        ("lifecycle.py", 0, "Gone."),
        ("expiring.py", 1, "never used since"),
        ("audit.py", 1, "never-expires"),
        ("rotate_own.py", 0, "is good until"),
        ("testing/rotate_due.py", 0, "Rotated: 1. Failed: 0."),
        ("aws_rotation/try_it.py", 0, "Tokens that are left: sailpoint/export"),
    ],
)
def test_an_example_needs_no_tenant(name: str, code: int, says: str) -> None:
    done, out, err = run(None, name, "--fake")
    assert (done, err) == (code, "")
    assert says in out


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("lifecycle.py",), 1, "ConfigurationError: Missing: which tenant"),
        (("expiring.py", "soon"), 2, "invalid int value"),
        (("expiring.py", "99999999999"), 2, "beyond the year 9999"),
        (("rotate_own.py",), 2, "give a file, or --fake"),
        (("audit.py", "no-such-policy.yaml"), 2, "the policy cannot be read: No such file"),
    ],
)
def test_an_example_says_in_a_sentence_what_is_missing(
    arguments: tuple[str, ...], code: int, says: str
) -> None:
    done, out, err = run(None, *arguments)
    assert (done, out) == (code, "")
    assert says in err
    assert "Traceback" not in err


def test_the_demo_leaves_a_tenant_as_it_was(tenant: FakeTenant) -> None:
    before = set(tenant.tokens)
    code, out, err = run(tenant, "lifecycle.py")
    assert (code, err) == (0, "")
    assert "rotated" in out
    assert tenant.count("create") == 2
    assert set(tenant.tokens) == before
    assert tenant.client_secret not in out


def test_the_report_says_so_when_there_is_nothing_to_do(tenant: FakeTenant) -> None:
    code, out, err = run(tenant, "expiring.py")
    assert (code, err) == (0, "")
    assert "Nothing to do" in out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_demo_cleans_up_when_it_is_interrupted(
    tenant: FakeTenant, number: signal.Signals
) -> None:
    before = set(tenant.tokens)
    gate = faults.Gate()
    tenant.fail("delete", gate)  # the one that ends the rotation: two tokens exist by now
    process = start(tenant, "lifecycle.py")
    assert gate.reached.wait(30)
    assert len(tenant.tokens) == len(before) + 2
    process.send_signal(number)
    gate.open()
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, (out, err)
    assert "Interrupted." in err
    assert set(tenant.tokens) == before


def test_the_report_names_what_expires_and_what_is_unused(tenant: FakeTenant) -> None:
    tenant.add_token(tenant.person, "Old export", expires_at=tenant.now + timedelta(days=3))
    code, out, err = run(tenant, "expiring.py", "7")
    assert (code, err) == (1, "")
    assert "Old export of Support" in out
    assert out.count("Old export") == 2
    assert "FakeTenant" not in out


def test_the_report_survives_a_broken_record(tenant: FakeTenant) -> None:
    tenant.fail("list", faults.Body([{"id": "broken"}]))
    code, out, err = run(tenant, "expiring.py")
    assert (code, out) == (2, "")
    assert "record 0 (id broken): name: expected a string, got null" in err


def test_the_audit_takes_a_policy(tenant: FakeTenant, tmp_path: Path) -> None:
    soon = tenant.now + timedelta(days=3)
    export = tenant.add_token(tenant.person, "Export\x1b[2J", expires_at=soon)
    policy = tmp_path / "policy.yaml"
    policy.write_text("severity:\n  all-scopes: off\n")
    code, out, err = run(tenant, "audit.py", str(policy))
    assert (code, err) == (1, "")
    assert r"high   expiring 'Export\x1b[2J': Expires on" in out
    assert "all-scopes" not in out

    tenant.remove_token(export.id)
    code, out, err = run(tenant, "audit.py", str(policy))
    assert (code, err) == (0, "")
    assert out.strip() == "Tokens: 1. Findings: 0 (0 high, 0 medium, 0 low), and 0 accepted."


def test_the_audit_reports_a_broken_record(tenant: FakeTenant) -> None:
    tenant.fail("list", faults.Body([{"id": "broken"}]))
    code, out, err = run(tenant, "audit.py")
    assert (code, err) == (1, "")
    assert "high   unreadable: Record 0 of the listing" in out


@pytest.mark.parametrize(
    "content", ["", "[1]", '{"id": "x"}', '{"id": "x", "secret": 5}', "[" * 200_000, None]
)
def test_the_job_wants_a_file_with_a_pair(content: str | None, tmp_path: Path) -> None:
    file = tmp_path / "pair.json"
    if content is not None:
        file.write_text(content)
    code, _, err = run(None, "rotate_own.py", str(file))
    assert code == 2
    assert "Traceback" not in err


def pair_of(tenant: FakeTenant, file: Path, *, days: int) -> StoredToken:
    """Write the pair of a token that expires in so many days."""
    expires_at = tenant.now + timedelta(days=days)
    token = tenant.add_token(tenant.person, "Nightly export", expires_at=expires_at)
    file.write_text(json.dumps({"id": token.id, "secret": token.secret}))
    return token


def test_the_job_rotates_when_it_is_time(tenant: FakeTenant, tmp_path: Path) -> None:
    file = tmp_path / "pair.json"
    token = pair_of(tenant, file, days=10)
    code, out, err = run(tenant, "rotate_own.py", str(file))
    assert (code, err) == (0, "")
    pair = json.loads(file.read_text())
    assert token.id not in tenant.tokens
    assert tenant.tokens[pair["id"]].secret == pair["secret"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert pair["secret"] not in out


def test_the_job_waits_until_it_is_time(tenant: FakeTenant, tmp_path: Path) -> None:
    file = tmp_path / "pair.json"
    pair_of(tenant, file, days=60)
    code, out, _ = run(tenant, "rotate_own.py", str(file))
    assert code == 0
    assert "is good until" in out
    assert tenant.count("create") == 0
