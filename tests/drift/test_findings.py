"""Each kind of drift: the line that reports it, its heading, and the exit status."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from .vendor import Node, as_published, document, json_body, v2025

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from .conftest import Compare, Result

BREAKS, ADDS, HARMLESS = "Breaks our users", "Additions we could take", "Harmless"
REMOVED = object()

TOKENS, TOKEN = "/personal-access-tokens", "/personal-access-tokens/{id}"
LIST, CREATE, DELETE = (
    ("paths", TOKENS, "get"),
    ("paths", TOKENS, "post"),
    ("paths", TOKEN, "delete"),
)
MODELS = ("components", "schemas")
LISTED = (*MODELS, "GetPersonalAccessTokenResponse")
ASKED = (*MODELS, "CreatePersonalAccessTokenRequest")
CREATED = (*MODELS, "CreatePersonalAccessTokenResponse")
OWNER = (*MODELS, "PatOwner")
OWNER_ID = (*LIST, "parameters", 0)
GATEWAY = {"description": "A gateway has something to say."}


def edited(node: Node, *edits: tuple[tuple[Any, ...], Any]) -> Node:
    """A copy in which each place of `edits` has another value, or none."""
    copy = deepcopy(node)
    for (*above, last), value in edits:
        place: Any = copy
        for step in above:
            place = place[step]
        if value is REMOVED:
            del place[last]
        else:
            place[last] = value
    return copy


class Drift(NamedTuple):
    name: str
    place: tuple[Any, ...]
    value: Any
    heading: str
    lines: tuple[str, ...]
    also: Mapping[str, list[str]] = {}  # what else it is, where it is two things at once


PARAMETER = "listPersonalAccessTokens: parameter: "
REQUEST = "createPersonalAccessToken: request: "
LIST_200 = "listPersonalAccessTokens: response 200: []"
CREATE_200 = "createPersonalAccessToken: response 200: "
MANAGE = "userAuth sp:all-personal-access-tokens:manage"

DRIFTS = [
    # --- operations
    Drift(
        "operation removed",
        DELETE,
        REMOVED,
        BREAKS,
        (f"deletePersonalAccessToken: request: call: DELETE {TOKEN} -> not there",),
    ),
    Drift(
        "another operation on the same path",
        ("paths", TOKENS, "put"),
        {"operationId": "replaceAll", "responses": {}},
        HARMLESS,
        (f"replaceAll: request: call: not there -> PUT {TOKENS}",),
    ),
    # --- parameters
    Drift(
        "parameter removed",
        OWNER_ID,
        REMOVED,
        BREAKS,
        (f"{PARAMETER}query owner-id: optional string -> not there",),
    ),
    Drift(
        "parameter moved to another place",
        (*OWNER_ID, "in"),
        "header",
        BREAKS,
        (f"{PARAMETER}query owner-id: optional string -> not there",),
        {ADDS: [f"{PARAMETER}header Owner-Id: not there -> optional string"]},
    ),
    Drift(
        "parameter becomes required",
        (*OWNER_ID, "required"),
        True,
        BREAKS,
        (f"{PARAMETER}query owner-id: optional -> required",),
    ),
    Drift(
        "parameter changes its type",
        (*OWNER_ID, "schema"),
        {"type": "integer"},
        BREAKS,
        (f"{PARAMETER}query owner-id: type string -> type integer",),
    ),
    Drift(
        "parameter takes fewer values",
        (*OWNER_ID, "schema", "enum"),
        ["me"],
        BREAKS,
        (f"{PARAMETER}query owner-id: no enum -> enum me",),
    ),
    Drift(
        "new required parameter for all operations of a path",
        ("paths", TOKEN, "parameters"),
        [{"in": "header", "name": "x-tenant", "required": True, "schema": {"type": "string"}}],
        BREAKS,
        ("deletePersonalAccessToken: parameter: header X-Tenant: not there -> required string",),
    ),
    Drift(
        "new optional parameter",
        (*LIST, "parameters"),
        [*document()["paths"][TOKENS]["get"]["parameters"], {"in": "query", "name": "limit"}],
        ADDS,
        (f"{PARAMETER}query limit: not there -> optional value",),
    ),
    # --- request fields
    Drift(
        "request field removed",
        (*ASKED, "properties", "scope"),
        REMOVED,
        BREAKS,
        (f"{REQUEST}scope: optional array -> not there",),
    ),
    Drift(
        "request field becomes required",
        (*ASKED, "required"),
        ["name", "scope"],
        BREAKS,
        (f"{REQUEST}scope: optional -> required",),
    ),
    Drift(
        "request field no longer required",
        (*ASKED, "required"),
        [],
        HARMLESS,
        (f"{REQUEST}name: required -> optional",),
    ),
    Drift(
        "new optional request field",
        (*ASKED, "properties", "note"),
        {"type": "string"},
        ADDS,
        (f"{REQUEST}note: not there -> optional string",),
    ),
    Drift(
        "request field changes its type",
        (*ASKED, "properties", "scope"),
        {"type": "string", "nullable": True},
        BREAKS,
        (f"{REQUEST}scope: type array -> type string",),
    ),
    Drift(
        "request field takes more types",
        (*ASKED, "properties", "accessTokenValiditySeconds", "type"),
        "number",
        ADDS,
        (f"{REQUEST}accessTokenValiditySeconds: type integer -> type integer or number",),
    ),
    Drift(
        "request array's items change",
        (*ASKED, "properties", "scope", "items", "type"),
        "integer",
        BREAKS,
        (f"{REQUEST}scope[]: type string -> type integer",),
    ),
    Drift(
        "request field no longer nullable",
        (*ASKED, "properties", "accessTokenValiditySeconds", "nullable"),
        False,
        BREAKS,
        (f"{REQUEST}accessTokenValiditySeconds: nullable -> not nullable",),
    ),
    Drift(
        "request field becomes nullable",
        (*ASKED, "properties", "name", "nullable"),
        True,
        ADDS,
        (f"{REQUEST}name: not nullable -> nullable",),
    ),
    Drift(
        "request format dropped",
        (*ASKED, "properties", "expirationDate", "format"),
        REMOVED,
        ADDS,
        (f"{REQUEST}expirationDate: format date-time -> no format",),
    ),
    Drift(
        "request format changed",
        (*ASKED, "properties", "expirationDate", "format"),
        "date",
        BREAKS,
        (f"{REQUEST}expirationDate: format date-time -> format date",),
    ),
    Drift(
        "request lower bound raised",
        (*ASKED, "properties", "accessTokenValiditySeconds", "minimum"),
        60,
        BREAKS,
        (f"{REQUEST}accessTokenValiditySeconds: minimum 15 -> minimum 60",),
    ),
    Drift(
        "request lower bound made exclusive",
        (*ASKED, "properties", "accessTokenValiditySeconds", "exclusiveMinimum"),
        True,
        BREAKS,
        (f"{REQUEST}accessTokenValiditySeconds: no exclusiveMinimum -> exclusiveMinimum 15",),
        {ADDS: [f"{REQUEST}accessTokenValiditySeconds: minimum 15 -> no minimum"]},
    ),
    Drift(
        "request upper bound raised",
        (*ASKED, "properties", "accessTokenValiditySeconds", "maximum"),
        86400,
        ADDS,
        (f"{REQUEST}accessTokenValiditySeconds: maximum 43200 -> maximum 86400",),
    ),
    Drift(
        "request upper bound lowered",
        (*ASKED, "properties", "accessTokenValiditySeconds", "maximum"),
        3600,
        BREAKS,
        (f"{REQUEST}accessTokenValiditySeconds: maximum 43200 -> maximum 3600",),
    ),
    Drift(
        "request pattern added",
        (*ASKED, "properties", "scope", "items", "pattern"),
        "^sp:",
        BREAKS,
        (f"{REQUEST}scope[]: no pattern -> pattern ^sp:",),
    ),
    Drift(
        "request body no longer required",
        (*CREATE, "requestBody", "required"),
        False,
        HARMLESS,
        (f"{REQUEST}body: required -> optional",),
    ),
    Drift(
        "request body of another media type",
        (*CREATE, "requestBody", "content"),
        {"application/xml": {}},
        BREAKS,
        (f"{REQUEST}body: application/json -> not there",),
        {ADDS: [f"{REQUEST}body: not there -> application/xml"]},
    ),
    Drift(
        "request body where there was none",
        (*DELETE, "requestBody"),
        {"required": True, **json_body({"type": "object"})},
        BREAKS,
        ("deletePersonalAccessToken: request: body: not there -> application/json",),
    ),
    Drift(
        "several shapes where there was one",
        (*ASKED, "properties", "name"),
        {"oneOf": [{"type": "string"}, {"type": "object"}]},
        BREAKS,
        (f"{REQUEST}name: 1 shape -> 2 shapes",),
    ),
    # --- response fields
    Drift(
        "response field removed",
        (*OWNER, "properties", "id"),
        REMOVED,
        BREAKS,
        (
            f"{LIST_200}.owner.id: required string -> not there",
            f"{CREATE_200}owner.id: required string -> not there",
        ),
    ),
    Drift(
        "response field changes its type",
        (*LISTED, "properties", "id", "type"),
        "integer",
        BREAKS,
        (f"{LIST_200}.id: type string -> type integer",),
    ),
    Drift(
        "response type left unsaid",
        (*LISTED, "properties", "id", "type"),
        REMOVED,
        HARMLESS,
        (f"{LIST_200}.id: type string -> no type",),
    ),
    Drift(
        "response becomes an object",
        (*LIST, "responses", "200", "content", "application/json", "schema"),
        {"type": "object", "properties": {"items": {"type": "array"}}},
        BREAKS,
        (f"{LIST_200.removesuffix('[]')}body: type array -> type object",),
    ),
    Drift(
        "response format changed",
        (*LISTED, "properties", "created", "format"),
        "date",
        BREAKS,
        (f"{LIST_200}.created: format date-time -> format date",),
    ),
    Drift(
        "response format dropped",
        (*LISTED, "properties", "created", "format"),
        REMOVED,
        BREAKS,
        (f"{LIST_200}.created: format date-time -> no format",),
    ),
    Drift(
        "response field becomes nullable",
        (*LISTED, "properties", "name", "nullable"),
        True,
        BREAKS,
        (f"{LIST_200}.name: not nullable -> nullable",),
    ),
    Drift(
        "response field never null any more",
        (*LISTED, "properties", "lastUsed", "nullable"),
        False,
        HARMLESS,
        (f"{LIST_200}.lastUsed: nullable -> not nullable",),
    ),
    Drift(
        "response field no longer required",
        (*CREATED, "required"),
        ["id", "scope", "name", "owner", "created"],
        BREAKS,
        (f"{CREATE_200}secret: required -> optional",),
    ),
    Drift(
        "response field always there now",
        (*LISTED, "required"),
        ["id", "name", "scope", "owner", "created", "managed"],
        HARMLESS,
        (f"{LIST_200}.managed: optional -> required",),
    ),
    Drift(
        "new response field, required at that",
        (*OWNER,),
        {
            "type": "object",
            "properties": {
                **document()["components"]["schemas"]["PatOwner"]["properties"],
                "email": {"type": "string"},
            },
            "required": ["type", "id", "name", "email"],
        },
        ADDS,
        (
            f"{LIST_200}.owner.email: not there -> required string",
            f"{CREATE_200}owner.email: not there -> required string",
        ),
    ),
    Drift(
        "new value in an open list",
        (*OWNER, "properties", "type", "enum"),
        ["IDENTITY", "SERVICE"],
        ADDS,
        (
            f"{LIST_200}.owner.type: known IDENTITY -> enum IDENTITY or SERVICE",
            f"{CREATE_200}owner.type: known IDENTITY -> enum IDENTITY or SERVICE",
        ),
    ),
    Drift(
        "response default changed",
        (*LISTED, "properties", "managed", "default"),
        True,
        HARMLESS,
        (f"{LIST_200}.managed: default false -> default true",),
    ),
    Drift(
        "response bound widened or new",
        (*LISTED, "properties", "id", "maxLength"),
        64,
        HARMLESS,
        (f"{LIST_200}.id: no maxLength -> maxLength 64",),
    ),
    Drift(
        "items on what is no array",
        (*LISTED, "properties", "created", "items"),
        {"type": "string"},
        HARMLESS,
        (f"{LIST_200}.created: no items -> items, although no array",),
    ),
    Drift(
        "the same change in several answers",
        (*MODELS, "ErrorResponseDto", "properties", "trackingId"),
        {"type": "integer"},
        BREAKS,
        (
            (
                "listPersonalAccessTokens: response 400, 403, 500: trackingId: "
                "type string -> type integer"
            ),
            (
                "createPersonalAccessToken: response 400, 403, 500: trackingId: "
                "type string -> type integer"
            ),
            (
                "deletePersonalAccessToken: response 400, 403, 404, 500: trackingId: "
                "type string -> type integer"
            ),
        ),
    ),
    # --- answers
    Drift(
        "success status removed",
        (*CREATE, "responses", "200"),
        REMOVED,
        BREAKS,
        ("createPersonalAccessToken: response 200: status: 200 -> not there",),
    ),
    Drift(
        "another success status",
        (*CREATE, "responses", "201"),
        GATEWAY,
        BREAKS,
        ("createPersonalAccessToken: response 201: status: not there -> 201",),
    ),
    Drift(
        "new error status",
        (*CREATE, "responses", "409"),
        GATEWAY,
        ADDS,
        ("createPersonalAccessToken: response 409: status: not there -> 409",),
    ),
    Drift(
        "error status not declared any more",
        (*DELETE, "responses", "404"),
        REMOVED,
        HARMLESS,
        ("deletePersonalAccessToken: response 404: status: 404 -> not there",),
    ),
    Drift(
        "answer without a body",
        (*CREATE, "responses", "200", "content"),
        REMOVED,
        BREAKS,
        (f"{CREATE_200}body: application/json -> not there",),
    ),
    Drift(
        "body where there was none",
        (*DELETE, "responses", "204", "content"),
        {"application/json": {"schema": {"type": "object"}}},
        ADDS,
        ("deletePersonalAccessToken: response 204: body: not there -> application/json",),
    ),
    Drift(
        "new response header",
        (*CREATE, "responses", "200", "headers"),
        {"x-rate-limit": {"schema": {"type": "integer"}}},
        ADDS,
        (f"{CREATE_200}headers.X-Rate-Limit: not there -> optional integer",),
    ),
    Drift(
        "response header changes its type",
        ("components", "responses", "429", "headers"),
        {"retry-after": {"schema": {"type": "string"}}},
        BREAKS,
        tuple(
            f"{operation}PersonalAccessToken{s}: response 429: headers.Retry-After: "
            "type integer -> type string"
            for operation, s in (("list", "s"), ("create", ""), ("delete", ""))
        ),
    ),
    # --- security
    Drift(
        "scope removed",
        (*DELETE, "security"),
        [{"userAuth": ["sp:my-personal-access-tokens:manage"]}],
        BREAKS,
        (f"deletePersonalAccessToken: request: security: {MANAGE} -> not there",),
    ),
    Drift(
        "another way in",
        (*DELETE, "security"),
        [*document()["paths"][TOKEN]["delete"]["security"], {"applicationAuth": []}],
        ADDS,
        ("deletePersonalAccessToken: request: security: not there -> applicationAuth",),
    ),
]


@pytest.mark.parametrize("drift", DRIFTS, ids=lambda drift: drift.name)
def test_a_drift_is_reported_once_under_its_heading(drift: Drift, compare: Compare) -> None:
    result = compare(edited(document(), (drift.place, drift.value)))

    nothing: dict[str, list[str]] = {BREAKS: [], ADDS: [], HARMLESS: []}
    assert result.groups == {**nothing, drift.heading: list(drift.lines), **drift.also}
    assert result.status == (1 if drift.heading == BREAKS else 0)


def test_every_heading_is_there_in_order(compare: Compare) -> None:
    result = compare(edited(document(), ((*CREATE, "responses", "409"), GATEWAY)))

    assert result.out.splitlines()[:-1] == [
        "Breaks our users (0)",
        "Additions we could take (1)",
        "  createPersonalAccessToken: response 409: status: not there -> 409",
        "Harmless (0)",
    ]


@pytest.mark.parametrize("upstream", [document(), v2025()], ids=["v3", "v2025"])
def test_what_we_know_is_one_sentence(upstream: Node, compare: Compare) -> None:
    result = compare(upstream)

    assert result.status == 0
    (line,) = result.out.splitlines()
    assert line.startswith("Nothing differs but what openapi.yaml records (")


def test_what_is_published_breaks_nothing(compare: Compare) -> None:
    assert compare(as_published()).status == 0


def test_verbose_lists_the_known_differences_with_their_reasons(compare: Compare) -> None:
    quiet, verbose = compare(document()), compare(document(), "-v")

    first, *known = verbose.out.splitlines()
    assert quiet.out.splitlines() == [first]
    assert f"({len(known)} known differences left out)" in first
    assert all(line.endswith(")") for line in known)
    secret = "  createPersonalAccessToken: response 200: secret: format password -> no format ("
    assert any(line.startswith(secret) for line in known)


@pytest.mark.parametrize(
    "place", [LIST, CREATE, DELETE, OWNER, ASKED, (*OWNER, "properties", "id")], ids=str
)
def test_words_and_examples_are_nobodys_concern(place: tuple[Any, ...], compare: Compare) -> None:
    edits = [((*place, word), "Something else.") for word in ("description", "example", "title")]

    assert compare(edited(document(), *edits)).out == compare(document()).out


ANY_KIND = [
    "default",
    "items",
    "nullable",
    "enum",
    "type",
    "format",
    "required",
    "bounds",
    "missing-operation",
    "security",
    "missing-field",
    "extra-field",
    "status",
    "structure",
]
CREATED_ID = (*CREATED, "properties", "id")
ANSWERS = ("components", "responses", "429")
EVERYWHERE = ((), ("paths", TOKENS), CREATE)
CREATE_BODY = (*CREATE, "responses", "200", "content", "application/json")

# A kind, a change of that kind, and the places in our spec that may record it.
KNOWN = [
    ("type", ((*CREATED_ID, "type"), "integer"), (*EVERYWHERE, CREATE_BODY, CREATED, CREATED_ID)),
    ("format", ((*CREATED_ID, "format"), "uuid4"), (*EVERYWHERE, CREATED, CREATED_ID)),
    ("nullable", ((*CREATED_ID, "nullable"), True), (*EVERYWHERE, CREATED, CREATED_ID)),
    ("required", ((*CREATED, "required"), ["id"]), (*EVERYWHERE, CREATED)),
    ("extra-field", (CREATED_ID, REMOVED), (*EVERYWHERE, CREATED, CREATED_ID)),
    ("missing-field", ((*CREATED, "properties", "note"), {}), (*EVERYWHERE, CREATED)),
    ("bounds", ((*CREATED_ID, "minLength"), 32), (*EVERYWHERE, CREATED, CREATED_ID)),
    ("enum", ((*CREATED_ID, "enum"), ["1"]), (*EVERYWHERE, CREATED, CREATED_ID)),
    ("default", ((*CREATED_ID, "default"), "1"), (*EVERYWHERE, CREATED, CREATED_ID)),
    ("items", ((*CREATED_ID, "items"), {}), (*EVERYWHERE, CREATED, CREATED_ID)),
    ("status", ((*CREATE, "responses", "409"), GATEWAY), EVERYWHERE),
    (
        "status",
        ((*CREATE, "responses", "200"), REMOVED),
        (*EVERYWHERE, (*CREATE, "responses", "200")),
    ),
    ("security", ((*CREATE, "security"), [{"userAuth": []}]), EVERYWHERE),
    (
        "required",
        ((*CREATE, "requestBody", "required"), False),
        (CREATE, (*CREATE, "requestBody")),
    ),
    ("missing-operation", (("paths", TOKENS, "put"), {}), EVERYWHERE[:2]),
    ("type", ((*OWNER_ID, "schema", "type"), "integer"), (LIST, OWNER_ID, (*OWNER_ID, "schema"))),
    ("extra-field", (OWNER_ID, REMOVED), (LIST, OWNER_ID)),
]


def against(
    tmp_path: Path, compare: Compare, place: tuple[Any, ...], covers: list[str], edit: Any
) -> Result:
    """Compare the vendor's spec after one edit with itself, where one difference is recorded."""
    known = {"upstream": "That.", "here": "This.", "why": "It is so.", "covers": covers}
    ours = tmp_path / "ours.json"
    ours.write_text(json.dumps(edited(document(), ((*place, "x-differences"), [known]))))
    return compare(edited(document(), edit), "--ours", str(ours), "-v")


