"""Build the wheel and the sdist, and check them: `make dist`.

Both are built twice, and have to come out the same to the byte. Then, in empty environments: the
wheel runs README's first program, and the sdist's own tests pass, a quick part of them or, with
`--full`, all.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
from pathlib import Path

TOP = Path(__file__).parents[1]
DIST = TOP / "dist"
CONSTRAINTS = TOP / "constraints.txt"
# What the sdist's tests are worth beside those of the checkout: that nothing is missing from it.
QUICK = ("tests/test_spec.py", "tests/test_models.py", "tests/docs/test_snippets.py")
# A moment for the files inside, where git does not tell one: the epoch of zip files.
NO_MOMENT = "315532800"


def main() -> None:
    """Build, check, and say what was made."""
    parser = argparse.ArgumentParser(description="Build the wheel and the sdist, and check them.")
    parser.add_argument("--full", action="store_true", help="run all of the sdist's tests")
    full = parser.parse_args().full
    shutil.rmtree(DIST, ignore_errors=True)
    built = build(DIST)
    with tempfile.TemporaryDirectory() as folder:
        again = build(Path(folder))
        for file, other in zip(built, again, strict=True):
            if digest(file) != digest(other):
                sys.exit(f"{file.name} is not the same when it is built again")
    wheel, sdist = sorted(built, key=lambda file: file.suffix != ".whl")
    run(sys.executable, "-m", "twine", "check", "--strict", *built)
    run(sys.executable, "-m", "check_wheel_contents", wheel)
    with tempfile.TemporaryDirectory() as folder:
        run_first_program(wheel, Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        run_tests_of(sdist, Path(folder), full=full)
    for file in built:
        print(f"{digest(file)}  {file.relative_to(TOP)}")


def build(folder: Path) -> list[Path]:
    """Build both into a folder; return them."""
    git = [shutil.which("git") or "git", "log", "-1", "--format=%ct"]
    done = subprocess.run(git, cwd=TOP, check=False, capture_output=True, text=True)  # noqa: S603
    moment = {"SOURCE_DATE_EPOCH": done.stdout.strip() or NO_MOMENT}
    run(
        *(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, TOP),
        quiet=True,
        environment=moment | os.environ,
    )
    return sorted(folder.iterdir())


def digest(file: Path) -> str:
    """Return a file's SHA-256."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def run_first_program(wheel: Path, folder: Path) -> None:
    """Install the wheel into an empty environment and run README's first program there."""
    python = environment(folder / "venv")
    run(python, "-m", "pip", "install", "-qc", CONSTRAINTS, f"{wheel}[cli,testing]")
    program = re.search(
        r"^## A first program$.*?^```python\n(.*?)^```$",
        (TOP / "README.md").read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    if program is None:
        sys.exit("README has no first program")
    (folder / "first.py").write_text(program[1], encoding="utf-8")
    run(python, "-W", "error", "first.py", folder=folder)
    command = python.with_name("sailpoint-pat")
    run(command, "--fake", "list", quiet=True, folder=folder)
    audit = ["--fake", "audit", "--fail-on", "never", "--html", "report.html"]
    run(command, *audit, quiet=True, folder=folder)


def run_tests_of(sdist: Path, folder: Path, *, full: bool) -> None:
    """Unpack the sdist, and run its tests as its Makefile does, in an environment of its own."""
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    [top] = folder.iterdir()
    arguments = " ".join(["-q", *([] if full else QUICK)])
    run("make", "test", f"PYTHON={sys.executable}", f"ARGS={arguments}", folder=top)


def environment(folder: Path) -> Path:
    """Make an empty environment; return its Python."""
    venv.create(folder, with_pip=True)
    return folder / "bin" / "python"


def run(
    *command: str | Path,
    quiet: bool = False,
    folder: Path = TOP,
    environment: dict[str, str] | None = None,
) -> None:
    """Run a command, and stop if it fails."""
    print("$", *(part if isinstance(part, str) else part.name for part in command), flush=True)
    done = subprocess.run(  # noqa: S603  our own
        command, cwd=folder, env=environment, check=False, capture_output=quiet, text=True
    )
    if done.returncode:
        sys.exit(f"{done.stdout or ''}{done.stderr or ''}failed with {done.returncode}")


if __name__ == "__main__":
    main()
