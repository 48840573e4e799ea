"""A spec in each shape that the vendor publishes, in our own words, with names of its fields."""

import json
import os
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

Node = dict[str, Any]

TOKENS, TOKEN = "/personal-access-tokens", "/personal-access-tokens/{id}"
MINE, ALL = "sp:my-personal-access-tokens:manage", "sp:all-personal-access-tokens:manage"
GONE = object()


def ref(section: str, name: str) -> Node:
    return {"$ref": f"#/components/{section}/{name}"}


def body(schema: Node) -> Node:
    return {"content": {"application/json": {"schema": schema}}}


def answers(status: str, content: Node, *errors: str) -> Node:
    named = {error: ref("responses", error) for error in errors}
    return {status: {"description": "It worked.", **content}, **named}


def service(version: str = "") -> Node:
    """The paths of our service, in the legacy layout or with its own version in them."""
    suffix, below = version.upper(), f"/{version}" if version else ""
    security = [{"userAuth": [MINE, ALL]}]
    token_id = {"in": "path", "name": "id", "required": True, "schema": {"type": "string"}}
    listed = ref("schemas", "Listed")
    return {
        f"{TOKENS}{below}": {
            "get": {
                "operationId": f"listPersonalAccessTokens{suffix}",
                "security": security,
                "parameters": [
                    {"in": "query", "name": "owner-id", "schema": {"type": "string"}},
                    {"in": "header", "name": "X-Test", "schema": {"type": "string"}},
                ],
                "responses": answers("200", body({"type": "array", "items": listed}), "400", "429"),
            },
            "post": {
                "operationId": f"createPersonalAccessToken{suffix}",
                "security": security,
                "requestBody": {"required": True, **body(ref("schemas", "Request"))},
                "responses": answers("200", body(ref("schemas", "Created")), "400", "429"),
            },
        },
        f"{TOKENS}{below}/{{id}}": {
            "delete": {
                "operationId": f"deletePersonalAccessToken{suffix}",
                "security": security,
                "parameters": [token_id],
                "responses": answers("204", {}, "400", "404"),
            },
        },
    }


def spec(*versions: str) -> Node:
    """A spec in one file with references inside; a version `""` has the legacy layout."""
    date = {"type": "string", "format": "date-time"}
    scope = {"type": "array", "nullable": True, "items": {"type": "string"}}
    text: Node = {"type": "string"}
    listed = {"id": text, "scope": scope, "owner": ref("schemas", "Owner"), "created": date}
    listed["lastUsed"] = {**date, "nullable": True}
    listed["managed"] = {"type": "boolean", "default": False}
    seconds = {"type": "integer", "format": "int32", "minimum": 15, "maximum": 43200}
    owner = {"type": {"type": "string", "enum": ["IDENTITY"]}, "id": text}
    error = {"trackingId": text, "causes": {"type": "array", "items": ref("schemas", "Error")}}
    schemas = {
        "Listed": {"type": "object", "properties": listed, "required": ["id", "created"]},
        "Created": {
            "type": "object",
            "properties": {"id": text, "secret": text, "owner": ref("schemas", "Owner")},
            "required": ["id", "secret"],
        },
        "Request": {
            "type": "object",
            "properties": {
                "name": text,
                "scope": scope,
                "accessTokenValiditySeconds": {**seconds, "nullable": True},
                "expirationDate": date,
            },
            "required": ["name"],
        },
        "Owner": {"type": "object", "properties": owner},
        "Error": {"type": "object", "properties": error},
    }
    failed = {"description": "It did not work.", **body(ref("schemas", "Error"))}
    retry_after = {"Retry-After": {"schema": {"type": "integer"}}}
    paths = {path: item for version in versions or [""] for path, item in service(version).items()}
    things = {"get": {"operationId": "listThings", "responses": answers("200", {})}}
    whole = {
        "openapi": "3.0.1",
        "info": {"title": "A specimen", "version": "1"},
        "paths": {"/test-things": things, **paths},
        "components": {
            "schemas": schemas,
            "responses": {"400": failed, "404": failed, "429": {**failed, "headers": retry_after}},
        },
    }
    # No part is shared, so that each can be changed alone.
    separate: Node = json.loads(json.dumps(whole))
    return separate


