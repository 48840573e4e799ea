"""The command on a terminal: it draws, asks and can be interrupted."""

import json
import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sailpoint_pat.testing import FakeTenant, faults
from tests.command.records import named
from tests.command.running import COMMAND, PATIENCE, Done, Terminal, started
from tests.support.interrupts import Asked

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
QUESTION = "Revoke this token? Programs that use it stop working. [y/N]"


def test_a_table_is_drawn(acme: FakeTenant) -> None:
    acme.add_token(acme.person, "Nightly", never_expires=True, scopes=["idn:accounts:read"])
    with Terminal("list") as terminal:
        assert terminal.end() == 0
    header, first, second = terminal.shown.strip().splitlines()[-3:]
    assert header.split() == ["NAME", "EXPIRES", "LAST", "USED", "SCOPES", "ID"]
    assert first.split()[0] == "FakeTenant"
    assert acme.client_id in first
    assert "never" in second
    assert "1 scope" in second


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        (
            {
                "scopes": ["a", "b"],
                "expires_at": datetime(2099, 1, 1, tzinfo=UTC),
                "access_token_ttl": timedelta(seconds=900),
            },
            {
                "owner": "Support, id ",
                "scopes": "a b",
                "last used": "never",
                "expires": "2099-01-01 (in ",
                "access tokens live": "900 seconds",
                "managed by the platform": "no",
            },
        ),
        (
            {
                "scopes": None,
                "never_expires": True,
                "last_used_at": datetime(2026, 1, 1, tzinfo=UTC),
                "managed": True,
                "altered": lambda record: record | {"owner": None},
            },
            {
                "owner": "none",
                "scopes": "none given: all",
                "last used": "2026-01-01 (",
                "expires": "never",
                "managed by the platform": "yes",
            },
        ),
        (
            {"altered": lambda record: record | {"expirationDate": None}},
            {"expires": "no date given"},
        ),
    ],
    ids=["plain", "bare", "dateless"],
)
def test_one_token_is_shown_field_by_field(
    acme: FakeTenant, fields: dict[str, Any], told: dict[str, str]
) -> None:
    acme.add_token(acme.person, "it", **fields)
    with Terminal("show", "it", "--all") as terminal:
        assert terminal.end() == 0
    shown = dict(line.split("  ", 1) for line in terminal.shown.splitlines() if "  " in line)
    for field, value in told.items():
        assert shown[field].strip().startswith(value)


RED, YELLOW = "\x1b[31m", "\x1b[33m"


def test_a_table_shows_what_matters_of_each_token(acme: FakeTenant) -> None:
    now, jane = acme.now, acme.add_person("Jane")
    acme.add_token(jane, "gone", created_at=now - 9 * DAY, expires_at=now - 3 * DAY)
    acme.add_token(jane, "soon", expires_at=now + 12 * DAY + HOUR)
    acme.add_token(jane, "later", expires_at=datetime(2099, 1, 1, tzinfo=UTC))
    acme.add_token(jane, "lasting", never_expires=True)
    acme.add_token(jane, "dateless", altered=lambda record: record | {"expirationDate": None})
    acme.add_token(jane, "lost", altered=lambda record: record | {"owner": None})
    with Terminal("list", "--all") as terminal:
        assert terminal.end() == 0
    rows = {line.split()[0]: line.split()[1:] for line in terminal.shown.splitlines() if line}
    assert rows["NAME"] == ["OWNER", "EXPIRES", "LAST", "USED", "ID"]
    assert rows["gone"][:4] == ["Jane", "3", "days", "ago"]
    assert rows["soon"][:4] == ["Jane", "in", "12", "days"]
    assert rows["later"][:3] == ["Jane", "2099-01-01", "never"]
    assert rows["lasting"][:2] == ["Jane", "never"]
    assert rows["dateless"][:3] == ["Jane", "no", "date"]
    assert rows["lost"][0] == "none"
    assert terminal.raw.count(RED) == 1
    assert terminal.raw.count(YELLOW) == 1
    assert terminal.raw.index(RED) < terminal.raw.index(YELLOW)


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_no_colour_where_none_is_wanted(acme: FakeTenant, name: str, value: str) -> None:
    variables: Any = {name: value}
    acme.add_token(acme.person, "gone", created_at=acme.now, expires_at=acme.now)
    with Terminal("list", **variables) as terminal:
        assert terminal.end() == 0
    assert "\x1b[31" not in terminal.raw
    if value == "dumb":
        assert "\x1b" not in terminal.raw
        assert "\r" not in terminal.raw.replace("\r\n", "")


@pytest.mark.usefixtures("acme")
def test_nothing_to_show() -> None:
    with Terminal("list", "--never-used") as terminal:
        assert terminal.end() == 0
    assert terminal.shown.endswith("No tokens.\n")


def test_yes(acme: FakeTenant) -> None:
    one = acme.add_token(acme.person, "one")
    with Terminal("revoke", "one") as terminal:
        terminal.wait_for(QUESTION)
        assert one.id in acme.tokens
        terminal.type("YES\n")
        assert terminal.end() == 0
    assert one.id not in acme.tokens


@pytest.mark.parametrize(
    ("answer", "code", "says"),
    [
        ("\n", 1, "The answer was no. Nothing was changed."),
        ("\x04", 1, "The answer was no. Nothing was changed."),
        ("\x03", 130, "Interrupted."),
    ],
)
def test_no(acme: FakeTenant, answer: str, code: int, says: str) -> None:
    one = acme.add_token(acme.person, "one")
    with Terminal("revoke", "one") as terminal:
        terminal.wait_for(QUESTION)
        terminal.type(answer)
        assert terminal.end() == code
    assert says in terminal.shown
    assert one.id in acme.tokens


