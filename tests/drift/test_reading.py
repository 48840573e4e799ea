"""Which documents can be read, in which shapes, and what is said about those that cannot."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from contextlib import contextmanager
from copy import deepcopy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from .conftest import ROOT
from .vendor import Node, dereferenced, document, ref

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .conftest import Compare

TOKENS, TOKEN = "/personal-access-tokens", "/personal-access-tokens/{id}"


def drifted() -> Node:
    """Upstream with something to say under each heading."""
    node = document()
    models = node["components"]["schemas"]
    models["PatOwner"]["properties"]["id"]["type"] = "integer"
    models["CreatePersonalAccessTokenRequest"]["properties"]["note"] = {"type": "string"}
    models["GetPersonalAccessTokenResponse"]["required"].append("managed")
    del node["components"]["responses"]["404"]["content"]
    return node


def with_named_parts(node: Node) -> Node:
    """Parameters, request bodies, headers and whole paths as references, one behind another."""
    parts = node["components"]
    paths = node["paths"]
    post, delete = paths[TOKENS]["post"], paths[TOKEN]["delete"]
    parts["parameters"] = {"token": delete["parameters"][0], "same": ref("parameters", "token")}
    delete["parameters"] = [ref("parameters", "same")]
    parts["requestBodies"] = {"create": post["requestBody"]}
    post["requestBody"] = ref("requestBodies", "create")
    parts["pathItems"] = {"tokens/all": paths[TOKENS]}
    paths[TOKENS] = {"$ref": "#/components/pathItems/tokens~1all"}
    # Bundlers point into the paths themselves.
    parts["schemas"]["Again"] = {
        "$ref": "#/components/pathItems/tokens~1all/get/parameters/1/schema"
    }
    parts["pathItems"]["tokens/all"]["get"]["parameters"][0]["schema"] = ref("schemas", "Again")
    return node


def composed(node: Node) -> Node:
    """Models put together by `allOf`, with a field that both halves describe."""
    models = node["components"]["schemas"]
    listed = models.pop("GetPersonalAccessTokenResponse")
    fields = listed["properties"]
    half = {name: fields[name] for name in ("id", "name", "scope")}
    rest = {name: field for name, field in fields.items() if name not in half}
    models["Half"] = {"type": "object", "properties": half, "required": listed["required"][:3]}
    models["GetPersonalAccessTokenResponse"] = {
        "allOf": [
            ref("schemas", "Half"),
            {"properties": {**rest, "id": {"description": "More."}}},
            {"required": listed["required"][3:]},
        ]
    }
    return node


def in_3_1(node: Any) -> Any:
    """The ways of OpenAPI 3.1: null as a type or a shape, bounds that exclude as numbers."""
    if isinstance(node, list):
        return [in_3_1(each) for each in node]
    if not isinstance(node, dict):
        return node
    new = {key: in_3_1(value) for key, value in node.items() if key != "nullable"}
    if new.get("openapi"):
        new["openapi"] = "3.1.0"
    if node.get("nullable"):
        if new.get("format") == "date-time":
            new = {"anyOf": [new, {"type": "null"}]}
        else:
            new["type"] = [new["type"], "null"]
    return new


def in_other_words(node: Node) -> Node:
    """The same facts, each said in another way that OpenAPI allows."""
    models, paths = node["components"]["schemas"], node["paths"]
    models["Pat%Owner"] = models.pop("PatOwner")
    kind = models["Pat%Owner"]["properties"]["type"]
    kind["const"] = kind.pop("enum")[0]
    for name in ("Create", "Get"):
        fields = models[f"{name}PersonalAccessTokenResponse"]["properties"]
        fields["owner"] = {"allOf": [ref("schemas", "Pat%25Owner")], "description": "Whose."}
        fields["id"] |= {"minLength": 0}
        fields["scope"] |= {"uniqueItems": False, "minItems": 0}
    for name in ("Pat%Owner", "ErrorMessageDto"):
        del models[name]["type"]
    del models["ErrorResponseDto"]["properties"]["causes"]["type"]
    last_used = models["GetPersonalAccessTokenResponse"]["properties"]["lastUsed"]
    del last_used["nullable"]
    models["GetPersonalAccessTokenResponse"]["properties"]["lastUsed"] = {
        "nullable": True,
        "oneOf": [last_used],
    }
    body = paths[TOKENS]["post"]["requestBody"]
    body["content"] = {"Application/JSON; charset=utf-8": body["content"].pop("application/json")}
    owner_id = paths[TOKENS]["get"]["parameters"][0]
    owner_id["content"] = {"text/plain": {"schema": owner_id.pop("schema")}}
    del paths[TOKEN]["delete"]["parameters"][0]["required"]
    node["security"] = paths[TOKEN]["delete"].pop("security")
    return node


def under_a_prefix(node: Node) -> Node:
    """The version in the paths instead of the server, and another name for the id."""
    node["paths"] = {f"/v2026{path}": item for path, item in node["paths"].items()}
    item = node["paths"]["/v2026/personal-access-tokens/{tokenId}"] = node["paths"].pop(
        "/v2026/personal-access-tokens/{id}"
    )
    parameters = item["patch"].pop("parameters")
    del item["delete"]["parameters"]
    item["parameters"] = [{**parameters[0], "name": "tokenId"}]
    return node


def next_to_an_older_version(node: Node) -> Node:
    """Two versions in one document: the operation's id says which one is meant."""
    older = {"get": {"operationId": "listPersonalAccessTokensBeta", "responses": {}}}
    node["paths"] = {f"/beta{TOKENS}": older, **node["paths"]}
    return node


