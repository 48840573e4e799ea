"""The facade and the contract fit, and where they would not, it is said which field of what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.contract import CONTRACT, Contract, written
from tests.contract.fit import misfits

if TYPE_CHECKING:
    from tests.contract.contract import Json, Schema

LIST, CREATE, DELETE = (
    "listPersonalAccessTokens",
    "createPersonalAccessToken",
    "deletePersonalAccessToken",
)


def test_the_facade_fits_the_contract() -> None:
    found = misfits(CONTRACT)
    assert not found, "\n".join(found)


def at(spec: Schema, *path: str) -> Json:
    for part in path:
        spec = spec[part]
    return spec


COLLECTION = ("paths", "/personal-access-tokens")
LISTED = ("components", "schemas", "GetPersonalAccessTokenResponse")
CREATED = ("components", "schemas", "CreatePersonalAccessTokenResponse")
REQUEST = ("components", "schemas", "CreatePersonalAccessTokenRequest")
OWNER = ("components", "schemas", "PatOwner")


def rename_created(spec: Schema) -> None:
    listed = at(spec, *LISTED)
    listed["properties"]["createdAt"] = listed["properties"].pop("created")
    listed["required"] = [n.replace("created", "createdAt") for n in listed["required"]]


def drop_the_answer(spec: Schema) -> None:
    del at(spec, *COLLECTION, "post", "responses")["200"]


def make_a_date_a_number(spec: Schema) -> None:
    at(spec, *CREATED, "properties")["expirationDate"] = {"type": "integer"}


def make_the_scope_optional(spec: Schema) -> None:
    at(spec, *LISTED, "required").remove("scope")


def allow_null_for_the_name(spec: Schema) -> None:
    at(spec, *LISTED, "properties", "name")["nullable"] = True


def rename_the_owner(spec: Schema) -> None:
    properties = at(spec, *OWNER, "properties")
    properties["displayName"] = properties.pop("name")


def wrap_the_listing(spec: Schema) -> None:
    content = at(spec, "components", "responses", "PersonalAccessTokenList", "content")
    content["application/json"]["schema"] = {"type": "object", "properties": {}}


def rename_a_parameter(spec: Schema) -> None:
    at(spec, "components", "parameters", "OwnerId")["name"] = "owner"


def need_another_parameter(spec: Schema) -> None:
    limit = {"name": "limit", "in": "query", "required": True, "schema": {"type": "integer"}}
    at(spec, *COLLECTION, "get", "parameters").append(limit)


def rename_a_field_of_the_request(spec: Schema) -> None:
    properties = at(spec, *REQUEST, "properties")
    properties["scopes"] = properties.pop("scope")


def move_a_bound_of_the_request(spec: Schema) -> None:
    at(spec, *REQUEST, "properties", "accessTokenValiditySeconds")["minimum"] = 1_000


def rename_an_operation(spec: Schema) -> None:
    at(spec, "paths", "/personal-access-tokens/{id}", "delete")["operationId"] = "revoke"


@pytest.mark.parametrize(
    ("change", "operation", "said"),
    [
        (rename_created, LIST, "the field created of the answer is gone"),
        (drop_the_answer, CREATE, "the answer 200 is not declared"),
        (make_a_date_a_number, CREATE, "the field expirationDate of the answer is read as date"),
        (make_the_scope_optional, LIST, "the field scope of the answer is needed"),
        (allow_null_for_the_name, LIST, "the field name of the answer may be null"),
        (rename_the_owner, CREATE, "the field owner.name of the answer is gone"),
        (wrap_the_listing, LIST, "the answer is no array but object"),
        (rename_a_parameter, LIST, "the parameter owner-id of the request is not declared"),
        (need_another_parameter, LIST, "limit"),
        (rename_a_field_of_the_request, CREATE, "'scope' was unexpected"),
        (move_a_bound_of_the_request, CREATE, "accessTokenValiditySeconds"),
        (rename_an_operation, DELETE, "the contract has no such operation"),
    ],
)
def test_what_does_not_fit_is_named(change: object, operation: str, said: str) -> None:
    spec = written()
    assert callable(change)
    change(spec)
    lines = misfits(Contract(spec))
    named = [line for line in lines if line.startswith(f"{operation}: ") and said in line]
    assert named, "\n".join(lines)
