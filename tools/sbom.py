"""What comes with an installation at run time: a bill of materials, and its licences: `make sbom`.

Both are about an environment that holds this package with the extra `cli`, which brings `testing`.
The bill is CycloneDX JSON, `dist/sbom.json`. It fails on a licence that is not among those below:
somebody has to look whether our users can live with it.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

TOP = Path(__file__).parents[1]
BILL = TOP / "dist" / "sbom.json"
# As packages write them. All of these let our users do what our own licence lets them do.
LICENCES = (
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 OR BSD-3-Clause",
    "Apache Software License",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSD License",
    "ISC",
    "ISC License (ISCL)",
    "MIT",
    "MIT-0",
    "MIT License",
    "MPL-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)",
    "PSF-2.0",
    "Python Software Foundation License",
)


def main() -> int:
    """Write the bill and check the licences; return the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / "bin" / "python"
        pip = (str(python), "-m", "pip")
        run(*pip, "install", "-qc", TOP / "constraints.txt", f"{TOP}[cli]")
        # pip came with the environment and is no part of the installation.
        run(*pip, "uninstall", "-qy", "pip", "setuptools")
        BILL.parent.mkdir(exist_ok=True)
        run(
            *(str(bill_maker(Path(folder) / "tool")), "environment", str(python)),
            *("--pyproject", str(TOP / "pyproject.toml"), "--output-reproducible"),
            *("--output-file", str(BILL)),
        )
        tool = Path(sys.executable).with_name("pip-licenses")
        run(
            *(str(tool), "--python", str(python), "--order", "license"),
            *("--allow-only", ";".join(LICENCES)),
        )
    print(f"The bill of materials is {BILL.relative_to(TOP)}")
    return 0


def bill_maker(folder: Path) -> Path:
    """Install what writes the bill, and return it.

    It is not among the tools of a developer: it brings `rfc3987-syntax`, and where that is, each
    import of jsonschema takes most of a second, in every process that starts a FakeTenant.
    """
    venv.create(folder, with_pip=True)
    run(folder / "bin" / "pip", "install", "-qc", TOP / "constraints.txt", "cyclonedx-bom>=7,<8")
    return folder / "bin" / "cyclonedx-py"


def run(*command: str | Path) -> None:
    """Run a command, and stop if it fails."""
    done = subprocess.run(command, check=False)  # noqa: S603  our own
    if done.returncode:
        sys.exit(done.returncode)


if __name__ == "__main__":
    sys.exit(main())
