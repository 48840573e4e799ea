"""Says what of a contract does not fit the facade: the operation, the field, and why.

`openapi.yaml` and the generated package can move on without the facade. Where they take something
away that it stands on, this names it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
from attrs import frozen

from sailpoint_pat import PatClient
from tests.contract.contract import Contract
from tests.contract.line import ACCESS_TOKEN, HOST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.contract.contract import Schema


@frozen
class Read:
    """How the facade reads a field of an answer.

    Attributes:
        kind: the type in the contract; `date-time` for a string of that format.
        needed: whether it has to be in every answer.
        may_be_null: whether the facade has a place for null.
    """

    kind: str
    needed: bool = False
    may_be_null: bool = False


OWNER = {name: Read("string", may_be_null=True) for name in ("id", "name", "type")}
TOKEN = {
    "id": Read("string", needed=True),
    "name": Read("string", needed=True),
    "scope": Read("array", needed=True, may_be_null=True),
    "owner": Read("object", may_be_null=True),
    "created": Read("date-time", needed=True),
    "accessTokenValiditySeconds": Read("integer", may_be_null=True),
    "expirationDate": Read("date-time", may_be_null=True),
    "userAwareTokenNeverExpires": Read("boolean", may_be_null=True),
}
LISTED = TOKEN | {
    "lastUsed": Read("date-time", may_be_null=True),
    "managed": Read("boolean", may_be_null=True),
}
CREATED = TOKEN | {"secret": Read("string", needed=True)}

SUCCESSES = {
    "listPersonalAccessTokens": "200",
    "createPersonalAccessToken": "200",
    "deletePersonalAccessToken": "204",
}
# Together they send every parameter and every field that the facade can send.
CALLS: dict[str, list[Callable[[PatClient], object]]] = {
    "listPersonalAccessTokens": [
        lambda pats: pats.list(),
        lambda pats: pats.list("me", never_used=True),
        lambda pats: pats.list(last_used_before=datetime(2023, 2, 5, tzinfo=UTC)),
    ],
    "createPersonalAccessToken": [
        lambda pats: pats.create("export", expires_in=timedelta(days=1)),
        lambda pats: pats.create(
            "export",
            scopes=["idn:accounts:read"],
            never_expires=True,
            access_token_ttl=timedelta(minutes=15),
        ),
    ],
    "deletePersonalAccessToken": [lambda pats: pats.delete("ef38f94347e94562b5bb8424a56397d8")],
}


def misfits(contract: Contract) -> list[str]:
    """One line for each thing that the facade stands on and the contract does not have."""
    found: list[str] = []
    for name, success in SUCCESSES.items():
        operation = contract.operations.get(name)
        if operation is None:
            found.append(f"{name}: the contract has no such operation")
            continue
        found += [f"{name}: {line}" for line in _requests(contract, name)]
        if success not in operation["responses"]:
            found.append(f"{name}: the answer {success} is not declared")
        elif success == "200":
            schema = contract.answer_schema(name)
            found += [f"{name}: {line}" for line in _answer(name, schema)]
            found += [f"{name}: {line}" for line in _example(contract, name)]
    return found


def _answer(name: str, schema: Schema) -> Iterator[str]:
    record, fields = schema, CREATED
    if name == "listPersonalAccessTokens":
        if schema.get("type") != "array":
            yield f"the answer is no array but {schema.get('type')}"
            return
        record, fields = schema["items"], LISTED
    yield from _fields(record, fields, "")
    owner = record.get("properties", {}).get("owner", {})
    if owner.get("type") == "object":
        yield from _fields(owner, OWNER, "owner.")


def _fields(schema: Schema, fields: dict[str, Read], prefix: str) -> Iterator[str]:
    for name, read in fields.items():
        field = schema.get("properties", {}).get(name)
        where = f"the field {prefix}{name} of the answer"
        if field is None:
            yield f"{where} is gone"
            continue
        is_date = field.get("format") == "date-time"
        kind = "date-time" if is_date else field.get("type", "anything")
        if kind != read.kind:
            yield f"{where} is read as {read.kind}, and is {kind}"
        if read.needed and name not in schema.get("required", ()):
            yield f"{where} is needed, and may be missing"
        if field.get("nullable") and not read.may_be_null:
            yield f"{where} may be null, and there is no place for that"


def _requests(contract: Contract, name: str) -> Iterator[str]:
    sent: list[httpx.Request] = []

    def receive(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(400)

    for call in CALLS[name]:
        _try(call, receive)
    declared = {each["name"] for each in contract.operations[name].get("parameters", ())}
    for request in sent:
        yield from contract.wrong_with(request)
        for parameter in request.url.params:
            if parameter not in declared:
                yield f"the parameter {parameter} of the request is not declared"


def _example(contract: Contract, name: str) -> Iterator[str]:
    """Reads the contract's own example: the generated package has a say in that."""
    body = contract.answer_example(name)
    for call in CALLS[name][:1]:
        error = _try(call, lambda _request: httpx.Response(200, json=body))
        if error is not None:
            yield f"its example cannot be read: {type(error).__name__}: {error}"


def _try(call: Callable[[PatClient], Any], answer: Callable[..., httpx.Response]) -> object:
    pats = PatClient(
        base_url=HOST,
        api_version="v2025",
        access_token=ACCESS_TOKEN,
        retry=None,
        transport=httpx.MockTransport(answer),
    )
    with pats:
        try:
            call(pats)
        except Exception as error:  # noqa: BLE001  whatever it is, it is reported
            return error
    return None
