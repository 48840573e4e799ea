"""Checks `openapi.yaml`: valid OpenAPI, with examples that fit, that keeps our rules.

Prints one line for each problem, `openapi.yaml: <JSON pointer>: <what>`, and fails if there is one.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import yaml
from attrs import define
from openapi_schema_validator import OAS30Validator, OAS31Validator, oas30_format_checker
from openapi_spec_validator import OpenAPIV30SpecValidator
from referencing import Registry, Resource
from tools.drift.comparing import KINDS
from tools.drift.operations import METHODS

if TYPE_CHECKING:
    from collections.abc import Iterator

Node: TypeAlias = dict[str, Any]
Problem: TypeAlias = tuple[str, str]  # a JSON pointer, and what is wrong there

NAMED_SCHEMA = re.compile("/components/schemas/[^/]+")
ERRORS = ("400", "401", "403", "429", "500")
LONGEST_LINE = 120
# What the parts of an operation consist of; `*` stands for every name or number.
ONE_SCHEMA = {"schema": "schema"}
INNER_SCHEMAS = {
    "properties/*": "field",
    **dict.fromkeys(("items", "additionalProperties", "not"), "schema"),
    **dict.fromkeys(("allOf/*", "anyOf/*", "oneOf/*"), "schema"),
}
INSIDE = {
    "operation": {"parameters/*": "parameter", "requestBody": "body", "responses/*": "response"},
    "response": {"content/*": "media type", "headers/*": "header"},
    "body": {"content/*": "media type"},
    "media type": ONE_SCHEMA,
    "parameter": ONE_SCHEMA,
    "header": ONE_SCHEMA,
    "schema": INNER_SCHEMAS,
    "field": INNER_SCHEMAS,
}
# What `x-differences` holds.
SENTENCE = {"type": "string", "pattern": r"\S"}
RECORDED = {
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "object",
        "required": ["upstream", "here", "why", "covers"],
        "additionalProperties": False,
        "properties": {
            **dict.fromkeys(("upstream", "here", "why"), SENTENCE),
            "covers": {"type": "array", "minItems": 1, "items": {"enum": sorted(KINDS)}},
            "operations": {"type": "array", "items": SENTENCE},
        },
    },
}


@define
class Part:
    """A part of an operation: its place, its kind, what it says, and which way it travels."""

    at: str
    kind: str
    node: Node
    is_sent: bool = False
    is_answered: bool = False

    @property
    def is_schema(self) -> bool:
        """Whether it is a schema, be it that of a field."""
        return self.kind in ("schema", "field")


def check(spec: Node) -> list[Problem]:
    """Return every problem of a spec, in the order of the rules."""
    problems = [
        (pointer(*error.absolute_path), shortened(error.message))
        for error in OpenAPIV30SpecValidator(spec).iter_errors()
    ]
    if any(place for place, _ in problems):
        return problems  # the rules below look at a spec that is one
    parts = parts_of(spec)
    for rule in (examples, operations, used_components, strictness):
        problems += rule(spec, parts)
    return [*problems, *repeated_paths(spec), *recorded_differences(spec)]


def parts_of(spec: Node) -> list[Part]:
    """Return every part that an operation leads to, where it is written, once."""
    resolver = Registry[Any]().with_resource("", Resource.opaque(spec)).resolver()
    found: dict[str, Part] = {}

    def visit(at: str, kind: str, node: Node, way: str) -> None:
        if "$ref" in node:
            at, kind = node["$ref"][1:], "schema" if kind == "field" else kind
            node = resolver.lookup(node["$ref"]).contents
        part = found.setdefault(at, Part(at, kind, node))
        if not getattr(part, way):
            setattr(part, way, True)
            for key, inner in INSIDE[kind].items():
                side = "is_answered" if key == "responses/*" else way
                for place, child in children(node, key):
                    visit(at + place, inner, child, side)

    for path, item in spec["paths"].items():
        for method in sorted(METHODS & item.keys()):
            visit(pointer("paths", path, method), "operation", item[method], "is_sent")
    return list(found.values())


def children(node: Node, key: str) -> Iterator[tuple[str, Node]]:
    """Yield what is at a key: one part, or with `/*` each part of a list or an object."""
    name, _, several = key.partition("/")
    value = node.get(name)
    if several and value:
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        yield from ((pointer(name, each), child) for each, child in pairs)
    elif isinstance(value, dict):
        yield pointer(name), value


def examples(spec: Node, parts: list[Part]) -> Iterator[Problem]:
    """Find examples and defaults that their own schema refuses."""
    for part in parts:
        schema = part.node if part.is_schema else part.node.get("schema")
        for key in ("example", "default") if schema else ():
            if key in part.node:
                whole = {"allOf": [schema], "components": spec.get("components", {})}
                validator = OAS30Validator(whole, format_checker=oas30_format_checker)
                for error in validator.iter_errors(part.node[key]):
                    place = f"{part.at}/{key}{pointer(*error.absolute_path)}"
                    yield place, shortened(error.message)


def operations(_spec: Node, parts: list[Part]) -> Iterator[Problem]:
    """Find operations that leave out what every one has to say."""
    by_place = {part.at: part.node for part in parts}
    for part in parts:
        if part.kind != "operation":
            continue
        for key in ("operationId", "summary", "description", "tags", "security"):
            if not part.node.get(key):
                yield part.at, f"no {key}"
        answers = part.node["responses"]
        expected = (*ERRORS, "404") if part.at.endswith("/delete") else ERRORS
        yield from (
            (f"{part.at}/responses", f"no {each}") for each in expected if each not in answers
        )
        limited = answers.get("429", {})
        limited = by_place[limited["$ref"][1:]] if "$ref" in limited else limited
        if limited and "Retry-After" not in limited.get("headers", {}):
            yield f"{part.at}/responses/429", "no Retry-After header"


def used_components(spec: Node, parts: list[Part]) -> Iterator[Problem]:
    """Find components that no operation leads to."""
    reached = {part.at for part in parts}
    ways = [way for part in parts for way in part.node.get("security", ())]
    for section, components in spec.get("components", {}).items():
        for name, component in components.items() if not section.startswith("x-") else ():
            at = pointer("components", section, name)
            if section != "securitySchemes":
                if at not in reached:
                    yield at, "not used"
            elif not any(name in way for way in ways):
                entries = component.get("x-differences", ())
                if not any("security" in entry["covers"] for entry in entries):
                    yield at, "not used, and no x-differences entry says why (covers: security)"


def strictness(_spec: Node, parts: list[Part]) -> Iterator[Problem]:
    """Find requests that let through what is wrong, and answers that refuse what is new."""
    for part in parts:
        schema = part.node if part.is_schema else {}
        refuses_more = schema.get("additionalProperties") is False
        if part.is_sent and "x-known-values" in schema:
            yield part.at, "x-known-values in a request: what may be sent is an enum"
        if part.is_sent and schema.get("type") == "object" and not refuses_more:
            yield part.at, "a request that allows unknown fields: no additionalProperties: false"
        if part.is_answered and "enum" in schema:
            yield part.at, "enum in an answer: list what is known in x-known-values"
        if part.is_answered and refuses_more:
            yield part.at, "an answer that refuses unknown fields"


def repeated_paths(spec: Node) -> Iterator[Problem]:
    """Find paths that repeat another one at a newer version's address, and say something else.

    What is sent and what a success answers have to be the same. Either may have a parameter, a
    header or a status more: the vendor adds to one version at a time.
    """
    for path, item in spec["paths"].items():
        source = item.get("x-address-of")
        if source is None:
            continue
        if "servers" not in item:
            yield pointer("paths", path), "no servers, where the version is not part of the URL"
        original = spec["paths"].get(source, {})
        for method in sorted(METHODS & (item.keys() | original.keys())):
            expected = essence(original.get(method, {}))
            expected["operationId"] = f"{expected['operationId']}V1"
            if essence(item.get(method, {})) != expected:
                yield (
                    pointer("paths", path, method),
                    f"not as at {source}, with V1 behind the id",
                )


def essence(operation: Node) -> Node:
    """Return what two versions of an operation have to agree on."""
    answers = operation.get("responses", {})
    return {
        "operationId": operation.get("operationId"),
        "requestBody": operation.get("requestBody"),
        "successes": {
            status: answer for status, answer in answers.items() if str(status)[0] == "2"
        },
    }


def recorded_differences(node: Any, at: str = "") -> Iterator[Problem]:
    """Find differences from the vendor's spec that are not recorded in full."""
    items = (
        node.items()
        if isinstance(node, dict)
        else enumerate(node if isinstance(node, list) else ())
    )
    for key, value in items:
        here = at + pointer(key)
        if key != "x-differences" or at.endswith("/properties"):
            yield from recorded_differences(value, here)
        else:
            for error in OAS31Validator(RECORDED).iter_errors(value):
                yield here + pointer(*error.absolute_path), shortened(error.message)


def shortened(message: str) -> str:
    """Return what a validator says, without most of the document that it may quote."""
    line = message.splitlines()[0]
    return line if len(line) <= LONGEST_LINE else f"{line[:40]} ... {line[-80:]}"


def pointer(*parts: object) -> str:
    """Return a JSON pointer."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("spec", type=Path, nargs="?", default=Path("openapi.yaml"))
    path: Path = parser.parse_args().spec
    problems = check(yaml.safe_load(path.read_bytes()))
    for at, what in problems:
        print(f"{path.name}: {at or '/'}: {what}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
