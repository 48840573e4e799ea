"""What `openapi.yaml` says of requests and answers, by the names of its operations."""

from pathlib import Path
from typing import Any, TypeAlias

import httpx
import yaml

from sailpoint_pat.testing._calls import Call, find_route
from sailpoint_pat.testing._contract import Contract as Checker

SPEC = Path(__file__).resolve().parents[2] / "openapi.yaml"
HOST = "https://acme.api.identitynow.com"

Json: TypeAlias = Any
Schema: TypeAlias = dict[str, Any]


class Contract:
    """A contract, with every `$ref` replaced by what it leads to."""

    def __init__(self, written: Schema) -> None:
        self.spec: Schema = _resolved(written, written)
        self.operations: dict[str, Schema] = {
            operation["operationId"]: operation
            for path in self.spec["paths"].values()
            for operation in path.values()
            if isinstance(operation, dict) and "operationId" in operation
        }
        self._checker = Checker(written)

    def answer(self, operation_id: str, status: str = "200") -> Schema:
        """The schema and the example of an answer; empty where there is none."""
        answer: Schema = self.operations[operation_id]["responses"].get(status, {})
        content: Schema = answer.get("content", {}).get("application/json", {})
        return content

    def wrong_with(self, request: httpx.Request) -> str | None:
        """What the contract forbids about a request; None where it is right."""
        path = request.url.raw_path.decode("ascii").partition("?")[0]
        return self._checker.violation_of_request(
            Call(
                method=request.method,
                path=path,
                route=find_route(path),
                query=request.url.query.decode("ascii"),
                content_type=request.headers.get("Content-Type"),
                authorization=None,
                body=request.content,
            )
        )


def written() -> Schema:
    read: Schema = yaml.safe_load(SPEC.read_text(encoding="utf-8"))
    return read


def _resolved(node: Json, whole: Schema) -> Json:
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


CONTRACT = Contract(written())
