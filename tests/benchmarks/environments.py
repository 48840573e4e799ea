"""The environments that the sides of a comparison run in, below `.bench/`.

Ours holds what somebody has who installs this package and nothing else, with the code of this
checkout: in the environment of a developer httpx finds rich and click, and takes twice as long to
import. The vendor's SDK has one of its own.
"""

# ruff: noqa: T201  it prints

import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BENCH = ROOT / ".bench"
VENDOR_SDK = "sailpoint==2.1.72"

_CONSTRAINTS = ROOT / "constraints.txt"


class SetUpError(Exception):
    """An environment could not be made."""


def ours(name: str = "user-venv", *extras: str) -> Path:
    """Return the Python that has our dependencies, those of the extras, and our code."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"]]
    for extra in extras:
        # An extra may name another one of this package, which is not to be installed.
        names = project["optional-dependencies"][extra]
        wanted += [each for each in names if not each.startswith("sailpoint-pat[")]
    return _environment(name, wanted, f"{ROOT / 'facade'}\n{ROOT / 'generated'}\n")


def command() -> Path:
    """Return the Python that has, besides, what the command needs."""
    return ours("command-venv", "testing", "cli")


def vendor() -> Path:
    return _environment("vendor-venv", [VENDOR_SDK], "")


def _environment(name: str, requirements: list[str], paths: str) -> Path:
    folder = BENCH / name
    python = folder / "bin" / "python"
    stamp = folder / "made-from.txt"
    made_from = "\n".join([sys.version, *requirements, paths, _CONSTRAINTS.read_text("utf-8")])
    if stamp.exists() and stamp.read_text(encoding="utf-8") == made_from:
        return python
    print(f"Setting up {folder.relative_to(ROOT)}", file=sys.stderr)
    _run(sys.executable, "-m", "venv", "--clear", "--without-pip", str(folder))
    pip = (sys.executable, "-m", "pip", f"--python={python}", "--disable-pip-version-check")
    _run(*pip, "install", "--quiet", f"--constraint={_CONSTRAINTS}", *requirements)
    if paths:
        packages = sysconfig.get_path("purelib", "venv", {"base": str(folder)})
        (Path(packages) / "this-checkout.pth").write_text(paths, encoding="utf-8")
    stamp.write_text(made_from, encoding="utf-8")
    return python


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SetUpError(f"{' '.join(command)}\n{done.stdout}{done.stderr}".strip())