def ours() -> Node:
    """A spec of our side: both layouts, and our open list instead of the vendor's enum."""
    node = spec("", "v1")
    kind = node["components"]["schemas"]["Owner"]["properties"]["type"]
    kind["x-known-values"] = kind.pop("enum")
    why = {"upstream": "An enum.", "here": "Open.", "why": "It grows.", "covers": ["enum"]}
    kind["x-differences"] = [why]
    return node


NAMES = {
    "list": f"paths|{TOKENS}|get",
    "create": f"paths|{TOKENS}|post",
    "delete": f"paths|{TOKEN}|delete",
    "body": "requestBody|content",
    "answer": "responses|200|content",
    "json": "application/json",
    "fields": "properties",
    **{name: f"components|schemas|{name}" for name in ("Listed", "Created", "Request", "Owner")},
    "Error": "components|schemas|Error",
    "429": "components|responses|429",
}


def steps(place: str) -> list[str]:
    """A place such as `Owner|fields|id`, step by step."""
    return "|".join(NAMES.get(step, step) for step in place.split("|")).split("|")


def edited(node: Node, place: str, value: Any) -> Node:
    """A copy with another value in one place, or with nothing there."""
    copy = deepcopy(node)
    *above, last = steps(place) if place else [""]
    inner: Any = copy
    for step in above:
        inner = inner[int(step)] if isinstance(inner, list) else inner[step]
    if value is GONE:
        del inner[int(last) if isinstance(inner, list) else last]
    elif isinstance(inner, list):
        inner.append(value)
    else:
        inner[last] = value
    return copy


def dereferenced(node: Any, root: Node, above: tuple[str, ...] = ()) -> Any:
    """Everything in its place; what contains itself is cut off there, as the vendor does it."""
    if isinstance(node, list):
        return [dereferenced(each, root, above) for each in node]
    if not isinstance(node, dict):
        return node
    if "$ref" not in node:
        return {key: dereferenced(value, root, above) for key, value in node.items()}
    if node["$ref"] in above:
        return {}
    _, section, name = node["$ref"].removeprefix("#/").split("/")
    return dereferenced(root["components"][section][name], root, (*above, node["$ref"]))


def write_tree(node: Node, root: Path, shared: Path) -> Path:
    """Write a file for each path, schema and response, those two below `shared`."""
    files: dict[Path, Any] = {
        shared / section / f"{name}.yaml": inner
        for section, inners in node["components"].items()
        for name, inner in inners.items()
    }
    paths = {}
    for number, (path, item) in enumerate(node["paths"].items()):
        files[root.parent / f"paths/{number}.yaml"] = item
        paths[path] = {"$ref": f"./paths/{number}.yaml"}
    files[root] = {**node, "paths": paths, "components": {}}

    def linked(inner: Any, here: Path) -> Any:
        if isinstance(inner, list):
            return [linked(each, here) for each in inner]
        if isinstance(inner, dict) and str(inner.get("$ref")).startswith("#"):
            target = f"{inner['$ref'].removeprefix('#/components/')}.yaml"
            return {"$ref": os.path.relpath(shared / target, here.parent)}
        if isinstance(inner, dict):
            return {key: linked(value, here) for key, value in inner.items()}
        return inner

    for file, inner in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        # Unquoted, as the vendor has them: status codes are numbers, and examples are dates.
        text = re.sub(r"'(\d+)'", r"\1", yaml.safe_dump(linked(inner, file)))
        file.write_text(f"{text}x-test-date: 2023-02-31T10:59:27.214Z\n", encoding="utf-8-sig")
    return root
