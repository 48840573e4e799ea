"""What the facade sends and reads, by the names on the wire, and where a contract lacks it.

The facade reads the JSON of answers by itself, so that a change of `openapi.yaml` alone would not
be noticed there. This compares: it names the operation, the field, and what is wrong. What a
contract has besides is fine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.contract.contract import Contract, Schema


@frozen
class Field:
    """A field that the facade sends or reads.

    Attributes:
        type: Its type in the contract; `date-time` for a string of that format.
        always: Read: it has to be in every answer, and not null.
        low: Sent: the lowest value that is taken.
        high: Sent: the highest.
    """

    type: str
    always: bool = False
    low: int | None = None
    high: int | None = None


OWNER = {f"owner.{name}": Field("string") for name in ("type", "id", "name")}
TOKEN = {
    "id": Field("string", always=True),
    "name": Field("string", always=True),
    "created": Field("date-time", always=True),
    "scope": Field("array"),
    "scope[]": Field("string"),
    "owner": Field("object"),
    **OWNER,
    "accessTokenValiditySeconds": Field("integer"),
    "expirationDate": Field("date-time"),
    "userAwareTokenNeverExpires": Field("boolean"),
}
LISTED = TOKEN | {"lastUsed": Field("date-time"), "managed": Field("boolean")}
CREATED = TOKEN | {"secret": Field("string", always=True)}
REQUEST = {
    "name": Field("string"),
    "scope": Field("array"),
    "scope[]": Field("string"),
    "accessTokenValiditySeconds": Field("integer", low=15, high=43_200),
    "expirationDate": Field("date-time"),
    "userAwareTokenNeverExpires": Field("boolean"),
}
# The name is the one field that every create sends.
ALWAYS_SENT = {"name"}

SUCCESS = {
    "listPersonalAccessTokens": "200",
    "createPersonalAccessToken": "200",
    "deletePersonalAccessToken": "204",
}
PARAMETERS = {
    "listPersonalAccessTokens": {"owner-id", "filters"},
    "createPersonalAccessToken": set[str](),
    "deletePersonalAccessToken": {"id"},
}
ERRORS = ("400", "401", "403", "404", "429", "500")
OPERATIONS = [f"{name}{version}" for name in SUCCESS for version in ("", "V1")]


def misfits(contract: Contract, operation_id: str) -> list[str]:
    """One line for each thing that the facade relies on and an operation does not have."""
    if operation_id not in contract.operations:
        return [f"{operation_id}: there is no such operation"]
    name = operation_id.removesuffix("V1")
    lines = [
        *_statuses(contract.operations[operation_id], name),
        *_parameters(contract.operations[operation_id], name),
    ]
    if name == "createPersonalAccessToken":
        lines += _request(contract.operations[operation_id])
        lines += _answer(contract.answer(operation_id).get("schema", {}), CREATED)
    if name == "listPersonalAccessTokens":
        schema = contract.answer(operation_id).get("schema", {})
        if schema.get("type") != "array":
            lines.append(f"the answer is an array, and here it is {schema.get('type')}")
        lines += _answer(schema.get("items", {}), LISTED)
    return [f"{operation_id}: {line}" for line in lines]


def _statuses(operation: Schema, name: str) -> Iterator[str]:
    expected = [SUCCESS[name], *ERRORS]
    if name != "deletePersonalAccessToken":
        expected.remove("404")
    for status in expected:
        if status not in operation["responses"]:
            yield f"the status {status} is gone"


def _parameters(operation: Schema, name: str) -> Iterator[str]:
    declared = {parameter["name"]: parameter for parameter in operation.get("parameters", [])}
    for parameter in PARAMETERS[name]:
        if parameter not in declared:
            yield f"the parameter {parameter} is gone"
        elif (found := _type(declared[parameter].get("schema", {}))) != "string":
            yield f"the parameter {parameter} is a string, and here it is {found}"
    for parameter, facts in declared.items():
        if facts.get("required") and parameter != "id":
            yield f"the parameter {parameter} became required"


def _request(operation: Schema) -> Iterator[str]:
    content = operation.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    yield from _fields(schema, REQUEST, "request")
    for name in set(schema.get("required", ())) - ALWAYS_SENT:
        yield f"the field {name} of the request became required"


def _answer(schema: Schema, fields: dict[str, Field]) -> Iterator[str]:
    yield from _fields(schema, fields, "answer")
    for name, field in fields.items():
        if field.always and name not in schema.get("required", ()):
            yield f"the field {name} of the answer may be missing"
        if field.always and schema.get("properties", {}).get(name, {}).get("nullable"):
            yield f"the field {name} of the answer may be null"


def _fields(schema: Schema, fields: dict[str, Field], where: str) -> Iterator[str]:
    for path, field in fields.items():
        found = _at(schema, path)
        if found is None:
            yield f"the field {path} of the {where} is gone"
            continue
        if _type(found) != field.type:
            yield f"the field {path} of the {where} is {field.type}, and here it is {_type(found)}"
        if field.low is not None and found.get("minimum", field.low) > field.low:
            yield f"the field {path} of the {where} begins at {found['minimum']}"
        if field.high is not None and found.get("maximum", field.high) < field.high:
            yield f"the field {path} of the {where} ends at {found['maximum']}"


def _at(schema: Schema, path: str) -> Schema | None:
    """The schema of a field: `owner.name`, or `scope[]` for the items of an array."""
    found: Schema | None = schema
    for part in path.replace("[]", ".[]").split("."):
        inner = found or {}
        found = inner.get("items") if part == "[]" else inner.get("properties", {}).get(part)
    return found


def _type(schema: Schema) -> str:
    is_date = schema.get("format") == "date-time"
    return "date-time" if is_date else str(schema.get("type", "anything"))
