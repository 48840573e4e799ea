"""Either layer can be remade without the other: tried for real, in a folder of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from tests.contract.contract import SPEC, written
from tests.contract.test_fit import COLLECTION, CREATED, LISTED, REQUEST, SCHEMAS, V1, at, rename

if TYPE_CHECKING:
    from tests.contract.contract import Schema

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


ASK = """
import json, sys
import httpx
import sailpoint_pat, sailpoint_pat_generated
from sailpoint_pat import PatClient

answers = {
    "GET": httpx.Response(200, json=[json.loads(sys.argv[1])]),
    "POST": httpx.Response(409, json={"detailCode": "409 Conflict", "messages": []}),
}
pats = PatClient(
    base_url="https://acme.api.identitynow.com",
    access_token="fake",
    transport=httpx.MockTransport(lambda request: answers[request.method]),
)
(token,) = pats.list()
try:
    pats.create("export")
except sailpoint_pat.APIError as error:
    status = [error.status_code, error.detail_code]
print(json.dumps({
    "from": [sailpoint_pat.__file__, sailpoint_pat_generated.__file__],
    "extra": dict(token.extra), "owner": dict(token.owner.extra), "type": token.owner.type,
    "status": status,
}))
"""


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

    content = at(spec, "components responses PersonalAccessTokenList content")
    record = content["application/json"]["example"][0]
    new: Schema = {
        "x-text": None,
        "x-number": 1.5,
        "x-day": "2031-05-06",
        "x-kind": "C",
        "x-list": [{}],
    }
    owner = {**record["owner"], "type": "ROLE", "x-object": {"by": "Ada", "more": [1]}}
    asked = python(tmp_path, "-c", ASK, json.dumps({**record, **new, "owner": owner, "x": 1}))
    assert asked.returncode == 0, asked.stderr
    assert json.loads(asked.stdout) == {
        "from": [
            str(tmp_path / "facade/sailpoint_pat/__init__.py"),
            str(tmp_path / "generated/sailpoint_pat_generated/__init__.py"),
        ],
        "extra": {**new, "x": 1},
        "owner": {"x-object": {"by": "Ada", "more": [1]}},
        "type": "ROLE",
        "status": [409, "409 Conflict"],
    }
    models = tmp_path / "generated/sailpoint_pat_generated/models"
    assert "x_number" in (models / "get_personal_access_token_response.py").read_text("utf-8")
    chosen = "has_all or each_flavour or as_it_was_sent or test_list or test_create"
    status, said = pytest_in(tmp_path, "tests/contract", "-k", chosen)
    assert status == 0, said
    assert " passed" in said


def test_the_contract_breaks_and_the_tests_say_where(tmp_path: Path) -> None:
    spec = written()
    rename(spec, f"{LISTED} properties", "created", "createdAt")
    at(spec, LISTED)["required"].remove("created")
    del at(spec, f"{V1} post responses")["200"]
    checkout(tmp_path, spec)
    status, said = pytest_in(tmp_path, "tests/contract/test_fit.py", "-k", "has_all")
    assert status == 1, said
    assert "listPersonalAccessTokens: the field created of the answer is gone" in said
    assert "createPersonalAccessTokenV1: the status 200 is gone" in said


def test_a_change_of_the_facade_asks_for_no_new_generated_code(tmp_path: Path) -> None:
    for name in ("tools", "templates", "generated", "facade"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("openapi.yaml", "generator-config.yaml"):
        shutil.copy(ROOT / name, tmp_path)
    client = tmp_path / "facade/sailpoint_pat/client.py"
    client.write_text(client.read_text(encoding="utf-8") + "\nCHANGED = True\n", encoding="utf-8")
    check = python(tmp_path, "tools/generate.py", "--check")
    assert check.returncode == 0, check.stderr
    spec = tmp_path / "openapi.yaml"
    changed = spec.read_text(encoding="utf-8").replace("What the token is called.", "Its name.")
    spec.write_text(changed, encoding="utf-8")
    check = python(tmp_path, "tools/generate.py", "--check")
    assert check.returncode == 1
    assert "get_personal_access_token_response.py: differs" in check.stderr
