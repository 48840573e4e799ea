"""What the command prints, and its exit status."""

import json
import subprocess
import sys
from pathlib import Path

from tests.drift.conftest import Compare
from tests.drift.specimens import dereferenced, edited, spec, write_tree

ROOT = Path(__file__).resolve().parents[2]
LEGEND = "On the left of an arrow: our openapi.yaml. On the right: the vendor's spec."


def test_every_heading_is_there_in_order_with_a_legend(compare: Compare) -> None:
    upstream = edited(spec(), "Request|fields|testNew", {"type": "string"})
    assert compare(upstream).out.splitlines() == [
        "Breaks our users (0)",
        "Additions we could take (1)",
        "  createPersonalAccessToken: request: testNew: is new (optional string)",
        "Harmless (0)",
        "2 recorded differences left out; ARGS=-v (without make: -v) shows them.",
        LEGEND,
    ]


def test_where_nothing_differs_it_says_so(compare: Compare) -> None:
    assert compare(spec()).out.splitlines() == [
        "Nothing differs but what openapi.yaml records.",
        "2 recorded differences left out; ARGS=-v (without make: -v) shows them.",
    ]


def test_verbose_shows_the_recorded_differences_with_their_reasons(compare: Compare) -> None:
    known = "owner.type: no enum -> enum IDENTITY (It grows.)"
    assert compare(spec(), "-v").out.splitlines() == [
        "Nothing differs but what openapi.yaml records.",
        "2 recorded differences:",
        f"  listPersonalAccessTokens: response 200: [].{known}",
        f"  createPersonalAccessToken: response 200: {known}",
        LEGEND,
    ]


def test_names_of_the_vendor_cannot_steer_the_terminal(compare: Compare) -> None:
    result = compare(edited(spec(), "Request|fields|bad\x1b[2J\nname", {"type": "string"}))
    assert result.news == ["+ create: request: bad?[2J?name: is new (optional string)"]


def test_a_folder_gives_one_table_and_the_worst_status(compare: Compare, tmp_path: Path) -> None:
    folder = tmp_path / "checkout"
    write_tree(spec("v1"), folder / "idn/apis/tokens/openapi.yaml", folder / "idn/apis/shared")
    clean = compare(folder, "--all")
    write_tree(edited(spec(), "delete", {}), folder / "idn/b.yaml", folder / "idn/v3")
    broken = spec()
    broken["paths"]["/personal-access-tokens"] = []
    files = {"a.json": dereferenced(spec(), spec()), "c.json": broken, "other.json": {"openapi": 1}}
    breaking = compare(folder, "--all")
    for name, node in files.items():
        (folder / name).write_text(json.dumps(node))
    result = compare(folder, "--all")
    heading, *rows = result.out.splitlines()
    assert heading.split() == ["breaks", "adds", "harmless", "recorded", "seconds", "spec"]
    assert [(row.split()[:4], row.split()[-1]) for row in (rows[0], *rows[2:])] == [
        (["0", "0", "0", "2"], "a.json"),
        (["0", "0", "0", "2"], "idn/apis/tokens/openapi.yaml"),
        (["5", "1", "2", "2"], "idn/b.yaml"),
    ]
    assert rows[1].startswith("cannot be compared: c.json: an object was expected")
    assert (clean.status, breaking.status, result.status) == (0, 1, 2)


def test_as_a_program() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tools.drift", "no", "--ours=no"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == "drift: no: No such file or directory\n"
