"""Both layouts of paths, a service that moves on, and pages where there were none."""

from typing import Any

import pytest

from tests.drift.conftest import Compare
from tests.drift.specimens import TOKENS, Node, edited, service, spec

LISTING, REVOKE = "listPersonalAccessTokens", "deletePersonalAccessToken"
MOVED = [
    f"! listPersonalAccessTokensV1: moved to version v2 (GET {TOKENS}/v1 -> GET {TOKENS}/v2)",
    f"! createPersonalAccessTokenV1: moved to version v2 (POST {TOKENS}/v1 -> POST {TOKENS}/v2)",
    f"! {REVOKE}V1: moved to version v2 (DELETE {TOKENS}/v1/{{id}} -> DELETE {TOKENS}/v2/{{id}})",
]


def prefixed(node: Node, prefix: str) -> Node:
    node["paths"] = {f"{prefix}{path}": item for path, item in node["paths"].items()}
    return node


def with_another_name_for_the_id() -> Node:
    node = spec("v1")
    item = node["paths"].pop(f"{TOKENS}/v1/{{id}}")
    item["parameters"] = [{**item["delete"].pop("parameters")[0], "name": "testId"}]
    node["paths"][f"{TOKENS}/v1/{{testId}}"] = item
    return node


@pytest.mark.parametrize(
    "upstream",
    [
        spec(""),
        spec("v1"),
        spec("", "v1"),
        prefixed(spec(""), "/v2026"),
        prefixed(spec(""), "/beta"),
        with_another_name_for_the_id(),
    ],
    ids=["legacy", "v1", "both", "in the path", "beta", "another name"],
)
def test_each_layout_is_compared_with_ours(compare: Compare, upstream: Node) -> None:
    same = compare(upstream)
    assert (same.news, same.err, same.status) == ([], "", 0)
    changed = edited(upstream, "Listed|fields|id|type", "integer")
    assert any("[].id: type string -> type integer" in line for line in compare(changed).news)


def test_a_layout_of_which_nothing_is_there_is_left_out(compare: Compare) -> None:
    upstream = spec("v1")
    del upstream["paths"][f"{TOKENS}/v1/{{id}}"]
    gone = f"! deletePersonalAccessTokenV1: is gone (DELETE {TOKENS}/v1/{{id}})"
    assert compare(upstream).news == [gone]


def test_a_service_that_moved_to_a_new_version_is_named_as_that(compare: Compare) -> None:
    result = compare(edited(spec("v2"), "Created|required", ["id"]))
    assert {line for line in result.news if line.startswith("!")} == {
        *MOVED,
        "! createPersonalAccessTokenV1: response 200: secret: required -> optional",
    }
    assert result.status == 1


def test_a_new_version_beside_ours_is_an_addition(compare: Compare) -> None:
    result = compare(spec("v1", "v2"))
    assert (len(result.news), result.status) == (3, 0)
    assert f"+ {LISTING}V2: is new (GET {TOKENS}/v2)" in result.news


def test_one_operation_may_move_alone(compare: Compare) -> None:
    upstream = spec("v1")
    listing = upstream["paths"][f"{TOKENS}/v1"].pop("get")
    upstream["paths"][f"{TOKENS}/v2"] = {"get": {**listing, "operationId": f"{LISTING}V2"}}
    assert compare(upstream).news == [
        MOVED[0],
        f"~ {LISTING}V1: operation id changed ({LISTING}V1 -> {LISTING}V2)",
    ]


def test_of_two_versions_of_the_whole_api_the_id_tells(compare: Compare) -> None:
    upstream = spec("")
    older = {"get": {"operationId": "testOlder", "responses": {}}}
    upstream["paths"][f"/beta{TOKENS}"] = older
    assert compare(upstream).news == [f"+ testOlder: is new (GET /beta{TOKENS})"]


def test_another_success_status_is_named_as_that(compare: Compare) -> None:
    upstream = edited(spec(), "Created|required", ["id"])
    answers = upstream["paths"][TOKENS]["post"]["responses"]
    answers["201"] = answers.pop("200")
    assert compare(upstream).news == [
        "! create: response 200: success status changed (200 -> 201)",
        "! create: response 200: secret: required -> optional",
    ]


@pytest.mark.parametrize(
    ("name", "schema", "shown"),
    [
        ("limit", {"type": "integer", "default": 9, "maximum": 250}, ", default 9, maximum 250"),
        ("offset", {"type": "integer", "minimum": 0}, ", minimum 0"),
        ("page-size", {"type": "integer"}, ""),
        ("searchAfter", {"type": "integer"}, ""),
    ],
)
def test_pages_of_the_listing_break_our_promise(
    compare: Compare, name: str, schema: Any, shown: str
) -> None:
    parameter = {"in": "query", "name": name, "schema": schema}
    result = compare(edited(spec(), "list|parameters|new", parameter))
    (line,) = result.news
    assert line.startswith(f"! list: parameter: query {name}: is new (optional integer{shown}): ")
    assert line.endswith(": pages, where we promise every token at once")


def test_where_there_is_nothing_to_compare_the_right_file_is_named(compare: Compare) -> None:
    upstream = spec()
    upstream["paths"] = {f"/test-{n}": {} for n in range(7)}
    result = compare(upstream)
    assert (result.status, result.out) == (2, "")
    assert "there is nothing to compare: it has none of listPersonalAccessTokens, " in result.err
    assert result.err.endswith(
        "but 7 other paths (/test-0, /test-1, /test-2, /test-3, /test-4, ...). In the vendor's "
        "repository take idn/apis/personal-access-tokens/openapi.yaml or "
        "idn/sailpoint-api.<version>.yaml\n"
    )


def test_paths_of_others_are_not_looked_at(compare: Compare) -> None:
    upstream = {**spec(), "paths": {**service(), "/test": None, "/test-2": {"$ref": "./no.yaml"}}}
    assert (compare(upstream).news, compare(upstream).err) == ([], "")
