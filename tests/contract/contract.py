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


class Contract:
    """A contract, asked by the names of its operations."""

    def __init__(self, written: Schema) -> None:
        self.spec: Schema = _resolved(written, written)
        self.operations: dict[str, Schema] = {
            operation["operationId"]: operation
            for path in self.spec["paths"].values()
            for operation in path.values()
            if isinstance(operation, dict)
        }

    def answer_schema(self, operation_id: str) -> Schema:
        """The schema of the body of an answer with 200."""
        schema: Schema = self._answer(operation_id)["schema"]
        return schema

    def answer_example(self, operation_id: str) -> Json:
        """What the contract shows as an answer."""
        return self._answer(operation_id)["example"]

    def wrong_with(self, request: httpx.Request) -> list[str]:
        """What the contract forbids about a request; empty where it is right."""
        return [_said(error) for error in self._openapi.iter_request_errors(_Request(request))]

    def _answer(self, operation_id: str) -> Schema:
        answer: Schema = self.operations[operation_id]["responses"]["200"]
        content: Schema = answer["content"]["application/json"]
        return content

    @functools.cached_property
    def _openapi(self) -> OpenAPI:
        # openapi-core warns at OAuth 2.0, of which it cannot judge; the tests look at the header.
        paths = {
            path: {
                method: {k: v for k, v in operation.items() if k != "security"}
                for method, operation in operations.items()
                if isinstance(operation, dict)
            }
            for path, operations in self.spec["paths"].items()
        }
        # tests/test_spec.py validates the spec itself.
        config = Config(spec_validator_cls=None)
        return OpenAPI.from_dict({**self.spec, "paths": paths}, config=config)


def written() -> Schema:
    """The contract as it is written."""
    read: Schema = yaml.safe_load(SPEC.read_text(encoding="utf-8"))
    return read


def _resolved(node: Json, whole: Schema) -> Json:
    """The same with every `$ref` replaced by what it leads to."""
    if isinstance(node, list):
        return [_resolved(each, whole) for each in node]
    if not isinstance(node, dict):
        return node
    if "$ref" not in node:
        return {name: _resolved(value, whole) for name, value in node.items()}
    target: Json = whole
    for part in node["$ref"].removeprefix("#/").split("/"):
        target = target[part]
    return _resolved(target, whole)


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


CONTRACT = Contract(written())