def beside_broken_apis(node: Node) -> Node:
    """What the three operations do not reach may be in any state."""
    node["paths"] |= {
        "/a": {"$ref": "./paths/a.yaml"},
        "/b": {"get": {"responses": {"200": {"$ref": "#/nowhere"}}}},
        "/c": {"$ref": "#/paths/~1d"},
        "/d": {"$ref": "#/paths/~1c"},
        "/e": None,
    }
    node["components"]["schemas"] |= {"Loop": ref("schemas", "Loop"), "Else": {"$ref": "./x.yaml"}}
    return node


def cut(node: Node) -> Node:
    """Only the three operations, and only what they use."""
    del node["paths"]["/trees"]
    del node["components"]["schemas"]["Tree"]
    del node["info"], node["servers"], node["security"]
    return node


def whole(node: Node) -> Node:
    """As large as what the vendor publishes: thousands of paths and schemas, 4 MB."""
    for number in range(2300):
        node["components"]["schemas"][f"Thing{number}"] = {
            "type": "object",
            "description": "A thing among many, described at length. " * 8,
            "properties": {
                f"field{each}": {"type": "string", "nullable": True, "example": f"value {each}"}
                for each in range(12)
            },
        }
        node["paths"][f"/things-{number}/{{id}}"] = {
            "get": {
                "operationId": f"getThing{number}",
                "parameters": [
                    {"in": "path", "name": "id", "required": True, "schema": {"type": "string"}}
                ],
                "responses": {
                    "200": {
                        "description": "A thing.",
                        "content": {
                            "application/json": {"schema": ref("schemas", f"Thing{number}")}
                        },
                    },
                    "400": ref("responses", "400"),
                },
            }
        }
    return node


SHAPES: list[Callable[[Node], Any]] = [
    lambda node: dereferenced(node, node),
    with_named_parts,
    composed,
    in_3_1,
    in_other_words,
    under_a_prefix,
    next_to_an_older_version,
    beside_broken_apis,
    cut,
]
NAMES = ["dereferenced"] + [shape.__name__ for shape in SHAPES[1:]]


@pytest.mark.parametrize("shape", SHAPES, ids=NAMES)
@pytest.mark.parametrize("make", [document, drifted], ids=["as it is", "drifted"])
def test_the_shape_of_a_document_changes_nothing(
    shape: Callable[[Node], Any], make: Callable[[], Node], compare: Compare
) -> None:
    plain, shaped = compare(make()), compare(shape(make()))

    assert shaped.err == ""
    assert sorted(shaped.out.splitlines()) == sorted(plain.out.splitlines())
    assert shaped.status == plain.status == (1 if make is drifted else 0)


@pytest.mark.parametrize("make", [document, drifted], ids=["as it is", "drifted"])
def test_yaml_and_json_say_the_same(
    make: Callable[[], Node], compare: Compare, tmp_path: Path
) -> None:
    path = tmp_path / "upstream.yaml"
    text = yaml.safe_dump(make())
    # Unquoted, status codes are numbers and examples are dates, or try to be.
    assert "'200':" in text
    text = text.replace("'200':", "200:").replace("'404':", "404:").replace("'404'", "404")
    path.write_text(text + "x-example: 2023-02-31T10:59:27.214Z\n", encoding="utf-8-sig")

    assert compare(path).out == compare(make()).out


def as_yaml(node: Node) -> str:
    return str(yaml.dump(node, Dumper=yaml.CSafeDumper))


