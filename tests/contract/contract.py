"""What `openapi.yaml` says: of requests, by openapi-core, and of the fields of answers."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import yaml
from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from werkzeug.datastructures import ImmutableMultiDict

if TYPE_CHECKING:
    import httpx

SPEC = Path(__file__).resolve().parents[2] / "openapi.yaml"

Json: TypeAlias = Any
Schema: TypeAlias = dict[str, Any]


@functools.cache
def spec() -> Schema:
    """The contract, with every `$ref` replaced by what it leads to."""
    whole: Schema = yaml.safe_load(SPEC.read_text(encoding="utf-8"))

    def resolved(node: Json) -> Json:
        if isinstance(node, list):
            return [resolved(each) for each in node]
        if not isinstance(node, dict):
            return node
        if "$ref" not in node:
            return {name: resolved(value) for name, value in node.items()}
        target: Json = whole
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        return resolved(target)

    found: Schema = resolved(whole)
    return found


@functools.cache
def operations() -> dict[str, Schema]:
    """Each operation by its operationId."""
    return {
        operation["operationId"]: operation
        for path in spec()["paths"].values()
        for operation in path.values()
        if isinstance(operation, dict)
    }


def answer_schema(operation_id: str, status: str = "200") -> Schema:
    """The schema of an answer's body."""
    answer = operations()[operation_id]["responses"][status]
    schema: Schema = answer["content"]["application/json"]["schema"]
    return schema


def answer_example(operation_id: str) -> Json:
    """What the contract shows as an answer."""
    answer = operations()[operation_id]["responses"]["200"]
    return answer["content"]["application/json"]["example"]


def wrong_with(request: httpx.Request) -> list[str]:
    """What the contract forbids about a request; empty where it is right."""
    return [_said(error) for error in _openapi().iter_request_errors(_Request(request))]


@functools.cache
def _openapi() -> OpenAPI:
    # openapi-core warns at OAuth 2.0, of which it cannot judge; the tests look at the header.
    paths = {
        path: {
            method: {k: v for k, v in operation.items() if k != "security"}
            for method, operation in operations.items()
            if isinstance(operation, dict)
        }
        for path, operations in spec()["paths"].items()
    }
    # tests/test_spec.py validates the spec itself.
    return OpenAPI.from_dict({**spec(), "paths": paths}, config=Config(spec_validator_cls=None))


class _Request:
    """A request as openapi-core wants to see it."""

    def __init__(self, request: httpx.Request) -> None:
        raw_path = request.url.raw_path.decode("ascii")
        self.host_url = f"{request.url.scheme}://{request.url.netloc.decode('ascii')}"
        self.path = raw_path.partition("?")[0]
        self.method = request.method.lower()
        self.content_type = request.headers.get("Content-Type", "")
        self.body = request.content or None
        query = ImmutableMultiDict(request.url.params.multi_items())
        self.parameters = RequestParameters(query=query)


def _said(error: BaseException) -> str:
    schema_errors = getattr(error.__cause__ or error, "schema_errors", ())
    details = "; ".join(f"{list(each.absolute_path)} {each.message}" for each in schema_errors)
    return f"{error!r} {error.__cause__!r} {details}"
