"""What the tenant is asked: which operation a request means, and everything it brought along."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias, get_args
from urllib.parse import unquote

from attrs import frozen

Operation: TypeAlias = Literal["list", "create", "delete", "token"]
"""What the tenant can do."""

OPERATIONS: tuple[Operation, ...] = get_args(Operation)

_COLLECTION = "/personal-access-tokens"
_VERSIONED = re.compile(r"/(?P<version>v3|v2024|v2025|v2026|beta)(?P<resource>/.*)")
_ITEM = re.compile(re.escape(_COLLECTION) + r"/(?P<id>[^/]+)")


@frozen
class Route:
    """Where a path leads.

    Attributes:
        operations: What each method means there; empty where the path leads nowhere.
        version: The API version in the path, or an empty string.
        resource: The path below the version.
        template: The same as the spec writes it.
        token_id: The id in the path, or an empty string.
    """

    operations: dict[str, Operation]
    version: str = ""
    resource: str = ""
    template: str = ""
    token_id: str = ""


@frozen
class Call:
    """One request, received whole."""

    method: str
    route: Route
    query: str
    content_type: str | None
    authorization: str | None
    body: bytes


def find_route(raw_path: str) -> Route:
    """Where a path leads; `raw_path` is still percent-encoded."""
    if raw_path == "/oauth/token":
        return Route({"POST": "token"})
    if found := _VERSIONED.fullmatch(raw_path):
        version, resource = found["version"], found["resource"]
        if resource == _COLLECTION:
            operations: dict[str, Operation] = {"GET": "list", "POST": "create"}
            return Route(operations, version, resource, resource)
        if item := _ITEM.fullmatch(resource):
            template = _COLLECTION + "/{id}"
            return Route({"DELETE": "delete"}, version, resource, template, unquote(item["id"]))
    return Route({})
