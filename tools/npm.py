"""Installs packages of npm into `node_modules/`, which git ignores."""

import json
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class NpmError(Exception):
    """A package cannot be had."""


def install(package: str, version: str) -> None:
    """Installs this version of a package, unless it is there.

    Raises:
        NpmError: There is no Node.js, or npm could not install the package.
    """
    if shutil.which("node") is None or (npm := shutil.which("npm")) is None:
        raise NpmError("this needs Node.js 18 or later, with npm: https://nodejs.org")
    manifest = ROOT / "node_modules" / package / "package.json"
    if manifest.is_file() and json.loads(manifest.read_text())["version"] == version:
        return
    print(f"Installing {package} {version} into node_modules/", flush=True)
    quiet = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"]
    run = subprocess.run(  # noqa: S603  npm, as found in PATH
        [npm, "install", f"--prefix={ROOT}", *quiet, f"{package}@{version}"],
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode != 0:
        raise NpmError(f"npm could not install {package} {version}:\n{run.stdout}{run.stderr}")
