"""Either layer can be remade without the other: tried for real, in a folder of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from tests.contract.contract import SPEC, Schema, written
from tests.contract.test_fit import COLLECTION, CREATED, LISTED, REQUEST, SCHEMAS, V1, at

ROOT = SPEC.parent
COPIED = ("facade", "tests/__init__.py", "tests/conftest.py", "tests/support", "tests/contract")


def checkout(folder: Path, spec: Schema) -> None:
    """Copy what the tests need beside another spec, and generate from that."""
    folder.joinpath("tests").mkdir()
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    shutil.copy(ROOT / "pyproject.toml", folder)
    (folder / "openapi.yaml").write_text(yaml.safe_dump(spec), encoding="utf-8")
    generate, output = str(ROOT / "tools/generate.py"), folder / "generated"
    made = python(ROOT, generate, f"--spec={folder / 'openapi.yaml'}", f"--output={output}")
    assert made.returncode == 0, made.stderr


def python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder; what lies there comes before what is installed."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    first = os.pathsep.join(str(folder / name) for name in ("facade", "generated", "."))
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**ours, "PYTHONPATH": first, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def pytest_in(folder: Path, *arguments: str) -> tuple[int, str]:
    done = python(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments)
    return done.returncode, done.stdout[-6_000:] + done.stderr


def test_the_contract_grows_and_the_facade_stays(tmp_path: Path) -> None:
    spec = written()
    new_fields: Schema = {
        "x-text": {"type": "string", "nullable": True},
        "x-number": {"type": "number"},
        "x-day": {"type": "string", "format": "date"},
        "x-kind": {"type": "string", "enum": ["A", "B"]},
        "x-object": {"type": "object", "properties": {"by": {"type": "string"}}},
        "x-list": {"type": "array", "items": {"type": "object", "additionalProperties": True}},
    }
    for record in (LISTED, CREATED, REQUEST, f"{SCHEMAS} PatOwner"):
        at(spec, f"{record} properties").update(new_fields)
    at(spec, f"{SCHEMAS} PatOwner properties type")["x-known-values"].append("ROLE")
    for path in (COLLECTION, V1):
        parameter = {"name": "x-new", "in": "query", "schema": {"type": "string"}}
        at(spec, f"{path} get parameters").append(parameter)
        conflict = {"$ref": "#/components/responses/BadRequest"}
        at(spec, f"{path} post responses")["409"] = conflict
    checkout(tmp_path, spec)
    models = tmp_path / "generated/sailpoint_pat_generated/models"
    assert "x_number" in (models / "get_personal_access_token_response.py").read_text("utf-8")
    # These draw the new fields, too, and expect each in `extra` as it was sent.
    chosen = "has_all or each_flavour or as_it_was_sent"
    status, said = pytest_in(tmp_path, "tests/contract", "-k", chosen)
    assert status == 0, said
    assert " passed" in said
