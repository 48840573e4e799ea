"""Which documents can be read, in which shapes, and what is said about those that cannot."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.drift.conftest import Compare
from tests.drift.specimens import Node, dereferenced, edited, ref, spec, write_tree

# One of each effect.
CHANGES = [
    ("Owner|fields|id|type", "integer"),
    ("Request|fields|testNew", {"type": "string"}),
    ("Listed|required", ["id", "created", "managed"]),
    ("429|headers|Retry-After|schema|type", "string"),
]


def changed(*versions: str) -> Node:
    node = spec(*versions)
    for place, value in CHANGES:
        node = edited(node, place, value)
    return node


# --- shapes of one document -----------------------------------------------------------------------


def with_named_parts(node: Node) -> Node:
    """Parameters and bodies as references, one behind another, and one into a path."""
    parts, paths = node["components"], node["paths"]
    post, item = paths["/personal-access-tokens"]["post"], paths["/personal-access-tokens/{id}"]
    (token_id,) = item["delete"]["parameters"]
    parts["parameters"] = {"t/1": token_id, "Same": ref("parameters", "t~11")}
    item["delete"]["parameters"] = [ref("parameters", "Same")]
    parts["requestBodies"] = {"New": post["requestBody"]}
    post["requestBody"] = ref("requestBodies", "New")
    media = post["responses"]["200"]["content"]["application/json"]
    inside = "post/responses/200/content/application~1json/schema"
    media["schema"] = parts["schemas"]["Created"]
    parts["schemas"]["Created"] = {"$ref": f"#/paths/~1personal-access-tokens/{inside}"}
    return node


def composed(node: Node) -> Node:
    """A schema in three parts, two of which describe the same field."""
    schemas = node["components"]["schemas"]
    listed = schemas["Listed"]
    fields = listed["properties"]
    schemas["Test%Half"] = {"type": "object", "properties": {"id": fields.pop("id")}}
    schemas["Listed"] = {
        "allOf": [
            ref("schemas", "Test%25Half"),
            {"properties": {**fields, "id": {"description": "More."}}},
            {"required": listed["required"]},
        ]
    }
    return node


def in_openapi_3_1(node: Any) -> Any:
    """Null as a type or as a shape, and one value as a constant."""
    if isinstance(node, list):
        return [in_openapi_3_1(each) for each in node]
    if not isinstance(node, dict):
        return node
    new = {key: in_openapi_3_1(value) for key, value in node.items() if key != "nullable"}
    if "openapi" in new:
        new["openapi"] = "3.1.0"
    if len(new.get("enum", ())) == 1:
        new["const"] = new.pop("enum")[0]
    if node.get("nullable") and "format" in new:
        return {"anyOf": [new, {"type": "null"}]}
    return {**new, "type": [new["type"], "null"]} if node.get("nullable") else new


def in_other_words(node: Node) -> Node:
    """The same facts, said in another way that OpenAPI allows."""
    schemas, paths = node["components"]["schemas"], node["paths"]
    del schemas["Error"]["type"], schemas["Error"]["properties"]["causes"]["type"]
    schemas["Created"]["properties"]["id"] |= {"minLength": 0, "uniqueItems": False}
    post, item = paths["/personal-access-tokens"]["post"], paths["/personal-access-tokens/{id}"]
    content = post["requestBody"]["content"]
    content["Application/JSON; charset=utf-8"] = content.pop("application/json")
    owner_id = paths["/personal-access-tokens"]["get"]["parameters"][0]
    owner_id["content"] = {"text/plain": {"schema": owner_id.pop("schema")}}
    item["parameters"] = item["delete"].pop("parameters")
    node["security"] = item["delete"].pop("security")
    return node


@pytest.mark.parametrize(
    "shape",
    [
        lambda node: dereferenced(node, node),
        with_named_parts,
        composed,
        in_openapi_3_1,
        in_other_words,
    ],
    ids=["dereferenced", "named parts", "composed", "3.1", "other words"],
)
@pytest.mark.parametrize("make", [spec, changed])
def test_the_shape_of_a_document_changes_nothing(
    compare: Compare, shape: Callable[[Node], Any], make: Callable[[], Node]
) -> None:
    plain, shaped = compare(make()), compare(shape(make()))
    assert shaped.err == ""
    assert shaped.news == plain.news
    assert bool(plain.news) == (make is changed)


def test_a_schema_that_contains_itself_comes_to_an_end(compare: Compare) -> None:
    upstream = edited(spec(), "Error|fields|causes|items", {"oneOf": [ref("schemas", "Error")]})
    assert compare(upstream).news == []


# --- many files -----------------------------------------------------------------------------------

TREES = [("idn/a.yaml", "idn/v3", ""), ("idn/apis/a/openapi.yaml", "idn/apis/shared", "v1")]


@pytest.mark.parametrize(("root", "below", "version"), TREES)
def test_a_spec_of_many_files_is_put_together(
    compare: Compare, tmp_path: Path, root: str, below: str, version: str
) -> None:
    write_tree(changed(version), tmp_path / root, tmp_path / below)
    with served({f"/{e.relative_to(tmp_path)}": e for e in tmp_path.rglob("*.yaml")}) as url:
        by_file, by_url = compare(tmp_path / root), compare(f"{url}/{root}")
    assert by_file.news == by_url.news == compare(changed(version)).news


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("../../outside.yaml", "it is outside of {tree}"),
        ("%2e%2e/%2e%2e/outside.yaml", "it is outside of {tree}"),
        ("file:///etc/hostname", "it is outside of {tree}"),
        ("http://127.0.0.1:1/elsewhere.yaml", "it is outside of {tree}"),
        ("link.yaml", "it is outside of {tree}"),
        ("missing.yaml", "No such file or directory"),
    ],
)
def test_a_file_refers_to_its_own_tree_only(
    compare: Compare, tmp_path: Path, reference: str, reason: str
) -> None:
    (tmp_path / "outside.yaml").write_text("type: string")
    root = tmp_path / "above/folder/spec.json"
    root.parent.mkdir(parents=True)
    (root.parent / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    root.write_text(json.dumps(edited(spec(), "Owner", {"$ref": reference})))
    result = compare(root)
    said = reason.format(tree=f"{(tmp_path / 'above').as_uri()}/")
    assert result.err == f"drift: {root}: the reference {reference} cannot be followed: {said}\n"
    assert result.status == 2


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("http://localhost:1/x.yaml", "it is outside of {url}/a/"),
        ("/elsewhere.yaml", "it is outside of {url}/a/"),
        ("file:///etc/hostname", "it is outside of {url}/a/"),
        ("moved.yaml", "the server answered 302"),
        ("missing.yaml", "the server answered 404"),
    ],
)
def test_a_url_refers_to_its_own_host_and_tree_only(
    compare: Compare, reference: str, reason: str
) -> None:
    body = json.dumps(edited(spec(), "Owner", {"$ref": reference})).encode()
    with served({"/a/b/spec.json": body, "/a/b/moved.yaml": b""}) as url:
        result = compare(f"{url}/a/b/spec.json")
    said = f"the reference {reference} cannot be followed: {reason.format(url=url)}\n"
    assert (result.status, result.err) == (2, f"drift: {url}/a/b/spec.json: {said}")


# --- what cannot be read --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        ("Owner", {"$ref": "#/nowhere"}, "the reference #/nowhere leads nowhere"),
        ("Owner|fields", ["id"], 'an object was expected instead of ["id"]'),
        ("list|parameters", {"a": 1}, 'a list was expected instead of {"a": 1}'),
        ("list|parameters", ["owner-id"], 'an object was expected instead of "owner-id"'),
        ("list|responses|200", "OK", 'an object was expected instead of "OK"'),
        ("list|security", ["oauth"], 'an object was expected instead of "oauth"'),
        ("Owner", {"allOf": ["Person"]}, 'an object was expected instead of "Person"'),
        ("Owner", {"$ref": "#/paths/a"}, "the reference #/paths/a leads nowhere"),
        ("paths", [], "an object was expected instead of []"),
    ],
)
def test_a_document_that_cannot_be_compared(
    compare: Compare, place: str, value: Any, reason: str
) -> None:
    result = compare(edited(spec(), place, value))
    assert (result.status, result.out) == (2, "")
    assert reason in result.err


WHERE = "In the vendor's repository take idn/apis/personal-access-tokens/openapi.yaml or "
NO_SPEC = f"it is not an OpenAPI 3 document. {WHERE}idn/sailpoint-api.<version>.yaml"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", NO_SPEC),
        (b"get: {operationId: listPersonalAccessTokens}", NO_SPEC),
        (b"[]", NO_SPEC),
        (b'{"swagger": "2.0"}', NO_SPEC),
        (b'{"openapi": "4.0.0"}', NO_SPEC),
        (b'{"openapi": "3.0.1",\n "paths": }', "bad JSON or YAML: Expecting value: line 2"),
        (b"paths:\n  a: [\n", "bad JSON or YAML: while parsing"),
        (b"paths: \xff\n", "it is not UTF-8 text"),
        (b"\n <!doctype html>", "it is a web page, not a spec"),
        (b"[" * 100_000, "it is nested too deeply"),
        (None, "No such file or directory\n"),
    ],
)
def test_a_file_that_cannot_be_read(
    compare: Compare, tmp_path: Path, content: bytes | None, reason: str
) -> None:
    file = tmp_path / "spec"
    if content is not None:
        file.write_bytes(content)
    result = compare(file)
    assert (result.status, result.out) == (2, "")
    assert result.err.startswith(f"drift: {file}: {reason}")
    assert result.err.count("\n") == 1


def test_the_right_file_is_likely_beside_a_wrong_one(compare: Compare, tmp_path: Path) -> None:
    wrong = tmp_path / "idn/v3/paths/test.yaml"
    wrong.parent.mkdir(parents=True)
    assert compare(wrong.parent).err == f"drift: {wrong.parent}: Is a directory\n"
    wrong.write_text("get: {}")
    right = f"{tmp_path}/idn/apis/personal-access-tokens/openapi.yaml"
    assert compare(wrong).err.endswith(f"The right file is likely {right}\n")


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("/gone", "the server answered 404"),
        ("/page", "it is a web page, not a spec"),
        ("/round", "it cannot be fetched (TooManyRedirects)"),
        (":hush/", "it cannot be fetched (InvalidURL)"),
    ],
)
def test_a_url_that_gives_no_spec_is_named_without_its_secrets(
    compare: Compare, page: str, reason: str
) -> None:
    with served({"/page": b"<html>", "/round": b""}) as url:
        host = url.removeprefix("http://")
        result = compare(f"http://user:hush@{host}{page}?token=hush#hush")
    assert (result.status, result.err) == (2, f"drift: {url}{page}: {reason}\n")


def test_a_spec_may_have_moved_to_another_address(compare: Compare) -> None:
    there = {"/a/spec.json": json.dumps(changed()).encode(), "/old": b"/a/spec.json"}
    with served(there) as url:
        assert compare(f"{url}/old").news == compare(changed()).news


@contextmanager
def served(found: Mapping[str, Path | bytes]) -> Iterator[str]:
    """Serve files and bytes; an empty one is a redirect to itself, and bytes of a path to that."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = found.get(self.path.split("?")[0])
            body = content.read_bytes() if isinstance(content, Path) else content
            if body is None:
                self.send_response(404)
            elif body == b"" or body.startswith(b"/"):
                self.send_response(302)
                self.send_header("Location", (body or b"").decode() or self.path)
            else:
                self.send_response(200)
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
