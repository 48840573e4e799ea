"""The contract has all that the facade sends and reads; what is gone is named.

The facade reads the JSON of answers by itself, so that a change of `openapi.yaml` alone would not
be noticed there. What a contract has besides is fine.
"""

from collections.abc import Callable, Iterable, Iterator

import pytest

from tests.contract.contract import CONTRACT, Contract, Json, Schema, written

_TOKEN = {
    "id": "string, always",
    "name": "string, always",
    "created": "date-time, always",
    "scope": "array",
    "scope[]": "string",
    "owner": "object",
    "owner.type": "string",
    "owner.id": "string",
    "owner.name": "string",
    "accessTokenValiditySeconds": "integer",
    "expirationDate": "date-time",
    "userAwareTokenNeverExpires": "boolean",
}
_LISTED = _TOKEN | {"lastUsed": "date-time", "managed": "boolean"}
_CREATED = _TOKEN | {"secret": "string, always"}
_REQUEST = {
    "name": "string, always",
    "scope": "array",
    "scope[]": "string",
    "accessTokenValiditySeconds": "integer, from 15, to 43200",
    "expirationDate": "date-time",
    "userAwareTokenNeverExpires": "boolean",
}


def _needed(where: str, fields: dict[str, str]) -> Iterable[str]:
    for name, facts in fields.items():
        kind, *others = facts.split(", ")
        yield from (f"{where}{name} is {kind}", *(f"{where}{name}: {other}" for other in others))


_ERRORS = [f"status {status}" for status in (400, 401, 403, 429, 500)]
NEEDED: dict[str, set[str]] = {
    "listPersonalAccessTokens": {
        *(*_ERRORS, "status 200", "parameter owner-id is string", "parameter filters is string"),
        *("parameters needed: none", "fields needed: none", "answer is array"),
        *_needed("answer[].", _LISTED),
    },
    "createPersonalAccessToken": {
        *(*_ERRORS, "status 200", "parameters needed: none", "fields needed: name"),
        *_needed("request.", _REQUEST),
        *_needed("answer.", _CREATED),
    },
    "deletePersonalAccessToken": {
        *(*_ERRORS, "status 204", "status 404", "parameter id is string", "parameters needed: id"),
        "fields needed: none",
    },
}
OPERATIONS = [f"{name}{version}" for name in NEEDED for version in ("", "V1")]


def misfits(contract: Contract, operation_id: str) -> list[str]:
    """Return what the facade relies on and an operation does not have."""
    is_there = operation_id in contract.operations
    found = set(_facts(contract, operation_id)) if is_there else set()
    return sorted(NEEDED[operation_id.removesuffix("V1")] - found)


def _facts(contract: Contract, operation_id: str) -> Iterator[str]:
    operation = contract.operations[operation_id]
    yield from (f"status {status}" for status in operation["responses"])
    parameters = operation.get("parameters", [])
    for parameter in parameters:
        yield f"parameter {parameter['name']} is {_kind(parameter['schema'])}"
    needed = [parameter["name"] for parameter in parameters if parameter.get("required")]
    yield f"parameters needed: {', '.join(needed) or 'none'}"
    content = operation.get("requestBody", {}).get("content", {})
    request = content.get("application/json", {}).get("schema", {})
    yield f"fields needed: {', '.join(request.get('required', ())) or 'none'}"
    yield from _facts_of(request, "request")
    yield from _facts_of(contract.answer(operation_id).get("schema", {}), "answer")


def _facts_of(schema: Schema, path: str) -> Iterator[str]:
    """Say what a schema has at a path, such as `answer[].owner.name`."""
    yield f"{path} is {_kind(schema)}"
    if "minimum" in schema:
        yield f"{path}: from {schema['minimum']}"
    if "maximum" in schema:
        yield f"{path}: to {schema['maximum']}"
    if "items" in schema:
        yield from _facts_of(schema["items"], f"{path}[]")
    for name, field in schema.get("properties", {}).items():
        yield from _facts_of(field, f"{path}.{name}")
        if name in schema.get("required", ()) and not field.get("nullable"):
            yield f"{path}.{name}: always"


def _kind(schema: Schema) -> str:
    is_date = schema.get("format") == "date-time"
    return "date-time" if is_date else str(schema.get("type", "anything"))


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_contract_has_all_that_the_facade_needs(operation: str) -> None:
    found = misfits(CONTRACT, operation)
    assert not found, "\n".join(found)


def at(spec: Schema, path: str) -> Json:
    """What stands at a place: its names, with blanks between them."""
    for part in path.split():
        spec = spec[part]
    return spec


COLLECTION = "paths /personal-access-tokens"
V1 = "paths /personal-access-tokens/v1"
SCHEMAS = "components schemas"
LISTED = f"{SCHEMAS} GetPersonalAccessTokenResponse"
CREATED = f"{SCHEMAS} CreatePersonalAccessTokenResponse"
REQUEST = f"{SCHEMAS} CreatePersonalAccessTokenRequest"

LIST = "listPersonalAccessTokens"
CREATE = "createPersonalAccessToken"
DELETE = "deletePersonalAccessToken"
TTL = "accessTokenValiditySeconds"


def rename(spec: Schema, path: str, old: str, new: str) -> None:
    here = at(spec, path)
    here[new] = here.pop(old)


def need_more(spec: Schema) -> None:
    new = {"name": "x-new", "in": "query", "required": True, "schema": {"type": "string"}}
    at(spec, f"{V1} get parameters").append(new)
    at(spec, f"{REQUEST} required").append("x-new")


@pytest.mark.parametrize(
    ("operation", "change", "missing"),
    [
        (
            f"{LIST}V1",
            lambda spec: rename(spec, f"{SCHEMAS} PatOwner properties", "name", "displayName"),
            ["answer[].owner.name is string"],
        ),
        (
            CREATE,
            lambda spec: at(spec, f"{CREATED} properties expirationDate").update(format="date"),
            ["answer.expirationDate is date-time"],
        ),
        (
            LIST,
            lambda spec: at(spec, f"{LISTED} properties name").update(nullable=True),
            ["answer[].name: always"],
        ),
        (
            CREATE,
            lambda spec: at(spec, f"{CREATED} required").remove("secret"),
            ["answer.secret: always"],
        ),
        (
            f"{LIST}V1",
            lambda spec: at(spec, "components parameters OwnerId").update(name="owner"),
            ["parameter owner-id is string"],
        ),
        (f"{LIST}V1", need_more, ["parameters needed: none"]),
        (CREATE, need_more, ["fields needed: name"]),
        (
            f"{CREATE}V1",
            lambda spec: at(spec, f"{REQUEST} properties scope items").update(type="object"),
            ["request.scope[] is string"],
        ),
        (
            CREATE,
            lambda spec: at(spec, f"{REQUEST} properties {TTL}").update(minimum=900),
            [f"request.{TTL}: from 15"],
        ),
        (f"{CREATE}V1", lambda spec: at(spec, f"{V1} post responses").pop("429"), ["status 429"]),
    ],
)
def test_a_break_is_named(
    operation: str, change: Callable[[Schema], object], missing: list[str]
) -> None:
    spec = written()
    change(spec)
    assert misfits(Contract(spec), operation) == missing


def test_an_operation_that_is_gone_lacks_everything() -> None:
    spec = written()
    at(spec, "paths /personal-access-tokens/{id} delete").update(operationId="revoke")
    assert "status 204" in misfits(Contract(spec), DELETE)
