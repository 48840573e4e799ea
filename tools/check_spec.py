"""Checks `openapi.yaml`: valid OpenAPI, with examples that fit, that keeps our rules.

Prints one line for each problem, `openapi.yaml: <JSON pointer>: <what>`, and fails if there is one.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import yaml
from attrs import Factory, frozen
from jsonschema_path import SchemaPath
from openapi_schema_validator import OAS30Validator, OAS31Validator, oas30_format_checker
from openapi_spec_validator import OpenAPIV30SpecValidator
from referencing import Registry, Resource
from tools.drift.comparing import KINDS
from tools.drift.operations import METHODS

if TYPE_CHECKING:
    from collections.abc import Iterator

Node: TypeAlias = dict[str, Any]
Problem: TypeAlias = tuple[str, str]  # a JSON pointer, and what is wrong there

ERRORS = ("400", "401", "403", "429", "500")
LONGEST_LINE = 120
# Under which keys a part of an operation has one part more, and where it has several.
ONE = ("requestBody", "schema", "items", "additionalProperties", "not")
SEVERAL = ("parameters", "responses", "content", "headers", "properties", "allOf", "anyOf", "oneOf")
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


@frozen
class Part:
    """A part of an operation: where it is written, what it says, and the ways that it travels."""

    at: str
    node: Node
    ways: set[str] = Factory(set)  # "sent", "answered"


def check(spec: Node) -> list[Problem]:
    """Return every problem of a spec, in the order of the rules."""
    problems = [
        (pointer(*error.absolute_path), shortened(error.message))
        for error in OpenAPIV30SpecValidator(spec).iter_errors()
    ]
    if any(place for place, _ in problems):
        return problems  # the rules below look at a spec that is one
    parts = parts_of(spec)
    for rule in (examples, operations, used_components, strictness, repeated_paths):
        problems += rule(spec, parts)
    return [*problems, *recorded_differences(spec)]


def operations_of(spec: Node) -> Iterator[tuple[str, str, Node]]:
    for path, item in spec["paths"].items():
        yield from ((path, method, item[method]) for method in sorted(METHODS & item.keys()))


def parts_of(spec: Node) -> list[Part]:
    """Return every part that an operation leads to, where it is written, once."""
    resolver = Registry[Any]().with_resource("", Resource.opaque(spec)).resolver()
    found: dict[str, Part] = {}

    def visit(at: str, node: Node, way: str) -> None:
        if "$ref" in node:
            at, node = node["$ref"][1:], resolver.lookup(node["$ref"]).contents
        part = found.setdefault(at, Part(at, node))
        if way in part.ways:
            return
        part.ways.add(way)
        for key in ONE:
            if isinstance(node.get(key), dict):
                visit(at + pointer(key), node[key], way)
        for key in SEVERAL:
            inside = node.get(key, {})
            for name, inner in inside.items() if isinstance(inside, dict) else enumerate(inside):
                visit(at + pointer(key, name), inner, "answered" if key == "responses" else way)

    for path, method, operation in operations_of(spec):
        visit(pointer("paths", path, method), operation, "sent")
    return list(found.values())


def examples(spec: Node, parts: list[Part]) -> Iterator[Problem]:
    """Find examples and defaults that their own schema refuses."""
    for part in parts:
        schema = part.node.get("schema", part.node)
        whole = {"allOf": [schema], "components": spec.get("components", {})}
        validator = OAS30Validator(whole, format_checker=oas30_format_checker)
        for key in ("example", "default"):
            for error in validator.iter_errors(part.node[key]) if key in part.node else ():
                place = f"{part.at}/{key}{pointer(*error.absolute_path)}"
                yield place, shortened(error.message)


def operations(spec: Node, _parts: list[Part]) -> Iterator[Problem]:
    """Find operations that leave out what every one has to say."""
    for path, method, operation in operations_of(spec):
        at, answers = pointer("paths", path, method), operation["responses"]
        for key in ("operationId", "summary", "description", "tags", "security"):
            if not operation.get(key):
                yield at, f"no {key}"
        for status in (*ERRORS, "404") if method == "delete" else ERRORS:
            if status not in answers:
                yield f"{at}/responses", f"no {status}"
        limited = SchemaPath.from_dict(spec, "paths", path, method, "responses", "429")
        if "429" in answers and "Retry-After" not in limited / "headers":
            yield f"{at}/responses/429", "no Retry-After header"


def used_components(spec: Node, parts: list[Part]) -> Iterator[Problem]:
    """Find components that no operation leads to."""
    reached = {part.at for part in parts}
    ways_in = [way for part in parts for way in part.node.get("security", ())]
    for section, components in spec.get("components", {}).items():
        for name, component in components.items() if not section.startswith("x-") else ():
            at = pointer("components", section, name)
            if section != "securitySchemes":
                if at not in reached:
                    yield at, "not used"
            elif not any(name in way for way in ways_in):
                entries = component.get("x-differences", ())
                if not any("security" in entry["covers"] for entry in entries):
                    yield at, "not used, and no x-differences entry says why (covers: security)"


def strictness(_spec: Node, parts: list[Part]) -> Iterator[Problem]:
    """Find requests that let through what is wrong, and answers that refuse what is new."""
    for part in parts:
        refuses_more = part.node.get("additionalProperties") is False
        if "sent" in part.ways:
            if "x-known-values" in part.node:
                yield part.at, "x-known-values in a request: what may be sent is an enum"
            if part.node.get("type") == "object" and not refuses_more:
                what = "a request that allows unknown fields: no additionalProperties: false"
                yield part.at, what
        if "answered" in part.ways:
            if "enum" in part.node:
                yield part.at, "enum in an answer: list what is known in x-known-values"
            if refuses_more:
                yield part.at, "an answer that refuses unknown fields"


def repeated_paths(spec: Node, _parts: list[Part]) -> Iterator[Problem]:
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
            if essence(item.get(method, {})) != essence(original.get(method, {}), suffix="V1"):
                what = f"not as at {source}, with V1 behind the id"
                yield pointer("paths", path, method), what


def essence(operation: Node, *, suffix: str = "") -> tuple[str, Any, Node]:
    """Return what two versions of an operation have to agree on."""
    answers = operation.get("responses", {})
    successes = {status: answers[status] for status in answers if status.startswith("2")}
    return f"{operation.get('operationId')}{suffix}", operation.get("requestBody"), successes


def recorded_differences(node: Any, at: str = "") -> Iterator[Problem]:
    """Find differences from the vendor's spec that are not recorded in full."""
    if isinstance(node, list):
        node = dict(enumerate(node))
    for key, value in node.items() if isinstance(node, dict) else ():
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
