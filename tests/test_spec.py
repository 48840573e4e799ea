"""`openapi.yaml` keeps the rules, and `tools/check_spec.py` sees where a spec does not."""

import copy
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
SPEC: dict[str, Any] = yaml.safe_load((ROOT / "openapi.yaml").read_bytes())

check: Callable[[dict[str, Any]], list[tuple[str, str]]] = runpy.run_path(
    str(ROOT / "tools" / "check_spec.py")
)["check"]

LIST = ("paths", "/personal-access-tokens", "get")
DELETE = ("paths", "/personal-access-tokens/{id}", "delete")
SCHEMAS = ("components", "schemas")
REQUEST = (*SCHEMAS, "CreatePersonalAccessTokenRequest")
RECORD = (*SCHEMAS, "GetPersonalAccessTokenResponse")
OWNER = (*SCHEMAS, "PatOwner")

# Takes the key out, where a test would put a value.
GONE = object()
AN_OBJECT = {"type": "object", "description": "x", "properties": {}}
A_FIELD = {"type": "string", "description": "x", "example": "x"}


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
    ("path", "value", "where", "what"),
    [
        # Validity.
        (("info", "title"), GONE, at("info"), "is a required property"),
        ((*RECORD, "properties", "id", "type"), "text", at(*RECORD), "is not valid under"),
        # Examples and defaults.
        (
            (*RECORD, "properties", "created", "example"),
            "yesterday",
            at(*RECORD, "properties", "created", "example"),
            "is not a 'date-time'",
        ),
        (
            (*RECORD, "properties", "managed", "default"),
            "no",
            at(*RECORD, "properties", "managed", "default"),
            "is not of type 'boolean'",
        ),
        (
            (*REQUEST, "properties", "accessTokenValiditySeconds", "example"),
            14,
            at(*REQUEST, "properties", "accessTokenValiditySeconds", "example"),
            "less than the minimum",
        ),
        (
            ("components", "parameters", "OwnerId", "example"),
            1,
            at("components", "parameters", "OwnerId", "example"),
            "is not of type 'string'",
        ),
        (
            (
                *("components", "responses", "PersonalAccessTokenList", "content"),
                *("application/json", "example", 0, "owner", "id"),
            ),
            7,
            at(
                *("components", "responses", "PersonalAccessTokenList", "content"),
                *("application/json", "example", 0, "owner", "id"),
            ),
            "is not of type 'string'",
        ),
        # Operations.
        *(
            ((*LIST, key), GONE, at(*LIST), f"no {key}")
            for key in ("operationId", "summary", "description", "tags", "security")
        ),
        *(
            ((*LIST, "responses", status), GONE, at(*LIST, "responses"), f"no {status}")
            for status in ("400", "401", "403", "429", "500")
        ),
        ((*DELETE, "responses", "404"), GONE, at(*DELETE, "responses"), "no 404"),
        (
            ("components", "responses", "RateLimited", "headers"),
            GONE,
            at(*DELETE, "responses", "429"),
            "no Retry-After header",
        ),
        # Descriptions and examples.
        *(
            (
                (*RECORD, "properties", "name", key),
                GONE,
                at(*RECORD, "properties", "name"),
                f"no {key}",
            )
            for key in ("description", "example")
        ),
        *(
            (
                ("components", section, name, key),
                GONE,
                at("components", section, name),
                f"no {key}",
            )
            for section, name in (("parameters", "Filters"), ("headers", "RetryAfter"))
            for key in ("description", "example")
        ),
        ((*OWNER, "description"), GONE, at(*OWNER), "no description"),
        (
            ("components", "responses", "NotFound", "content", "application/json", "example"),
            GONE,
            at("components", "responses", "NotFound", "content", "application/json"),
            "no example",
        ),
        (
            ("components", "responses", "NotFound", "description"),
            "",
            at("components", "responses", "NotFound"),
            "no description",
        ),
        # Recorded differences.
        ((*OWNER, "x-differences"), [], at(*OWNER, "x-differences"), "not a list of differences"),
        ((*OWNER, "x-differences"), ["x"], at(*OWNER, "x-differences", 0), "not a difference"),
        *(
            (
                (*OWNER, "properties", "type", "x-differences", 0, key),
                GONE,
                at(*OWNER, "properties", "type", "x-differences", 0),
                f"no {key}",
            )
            for key in ("upstream", "here", "why", "covers")
        ),
        (
            (*OWNER, "properties", "type", "x-differences", 0, "covers"),
            ["enums"],
            at(*OWNER, "properties", "type", "x-differences", 0, "covers"),
            "enums is no kind of difference",
        ),
        (
            (*OWNER, "properties", "type", "x-differences", 0, "because"),
            "x",
            at(*OWNER, "properties", "type", "x-differences", 0),
            "because is not part of a difference",
        ),
        # Names.
        (
            (*RECORD, "properties", "extra"),
            {**AN_OBJECT, "example": {}},
            at(*RECORD, "properties", "extra"),
            "an object without a name: put it under /components/schemas",
        ),
        (
            (*SCHEMAS, "RateLimitedResponse"),
            {
                **SPEC["components"]["schemas"]["UnauthorizedResponse"],
                "description": "Other words.",
            },
            at(*SCHEMAS, "RateLimitedResponse"),
            f"the same schema as {at(*SCHEMAS, 'UnauthorizedResponse')}",
        ),
        # Components that nothing uses.
        ((*SCHEMAS, "Extra"), AN_OBJECT, at(*SCHEMAS, "Extra"), "not used"),
        (
            ("components", "parameters", "Extra"),
            {**SPEC["components"]["parameters"]["Filters"], "name": "extra"},
            at("components", "parameters", "Extra"),
            "not used",
        ),
        (
            ("components", "securitySchemes", "applicationAuth", "x-differences"),
            GONE,
            at("components", "securitySchemes", "applicationAuth"),
            "not used, and no x-differences entry says why (covers: security)",
        ),
        # What may be sent, and what may come.
        (
            (*REQUEST, "additionalProperties"),
            GONE,
            at(*REQUEST),
            "a request that allows unknown fields: no additionalProperties: false",
        ),
        (
            (*REQUEST, "properties", "name", "x-known-values"),
            ["x"],
            at(*REQUEST, "properties", "name"),
            "x-known-values in a request: what may be sent is an enum",
        ),
        (
            (*OWNER, "properties", "type", "enum"),
            ["IDENTITY"],
            at(*OWNER, "properties", "type"),
            "enum in an answer: list what is known in x-known-values",
        ),
        (
            (*OWNER, "additionalProperties"),
            False,
            at(*OWNER),
            "an answer that refuses unknown fields",
        ),
    ],
)
def test_a_broken_rule_is_named_with_its_place(
    path: tuple[str | int, ...], value: object, where: str, what: str
) -> None:
    problems = check(changed(path, value))
    assert any(place == where and what in words for place, words in problems), problems


