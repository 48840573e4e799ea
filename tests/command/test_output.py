"""What is printed: data on standard output, in a form that nothing in it can break."""

import csv
import io
import json
import os
import subprocess

import pytest

from sailpoint_pat.testing import FakeTenant
from tests.command.conftest import Run
from tests.command.running import COMMAND, PATIENCE, Terminal, environment, process

HEADER = (
    "id,name,owner_id,owner_name,scopes,created_at,last_used_at,expires_at,never_expires,"
    "access_token_ttl_seconds,managed"
)
# Clears the screen; the same as one character; turns the text round; ends the line; is no text.
HOSTILE = "\x1b[2J\x9b2Jevil\u202egnp.exe\r\n\ttail\u2028x"
SHOWN = r"\x1b[2J\x9b2Jevil\u202egnp.exe\r\n\ttail\u2028x"


def test_json_of_a_listing_is_an_array(run: Run, acme: FakeTenant) -> None:
    acme.add_token(acme.person, "Nightly", scopes=["idn:accounts:read"], never_expires=True)
    done = run("list", "-o", "json")
    assert (done.code, done.err) == (0, "")
    first, second = json.loads(done.out)
    assert first["id"] == acme.client_id
    assert second["name"] == "Nightly"
    assert second["owner"]["name"] == "Support"
    assert second["scopes"] == ["idn:accounts:read"]
    assert (second["expires_at"], second["never_expires"]) == (None, True)


def test_json_of_one_token_is_an_object(run: Run, acme: FakeTenant) -> None:
    assert json.loads(run("show", acme.client_id, "-o", "json").out)["name"] == "FakeTenant"


@pytest.mark.parametrize(
    ("output", "nothing"),
    [("json", "[]\n"), ("csv", f"{HEADER}\n"), ("table", HEADER.replace(",", "\t") + "\n")],
)
@pytest.mark.usefixtures("acme")
def test_no_tokens(run: Run, output: str, nothing: str) -> None:
    done = run("list", "--name", "nothing*", "-o", output)
    assert (done.code, done.out, done.err) == (0, nothing, "")


def test_csv(run: Run, acme: FakeTenant) -> None:
    token = acme.add_token(acme.person, 'A "quoted", one', scopes=["a", "b"], managed=True)
    rows = list(csv.DictReader(io.StringIO(run("list", "-o", "csv").out)))
    assert ",".join(rows[0]) == HEADER
    assert rows[1]["id"] == token.id
    assert rows[1]["name"] == 'A "quoted", one'
    assert rows[1]["owner_name"] == "Support"
    assert rows[1]["scopes"] == "a b"
    assert rows[1]["last_used_at"] == ""
    assert rows[1]["expires_at"].endswith("Z")
    assert rows[1]["never_expires"] == "false"
    assert rows[1]["access_token_ttl_seconds"] == "43200"
    assert rows[1]["managed"] == "true"


def test_piped_a_table_is_tab_separated_and_complete(run: Run, acme: FakeTenant) -> None:
    acme.add_token(acme.person, "A very long name, " * 20)
    done = run("list")
    assert done.out.splitlines()[0] == HEADER.replace(",", "\t")
    assert [len(row) for row in done.rows] == [11, 11]
    assert done.rows[1][1] == "A very long name, " * 20


@pytest.mark.parametrize("beginning", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])  # noqa: RUF001
@pytest.mark.parametrize("output", ["csv", "table"])
def test_no_cell_is_a_formula(run: Run, acme: FakeTenant, output: str, beginning: str) -> None:
    acme.add_token(acme.person, f"{beginning}HYPERLINK(1)")
    done = run("list", "-o", output)
    dialect = "excel" if output == "csv" else "excel-tab"
    name = list(csv.DictReader(io.StringIO(done.out), dialect=dialect))[1]["name"]
    assert name.startswith("'")
    assert name.endswith("HYPERLINK(1)")


@pytest.mark.parametrize("output", ["json", "csv", "table"])
def test_no_escape_sequence_is_printed(run: Run, acme: FakeTenant, output: str) -> None:
    acme.add_token(acme.person, HOSTILE)
    done = run("list", "-o", output)
    assert all(char.isprintable() for char in done.out.replace("\n", "").replace("\t", ""))
    if output == "json":
        assert json.loads(done.out)[1]["name"] == HOSTILE
    else:
        assert SHOWN in done.out


@pytest.mark.parametrize("arguments", [("list",), ("list", "-o", "json"), ("show", "{id}")])
def test_no_escape_sequence_reaches_a_terminal(
    acme: FakeTenant, arguments: tuple[str, ...]
) -> None:
    token = acme.add_token(acme.person, HOSTILE)
    with Terminal(*(word.format(id=token.id) for word in arguments), NO_COLOR="1") as terminal:
        assert terminal.end() == 0
    assert "evil" in terminal.raw
    for bad in ("\x1b[2J", "\x9b", "\u202e", "\u2028"):
        assert bad not in terminal.raw


def test_names_in_messages_are_harmless_too(run: Run, acme: FakeTenant) -> None:
    acme.add_token(acme.person, HOSTILE)
    done = run("revoke", HOSTILE, "--dry-run")
    assert done.code == 0
    assert all(char.isprintable() for char in done.err.replace("\n", ""))


@pytest.mark.parametrize("output", ["json", "csv"])
def test_what_cannot_be_encoded_is_escaped(acme: FakeTenant, output: str) -> None:
    acme.add_token(acme.person, "Büro 🔑")
    env = environment(PYTHONIOENCODING="latin-1", PYTHONUTF8="0")
    done = subprocess.run(
        [*COMMAND, "list", "-o", output], check=True, capture_output=True, env=env, timeout=PATIENCE
    )
    if output == "json":
        assert json.loads(done.stdout)[1]["name"] == "Büro 🔑"
    else:
        assert "Büro \\U0001f511" in done.stdout.decode("latin-1")


@pytest.mark.parametrize("code", [0, 10])
def test_a_closed_pipe_is_quiet_and_changes_no_exit_code(acme: FakeTenant, code: int) -> None:
    command = ("list", "--all") if code == 0 else ("audit", "--fail-on", "low", "-o", "json")
    for number in range(150):
        acme.add_token(acme.person, f"Token {number}", never_expires=True)
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as pipe:
        done = process(*command, stdout=pipe)
    assert (done.code, done.err) == (code, "")


@pytest.mark.usefixtures("acme")
def test_a_full_disk_is_told() -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = process("list", stdout=full)
    assert done.code == 1
    assert done.err == "Error: Standard output cannot be written: No space left on device.\n"


def test_without_standard_output_no_secret_is_lost(acme: FakeTenant) -> None:
    shell = ("/bin/sh", "-c", '"$@" >&-', "sh", *COMMAND)
    done = process(
        "create", "X", "--expires-in", "1d", "--all-scopes", "--show-secret", command=shell
    )
    assert done.code == 1
    assert "was revoked again" in done.err
    assert list(acme.tokens) == [acme.client_id]
