"""The contract has all that the facade sends and reads; what is gone is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.contract import CONTRACT, Contract, written
from tests.contract.fit import OPERATIONS, misfits

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.contract.contract import Json, Schema


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


def rename(spec: Schema, path: str, old: str, new: str) -> None:
    here = at(spec, path)
    here[new] = here.pop(old)


def need_more(spec: Schema) -> None:
    new = {"name": "x-new", "in": "query", "required": True, "schema": {"type": "string"}}
    at(spec, f"{V1} get parameters").append(new)
    at(spec, f"{REQUEST} required").append("x-new")


def wrap_the_listing(spec: Schema) -> None:
    content = at(spec, "components responses PersonalAccessTokenList content")
    content["application/json"]["schema"] = {"type": "object", "properties": {}}


TTL = "accessTokenValiditySeconds"
ONE = "paths /personal-access-tokens/{id}"
BREAKS: list[tuple[str, Callable[[Schema], object], str]] = [
    (
        LIST,
        lambda spec: rename(spec, f"{LISTED} properties", "created", "createdAt"),
        "the field created of the answer is gone",
    ),
    (
        f"{LIST}V1",
        lambda spec: rename(spec, f"{SCHEMAS} PatOwner properties", "name", "displayName"),
        "the field owner.name of the answer is gone",
    ),
    (
        CREATE,
        lambda spec: at(spec, f"{CREATED} properties expirationDate").update(format="date"),
        "the field expirationDate of the answer is date-time, and here it is string",
    ),
    (
        LIST,
        lambda spec: at(spec, f"{LISTED} properties name").update(nullable=True),
        "the field name of the answer may be null",
    ),
    (
        CREATE,
        lambda spec: at(spec, f"{CREATED} required").remove("secret"),
        "the field secret of the answer may be missing",
    ),
    (LIST, wrap_the_listing, "the answer is an array, and here it is object"),
    (
        f"{LIST}V1",
        lambda spec: at(spec, "components parameters OwnerId").update(name="owner"),
        "the parameter owner-id is gone",
    ),
    (f"{LIST}V1", need_more, "the parameter x-new became required"),
    (CREATE, need_more, "the field x-new of the request became required"),
    (
        CREATE,
        lambda spec: rename(spec, f"{REQUEST} properties", "scope", "scopes"),
        "the field scope of the request is gone",
    ),
    (
        f"{CREATE}V1",
        lambda spec: at(spec, f"{REQUEST} properties scope items").update(type="object"),
        "the field scope[] of the request is string, and here it is object",
    ),
    (
        CREATE,
        lambda spec: at(spec, f"{REQUEST} properties {TTL}").update(minimum=900),
        f"the field {TTL} of the request begins at 900",
    ),
    (
        DELETE,
        lambda spec: rename(spec, f"{ONE} delete responses", "204", "202"),
        "the status 204 is gone",
    ),
    (
        f"{CREATE}V1",
        lambda spec: at(spec, f"{V1} post responses").pop("429"),
        "the status 429 is gone",
    ),
    (
        DELETE,
        lambda spec: at(spec, f"{ONE} delete").update(operationId="revoke"),
        "there is no such operation",
    ),
]


@pytest.mark.parametrize(("operation", "change", "said"), BREAKS)
def test_a_break_is_named(operation: str, change: Callable[[Schema], object], said: str) -> None:
    spec = written()
    change(spec)
    assert f"{operation}: {said}" in misfits(Contract(spec), operation)
