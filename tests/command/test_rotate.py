"""`rotate`: whatever fails, one token that was saved works, and what exists is told."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from sailpoint_pat.testing import FakeTenant, StoredToken, faults
from tests.command.conftest import Run
from tests.command.records import BROKEN, named, readable
from tests.command.running import COMMAND, process

DAY = timedelta(days=1)
SELF = ("rotate", "--self", "--yes")
SAVE = ("--save-with", "cat >/dev/null")


def new_tokens(tenant: FakeTenant, old: str = "FakeTenant") -> list[StoredToken]:
    """Return the tokens that a rotation has made in place of one of this name."""
    return [token for token in tenant.tokens.values() if token.name.startswith(f"{old} (rotated")]


def test_self_replaces_the_token_that_the_command_runs_on(
    run: Run, acme: FakeTenant, tmp_path: Path
) -> None:
    done = run(*SELF, "--save-to", str(tmp_path / "env"), "-o", "json")
    (new,) = new_tokens(acme)
    assert done.code == 0
    assert json.loads(done.out)["id"] == new.id
    assert list(acme.tokens) == [new.id]
    assert f"SAIL_CLIENT_SECRET={new.secret}\n" in (tmp_path / "env").read_text()
    assert "Rotated 'FakeTenant': the new token is" in done.err
    assert "The old one is revoked." in done.err


def test_self_runs_on_the_file_that_it_saves_to_again_and_again(
    acme: FakeTenant, tmp_path: Path
) -> None:
    file = tmp_path / "job.env"
    file.write_text(
        f"# The nightly job\nexport SAIL_BASE_URL='{acme.base_url}/v2025'\n"
        f"export SAIL_CLIENT_ID={acme.client_id}\n"
        f'export SAIL_CLIENT_SECRET="{acme.client_secret}"\nOTHER=1\n'
    )
    job = ("/bin/sh", "-c", f'. {file} && exec "$@"', "sh")
    for _ in range(2):
        done = process(*COMMAND, *SELF, "--save-to", str(file), command=job)
        assert done.code == 0, done.err
    assert len(acme.tokens) == 1
    lines = file.read_text().splitlines()
    assert lines[0] == "# The nightly job"
    assert lines[1] == f"export SAIL_BASE_URL={acme.base_url}/v2025"
    assert lines[4:] == ["OTHER=1"]


def test_by_name_with_another_expiry(run: Run, acme: FakeTenant) -> None:
    old = acme.add_token(acme.person, "Nightly", never_expires=True, scopes=["a", "b"])
    done = run("rotate", "Nightly", "--expires-in", "2w", "--yes", *SAVE)
    (new,) = new_tokens(acme, "Nightly")
    assert done.code == 0
    assert old.id not in acme.tokens
    assert new.scopes == ("a", "b")
    assert new.expires_at is not None
    assert new.expires_at - new.created_at < timedelta(days=15)


@pytest.fixture
def four(acme: FakeTenant) -> FakeTenant:
    """Support with a token that is due, one that is not, one of the platform, one that is gone."""
    now = acme.now
    acme.add_token(acme.person, "due", expires_at=now + 10 * DAY)
    acme.add_token(acme.person, "later", expires_at=now + 90 * DAY)
    acme.add_token(acme.person, "managed", expires_at=now + 10 * DAY, managed=True)
    acme.add_token(acme.person, "gone", created_at=now - 9 * DAY, expires_at=now - DAY)
    return acme


@pytest.mark.parametrize(
    ("options", "rotated"),
    [
        (("--due", "30d"), ["due"]),
        (("--due", "100d"), ["due", "later"]),
        ((), ["due", "later", "FakeTenant"]),
    ],
)
def test_all_mine_leaves_out_what_is_managed_expired_or_not_due(
    run: Run, four: FakeTenant, options: tuple[str, ...], rotated: list[str]
) -> None:
    done = run("rotate", "--all-mine", *options, "--yes", *SAVE, "-o", "json")
    assert done.code == 0
    assert [token["name"].split(" (")[0] for token in json.loads(done.out)] == rotated
    left = {token.name for token in four.tokens.values()}
    assert {"managed", "gone"} <= left
    assert left.isdisjoint(rotated)


@pytest.mark.parametrize("which", [("--self",), ("--all-mine",), ("later",)])
def test_nothing_due_is_well(run: Run, four: FakeTenant, which: tuple[str, ...]) -> None:
    four.remove_token(named(four, "due").id)
    done = run("rotate", *which, "--due", "30d", "--show-secret", "-o", "json")
    assert (done.code, done.out) == (0, "[]\n")
    expiry = four.now + 90 * DAY if which == ("later",) else None
    assert done.err.startswith("Nothing is due; the first to expire does so on ")
    assert expiry is None or f"{expiry:%Y-%m-%d}" in done.err
    assert four.count("create") == 0


def test_nothing_is_due_where_nothing_expires(run: Run, acme: FakeTenant) -> None:
    acme.add_token(acme.person, "for ever", never_expires=True)
    done = run("rotate", "for ever", "--due", "30d", "--show-secret")
    assert (done.code, done.err) == (0, "Nothing is due.\n")


def test_dry_run(run: Run, four: FakeTenant) -> None:
    done = run("rotate", "--all-mine", "--due", "30d", "--dry-run", *SAVE)
    assert (done.code, done.out) == (0, "")
    assert "Would rotate 'due' of Support" in done.err
    assert "Nothing was changed." in done.err
    assert four.count("create") == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("due", "later", "--show-secret"), "only --save-with takes more than one"),
        (("due", "nothing", "--show-secret"), "has the id or the name 'nothing'"),
        (("Nightly", "--show-secret"), "(5 were looked at).\n"),
        (("managed", "--show-secret"), "'managed' is managed by the platform itself"),
        (("due", "--show-secret"), "There is no terminal to ask on: give --yes"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is_created(
    run: Run, four: FakeTenant, arguments: tuple[str, ...], says: str
) -> None:
    more = () if "--yes" in says else ("--yes",)
    done = run("rotate", *arguments, *more)
    assert (done.code, done.out) == (2, "")
    assert says in done.err
    assert four.count("create") == 0


def test_then_runs_once_between_saving_and_revoking(four: FakeTenant, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    list_tokens = f'{" ".join(COMMAND)} list | grep -c "^[0-9a-f]" >> {seen}'
    done = process("rotate", "due", "later", "--yes", *SAVE, "--then", list_tokens)
    assert done.code == 0, done.err
    # Five tokens, and two new ones beside them.
    assert seen.read_text() == "7\n"
    assert len(four.tokens) == 5


def test_a_then_that_fails_leaves_both_tokens(acme: FakeTenant) -> None:
    done = process(*SELF, *SAVE, "--then", "kill -9 $$")
    (new,) = new_tokens(acme)
    assert done.code == 1
    assert "The command of --then failed (killed by signal 9)" in done.err
    assert f"the new token {new.id} exists and is saved" in done.err
    assert f"the old token {acme.client_id} exists and works" in done.err
    assert len(acme.tokens) == 2


def test_an_old_token_that_cannot_be_revoked(run: Run, acme: FakeTenant) -> None:
    acme.fail("delete", faults.Status(403))
    done = run(*SELF, *SAVE)
    (new,) = new_tokens(acme)
    assert done.code == 1
    assert f"the new token {new.id} exists and is saved" in done.err
    assert f"the old token {acme.client_id} exists and works" in done.err
    assert f"To finish: sailpoint-pat revoke {acme.client_id}" in done.err


def test_a_refused_create_changes_nothing(run: Run, acme: FakeTenant) -> None:
    acme.fail("create", faults.Status(403))
    done = run(*SELF, *SAVE)
    assert done.code == 1
    assert "stopped at the step 'create'" in done.err
    assert list(acme.tokens) == [acme.client_id]


def test_of_several_one_fails_and_the_others_are_rotated(run: Run, four: FakeTenant) -> None:
    four.fail("create", faults.Status(400))
    done = run("rotate", "due", "later", "--yes", *SAVE, "-o", "json")
    assert done.code == 1
    assert [token["name"].split(" (")[0] for token in json.loads(done.out)] == ["later"]
    assert "1 of 2 rotations are not complete" in done.err
    assert "due" in {token.name for token in four.tokens.values()}


@pytest.mark.parametrize(
    ("options", "code", "rotated"),
    [
        (("--all-mine", "--expires-in", "1d"), 1, 1),
        (("--self", "--expires-in", "1d"), 0, 1),
        # The broken one may be due.
        (("--all-mine", "--due", "30d"), 1, 0),
    ],
)
def test_a_broken_record_does_not_stop_a_rotation(
    run: Run, acme: FakeTenant, options: tuple[str, ...], code: int, rotated: int
) -> None:
    acme.fail("list", faults.Body([BROKEN, readable(acme)]), times=None)
    done = run("rotate", *options, "--yes", *SAVE)
    assert done.code == code
    assert len(new_tokens(acme)) == rotated
    assert ("1 of 2 records of the listing cannot be read" in done.err) == (code == 1)


def test_dry_run_checks_the_arguments(run: Run, acme: FakeTenant) -> None:
    v3 = ("--api-version", "v3")
    done = run(*v3, *SELF, "--never-expires", "--show-secret", "--dry-run")
    assert done.code == 2
    assert acme.count("create") == 0