@pytest.mark.parametrize(
    ("kind", "edit", "place"),
    [
        pytest.param(kind, edit, place, id=f"{kind}-{'/'.join(map(str, place)) or 'root'}")
        for kind, edit, places in KNOWN
        for place in places
    ],
)
def test_a_recorded_difference_is_left_out(
    tmp_path: Path, compare: Compare, kind: str, edit: Any, place: tuple[Any, ...]
) -> None:
    recorded = against(tmp_path, compare, place, [kind], edit)
    other_kinds = [each for each in ANY_KIND if each != kind]
    not_recorded = against(tmp_path, compare, place, other_kinds, edit)

    assert recorded.status == 0
    assert recorded.groups == {}
    assert all(line.endswith("(It is so.)") for line in recorded.out.splitlines()[1:])
    assert any(not_recorded.groups.values())
    assert not_recorded.out.splitlines()[-1] == "0 known differences left out."


def test_a_recorded_difference_covers_nothing_beside_it(tmp_path: Path, compare: Compare) -> None:
    edit = ((*CREATED, "properties", "name", "type"), "integer")

    result = against(tmp_path, compare, CREATED_ID, ["type"], edit)

    assert result.groups[BREAKS] == [f"{CREATE_200}name: type string -> type integer"]


@pytest.mark.parametrize(
    "edit", [(DELETE, REMOVED), (("paths", TOKEN), REMOVED)], ids=["operation", "path"]
)
def test_no_record_hides_that_an_operation_is_gone(
    tmp_path: Path, compare: Compare, edit: Any
) -> None:
    result = against(tmp_path, compare, (), ANY_KIND, edit)

    assert result.status == 1
    gone = f"deletePersonalAccessToken: request: call: DELETE {TOKEN} -> not there"
    assert gone in result.groups[BREAKS]


