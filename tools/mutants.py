"""Mutation testing: change the code in small ways, and see whether the tests notice.

    python tools/mutants.py [mutant ...]

The arguments are mutants as mutmut names them, `sailpoint_pat._retry.*` for instance; all of them
without any, which takes about half an hour on two cores. mutmut wants the packages below `src/`,
so it gets a copy of the checkout, in `mutants/`, where its log and its results stay:
`cd mutants && ../.venv/bin/mutmut show NAME`, or `browse`.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

TOP = Path(__file__).parents[1]
PLACE = TOP / "mutants"
LOG = PLACE / "mutmut.log"
# What decides over lost and leaked tokens.
MODULES = (
    "_auth.py",
    "_exchange.py",
    "_flows.py",
    "_operations/*.py",
    "_pace.py",
    "_retry.py",
    "_rotation/*.py",
    "_sending.py",
)
# The tests that hold these modules.
TESTS = (
    "tests/contract",
    "tests/drivers",
    "tests/rotation",
    "tests/test_answers.py",
    "tests/test_arguments.py",
    "tests/test_auth.py",
    "tests/test_client.py",
    "tests/test_exchange.py",
    "tests/test_flows.py",
    "tests/test_operations.py",
    "tests/test_pace.py",
    "tests/test_reading.py",
    "tests/test_retry.py",
    "tests/test_sending.py",
    "tests/test_versions.py",
)
# Those that generate or copy the packages, or are about FakeTenant.
LEFT_OUT = ("test_layers.py", "test_tenant.py")
# Every mutant is up against all tests that reach it, so each is run no oftener than it takes: with
# the sync client, and in the modules that differ with one event loop.
WHICH = "not trio and not (asyncio and (contract or retry or rotation or reading or flows))"
WANTED = 0.95

SETTINGS = """\
[tool.mutmut]
source_paths = ["src/sailpoint_pat"]
only_mutate = [{modules}]
also_copy = ["src", "openapi.yaml"]
pytest_add_cli_args = ["-p", "no:xdist", "-p", "no:cacheprovider", "-k", "{which}"]
pytest_add_cli_args_test_selection = [{tests}]
timeout_constant = 5.0
timeout_multiplier = 3.0

[tool.pytest.ini_options]
filterwarnings = ["error"]
"""


def main() -> int:
    """Make the copy, run mutmut in it, print what survived; return 1 if that is too much."""
    make_copy()
    mutmut = Path(sys.executable).with_name("mutmut")
    print(f"mutmut writes to {LOG.relative_to(TOP)}", flush=True)
    # A file, because it draws a spinner.
    with LOG.open("wb") as log:
        run = subprocess.run(  # noqa: S603  our own tool
            [mutmut, "run", *sys.argv[1:]], cwd=PLACE, stdout=log, stderr=log, check=False
        )
    if run.returncode:
        print(f"mutmut failed with {run.returncode}: see the end of its log")
        return run.returncode
    results = subprocess.run(  # noqa: S603  our own tool
        [mutmut, "results", "--all", "true"], cwd=PLACE, capture_output=True, text=True, check=True
    )
    return report(results.stdout)


def make_copy() -> None:
    """Lay out the checkout the way mutmut wants it."""
    shutil.rmtree(PLACE, ignore_errors=True)
    for folder, package in (("facade", "sailpoint_pat"), ("generated", "sailpoint_pat_generated")):
        shutil.copytree(TOP / folder / package, PLACE / "src" / package)
    shutil.copytree(TOP / "tests", PLACE / "tests", ignore=shutil.ignore_patterns(*LEFT_OUT))
    shutil.copy(TOP / "openapi.yaml", PLACE)
    settings = SETTINGS.format(
        modules=_listed(f"src/sailpoint_pat/{name}" for name in MODULES),
        tests=_listed(TESTS),
        which=WHICH,
    )
    (PLACE / "pyproject.toml").write_text(settings, encoding="utf-8")


def report(results: str) -> int:
    """Print the survivors and the figures; return 1 if too few mutants were killed."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for line in results.splitlines():
        name, _, status = line.strip().rpartition(": ")
        if status == "not checked":
            continue  # Not among those that were asked for.
        counts[name.split(".")[1]][status] += 1
        if status not in {"killed", "timeout"}:
            print(f"{name}: {status}")
    for module, statuses in sorted(counts.items()):
        found = ", ".join(f"{number} {status}" for status, number in statuses.most_common())
        print(f"{module}: {statuses.total()} mutants: {found}")
    everything = sum(counts.values(), Counter())
    # One that never ends is noticed as well.
    killed = everything["killed"] + everything["timeout"]
    share = killed / (everything.total() or 1)
    print(f"{everything.total()} mutants, {killed} killed ({share:.1%})")
    return int(share < WANTED)


def _listed(values: Iterable[str]) -> str:
    return ", ".join(f'"{value}"' for value in values)


if __name__ == "__main__":
    sys.exit(main())
