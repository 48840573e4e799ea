"""`create`: a token, and its secret at the one place that was named."""

import json
from pathlib import Path

import pytest

from sailpoint_pat.testing import FakeTenant, faults
from tests.command.conftest import Run
from tests.command.records import named
from tests.command.running import process

CREATE = ("create", "Nightly", "--expires-in", "90d", "--scope", "idn:accounts:read")


def test_the_token_is_printed_without_its_secret(
    run: Run, acme: FakeTenant, tmp_path: Path
) -> None:
    done = run(*CREATE, "--scope", "b", "--save-to", str(tmp_path / "env"), "-o", "json")
    token = named(acme, "Nightly")
    assert done.code == 0
    assert json.loads(done.out)["id"] == token.id
    assert token.scopes == ("idn:accounts:read", "b")
    assert token.secret not in done.out + done.err
    assert f"Created 'Nightly', id {token.id}. Its secret went to the file " in done.err


def test_all_scopes_and_for_ever(run: Run, acme: FakeTenant) -> None:
    run("create", "Nightly", "--never-expires", "--all-scopes", "--show-secret")
    token = named(acme, "Nightly")
    assert token.never_expires
    assert token.scopes in {None, ("sp:scopes:all",)}


@pytest.mark.parametrize("output", ["table", "json", "csv"])
def test_show_secret(run: Run, acme: FakeTenant, output: str) -> None:
    done = run(*CREATE, "--show-secret", "-o", output)
    token = named(acme, "Nightly")
    assert done.code == 0
    assert done.out.count(token.secret) == 1
    assert token.secret not in done.err
    if output == "json":
        assert json.loads(done.out)["secret"] == token.secret


def test_dry_run_checks_and_changes_nothing(run: Run, acme: FakeTenant, tmp_path: Path) -> None:
    file = tmp_path / "env"
    done = run(*CREATE, "--save-to", str(file), "--dry-run")
    assert (done.code, done.out) == (0, "")
    assert "Would create 'Nightly'. Its secret would go to the file" in done.err
    assert (len(acme.tokens), list(tmp_path.iterdir())) == (1, [])
    assert acme.count("create") == 0


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("create", "FakeTenant", "--expires-in", "1d"), 1, "The name 'FakeTenant' is taken"),
        (("create", "", "--expires-in", "1d"), 2, "name"),
        (("--api-version", "v3", "create", "X", "--never-expires"), 2, "never_expires"),
    ],
)
def test_dry_run_finds_what_would_be_refused(
    run: Run, acme: FakeTenant, arguments: tuple[str, ...], code: int, says: str
) -> None:
    done = run(*arguments, "--all-scopes", "--show-secret", "--dry-run")
    assert done.code == code
    assert says in done.err
    assert acme.count("create") == 0


def test_a_name_that_is_taken(run: Run, acme: FakeTenant) -> None:
    acme.add_token(acme.person, "Nightly")
    done = run(*CREATE, "--show-secret")
    assert (done.code, done.out) == (4, "")


def test_a_lost_answer_leaves_one_token_that_is_saved(
    run: Run, acme: FakeTenant, tmp_path: Path
) -> None:
    acme.fail("create", faults.Dropped())
    file = tmp_path / "env"
    assert run(*CREATE, "--save-to", str(file)).code == 0
    token = named(acme, "Nightly")
    assert f"SAIL_CLIENT_ID={token.id}\n" in file.read_text()
    assert len(acme.tokens) == 2


def test_an_answer_that_cannot_be_read_leaves_no_token(run: Run, acme: FakeTenant) -> None:
    orphan = acme.add_token(acme.person, "Nightly")
    pair = {"id": orphan.id, "secret": orphan.secret}
    acme.fail("create", faults.Body(pair | {"name": "Nightly"}))
    done = run(*CREATE, "--show-secret")
    assert (done.code, done.out) == (1, "")
    assert f"The new token {orphan.id} was revoked again" in done.err
    assert orphan.secret not in done.err
    assert "Nightly" not in {token.name for token in acme.tokens.values()}


def test_then_runs_once_it_is_saved(acme: FakeTenant, tmp_path: Path) -> None:
    file = tmp_path / "env"
    done = process(*CREATE, "--save-to", str(file), "--then", f"cat {file}; echo ran")
    token = named(acme, "Nightly")
    assert done.code == 0
    assert done.err.count("\nran\n") == 1
    assert token.secret in done.err  # It reads what was saved before.
    assert token.id in done.out


def test_a_then_that_fails(acme: FakeTenant) -> None:
    done = process(*CREATE, "--save-with", "cat >&2", "--then", "exit 3")
    token = named(acme, "Nightly")
    assert done.code == 1
    assert "The command of --then failed (exit status 3)" in done.err
    assert f"The new token {token.id} exists and is saved." in done.err
