"""`--save-to FILE`: written whole or not at all, and tried before anything is created."""

import fcntl
import os
import threading
from pathlib import Path

import pytest

from sailpoint_pat.testing import FakeTenant, faults
from tests.command.conftest import Run
from tests.command.records import named
from tests.command.running import COMMAND, PATIENCE, process, started

CREATE = ("create", "Nightly", "--expires-in", "90d", "--all-scopes", "--save-to")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "job.env"


def test_a_new_file_is_readable_for_its_owner_alone(run: Run, acme: FakeTenant, file: Path) -> None:
    before = os.umask(0)
    try:
        assert run(*CREATE, str(file)).code == 0
    finally:
        os.umask(before)
    new = named(acme, "Nightly")
    assert file.stat().st_mode & 0o7777 == 0o600
    assert file.read_text() == (
        f"SAIL_BASE_URL={acme.base_url}\nSAIL_CLIENT_ID={new.id}\nSAIL_CLIENT_SECRET={new.secret}\n"
    )
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.usefixtures("acme")
def test_an_existing_file_keeps_mode_and_attributes(run: Run, file: Path) -> None:
    file.write_text("A=1\n")
    file.chmod(0o640)
    done = run(*CREATE, str(file))
    assert file.stat().st_mode & 0o7777 == 0o640
    assert file.read_text().startswith("A=1\nSAIL_BASE_URL=")
    assert f"Warning: others may read {file}" in done.err


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody else")
@pytest.mark.usefixtures("acme")
def test_an_existing_file_keeps_its_owner(run: Run, file: Path) -> None:
    file.write_text("A=1\n")
    os.chown(file, 1234, 5678)
    assert run(*CREATE, str(file)).code == 0
    assert (file.stat().st_uid, file.stat().st_gid) == (1234, 5678)


@pytest.mark.usefixtures("acme")
def test_a_link_is_followed(run: Run, file: Path, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    target = tmp_path / "folder" / "target"
    file.symlink_to(target)
    assert run(*CREATE, str(file)).code == 0
    assert file.is_symlink()
    assert "SAIL_CLIENT_ID=" in target.read_text()


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("folder", "it is not a regular file"),
        ("missing folder", "No such file or directory"),
        ("hard link", "it has a second name"),
        ("strange assignment", "line 1 assigns SAIL_CLIENT_ID in a way that cannot be replaced"),
        ("/dev/null", "it is not a regular file"),
        # A regular file that can be written, in a folder that takes no new one, from anybody.
        ("/proc/self/comm", "no new file can be made in its folder"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_before_anything_is_sent(
    run: Run, acme: FakeTenant, file: Path, kind: str, says: str
) -> None:
    if kind == "folder":
        file.mkdir()
    elif kind == "missing folder":
        file = file / "missing" / "file"
    elif kind == "hard link":
        file.touch()
        file.with_name("other").hardlink_to(file)
    elif kind == "strange assignment":
        file.write_text("SAIL_CLIENT_ID=$(id)\n")
    else:
        file = Path(kind)
    done = run(*CREATE, str(file))
    assert done.code == 2
    assert says in done.err
    assert acme.count() == 0


def test_a_full_disk_shows_before_anything_is_created(acme: FakeTenant, file: Path) -> None:
    file.write_text("A=1\n")
    small_disk = ("/bin/sh", "-c", 'ulimit -f 0; exec "$@"', "sh", *COMMAND)
    done = process(*CREATE, str(file), command=small_disk)
    assert done.code == 1
    assert f"{file} cannot be written: File too large. Nothing was created." in done.err
    assert acme.count() == 0
    assert (file.read_text(), list(file.parent.iterdir())) == ("A=1\n", [file])


def test_a_second_run_waits_for_the_first(acme: FakeTenant, file: Path) -> None:
    gate = faults.Gate()
    acme.fail("create", gate)
    first = started(*CREATE, str(file))
    assert gate.reached.wait(PATIENCE)
    second = started("create", "Second", *CREATE[2:], str(file))
    assert second.stderr is not None
    assert second.stderr.readline().startswith("Another run saves to")
    assert acme.count("create") == 1
    gate.open()
    for each in (first, second):
        each.communicate(timeout=PATIENCE)
        assert each.returncode == 0
    assert f"SAIL_CLIENT_ID={named(acme, 'Second').id}\n" in file.read_text()
    assert file.read_text().count("SAIL_CLIENT_ID") == 1


def test_a_file_that_cannot_be_written_any_more_leaves_no_new_token(
    run: Run, acme: FakeTenant, file: Path
) -> None:
    file.write_text("A=1\n")
    gate = faults.Gate()
    acme.fail("create", gate)

    def spoil() -> None:
        assert gate.reached.wait(PATIENCE)
        # What takes the file's place goes away.
        for path in file.parent.glob(".sailpoint-pat-*"):
            path.unlink()
        gate.open()

    spoiler = threading.Thread(target=spoil)
    spoiler.start()
    done = run(*CREATE, str(file))
    spoiler.join()
    assert done.code == 1
    assert f"{file} cannot be written: No such file or directory. It is as it was." in done.err
    assert "was revoked again: nothing is left of it." in done.err
    assert list(acme.tokens) == [acme.client_id]
    assert file.read_text() == "A=1\n"


@pytest.mark.usefixtures("acme")
def test_the_lock_is_gone_when_the_command_has_ended(run: Run, file: Path) -> None:
    run(*CREATE, str(file))
    descriptor = os.open(file.parent, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(descriptor)
