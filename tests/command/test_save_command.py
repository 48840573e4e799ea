"""`--save-with COMMAND`: the secret goes through a pipe, and nowhere else."""

import errno
import json
import os
import subprocess
import time
from pathlib import Path

import pytest

from sailpoint_pat.testing import FakeTenant
from tests.command.conftest import Run
from tests.command.records import named
from tests.secrets.hunter import Hunter

CREATE = ("create", "Nightly", "--expires-in", "90d", "--all-scopes")


def test_it_reads_one_object(run: Run, acme: FakeTenant, tmp_path: Path) -> None:
    file = tmp_path / "saved"
    done = run(*CREATE, "--save-with", f"cat > {file}")
    new = named(acme, "Nightly")
    assert done.code == 0
    (line,) = file.read_text().splitlines()
    saved = json.loads(line)
    assert saved["id"] == new.id
    assert saved["secret"] == new.secret
    assert saved["base_url"] == acme.base_url
    assert saved["owner"]["name"] == "Support"


def test_nothing_is_in_its_arguments_or_variables(
    run: Run, acme: FakeTenant, tmp_path: Path
) -> None:
    file = tmp_path / "seen"
    run(*CREATE, "--save-with", f"cat /proc/$$/cmdline /proc/$$/environ > {file}")
    new = named(acme, "Nightly")
    assert file.stat().st_size > 0
    assert new.secret not in file.read_text(errors="replace")


def test_a_command_that_reads_nothing_can_succeed(run: Run, acme: FakeTenant) -> None:
    assert run(*CREATE, "--save-with", "exec <&-; true").code == 0
    assert len(acme.tokens) == 2


def test_a_program_that_it_leaves_in_the_background_is_not_waited_for(run: Run) -> None:
    begun = time.monotonic()
    done = run("--fake", *CREATE, "--save-with", "sleep 30 & cat >/dev/null")
    assert done.code == 0
    assert time.monotonic() - begun < 15


@pytest.mark.parametrize(
    ("command", "how"), [("exit 3", "exit status 3"), ("kill -15 $$", "killed by signal 15")]
)
def test_a_failure_is_not_saved(run: Run, acme: FakeTenant, command: str, how: str) -> None:
    done = run(*CREATE, "--save-with", f"echo I cannot; {command}")
    assert (done.code, done.out) == (1, "")
    assert f"failed ({how}), which counts as not saved" in done.err
    assert "may hold a secret that works no more" in done.err
    assert "  I cannot\n" in done.err
    assert "was revoked again" in done.err
    assert list(acme.tokens) == [acme.client_id]


def test_at_the_time_limit_all_of_it_is_killed_and_nobody_knows(
    run: Run, acme: FakeTenant, tmp_path: Path
) -> None:
    file = tmp_path / "pid"
    command = f"cat; sleep 300 & echo $! > {file}; wait"
    done = run("rotate", "--self", "--yes", "--save-with", command, "--save-timeout", "1")
    (new,) = (token for token in acme.tokens.values() if token.id != acme.client_id)
    assert done.code == 1
    assert "was killed after 1 seconds" in done.err
    assert f"the new token {new.id} exists and is perhaps saved" in done.err
    assert f"the old token {acme.client_id} exists and works" in done.err
    assert new.secret not in done.err
    assert is_dead(int(file.read_text()))


def is_dead(pid: int) -> bool:
    """Whether a process is gone, or only waits for its parent to notice."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
    return False


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (
            BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN)),
            "'cat' cannot be started: Resource temporarily unavailable.",
        ),
        (RuntimeError(), "RuntimeError, which is a defect of this program"),
    ],
)
def test_a_token_that_nobody_has_the_secret_of_is_revoked_whatever_went_wrong(
    run: Run, acme: FakeTenant, monkeypatch: pytest.MonkeyPatch, error: Exception, says: str
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(subprocess, "Popen", broken)
    done = run(*CREATE, "--save-with", "cat")
    assert done.code == 1
    assert says in done.err
    assert "was revoked again" in done.err
    assert list(acme.tokens) == [acme.client_id]


def test_create_at_the_time_limit(run: Run, acme: FakeTenant) -> None:
    done = run(*CREATE, "--save-with", "sleep 300", "--save-timeout", "1")
    new = named(acme, "Nightly")
    assert done.code == 1
    assert f"The new token 'Nightly' exists, id {new.id}." in done.err


@pytest.mark.parametrize(
    "show",
    [
        "cat",
        "cat | base64",
        "base64 -w0",
        "od -An -tx1 | tr -d ' \\n'",
        "{ printf x; cat; } | base64 -w0",
        "{ printf x:; cat; } | base64 -w0",
        "fold -w 20",
        "tr a-f A-F",
        "cat; echo $SAIL_CLIENT_SECRET",
    ],
)
def test_a_secret_that_it_prints_is_hidden(
    run: Run, acme: FakeTenant, tmp_path: Path, show: str
) -> None:
    file = tmp_path / "input"
    done = run(*CREATE, "--save-with", f"cat >{file}; echo begin; ({show}) <{file}; exit 1")
    hunter = Hunter()
    hunter.know("the client secret", acme.client_secret)
    hunter.know("the new secret", json.loads(file.read_text())["secret"])
    hunter.show("standard error", done.err.lower() if "A-F" in show else done.err)
    hunter.show("standard output", done.out)
    hunter.show("standard error without line ends", "".join(done.err.split()))
    assert "  begin\n" in done.err
    assert "********" in done.err
    assert hunter.leaks() == []


def test_endless_output_is_cut(run: Run, acme: FakeTenant) -> None:
    done = run(*CREATE, "--save-with", "yes 'a line' | head -c 1000000; exit 1")
    assert done.err.count("a line") == 30
    assert len(acme.tokens) == 1
