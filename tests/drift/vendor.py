"""A spec the way the vendor publishes one, its mistakes included, in our own words."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

Node = dict[str, Any]

ERRORS = ("400", "401", "403", "429", "500")


def ref(kind: str, name: str) -> Node:
    return {"$ref": f"#/components/{kind}/{name}"}


def scope() -> Node:
    # A default of an array's item says nothing about the array.
    return {
        "type": "array",
        "nullable": True,
        "items": {"type": "string", "default": "sp:scopes:all"},
    }


def date(**more: Any) -> Node:
    return {"type": "string", "format": "date-time", **more}


def seconds(**more: Any) -> Node:
    return {"type": "integer", "format": "int32", **more}


def schemas() -> dict[str, Node]:
    message = {
        "type": "object",
        "properties": {
            "locale": {"type": "string", "nullable": True},
            "localeOrigin": {
                "type": "string",
                "nullable": True,
                "enum": ["DEFAULT", "REQUEST", None],
            },
            "text": {"type": "string"},
        },
    }
    owner = {
        "type": "object",
        "properties": {
            "type": {"type": "string", "enum": ["IDENTITY"]},
            "id": {"type": "string"},
            "name": {"type": "string"},
        },
        "required": ["type", "id", "name"],
    }
    # `items` on what is no array, and a default that is no date.
    token_life = {"items": seconds(default=43200)}
    token_end = {"items": date(default="6 Months from created date")}
    return {
        "ErrorMessageDto": message,
        "ErrorResponseDto": {
            "type": "object",
            "properties": {
                "detailCode": {"type": "string"},
                "trackingId": {"type": "string"},
                "messages": {"type": "array", "items": ref("schemas", "ErrorMessageDto")},
                "causes": {"type": "array", "items": ref("schemas", "ErrorMessageDto")},
            },
        },
        "PatOwner": owner,
        "CreatePersonalAccessTokenRequest": {
            "type": "object",
            "properties": {
                "name": {"type": "string"},
                "scope": scope(),
                "accessTokenValiditySeconds": seconds(
                    nullable=True, minimum=15, maximum=43200, **token_life
                ),
                "expirationDate": date(nullable=True, **token_end),
            },
            "required": ["name"],
        },
        "CreatePersonalAccessTokenResponse": {
            "type": "object",
            "properties": {
                "id": {"type": "string"},
                "secret": {"type": "string"},
                "scope": scope(),
                "name": {"type": "string"},
                "owner": ref("schemas", "PatOwner"),
                "created": date(),
                "accessTokenValiditySeconds": seconds(**token_life),
                "expirationDate": date(**token_end),
            },
            "required": ["id", "secret", "scope", "name", "owner", "created"],
        },
        "GetPersonalAccessTokenResponse": {
            "type": "object",
            "properties": {
                "id": {"type": "string"},
                "name": {"type": "string"},
                "scope": scope(),
                "owner": ref("schemas", "PatOwner"),
                "created": date(),
                "lastUsed": date(nullable=True),
                "managed": {"type": "boolean", "default": False},
                "accessTokenValiditySeconds": seconds(default=43200),
                "expirationDate": date(default="6 Months from created date"),
            },
            "required": ["id", "name", "scope", "owner", "created"],
        },
        # Another API's schema, which contains itself.
        "Tree": {
            "type": "object",
            "properties": {"branches": {"type": "array", "items": ref("schemas", "Tree")}},
        },
    }


def json_body(schema: Node) -> Node:
    return {"content": {"application/json": {"schema": schema}}}


def responses() -> dict[str, Node]:
    plain = ref("schemas", "ErrorResponseDto")
    answers = {
        status: {"description": "It went wrong.", **json_body(plain)}
        for status in ("400", "403", "404", "500")
    }
    # What stands in these two has no type.
    for status, field in (("401", "error"), ("429", "message")):
        properties = {field: {"description": "What went wrong."}}
        answers[status] = {
            "description": "Refused.",
            **json_body({"type": "object", "properties": properties}),
        }
    return answers


def answers(success: str, body: Node, *errors: str) -> Node:
    success_answer = {"description": "It worked.", **body}
    return {success: success_answer, **{status: ref("responses", status) for status in errors}}


def document() -> Node:
    """The spec with references, as API.md has its facts."""
    read = ["idn:my-personal-access-tokens:read", "idn:all-personal-access-tokens:read"]
    manage = ["sp:my-personal-access-tokens:manage", "sp:all-personal-access-tokens:manage"]
    token_id = {"in": "path", "name": "id", "required": True, "schema": {"type": "string"}}
    listed = ref("schemas", "GetPersonalAccessTokenResponse")
    tokens = {"type": "array", "items": listed}
    return {
        "openapi": "3.0.1",
        "info": {"title": "Everything", "version": "v3"},
        "servers": [{"url": "https://{tenant}.api.identitynow.com/v3"}],
        "security": [{"userAuth": []}, {"applicationAuth": []}],
        "paths": {
            "/trees": {
                "get": {
                    "operationId": "listTrees",
                    "responses": answers("200", json_body(ref("schemas", "Tree"))),
                }
            },
            "/personal-access-tokens": {
                "get": {
                    "operationId": "listPersonalAccessTokens",
                    "security": [{"userAuth": read}],
                    "parameters": [
                        {
                            "in": "query",
                            "name": "owner-id",
                            "required": False,
                            "schema": {"type": "string", "default": None},
                        },
                        {"in": "query", "name": "filters", "schema": {"type": "string"}},
                    ],
                    "responses": answers("200", json_body(tokens), *ERRORS),
                },
                "post": {
                    "operationId": "createPersonalAccessToken",
                    "security": [{"userAuth": manage}],
                    "requestBody": {
                        "required": True,
                        **json_body(ref("schemas", "CreatePersonalAccessTokenRequest")),
                    },
                    "responses": answers(
                        "200",
                        json_body(ref("schemas", "CreatePersonalAccessTokenResponse")),
                        *ERRORS,
                    ),
                },
            },
            "/personal-access-tokens/{id}": {
                "patch": {
                    "operationId": "patchPersonalAccessToken",
                    "parameters": [token_id],
                    "responses": answers("200", json_body(listed), *ERRORS),
                },
                "delete": {
                    "operationId": "deletePersonalAccessToken",
                    "security": [{"userAuth": manage}],
                    "parameters": [token_id],
                    "responses": answers("204", {}, *ERRORS, "404"),
                },
            },
        },
        "components": {"schemas": schemas(), "responses": responses()},
    }


def as_published() -> Node:
    """The same, with the two places where what is published differs from API.md."""
    published = document()
    del published["components"]["schemas"]["PatOwner"]["required"]
    published["paths"]["/personal-access-tokens"]["get"]["security"] = [
        {
            "userAuth": [
                f"sp:{whose}-personal-access-tokens:{right}"
                for whose in ("my", "all")
                for right in ("read", "manage")
            ]
        }
    ]
    return published


def v2025() -> Node:
    """The newer versions: null is allowed, and the caller says to know what that means."""
    newer = deepcopy(document())
    newer["info"]["version"] = "v2025"
    models = newer["components"]["schemas"]
    for name in ("CreatePersonalAccessTokenRequest", "GetPersonalAccessTokenResponse"):
        fields = models[name]["properties"]
        fields["userAwareTokenNeverExpires"] = {"type": "boolean", "default": False}
        fields["expirationDate"] = date(nullable=True)
    request = models["CreatePersonalAccessTokenRequest"]["properties"]
    request["userAwareTokenNeverExpires"]["nullable"] = True
    return newer


def dereferenced(node: Any, root: Node, above: tuple[str, ...] = ()) -> Any:
    """Everything in its place; only what contains itself stays a reference."""
    if isinstance(node, list):
        return [dereferenced(each, root, above) for each in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node and node["$ref"] not in above:
        target: Any = root
        for step in node["$ref"].split("/")[1:]:
            target = target[step]
        return dereferenced(target, root, (*above, node["$ref"]))
    return {key: dereferenced(value, root, above) for key, value in node.items()}
