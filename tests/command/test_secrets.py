"""A hunt for secrets through what the command writes, also with its log and its tracebacks."""

import json
from pathlib import Path

import pytest

from sailpoint_pat.testing import FakeTenant, faults
from tests.command.conftest import Run
from tests.command.running import Done
from tests.secrets.hunter import Hunter
from tests.support.interrupts import Asked

CREATE = ("create", "X", "--expires-in", "1d", "--all-scopes")
ROTATE = ("rotate", "--self", "--yes")


def leaks(tenant: FakeTenant, done: Done, saved: Path) -> list[str]:
    """Return where the tenant's secrets are in what a command wrote, other than what it saved."""
    hunter = Hunter()
    hunter.know("the client secret", tenant.client_secret)
    for line in saved.read_text().splitlines() if saved.exists() else ():
        hunter.know("a new secret", json.loads(line)["secret"])
    for token in tenant.tokens.values():
        hunter.know(f"the secret of {token.name}", token.secret)
    hunter.show("standard output", done.out)
    hunter.show("standard error", done.err)
    return hunter.leaks()


@pytest.mark.parametrize("command", [CREATE, ROTATE])
@pytest.mark.parametrize("save", ["cat >>{}", "cat >>{}; cat {}; exit 1"])
@pytest.mark.parametrize(
    "wrong",
    [
        None,
        ("token", faults.Status(401)),
        ("list", faults.Status(403)),
        ("create", faults.Cut()),
        ("create", faults.Status(400)),
        ("delete", faults.Status(403)),
    ],
)
def test_only_the_place_that_was_named_gets_a_secret(
    run: Run,
    acme: FakeTenant,
    tmp_path: Path,
    command: tuple[str, ...],
    save: str,
    wrong: tuple[Asked, faults.Fault] | None,
) -> None:
    saved = tmp_path / "saved"
    if wrong is not None:
        acme.fail(*wrong)
    done = run("--debug", *command, "--save-with", save.format(saved, saved), "-o", "json")
    assert "Debug: " in done.err
    assert leaks(acme, done, saved) == []