def test_rotate_asks_too(acme: FakeTenant, tmp_path: Path) -> None:
    with Terminal("rotate", "--self", "--save-to", str(tmp_path / "env")) as terminal:
        terminal.wait_for("and the old token is revoked. Go on? [y/N]")
        terminal.type("y\n")
        assert terminal.end() == 0
    assert acme.client_id not in acme.tokens
    assert "expires" in terminal.shown


def test_progress_is_shown_on_a_terminal(acme: FakeTenant) -> None:
    gate = faults.Gate()
    acme.fail("list", gate)
    with Terminal("list") as terminal:
        terminal.wait_for("Listing the tokens ...")
        gate.open()
        assert terminal.end() == 0


@pytest.mark.parametrize(
    "command",
    [
        ("create", "X", "--expires-in", "1d", "--all-scopes"),
        ("rotate", "--self", "--yes"),
    ],
)
def test_a_secret_goes_to_the_file_that_standard_output_is(
    acme: FakeTenant, tmp_path: Path, command: tuple[str, ...]
) -> None:
    file = tmp_path / "out.json"
    with (
        file.open("w") as out,
        Terminal(*command, "--show-secret", "-o", "json", stdout=out) as terminal,
    ):
        assert terminal.end() == 0
    printed = json.loads(file.read_text())
    assert printed["secret"] == acme.tokens[printed["id"]].secret
    assert printed["secret"] not in terminal.raw


# --- interrupted ----------------------------------------------------------------------------------


def signalled(
    tenant: FakeTenant,
    operation: Asked,
    number: signal.Signals,
    *arguments: str,
    command: tuple[str, ...] = COMMAND,
    answers: bool = False,
) -> Done:
    """Send the command a signal while it waits for an answer; the work is done by then.

    Args:
        answers: whether the answer comes after the signal, or not before the command has ended.
    """
    gate = faults.Gate(after=True)
    tenant.fail(operation, gate)
    process = started(*arguments, command=command)
    assert gate.reached.wait(PATIENCE)
    process.send_signal(number)
    if answers:
        gate.open()
    _, said = process.communicate(timeout=PATIENCE)
    gate.open()
    return Done(process.returncode, "", said)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_an_interrupted_rotation_says_what_exists(acme: FakeTenant, number: signal.Signals) -> None:
    rotate = ("rotate", "--self", "--yes", "--save-with", "cat >/dev/null")
    done = signalled(acme, "delete", number, *rotate)
    (new,) = acme.tokens
    assert done.code == 130
    assert f"the new token {new} exists and is saved" in done.err
    assert f"the old token {acme.client_id} may exist" in done.err


def test_an_interrupted_save_says_that_the_token_may_not_be_saved(
    acme: FakeTenant, tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    save = f"cat >/dev/null; echo $$ >{pipe}; sleep 300"
    process = started("create", "X", "--expires-in", "1d", "--all-scopes", "--save-with", save)
    pid = int(pipe.read_text())
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert f"The new token {named(acme, 'X').id} exists. It may not be saved" in said
    # What was started for it is gone as well.
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_an_interrupted_revoke_says_what_was_done(acme: FakeTenant) -> None:
    names = ["one", "two", "three"]
    tokens = [acme.add_token(acme.person, name) for name in names]
    done = signalled(acme, "delete", signal.SIGINT, "revoke", *names, "--yes", answers=True)
    assert done.code == 130
    gone = {token.id for token in tokens} - set(acme.tokens)
    assert gone
    assert all(token_id in done.err.partition("Interrupted.")[2] for token_id in gone)


IN_THE_BACKGROUND = ("/bin/sh", "-c", 'trap "" INT; exec "$@"', "sh", *COMMAND)


@pytest.mark.parametrize(
    ("what", "number", "command", "code"),
    [
        ("audit", signal.SIGINT, COMMAND, 130),
        ("audit", signal.SIGTERM, COMMAND, 130),
        ("list", signal.SIGTERM, IN_THE_BACKGROUND, 130),
        ("list", signal.SIGINT, IN_THE_BACKGROUND, 0),
        ("list", signal.SIGHUP, ("/usr/bin/nohup", *COMMAND), 0),
    ],
    ids=["Ctrl-C", "end", "end of a job", "Ctrl-C is ignored", "nohup"],
)
def test_what_interrupts_a_command_that_only_reads(
    acme: FakeTenant, what: str, number: signal.Signals, command: tuple[str, ...], code: int
) -> None:
    done = signalled(acme, "list", number, what, command=command, answers=code == 0)
    assert (done.code, done.err) == (code, "Interrupted.\n" if code else "")


ENDED_IN_A_TASK = """
import os, signal, sys

def end(frame, event, _):
    if event == "call" and frame.f_code.co_name == "handle_async_request":
        sys.setprofile(None)
        os.kill(os.getpid(), signal.SIGTERM)

sys.setprofile(end)
"""


@pytest.mark.parametrize("command", [COMMAND, IN_THE_BACKGROUND], ids=["in front", "a job"])
def test_a_signal_in_the_middle_of_a_task_ends_the_audit(
    acme: FakeTenant, command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(ENDED_IN_A_TASK)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    acme.fail("list", faults.Hang())
    process = started("audit", command=command)
    _, said = process.communicate(timeout=PATIENCE)
    assert (process.returncode, said) == (130, "Interrupted.\n")
