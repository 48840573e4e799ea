"""`openapi.yaml` keeps the rules, and `tools/check_spec.py` sees where a spec does not."""

import copy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from tools.check_spec import check

ROOT = Path(__file__).parent.parent
SPEC: dict[str, Any] = yaml.safe_load((ROOT / "openapi.yaml").read_bytes())


LIST = ("paths", "/personal-access-tokens", "get")
LIST_V1 = ("paths", "/personal-access-tokens/v1", "get")
DELETE = ("paths", "/personal-access-tokens/{id}", "delete")
SCHEMAS = ("components", "schemas")
REQUEST = (*SCHEMAS, "CreatePersonalAccessTokenRequest")
RECORD = (*SCHEMAS, "GetPersonalAccessTokenResponse")
OWNER = (*SCHEMAS, "PatOwner")
TTL = "accessTokenValiditySeconds"

FIRST_DIFFERENCE = (*OWNER, "properties", "type", "x-differences", 0)
FIRST_OWNER = (
    *("components", "responses", "PersonalAccessTokenList", "content"),
    *("application/json", "example", 0, "owner"),
)

# Takes the key out, where a test would put a value.
GONE = object()
AN_OBJECT = {"type": "object", "description": "x", "properties": {}}
A_FIELD = {"type": "string", "description": "x", "example": "x"}
AN_ERROR = SPEC["paths"][LIST[1]]["get"]["responses"]["400"]


def changed(path: tuple[str | int, ...], value: object) -> dict[str, Any]:
    """The spec with another value, or none, in one place."""
    spec = copy.deepcopy(SPEC)
    node: Any = spec
    for key in path[:-1]:
        node = node[key]
    if value is GONE:
        del node[path[-1]]
    else:
        node[path[-1]] = copy.deepcopy(value)
    return spec


def at(*path: str | int) -> str:
    return "".join(f"/{str(key).replace('/', '~1')}" for key in path)


def test_the_spec_is_clean() -> None:
    assert check(SPEC) == []


@pytest.mark.parametrize(
    ("place", "key", "value", "what"),
    [
        # Validity.
        (("info",), "title", GONE, "is a required property"),
        # Examples and defaults.
        ((*RECORD, "properties", "created"), "example", "yesterday", "is not a 'date-time'"),
        ((*RECORD, "properties", "managed"), "default", "no", "is not of type 'boolean'"),
        ((*REQUEST, "properties", TTL), "example", 14, "less than the minimum"),
        (("components", "parameters", "OwnerId"), "example", 1, "is not of type 'string'"),
        (FIRST_OWNER, "id", 7, "is not of type 'string'"),
        # Operations.
        *((LIST, key, GONE, f"no {key}") for key in ("operationId", "summary", "description")),
        *((LIST, key, GONE, f"no {key}") for key in ("tags", "security")),
        *(
            ((*LIST, "responses"), status, GONE, f"no {status}")
            for status in ("400", "401", "403", "429", "500")
        ),
        ((*DELETE, "responses"), "404", GONE, "no 404"),
        # Recorded differences.
        (OWNER, "x-differences", [], "should be non-empty"),
        *(
            (FIRST_DIFFERENCE, key, GONE, f"'{key}' is a required property")
            for key in ("upstream", "here", "why", "covers")
        ),
        (FIRST_DIFFERENCE, "why", " ", "does not match"),
        (FIRST_DIFFERENCE, "because", "x", "Additional properties are not allowed"),
        # Both layouts say the same.
        (
            *(LIST_V1, "operationId", "listPersonalAccessTokens"),
            "not as at /personal-access-tokens, with V1 behind the id",
        ),
        (LIST_V1[:2], "get", GONE, "not as at /personal-access-tokens"),
        (LIST_V1[:2], "servers", GONE, "no servers"),
        # Components that nothing uses.
        (SCHEMAS, "TestNew", AN_OBJECT, "not used"),
        (
            *(("components", "parameters"), "TestNew"),
            {**SPEC["components"]["parameters"]["Filters"], "name": "testNew"},
            "not used",
        ),
        (
            *(("components", "securitySchemes", "applicationAuth"), "x-differences", GONE),
            "not used, and no x-differences entry says why (covers: security)",
        ),
        # What may be sent, and what may come.
        (
            *(REQUEST, "additionalProperties", GONE),
            "a request that allows unknown fields: no additionalProperties: false",
        ),
        (
            *((*REQUEST, "properties", "name"), "x-known-values", ["x"]),
            "x-known-values in a request: what may be sent is an enum",
        ),
        (
            *((*OWNER, "properties", "type"), "enum", ["IDENTITY"]),
            "enum in an answer: list what is known in x-known-values",
        ),
        (OWNER, "additionalProperties", False, "an answer that refuses unknown fields"),
    ],
)
def test_a_broken_rule_is_named_with_its_place(
    place: tuple[str | int, ...], key: str, value: object, what: str
) -> None:
    problems = check(changed((*place, key), value))
    found = [where for where, words in problems if what in words]
    assert {at(*place), at(*place, key)} & set(found), problems


@pytest.mark.parametrize(
    ("path", "value", "where", "what"),
    [
        ((*RECORD, "properties", "id", "type"), "text", at(*RECORD), "is not valid under"),
        ((*OWNER, "x-differences"), ["x"], at(*OWNER, "x-differences", 0), "of type 'object'"),
        (
            *((*FIRST_DIFFERENCE, "covers"), ["test"], at(*FIRST_DIFFERENCE, "covers", 0)),
            "'test' is not one of",
        ),
        (
            *(("components", "responses", "RateLimited", "headers"), GONE),
            *(at(*DELETE, "responses", "429"), "no Retry-After header"),
        ),
        (
            *((*LIST_V1, "responses", "200"), AN_ERROR, at(*LIST_V1)),
            "not as at /personal-access-tokens",
        ),
        ((*LIST_V1[:2], "x-address-of"), "/test", at(*LIST_V1), "not as at /test"),
    ],
)
def test_some_are_named_in_another_place(
    path: tuple[str | int, ...], value: object, where: str, what: str
) -> None:
    problems = check(changed(path, value))
    assert any(place == where and what in words for place, words in problems), problems


def test_an_operation_id_that_is_taken_is_named() -> None:
    spec = changed((*DELETE, "operationId"), "listPersonalAccessTokens")
    assert any("listPersonalAccessTokens" in what for _, what in check(spec))


def test_a_field_may_be_called_like_a_keyword() -> None:
    """A name is a name, wherever it stands."""
    spec = copy.deepcopy(SPEC)
    fields = spec["components"]["schemas"]["PatOwner"]["properties"]
    for name in ("schema", "example", "default", "description", "in", "x-custom"):
        fields[name] = A_FIELD
    assert check(spec) == []


@pytest.mark.parametrize("operation", [LIST, LIST_V1])
def test_one_version_may_have_a_status_more(operation: tuple[str, ...]) -> None:
    assert check(changed((*operation, "responses", "418"), AN_ERROR)) == []


@pytest.mark.parametrize("broken", [False, True])
def test_the_command_prints_a_line_for_each_problem(tmp_path: Path, *, broken: bool) -> None:
    spec = tmp_path / "openapi.yaml"
    value = GONE if broken else SPEC["paths"][LIST[1]]["get"]["summary"]
    spec.write_text(yaml.safe_dump(changed((*LIST, "summary"), value)), encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "tools.check_spec", spec],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    expected = f"openapi.yaml: {at(*LIST)}: no summary\n" if broken else ""
    assert (run.stdout, run.stderr, run.returncode) == (expected, "", int(broken))
