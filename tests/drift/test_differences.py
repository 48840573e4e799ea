"""Each kind of difference: the line that reports it, its effect, and what a record covers."""

import json
from pathlib import Path
from typing import Any

import pytest
from tools.drift.comparing import KINDS

from tests.drift.conftest import Compare
from tests.drift.specimens import GONE, Node, edited, ours, spec

TEXT: Node = {"type": "string"}
ANSWER: Node = {"description": "Something."}


def differences() -> list[tuple[str, Any, Any, list[str]]]:
    """The table beside this file."""
    found: list[tuple[str, Any, Any, list[str]]] = []
    for line in Path(__file__).with_name("differences.txt").read_text().splitlines():
        change, _, news = line.rpartition("=>")
        if change:
            place, values = change.strip().split(" ", 1)
            mine, _, value = values.rpartition(" ~> ")
            other = GONE if value == "--" else json.loads(value)
            found.append((place, mine and json.loads(mine), other, []))
        if news and not news.startswith("#"):
            found[-1][-1].append(news.strip())
    return found


@pytest.mark.parametrize(("place", "mine", "other", "news"), differences())
def test_a_difference_is_reported_once_with_its_effect(
    compare: Compare, place: str, mine: Any, other: Any, news: list[str]
) -> None:
    mine = None if mine == "" else edited(spec(), place, mine)
    result = compare(edited(spec(), place, other), ours=mine)
    assert sorted(result.news) == sorted(news)
    assert result.status == int(any(line.startswith("!") for line in news))


EVERYWHERE = ("", "paths|/personal-access-tokens", "create")
IN_CREATED = (*EVERYWHERE, "create|answer|json", "Created")
SECRET = "Created|fields|secret"
# A kind, a change of that kind, and the places in our spec that may record it.
RECORDED: list[tuple[str, str, Any, tuple[str, ...]]] = [
    ("type", f"{SECRET}|type", "integer", (*IN_CREATED, SECRET)),
    ("format", f"{SECRET}|format", "date", (*IN_CREATED, SECRET)),
    ("nullable", f"{SECRET}|nullable", True, (*IN_CREATED, SECRET)),
    ("required", "Created|required", ["id"], (*IN_CREATED, SECRET)),
    ("enum", f"{SECRET}|enum", ["1"], (*IN_CREATED, SECRET)),
    ("bounds", f"{SECRET}|minLength", 32, (*IN_CREATED, SECRET)),
    ("default", f"{SECRET}|default", "1", (*IN_CREATED, SECRET)),
    ("items", f"{SECRET}|items", {}, (*IN_CREATED, SECRET)),
    ("extra-field", SECRET, GONE, (*IN_CREATED, SECRET)),
    ("missing-field", "Created|fields|testNew", TEXT, IN_CREATED),
    ("status", "create|responses|409", ANSWER, EVERYWHERE),
    ("status", "create|responses|200", GONE, (*EVERYWHERE, "create|responses|200")),
    ("security", "create|security", [{"testAuth": []}], EVERYWHERE),
    ("required", "create|requestBody|required", False, ("create", "create|requestBody")),
    ("extra-field", "list|parameters|0", GONE, ("list", "list|parameters|0")),
    ("type", "list|parameters|0|schema|type", "integer", ("list", "list|parameters|0|schema")),
]


def recording(node: Node, place: str, *covers: str) -> Node:
    entry = {"upstream": "That.", "here": "This.", "why": "It is so.", "covers": covers}
    return edited(node, f"{place}|x-differences".removeprefix("|"), [entry])


@pytest.mark.parametrize(
    ("kind", "change", "value", "place"),
    [(kind, change, value, place) for kind, change, value, places in RECORDED for place in places],
)
def test_a_recorded_difference_is_left_out(
    compare: Compare, kind: str, change: str, value: Any, place: str
) -> None:
    upstream = edited(spec(), change, value)
    covered = compare(upstream, "-v", ours=recording(spec(), place, kind))
    others = compare(upstream, "-v", ours=recording(spec(), place, *sorted(KINDS - {kind})))
    assert (covered.news, covered.status) == ([], 0)
    assert any(line.endswith("(It is so.)") for line in covered.out.splitlines())
    assert others.news
    assert "It is so" not in others.out


def test_a_record_covers_nothing_beside_its_place(compare: Compare) -> None:
    upstream = edited(spec(), "Created|fields|id|type", "integer")
    result = compare(upstream, ours=recording(spec(), SECRET, "type"))
    assert result.news == ["! create: response 200: id: type string -> type integer"]


@pytest.mark.parametrize("place", ["delete", "paths|/personal-access-tokens/{id}"])
def test_no_record_hides_that_an_operation_is_gone(compare: Compare, place: str) -> None:
    result = compare(edited(spec(), place, GONE), ours=recording(spec(), "", *sorted(KINDS)))
    assert result.news == ["! delete: is gone (DELETE /personal-access-tokens/{id})"]


@pytest.mark.parametrize(
    ("named", "news"),
    [
        (["PATCH /personal-access-tokens/{id}", "POST /personal-access-tokens/bulk-test"], 0),
        (["PATCH /personal-access-tokens/{id}"], 1),
        ([], 2),
    ],
)
@pytest.mark.parametrize("version", ["", "v1"])
def test_operations_that_we_leave_out_are_recorded_by_name(
    compare: Compare, named: list[str], news: int, version: str
) -> None:
    upstream, below = spec(version), f"/{version}" if version else ""
    upstream["paths"][f"/personal-access-tokens{below}/{{id}}"]["patch"] = {}
    upstream["paths"][f"/personal-access-tokens{below}/bulk-test"] = {"post": {}}
    recorded = recording(ours(), "", "missing-operation")
    recorded["x-differences"][0]["operations"] = named
    assert len(compare(upstream, ours=recorded).news) == news


@pytest.mark.parametrize("place", ["list", "Owner", "Request", "Listed|fields|id", "429"])
@pytest.mark.parametrize("word", ["description", "example", "x-test"])
def test_words_and_extensions_make_no_difference(compare: Compare, place: str, word: str) -> None:
    assert compare(edited(spec(), f"{place}|{word}", "Something else.")).news == []
