"""Try every Python that is found, with the lowest and the newest dependencies: `make matrix`.

For each pair there is an environment of its own in `build/matrix`, with this package and what a
part of the tests needs. "Lowest" are the lower bounds that pyproject.toml declares of what the
library, the command and FakeTenant need; "newest" is whatever the package index has today.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

TOP = Path(__file__).parents[1]
FOLDER = TOP / "build" / "matrix"
OLDEST, NEWEST = (3, 11), (3, 14)
TOOLS = (
    "hypothesis",
    "prometheus-client",
    "pytest",
    "pytest-randomly",
    "pytest-xdist",
    "socksio",
    "trio",
    "trustme",
)
# The tests that meet the dependencies most: connections, proxies, exchanges, and both clients; the
# tenant, the command and the report.
TESTS = (
    *("tests/wire", "tests/drivers", "tests/test_auth.py"),
    *("tests/testing", "tests/command", "tests/report"),
)
EXTRAS = ("cli", "testing")
_LOWER_BOUND = re.compile(r"(?P<name>[\w-]+)\s*>=\s*(?P<version>[\w.]+)")


def main() -> int:
    """Run the pairs and print a table of them; return the exit code."""
    parser = argparse.ArgumentParser(description="Try every Python, with lowest and newest.")
    parser.add_argument("--python", help="only this one, such as 3.12")
    parser.add_argument("--bounds", choices=["lowest", "newest"], help="only these")
    arguments = parser.parse_args()
    found = {
        version: python
        for version, python in pythons().items()
        if arguments.python in {None, version}
    }
    if not found:
        print("No such Python was found.", file=sys.stderr)
        return 2
    bounds = [arguments.bounds] if arguments.bounds else ["lowest", "newest"]
    results = {
        (version, bound): attempt(python, version, bound)
        for version, python in found.items()
        for bound in bounds
    }
    print()
    for (version, bound), outcome in results.items():
        print(f"Python {version:5} {bound:7} {outcome}")
    return int(any(outcome != "passed" for outcome in results.values()))


def pythons() -> dict[str, Path]:
    """Return the Pythons that will do, by their version: those on the path, and those of pyenv."""
    found = {}
    for minor in range(OLDEST[1], NEWEST[1] + 1):
        version = f"{OLDEST[0]}.{minor}"
        kept = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"
        on_path = shutil.which(f"python{version}")
        places = [Path(on_path)] if on_path else []
        for place in (*places, *sorted(kept.glob(f"{version}.*/bin/python"))):
            if runs(place):
                found[version] = place
                break
    return found


def runs(python: Path) -> bool:
    """Return whether it does: pyenv has a command for every version, also for those not chosen."""
    tried = subprocess.run([python, "-c", ""], check=False, capture_output=True)  # noqa: S603
    return tried.returncode == 0


def attempt(python: Path, version: str, bound: str) -> str:
    """Set up an environment and run the tests in it; return `passed`, or what failed."""
    home = FOLDER / f"{version}-{bound}"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    constraints = home / "constraints.txt"
    constraints.write_text("\n".join(lower_bounds()) if bound == "lowest" else "", encoding="utf-8")
    inside = home / "bin" / "python"
    steps: dict[str, list[str | Path]] = {
        "the environment": [python, "-m", "venv", home],
        "the installation": [
            *(inside, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
            *("--constraint", constraints, "--editable", f"{TOP}[{','.join(EXTRAS)}]", *TOOLS),
        ],
        "the import": [inside, "-W", "error", "-c", "from sailpoint_pat import *"],
        "the tests": [inside, "-m", "pytest", "-q", "-n", "auto", *TESTS],
    }
    for what, command in steps.items():
        print(f"Python {version} with the {bound} dependencies: {what}", flush=True)
        if subprocess.run(command, cwd=TOP, check=False).returncode:  # noqa: S603  our own
            return f"{what} failed"
    return "passed"


def lower_bounds() -> list[str]:
    """Return the lower bound of all that is needed at run time, as constraints for pip."""
    project = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = [*project["dependencies"]]
    for extra in EXTRAS:
        needed += project["optional-dependencies"][extra]
    bounds = []
    for requirement in needed:
        if requirement.startswith(project["name"]):
            continue  # an extra that takes another one in
        bound = _LOWER_BOUND.match(requirement)
        if bound is None:
            sys.exit(f"{requirement}: a runtime dependency needs a lower bound")
        bounds.append(f"{bound['name']}=={bound['version']}")
    return bounds


if __name__ == "__main__":
    sys.exit(main())
