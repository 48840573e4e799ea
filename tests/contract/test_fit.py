"""The contract has all that the facade sends and reads; what is gone is named."""

from collections.abc import Callable

import pytest

from tests.contract.contract import CONTRACT, Contract, Json, Schema, written
from tests.contract.fit import OPERATIONS, misfits


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
