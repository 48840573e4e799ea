"""What rotate_due.py does on good days and on bad ones, against a tenant on this machine.

    pip install pytest 'sailpoint_pat-VERSION-py3-none-any.whl[testing]'
    pytest

The fixtures `fake_tenant` and `pat_client` come with the package. Nothing is mocked: the script
talks HTTP to a server that keeps to the API's rules.
"""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
import rotate_due

from sailpoint_pat import PatClient
from sailpoint_pat.testing import FakeTenant, StoredToken, faults


@pytest.fixture
def token(fake_tenant: FakeTenant) -> StoredToken:
    """A token that expires in 90 days."""
    expires_at = fake_tenant.now + timedelta(days=90)
    return fake_tenant.add_token(fake_tenant.person, "Nightly export", expires_at=expires_at)


def run(tenant: FakeTenant, pats: PatClient, folder: Path) -> list[str]:
    return rotate_due.rotate_due(pats, folder, now=tenant.now)


def kept(folder: Path) -> dict[str, str]:
    pair: dict[str, str] = json.loads((folder / "Nightly export.json").read_text("utf-8"))
    return pair


def names(tenant: FakeTenant) -> list[str]:
    return sorted(token.name.partition(" (")[0] for token in tenant.tokens.values())


def test_what_is_not_due_is_left_alone(
    fake_tenant: FakeTenant, pat_client: PatClient, token: StoredToken, tmp_path: Path
) -> None:
    fake_tenant.advance(timedelta(days=59))
    assert run(fake_tenant, pat_client, tmp_path) == []
    assert token.id in fake_tenant.tokens
    assert fake_tenant.count("create") == 0


def test_what_is_due_is_rotated_and_the_new_pair_works(
    fake_tenant: FakeTenant, pat_client: PatClient, token: StoredToken, tmp_path: Path
) -> None:
    fake_tenant.advance(timedelta(days=61))  # 29 are left
    assert run(fake_tenant, pat_client, tmp_path) == []
    assert token.id not in fake_tenant.tokens
    pair = kept(tmp_path)
    with PatClient(
        base_url=fake_tenant.base_url,
        client_id=pair["id"],
        client_secret=pair["secret"],
        api_version="v1",
    ) as pats:
        assert pats.list(owner="me")


def test_what_has_expired_is_too_late_to_rotate(
    fake_tenant: FakeTenant, pat_client: PatClient, token: StoredToken, tmp_path: Path
) -> None:
    fake_tenant.advance(timedelta(days=91))
    assert run(fake_tenant, pat_client, tmp_path) == []
    assert token.id in fake_tenant.tokens


def test_it_can_run_again_and_again(
    fake_tenant: FakeTenant, pat_client: PatClient, token: StoredToken, tmp_path: Path
) -> None:
    for _ in range(2):
        fake_tenant.advance(timedelta(days=61))
        assert run(fake_tenant, pat_client, tmp_path) == []
    assert kept(tmp_path)["id"] in fake_tenant.tokens
    assert names(fake_tenant) == ["FakeTenant", token.name]


@pytest.mark.parametrize(
    "fault",
    [
        faults.Status(503),
        faults.RateLimited("0"),
        faults.Dropped(),  # the token was made, and nobody was told its secret
    ],
    ids=lambda fault: type(fault).__name__,
)
def test_a_bad_moment_leaves_one_token_that_works(
    fake_tenant: FakeTenant,
    pat_client: PatClient,
    token: StoredToken,
    tmp_path: Path,
    fault: faults.Fault,
) -> None:
    fake_tenant.advance(timedelta(days=61))
    fake_tenant.fail("create", fault)
    assert run(fake_tenant, pat_client, tmp_path) == []
    assert kept(tmp_path)["id"] in fake_tenant.tokens
    assert names(fake_tenant) == ["FakeTenant", token.name]


def test_where_the_pair_cannot_be_kept_the_old_one_stays(
    fake_tenant: FakeTenant, pat_client: PatClient, token: StoredToken, tmp_path: Path
) -> None:
    fake_tenant.advance(timedelta(days=61))
    [failed] = run(fake_tenant, pat_client, tmp_path / "no such folder")
    assert failed.startswith("Nightly export: ")
    assert set(fake_tenant.tokens) == {token.id, fake_tenant.client_id}


def test_where_the_old_one_cannot_be_revoked_somebody_is_told(
    fake_tenant: FakeTenant, pat_client: PatClient, token: StoredToken, tmp_path: Path
) -> None:
    fake_tenant.advance(timedelta(days=61))
    fake_tenant.fail("delete", faults.Status(403))
    [failed] = run(fake_tenant, pat_client, tmp_path)
    assert token.id in failed
    assert {kept(tmp_path)["id"], token.id} < set(fake_tenant.tokens)


def test_the_program_says_what_went_wrong(
    fake_tenant: FakeTenant,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in fake_tenant.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.argv", ["rotate_due.py", str(tmp_path)])
    assert rotate_due.main() == 0
    fake_tenant.remove_token(fake_tenant.client_id)  # somebody has revoked it
    assert rotate_due.main() == 1
    assert "AuthenticationError" in capsys.readouterr().err
