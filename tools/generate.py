"""Remakes `generated/` from `openapi.yaml`, or checks that it is what the generator makes.

The paths with `x-address-of` are left out. Each repeats the operations of another path at the
address that they have in a newer version of the API, and the facade sends the same generated
operation there.

`--check` writes nothing: it generates into a temporary folder and names every file that differs.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "sailpoint_pat_generated"


class GenerationError(Exception):
    """The generator failed, or warned that it left something out."""


def generate(spec: Path, output: Path, templates: Path = ROOT / "templates") -> None:
    """Writes the generated package into `output`/sailpoint_pat_generated, over what is there."""
    with tempfile.TemporaryDirectory() as temporary:
        once = Path(temporary, "openapi.json")
        once.write_text(json.dumps(as_the_generator_reads_it(spec)), encoding="utf-8")
        run_generator(once, output / PACKAGE, templates)
    (output / PACKAGE / "py.typed").touch()


def as_the_generator_reads_it(spec: Path) -> dict[str, Any]:
    """The spec with each operation once, and nulls where the generator takes them.

    It makes a nullable object anew for each place that refers to it, and fails where that has an
    object within. So null is said at those places instead, and the object is made once.
    """
    read: dict[str, Any] = yaml.safe_load(spec.read_text(encoding="utf-8"))
    paths = read["paths"].items()
    read["paths"] = {path: item for path, item in paths if "x-address-of" not in item}
    schemas = read["components"]["schemas"]
    nullable = {
        f"#/components/schemas/{name}": schema.get("description", "")
        for name, schema in schemas.items()
        if schema.get("type") == "object" and schema.pop("nullable", False)
    }
    return {**read, "components": with_nulls(read["components"], nullable)}


def with_nulls(node: Any, nullable: dict[str, str]) -> Any:
    """The same, where each reference to one of these schemas may be null, with its description."""
    if isinstance(node, list):
        return [with_nulls(each, nullable) for each in node]
    if not isinstance(node, dict):
        return node
    if (target := node.get("$ref")) in nullable:
        return {"nullable": True, "description": nullable[target], "allOf": [node]}
    return {name: with_nulls(value, nullable) for name, value in node.items()}


def run_generator(spec: Path, package: Path, templates: Path) -> None:
    """Writes the package; an error or a warning of the generator is a `GenerationError`."""
    bin_dir = Path(sys.executable).parent
    run = subprocess.run(  # noqa: S603  # our own environment's program
        [
            str(bin_dir / "openapi-python-client"),
            "generate",
            f"--path={spec}",
            f"--config={ROOT / 'generator-config.yaml'}",
            f"--custom-template-path={templates}",
            f"--output-path={package.resolve()}",
            "--meta=none",
            "--overwrite",
            "--fail-on-warning",
        ],
        # The generator's hooks call `ruff` by name: it has to be the one that is pinned.
        env={**os.environ, "PATH": f"{bin_dir}{os.pathsep}{os.environ.get('PATH', '')}"},
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode != 0:
        raise GenerationError(f"{run.stdout}{run.stderr}".strip())


def files(folder: Path) -> dict[str, bytes]:
    """The files below a folder and what they hold, without what Python leaves there."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def differences(expected: dict[str, bytes], found: dict[str, bytes]) -> list[str]:
    """One line for each file that is not as generated."""
    return [
        f"{name}: {what}"
        for name in sorted(expected.keys() | found.keys())
        if (
            what := "missing"
            if name not in found
            else "not generated"
            if name not in expected
            else "differs"
            if found[name] != expected[name]
            else ""
        )
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--spec", type=Path, default=ROOT / "openapi.yaml")
    parser.add_argument("--output", type=Path, default=ROOT / "generated")
    parser.add_argument("--check", action="store_true", help="write nothing, name what differs")
    arguments = parser.parse_args()
    output: Path = arguments.output
    # Always into an empty folder first: what the spec no longer has must not stay behind, and a
    # failure must leave everything as it was.
    with tempfile.TemporaryDirectory() as temporary:
        fresh = Path(temporary)
        try:
            generate(arguments.spec, fresh)
        except GenerationError as error:
            print(f"the generator failed or warned:\n\n{error}", file=sys.stderr)
            return 1
        expected = files(fresh)
    found = files(output)
    wrong = differences(expected, found)
    if arguments.check:
        for line in wrong:
            print(f"{output.name}/{line}", file=sys.stderr)
        if wrong:
            print("run: make generate", file=sys.stderr)
        return 1 if wrong else 0
    for name, content in expected.items():
        if found.get(name) != content:
            path = output / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    for name in found.keys() - expected.keys():
        # Outside the package it is not ours to delete: `--check` names it.
        if name.startswith(f"{PACKAGE}/"):
            (output / name).unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