@pytest.mark.parametrize("write", [json.dumps, as_yaml], ids=["json", "yaml"])
def test_a_whole_document_is_read_as_well(
    write: Callable[[Node], str], compare: Compare, tmp_path: Path
) -> None:
    text = write(whole(drifted()))
    path = tmp_path / "whole"
    path.write_text(text)

    assert 3_500_000 < len(text) < 4_800_000
    assert compare(path).out == compare(drifted()).out


def test_a_schema_that_contains_itself_comes_to_an_end(compare: Compare, tmp_path: Path) -> None:
    node = document()
    message = node["components"]["schemas"]["ErrorMessageDto"]["properties"]
    message["inner"] = ref("schemas", "ErrorMessageDto")
    ours = tmp_path / "ours.json"
    ours.write_text(json.dumps(node))
    theirs = deepcopy(node)
    theirs["components"]["schemas"]["ErrorMessageDto"]["properties"]["text"]["type"] = "integer"

    lines = compare(theirs, "--ours", str(ours)).groups["Breaks our users"]

    assert {line.split(": ")[2] for line in lines} == {
        f"{list_name}.{field}"
        for list_name in ("messages[]", "causes[]")
        for field in ("text", "inner.text")
    }


def test_an_operation_that_moved_is_found_by_its_id(compare: Compare) -> None:
    node = beside_broken_apis(document())
    node["paths"]["/tokens"] = {"post": node["paths"][TOKENS].pop("get")}

    result = compare(node)

    assert result.status == 1
    assert result.groups["Breaks our users"] == [
        f"listPersonalAccessTokens: request: call: GET {TOKENS} -> POST /tokens"
    ]


def test_field_names_cannot_steer_the_terminal(compare: Compare) -> None:
    node = document()
    fields = node["components"]["schemas"]["PatOwner"]["properties"]
    fields["bad\x1b[2J\nname"] = {"type": "string"}

    result = compare(node)

    assert "\x1b" not in result.out
    assert "owner.bad?[2J?name: not there" in result.groups["Additions we could take"][0]


def external(node: Node) -> Node:
    node["components"]["schemas"]["PatOwner"] = {"$ref": "./schemas/PatOwner.yaml"}
    return node


def external_path(node: Node) -> Node:
    node["paths"][TOKENS] = {"$ref": "./paths/tokens.yaml"}
    return node


def dangling(node: Node) -> Node:
    del node["components"]["schemas"]["PatOwner"]
    return node


def circle(node: Node) -> Node:
    node["components"]["schemas"]["PatOwner"] = ref("schemas", "Other")
    node["components"]["schemas"]["Other"] = ref("schemas", "PatOwner")
    return node


def self_contained(node: Node) -> Node:
    node["components"]["schemas"]["PatOwner"] = {"allOf": [ref("schemas", "PatOwner")]}
    return node


def endless(node: Node) -> Node:
    node["components"]["schemas"]["PatOwner"] = {"anyOf": [ref("schemas", "PatOwner")]}
    return node


def no_object(node: Node) -> Node:
    node["components"]["schemas"]["PatOwner"]["properties"] = ["id"]
    return node


def no_list(node: Node) -> Node:
    node["paths"][TOKENS]["get"]["parameters"] = {"name": "owner-id"}
    return node


def no_paths(node: Node) -> Node:
    node["paths"] = {"/trees": node["paths"]["/trees"]}
    return node


UNUSABLE: list[tuple[Callable[[Node], Node], str]] = [
    (external, "it refers to another file (./schemas/PatOwner.yaml), use the bundled spec instead"),
    (
        external_path,
        "it refers to another file (./paths/tokens.yaml), use the bundled spec instead",
    ),
    (dangling, "the reference #/components/schemas/PatOwner leads nowhere"),
    (circle, "the reference #/components/schemas/PatOwner goes in circles"),
    (self_contained, "a schema is an allOf of itself"),
    (endless, "nested too deeply"),
    (no_object, 'an object was expected instead of ["id"]'),
    (no_list, 'a list was expected instead of {"name": "owner-id"}'),
    (
        no_paths,
        (
            "there is nothing to compare (listPersonalAccessTokens, createPersonalAccessToken, "
            "deletePersonalAccessToken)"
        ),
    ),
]


@pytest.mark.parametrize(
    ("spoil", "reason"), UNUSABLE, ids=lambda each: getattr(each, "__name__", "")
)
def test_a_document_that_cannot_be_compared(
    spoil: Callable[[Node], Node], reason: str, compare: Compare, tmp_path: Path
) -> None:
    result = compare(spoil(document()))

    assert result.status == 2
    assert result.out == ""
    assert result.err == f"drift: {tmp_path / 'upstream.json'}: {reason}\n"


