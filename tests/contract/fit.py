"""What the facade sends and reads, by the names on the wire, and where a contract lacks it.

The facade reads the JSON of answers by itself, so that a change of `openapi.yaml` alone would not
be noticed there. This compares. What a contract has besides is fine.
"""

from collections.abc import Iterable, Iterator

from tests.contract.contract import Contract, Schema

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
