"""What the tenant is asked: which operation a request means, and everything it brought along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, get_args
from urllib.parse import unquote

from attrs import frozen

from sailpoint_pat._versions import SERVICE_PATH, VERSIONS

if TYPE_CHECKING:
    from sailpoint_pat._versions import ApiVersion

Operation: TypeAlias = Literal["list", "create", "delete", "token"]
"""What the tenant can do."""

OPERATIONS: tuple[Operation, ...] = get_args(Operation)

TOKEN_ENDPOINT = "/oauth/token"  # noqa: S105  a path

_COLLECTIONS = {version.path_of(SERVICE_PATH): version for version in VERSIONS.values()}


@frozen
class Route:
    """Where a path leads.

    Attributes:
        operations: What each method means there; empty where the path leads nowhere.
        version: The API version in the path; None where there is none.
        template: The path with `{id}` in place of an id, or an empty string.
        token_id: The id in the path, or an empty string.
    """

    operations: dict[str, Operation]
    version: ApiVersion | None = None
    template: str = ""
    token_id: str = ""


@frozen
class Call:
    """One request for an operation, received whole."""

    method: str
    path: str
    route: Route
    query: str
    content_type: str | None
    authorization: str | None
    body: bytes


def find_route(raw_path: str) -> Route:
    """Where a path leads; `raw_path` is still percent-encoded."""
    if raw_path == TOKEN_ENDPOINT:
        return Route({"POST": "token"})
    if version := _COLLECTIONS.get(raw_path):
        return Route({"GET": "list", "POST": "create"}, version, raw_path)
    parent, _, segment = raw_path.rpartition("/")
    if segment and (version := _COLLECTIONS.get(parent)):
        return Route({"DELETE": "delete"}, version, parent + "/{id}", unquote(segment))
    return Route({})