NAME = (*ASKED, "properties", "name")
DELETED = "deletePersonalAccessToken: request: security: "


@pytest.mark.parametrize(
    ("ours", "upstream", "lines"),
    [
        pytest.param(
            ((*NAME, "default"), "a"),
            ((*NAME, "default"), "b"),
            [f"{REQUEST}name: default a -> default b"],
            id="request default changed",
        ),
        pytest.param(
            ((*NAME, "x-known-values"), ["a", "b"]),
            ((*NAME, "enum"), ["a", "c"]),
            [f"{REQUEST}name: enum a or b -> enum a or c"],
            id="request value refused",
        ),
        pytest.param(
            ((*CREATED_ID, "enum"), ["a"]),
            ((*CREATED_ID, "enum"), ["a", "b"]),
            [f"{CREATE_200}id: enum a -> enum a or b"],
            id="new value in a closed list",
        ),
        pytest.param(
            ((*DELETE, "security"), []),
            ((*DELETE, "security"), [{"userAuth": []}]),
            [f"{DELETED}no security -> not there"],
            id="open to nobody any more",
        ),
        pytest.param(
            ((*CREATED_ID, "items"), True),
            ((*CREATED_ID, "type"), "number"),
            [f"{CREATE_200}id: type string -> type integer or number"],
            id="true is any value",
        ),
        pytest.param(
            ((*CREATED, "properties", "scope", "items"), True),
            ((*CREATED, "properties", "scope", "items"), {"type": "string"}),
            [],
            id="any value becomes one type",
        ),
        pytest.param(
            ((*CREATED_ID, "maxLength"), 64),
            ((*CREATED_ID, "maxLength"), 128),
            [],
            id="response bound widened",
        ),
    ],
)
def test_what_our_spec_could_say(
    tmp_path: Path, compare: Compare, ours: Any, upstream: Any, lines: list[str]
) -> None:
    path = tmp_path / "ours.json"
    path.write_text(json.dumps(edited(document(), ours)))

    result = compare(edited(document(), upstream), "--ours", str(path))

    assert result.groups[BREAKS] == lines
    assert result.status == (1 if lines else 0)


def test_what_stands_beside_a_reference_is_recorded_too(tmp_path: Path, compare: Compare) -> None:
    owner = (*CREATED, "properties", "owner")

    result = against(tmp_path, compare, owner, ["type"], ((*owner,), {"type": "string"}))

    assert result.status == 0
