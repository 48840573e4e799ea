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
from tests.contract.test_fit import (
    COLLECTION,
    CREATED,
    LISTED,
    OWNER,
    at,
    drop_the_answer,
    rename_created,
)

if TYPE_CHECKING:
    from tests.contract.contract import Schema

ROOT = SPEC.parent
TESTS = ("__init__.py", "conftest.py", "support", "contract")


def checkout(folder: Path, spec: Schema) -> None:
    """Copy what the tests need beside another spec, and generate from that."""
    folder.joinpath("tests").mkdir()
    for name in ("facade", *(f"tests/{each}" for each in TESTS)):
        source = ROOT / name
        ignored = shutil.ignore_patterns("__pycache__")
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=ignored)
        else:
            shutil.copy(source, folder / name)
    shutil.copy(ROOT / "pyproject.toml", folder)
    (folder / "openapi.yaml").write_text(yaml.safe_dump(spec), encoding="utf-8")
    made = python(
        ROOT,
        str(ROOT / "tools/generate.py"),
        f"--spec={folder / 'openapi.yaml'}",
        f"--output={folder / 'generated'}",
    )
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


def pytest_in(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return python(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments)


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
    new_fields = {
        "lastUsedFrom": {"type": "string", "nullable": True},
        "uses": {"type": "integer", "format": "int32"},
        "approval": {
            "type": "object",
            "properties": {"by": {"type": "string"}, "level": {"type": "integer"}},
        },
    }
    at(spec, *LISTED, "properties").update(new_fields)
    at(spec, *CREATED, "properties").update(new_fields)
    at(spec, *OWNER, "properties")["email"] = {"type": "string"}
    at(spec, *OWNER, "properties", "type")["x-known-values"].append("ROLE")
    at(spec, *COLLECTION, "get", "parameters").append(
        {"name": "sorters", "in": "query", "schema": {"type": "string"}}
    )
    at(spec, *COLLECTION, "post", "responses")["409"] = at(
        spec, "components", "responses", "BadRequest"
    )
    checkout(tmp_path, spec)

    record = spec["components"]["responses"]["PersonalAccessTokenList"]["content"][
        "application/json"
    ]["example"][0]
    new = {"lastUsedFrom": None, "uses": 3, "approval": {"by": "Ada", "level": 2, "note": [1]}}
    owner = {**record["owner"], "type": "ROLE", "email": "support@example.com"}
    asked = python(tmp_path, "-c", ASK, json.dumps({**record, **new, "owner": owner, "x": 1}))
    assert asked.returncode == 0, asked.stderr
    assert json.loads(asked.stdout) == {
        "from": [
            str(tmp_path / "facade/sailpoint_pat/__init__.py"),
            str(tmp_path / "generated/sailpoint_pat_generated/__init__.py"),
        ],
        "extra": {**new, "x": 1},
        "owner": {"email": "support@example.com"},
        "type": "ROLE",
        "status": [409, "409 Conflict"],
    }
    model = (
        tmp_path / "generated/sailpoint_pat_generated/models/get_personal_access_token_response.py"
    )
    assert "last_used_from" in model.read_text(encoding="utf-8")

    run = pytest_in(
        tmp_path,
        "tests/contract/test_answers.py",
        *(f"tests/contract/test_requests.py::test_{name}" for name in ("list", "create", "delete")),
        "tests/contract/test_fit.py::test_the_facade_fits_the_contract",
        "-k=not asyncio and not trio",
    )
    assert run.returncode == 0, run.stdout[-5_000:]
    assert " passed" in run.stdout


def test_the_contract_breaks_and_the_tests_say_where(tmp_path: Path) -> None:
    spec = written()
    rename_created(spec)
    drop_the_answer(spec)
    at(spec, *LISTED, "properties", "accessTokenValiditySeconds")["type"] = "string"
    del at(spec, *LISTED, "properties", "accessTokenValiditySeconds")["format"]
    checkout(tmp_path, spec)
    run = pytest_in(tmp_path, "tests/contract/test_fit.py::test_the_facade_fits_the_contract")
    assert run.returncode == 1, run.stdout[-5_000:]
    for line in (
        "listPersonalAccessTokens: the field created of the answer is gone",
        "listPersonalAccessTokens: the field accessTokenValiditySeconds of the answer is read as",
        "createPersonalAccessToken: the answer 200 is not declared",
    ):
        assert line in run.stdout, run.stdout[-5_000:]


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