def test_the_same_enum_twice_is_named() -> None:
    spec = copy.deepcopy(SPEC)
    fields = spec["components"]["schemas"]["CreatePersonalAccessTokenRequest"]["properties"]
    fields["one"] = {**A_FIELD, "enum": ["x", "y"]}
    fields["two"] = {**A_FIELD, "enum": ["x", "y"], "description": "In other words."}
    assert check(spec) == [
        (
            at(*REQUEST, "properties", "two"),
            f"the same schema as {at(*REQUEST, 'properties', 'one')}",
        )
    ]


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
    fields["example"] = {"type": "string", "example": "x"}
    assert check(spec) == [(at(*OWNER, "properties", "example"), "no description")]


@pytest.mark.parametrize("broken", [False, True])
def test_the_command_prints_a_line_for_each_problem(tmp_path: Path, *, broken: bool) -> None:
    spec = tmp_path / "openapi.yaml"
    value = GONE if broken else SPEC["components"]["schemas"]["PatOwner"]["description"]
    spec.write_text(yaml.safe_dump(changed((*OWNER, "description"), value)), encoding="utf-8")
    run = subprocess.run(
        [sys.executable, ROOT / "tools" / "check_spec.py", spec],
        capture_output=True,
        text=True,
        check=False,
    )
    expected = "openapi.yaml: /components/schemas/PatOwner: no description\n" if broken else ""
    assert (run.stdout, run.stderr, run.returncode) == (expected, "", int(broken))