UNREADABLE = [
    (b"", "it is not an OpenAPI document"),
    (b"just words", "it is not an OpenAPI document"),
    (b"[]", "it is not an OpenAPI document"),
    (b'{"name": "package"}', "it is not an OpenAPI document"),
    (b'{"swagger": "2.0", "paths": {}}', "it is Swagger 2.0, only OpenAPI 3 is understood"),
    (b"openapi: 4.0.0\n", "it is OpenAPI 4.0.0, only OpenAPI 3 is understood"),
    (b"openapi: 3.0.1\npaths: []\n", "an object was expected instead of []"),
    (b'{"openapi": "3.0.1",\n "paths": }', "bad JSON at line 2: Expecting value"),
    (b"openapi: 3.0.1\npaths:\n  a: [\n", "bad YAML at line 4: "),
    (b"openapi: 3.0.1\npaths: \x00\n", "bad YAML: "),
    (b"openapi: 3.0.1\npaths: \xff\n", "it is not UTF-8 text"),
    (b"\n <!doctype html><html></html>", "it is a web page, not a spec"),
    (b"[" * 100_000, "nested too deeply"),
]


@pytest.mark.parametrize(
    ("content", "reason"), UNREADABLE, ids=[str(raw[:24]) for raw, _ in UNREADABLE]
)
def test_a_file_that_cannot_be_read(
    content: bytes, reason: str, compare: Compare, tmp_path: Path
) -> None:
    path = tmp_path / "upstream"
    path.write_bytes(content)

    result = compare(path)

    assert result.status == 2
    assert result.out == ""
    assert result.err.startswith(f"drift: {path}: {reason}")
    assert result.err.count("\n") == 1


def test_a_path_that_is_no_file(compare: Compare, tmp_path: Path) -> None:
    missing, folder, nothing = compare(tmp_path / "no"), compare(tmp_path), compare("")

    assert [each.status for each in (missing, folder, nothing)] == [2, 2, 2]
    assert missing.err == f"drift: {tmp_path / 'no'}: No such file or directory\n"
    assert folder.err == f"drift: {tmp_path}: Is a directory\n"
    assert nothing.err == (
        "drift: say which spec to compare with: make drift UPSTREAM=<file or URL>\n"
    )


def test_ours_is_checked_the_same_way(compare: Compare, tmp_path: Path) -> None:
    result = compare(document(), "--ours", str(tmp_path / "no"))

    assert result.status == 2
    assert result.err == f"drift: {tmp_path / 'no'}: No such file or directory\n"


@contextmanager
def served(pages: dict[str, tuple[int, dict[str, str], bytes]]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = pages[self.path.split("?")[0]]
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_a_spec_behind_a_url(compare: Compare) -> None:
    body = json.dumps(drifted()).encode()
    pages = {"/old": (302, {"Location": "/spec.json"}, b""), "/spec.json": (200, {}, body)}
    with served(pages) as url:
        result = compare(f"{url}/old")

    assert result.out == compare(drifted()).out
    assert result.status == 1


def test_a_url_that_gives_no_spec(compare: Compare) -> None:
    pages: dict[str, tuple[int, dict[str, str], bytes]] = {
        "/gone": (404, {}, b"<html>"),
        "/page": (200, {}, b"<html>"),
        "/round": (302, {"Location": "/round"}, b""),
    }
    with served(pages) as url:
        host = url.removeprefix("http://")
        results = [
            compare(f"http://user:hush@{host}{page}?token=hush#hush")
            for page in ("/gone", "/page", "/round")
        ]
    results.append(compare(f"http://user:hush@{host}/refused?token=hush"))
    results.append(compare("http://127.0.0.1:hush/spec"))

    assert [each.status for each in results] == [2] * 5
    assert [each.err.removeprefix("drift: ").strip() for each in results[:4]] == [
        f"http://{host}/gone: the server answered 404",
        f"http://{host}/page: it is a web page, not a spec",
        f"http://{host}/round: it cannot be fetched (TooManyRedirects)",
        f"http://{host}/refused: it cannot be fetched (ConnectError)",
    ]
    assert results[4].err.endswith("it cannot be fetched (InvalidURL)\n")


def test_a_url_without_end(compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.drift.SIZE_LIMIT", 1000)
    with served({"/": (200, {}, b" " * 1001)}) as url:
        result = compare(f"{url}/")

    assert result.status == 2
    assert result.err == f"drift: {url}/: it has more than 1000 bytes\n"


def test_as_a_program(tmp_path: Path) -> None:
    path = tmp_path / "upstream.json"
    path.write_text(json.dumps(drifted()))

    run = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "drift.py"), str(path)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 1
    assert run.stdout.startswith("Breaks our users (")
    assert run.stderr == ""
