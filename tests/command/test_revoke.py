"""`revoke`: what is destroyed was named, shown and agreed to."""

from pathlib import Path

import pytest

from sailpoint_pat.testing import FakeTenant, faults
from tests.command.conftest import Run, RunAsJane
from tests.command.running import process

MANAGE = "sp:my-personal-access-tokens:manage"


def test_by_name_and_by_id_with_the_own_token_last(run: Run, acme: FakeTenant) -> None:
    one, two = acme.add_token(acme.person, "one"), acme.add_token(acme.person, "two")
    done = run("revoke", acme.client_id, "one", two.id, two.id, "--yes")
    assert (done.code, done.out) == (0, "")
    assert dict(acme.tokens) == {}
    assert f"Revoked 'one' of Support, id {one.id}" in done.err
    assert done.err.count("Revoked ") == 3


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("one",), "There is no terminal to ask on: give --yes"),
        (("one", "two", "--yes"), "has the id or the name 'two'"),
        (("one", "Jane's", "--yes"), "With --all"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is_revoked(
    run: Run, acme: FakeTenant, arguments: tuple[str, ...], says: str
) -> None:
    acme.add_token(acme.person, "one")
    acme.add_token(acme.add_person("Jane"), "Jane's")
    done = run("revoke", *arguments)
    assert (done.code, acme.count("delete")) == (2, 0)
    assert says in done.err


def test_dry_run(run: Run, acme: FakeTenant) -> None:
    acme.add_token(acme.person, "one")
    done = run("revoke", "one", "FakeTenant", "--dry-run")
    assert (done.code, acme.count("delete")) == (0, 0)
    assert "Would revoke 'one' of Support" in done.err
    assert done.err.count("That is the token that this command runs on.") == 1


def test_somebody_elses_token_takes_all(run: Run, acme: FakeTenant) -> None:
    other = acme.add_token(acme.add_person("Jane"), "Jane's")
    assert run("revoke", "Jane's", "--all", "--yes").code == 0
    assert other.id not in acme.tokens


@pytest.mark.parametrize("source", ["a file", "standard input"])
def test_from_file(run: Run, acme: FakeTenant, tmp_path: Path, source: str) -> None:
    one = acme.add_token(acme.person, "one")
    acme.add_token(acme.person, "Nightly export")
    text = f"{one.id}\r\n\n  Nightly export  \n"
    if source == "a file":
        file = tmp_path / "tokens"
        file.write_text(text)
        done = run("revoke", "--from-file", str(file), "--yes")
    else:
        done = process("revoke", "--from-file", "-", "--yes", stdin=text)
    assert done.code == 0
    assert list(acme.tokens) == [acme.client_id]


def test_without_the_right_to_list_an_id_is_enough(
    run: Run, acme: FakeTenant, run_as_jane: RunAsJane
) -> None:
    other = acme.add_token(run_as_jane(MANAGE).owner, "other")
    assert run("revoke", "other", "--yes").code == 4
    assert acme.count("delete") == 0
    assert run("revoke", other.id, "--yes").code == 0
    assert other.id not in acme.tokens
    done = run("revoke", other.id, "--yes")
    assert done.code == 2
    assert f"There is no token with the id {other.id}" in done.err


def test_a_broken_record_can_be_revoked(run: Run, acme: FakeTenant) -> None:
    one = acme.add_token(acme.person, "one")
    acme.fail("list", faults.Body([{"id": one.id, "name": "one", "created": 1}]))
    assert run("revoke", one.id, "--yes").code == 0
    assert one.id not in acme.tokens


def test_somebody_else_was_faster(run: Run, acme: FakeTenant) -> None:
    one = acme.add_token(acme.person, "one")
    acme.fail("delete", faults.Status(404))
    done = run("revoke", one.id, "--yes")
    assert done.code == 0
    assert "Somebody else has revoked 'one'" in done.err


def test_of_several_one_fails(run: Run, acme: FakeTenant) -> None:
    acme.add_token(acme.person, "one")
    acme.add_token(acme.person, "two")
    acme.fail("delete", faults.Status(403))
    done = run("revoke", "one", "two", "--yes")
    assert done.code == 1
    assert "1 of 2 tokens were not revoked" in done.err
    assert (done.err.count("\nNot revoked: "), done.err.count("\nRevoked ")) == (1, 1)


@pytest.mark.parametrize(
    ("fault", "code"),
    [(faults.Status(400), 4), (faults.Status(403), 4), (faults.Status(401), 3)],
)
def test_of_one_the_failure_decides(
    run: Run, acme: FakeTenant, fault: faults.Status, code: int
) -> None:
    acme.add_token(acme.person, "one")
    acme.fail("delete", fault, times=None)
    assert run("revoke", "one", "--yes").code == code
