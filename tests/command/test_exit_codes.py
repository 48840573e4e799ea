"""The table of exit codes: what goes wrong decides how the command ends."""

from datetime import timedelta

import pytest

from sailpoint_pat.command import _show
from sailpoint_pat.testing import FakeTenant, faults
from tests.command.conftest import Run, RunAsJane
from tests.command.records import BROKEN
from tests.command.running import process
from tests.support.interrupts import Asked


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    ("operation", "fault", "code"),
    [
        ("list", faults.Status(400), 4),
        ("list", faults.Status(401), 3),
        ("list", faults.Status(403), 4),
        ("list", faults.Status(404), 4),
        ("list", faults.Status(418), 4),
        ("list", faults.RateLimited("1"), 4),
        ("list", faults.Body([BROKEN]), 1),
        ("list", faults.Html(), 1),
        ("list", faults.Status(302), 5),
        ("list", faults.Status(503), 5),
        ("list", faults.Dropped(), 5),
        ("token", faults.Status(401), 3),
        ("token", faults.Html(403), 3),
    ],
)
def test_what_is_answered(
    run: Run, acme: FakeTenant, operation: Asked, fault: faults.Fault, code: int
) -> None:
    acme.fail(operation, fault, times=None)
    done = run("list")
    assert done.code == code
    assert "Error: " in done.err
    assert "Traceback" not in done.err


@pytest.mark.usefixtures("clock")
def test_no_network(run: Run, acme: FakeTenant) -> None:
    acme.stop()
    done = run("list")
    assert (done.code, done.out) == (5, "")
    assert done.err.splitlines()[-1].startswith("Error: ")
    assert "Traceback" not in done.err


def test_an_expired_own_token(run: Run, acme: FakeTenant) -> None:
    acme.advance(timedelta(days=200))
    done = run("rotate", "--self", "--yes", "--show-secret")
    assert (done.code, done.out) == (3, "")
    assert acme.client_id in done.err


def test_no_right_to_list_the_tenant(run: Run, run_as_jane: RunAsJane) -> None:
    run_as_jane("idn:my-personal-access-tokens:read")
    done = run("list", "--all")
    assert done.code == 4
    assert "Without --all, the command looks through the caller's own tokens." in done.err
    assert run("list").code == 0


def test_a_defect_is_told_as_one(
    run: Run, acme: FakeTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(f"with {acme.client_secret} in it")

    monkeypatch.setattr(_show, "print_tokens", broken)
    done = run("list")
    assert done.code == 1
    assert done.err == (
        "Error: RuntimeError, which is a defect of this program. With --debug before the command "
        "it shows where.\n"
    )


def test_debug_shows_log_and_traceback(acme: FakeTenant) -> None:
    acme.fail("list", faults.Status(403))
    done = process("--debug", "list")
    assert done.code == 4
    assert "Debug: GET " in done.err
    assert "Traceback (most recent call last):" in done.err
    assert acme.client_secret not in done.err


def test_a_warning_of_the_library_is_shown(run: Run, acme: FakeTenant) -> None:
    acme.add_token(acme.person, "for ever", never_expires=True)
    run_v3 = ("--base-url", acme.base_url, "--api-version", "v3")
    done = run(*run_v3, "rotate", "for ever", "--yes", "--save-with", "cat >/dev/null")
    assert "Warning: " in done.err
