"""Checks `openapi.yaml`: valid OpenAPI, with examples that fit, that keeps our rules.

Prints one line for each problem, `openapi.yaml: <JSON pointer>: <what>`, and fails if there is one.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from openapi_schema_validator import OAS30Validator, oas30_format_checker
from openapi_spec_validator import OpenAPIV30SpecValidator

ROOT = Path(__file__).resolve().parent.parent

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
NAMED_SCHEMA = re.compile("/components/schemas/[^/]+")
ERRORS = ("400", "401", "403", "429", "500")
# What `x-differences` may cover: the kinds of difference that the drift tool knows.
KINDS = frozenset(
    {
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
    }
)
# What two schemas may differ in and still be the same schema.
PROSE = frozenset({"description", "example", "title"})
# Keys that hold values, where nothing is part of the contract's structure.
VALUES = frozenset({"example", "examples", "default"})

LONGEST_LINE = 120

# A JSON pointer and what is wrong there.
Problem = tuple[str, str]
Node = dict[str, Any]


def check(spec: Node) -> list[Problem]:
    """Every problem of a spec, in the order of the rules."""
    problems = list(validity(spec))
    if any(place for place, _ in problems):
        # The rules below look at a spec that is one.
        return problems
    places = frozenset(find_schemas(spec))
    return [
        *problems,
        *examples(spec, places),
        *operations(spec),
        *repeated_paths(spec),
        *descriptions(spec, places),
        *recorded_differences(spec),
        *named_schemas(spec, places),
        *used_components(spec),
        *strictness(spec, places),
    ]


def validity(spec: Node) -> Iterator[Problem]:
    """What makes it no OpenAPI 3.0 document."""
    for error in OpenAPIV30SpecValidator(spec).iter_errors():
        yield pointer(*error.absolute_path), first_line(error.message)


def examples(spec: Node, places: frozenset[str]) -> Iterator[Problem]:
    """Examples and defaults that their own schema refuses."""
    for at, node in walk(spec):
        schema = node if at in places else node.get("schema")
        if not isinstance(schema, dict) or at.endswith("/properties"):
            continue
        for key in ("example", "default"):
            if key in node:
                yield from (
                    (f"{at}/{key}{pointer(*error.absolute_path)}", first_line(error.message))
                    for error in validator(spec, schema).iter_errors(node[key])
                )


def operations(spec: Node) -> Iterator[Problem]:
    """Operations that leave out what every one has to say."""
    seen: dict[str, str] = {}
    for at, method, operation in iterate_operations(spec):
        for key in ("operationId", "summary", "description", "tags", "security"):
            if not operation.get(key):
                yield at, f"no {key}"
        name = operation.get("operationId")
        if name in seen:
            yield at, f"operationId {name} is taken by {seen[name]}"
        elif name:
            seen[name] = at
        expected = (*ERRORS, "404") if method == "delete" else ERRORS
        for status in sorted(set(expected) - operation["responses"].keys()):
            yield f"{at}/responses", f"no {status}"
        limited = resolve(spec, operation["responses"].get("429", {}))
        if limited and "Retry-After" not in limited.get("headers", {}):
            yield f"{at}/responses/429", "no Retry-After header"


def repeated_paths(spec: Node) -> Iterator[Problem]:
    """Paths that repeat another one at a newer version's address, and say something else."""
    for path, item in spec["paths"].items():
        if "x-address-of" not in item:
            continue
        at = pointer("paths", path)
        original = spec["paths"].get(item["x-address-of"])
        if original is None:
            yield f"{at}/x-address-of", "no such path"
            continue
        if "servers" not in item:
            yield at, "no servers: the version is part of the path here, not of the server's URL"
        for method in METHODS:
            expected, found = original.get(method), item.get(method)
            if (expected is None) != (found is None):
                yield at, f"{method} is at one of the two addresses only"
            elif expected is not None and found is not None:
                yield from repeated_operation(f"{at}/{method}", expected, found)


def repeated_operation(at: str, expected: Node, found: Node) -> Iterator[Problem]:
    """What a repeated operation says differently, but for its name."""
    name = f"{expected.get('operationId')}V1"
    if found.get("operationId") != name:
        yield f"{at}/operationId", f"not {name}"
    for key in sorted((expected.keys() | found.keys()) - {"operationId"}):
        if expected.get(key) != found.get(key):
            yield f"{at}/{key}", "not the same as at the other address"


def descriptions(spec: Node, places: frozenset[str]) -> Iterator[Problem]:
    """Parameters, headers, responses and fields that say nothing about themselves."""
    for at, node in walk(spec):
        if "$ref" in node:
            continue
        parts = at.split("/")
        parent, grandparent = parts[-2:-1], parts[-3:-2]
        is_field = parent == ["properties"] and at in places
        is_value = is_field or isinstance(node.get("in"), str) or parent == ["headers"]
        is_response = parent == ["responses"] and grandparent != ["properties"]
        is_component = bool(NAMED_SCHEMA.fullmatch(at))
        if (is_value or is_response or is_component) and not node.get("description"):
            yield at, "no description"
        # A field that refers to an object is described, field by field, where the object is.
        if is_value and "example" not in node:
            yield at, "no example"
        if is_response:
            for kind, media in node.get("content", {}).items():
                if "example" not in media:
                    yield f"{at}/content{pointer(kind)}", "no example"


def recorded_differences(spec: Node) -> Iterator[Problem]:
    """Differences from the vendor's spec that are not recorded in full."""
    for at, node in walk(spec):
        if "x-differences" not in node:
            continue
        entries = node["x-differences"]
        here = f"{at}/x-differences"
        if not isinstance(entries, list) or not entries:
            yield here, "not a list of differences"
            continue
        for index, entry in enumerate(entries):
            yield from difference(f"{here}/{index}", entry)


def difference(at: str, entry: object) -> Iterator[Problem]:
    """What one recorded difference lacks."""
    if not isinstance(entry, dict):
        yield at, "not a difference"
        return
    for key in ("upstream", "here", "why"):
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            yield at, f"no {key}"
    covers = entry.get("covers")
    if not isinstance(covers, list) or not covers:
        yield at, "no covers"
    else:
        for kind in covers:
            if kind not in KINDS:
                yield f"{at}/covers", f"{kind} is no kind of difference"
    for key in sorted(entry.keys() - {"upstream", "here", "why", "covers"}):
        yield at, f"{key} is not part of a difference"


def named_schemas(spec: Node, places: frozenset[str]) -> Iterator[Problem]:
    """Objects without a name, and schemas that are there twice."""
    seen: dict[str, str] = {}
    for at, schema in iterate_schemas(spec, places):
        is_object = schema.get("type") == "object" or "properties" in schema
        if is_object and not NAMED_SCHEMA.fullmatch(at):
            yield at, "an object without a name: put it under /components/schemas"
        if is_object or "enum" in schema:
            structure = json.dumps(bare(schema), sort_keys=True)
            if structure in seen:
                yield at, f"the same schema as {seen[structure]}"
            else:
                seen[structure] = at


def used_components(spec: Node) -> Iterator[Problem]:
    """Components that no operation leads to."""
    reached = {at for at, _ in reachable(spec, spec.get("paths", {}), "/paths")}
    accepted = {
        name
        for _, _, operation in iterate_operations(spec)
        for alternative in operation.get("security", ())
        for name in alternative
    }
    for section, members in spec.get("components", {}).items():
        if section.startswith("x-"):
            continue
        for name, component in members.items():
            at = pointer("components", section, name)
            if section != "securitySchemes":
                if at not in reached:
                    yield at, "not used"
            elif name not in accepted and not covers(component, "security"):
                yield at, "not used, and no x-differences entry says why (covers: security)"


def strictness(spec: Node, places: frozenset[str]) -> Iterator[Problem]:
    """Requests that let through what is wrong, answers that refuse what is new."""
    sent: Node = {}
    answered: Node = {}
    for at, _, operation in iterate_operations(spec):
        for key in ("parameters", "requestBody"):
            sent.update(reachable(spec, operation.get(key, {}), f"{at}/{key}"))
        answered.update(reachable(spec, operation["responses"], f"{at}/responses"))
    for at, schema in iterate_schemas(spec, places):
        is_object = schema.get("type") == "object"
        if at in sent:
            if "x-known-values" in schema:
                yield at, "x-known-values in a request: what may be sent is an enum"
            if is_object and schema.get("additionalProperties") is not False:
                yield (
                    at,
                    "a request that allows unknown fields: no additionalProperties: false",
                )
        if at in answered:
            if "enum" in schema:
                yield at, "enum in an answer: list what is known in x-known-values"
            if is_object and schema.get("additionalProperties") is False:
                yield at, "an answer that refuses unknown fields"


def covers(node: Node, kind: str) -> bool:
    """Whether a recorded difference at this node covers a kind."""
    return any(kind in entry.get("covers", ()) for entry in node.get("x-differences", ()))


def bare(value: Any) -> Any:
    """A schema without its prose."""
    if isinstance(value, Mapping):
        return {
            key: bare(inner)
            for key, inner in value.items()
            # A field may well be called `description`: prose is a string there.
            if not key.startswith("x-") and not (key in PROSE and not is_schema_like(inner))
        }
    return [bare(inner) for inner in value] if isinstance(value, list) else value


def is_schema_like(value: object) -> bool:
    """Whether a value can be a schema, rather than prose or an example."""
    marks = {"type", "$ref", "allOf", "anyOf", "oneOf"}
    return isinstance(value, Mapping) and bool(value.keys() & marks)


def validator(spec: Node, schema: Node) -> OAS30Validator:
    """A validator for a schema that refers to the spec's components."""
    return OAS30Validator(
        {"allOf": [schema], "components": spec.get("components", {})},
        format_checker=oas30_format_checker,
    )


def first_line(message: str) -> str:
    """What a validator says, without the whole document that it may quote in front."""
    line = message.splitlines()[0]
    return line if len(line) <= LONGEST_LINE else f"...{line[-LONGEST_LINE:]}"


def pointer(*parts: object) -> str:
    """A JSON pointer."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)


def resolve(spec: Node, node: Node) -> Node:
    """What a node refers to, or the node."""
    while "$ref" in node:
        node = lookup(spec, node["$ref"])
    return node


def lookup(spec: Node, reference: str) -> Node:
    """The node at a reference within the spec."""
    found: Any = spec
    for part in reference.removeprefix("#/").split("/"):
        found = found[part.replace("~1", "/").replace("~0", "~")]
    return dict(found)


def walk(node: Any, at: str = "") -> Iterator[tuple[str, Node]]:
    """Every mapping of the spec with its pointer, but for examples, defaults and extensions."""
    if isinstance(node, dict):
        yield at, node
        # There, any key is a name.
        named = at.endswith(("/properties", "/responses"))
        for key, value in node.items():
            if named or not (key in VALUES or key.startswith("x-")):
                yield from walk(value, f"{at}{pointer(key)}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from walk(value, f"{at}/{index}")


def reachable(spec: Node, node: Any, at: str) -> Iterator[tuple[str, Node]]:
    """Every mapping below a node, and below what it refers to."""
    seen: set[str] = set()
    waiting = [(at, node)]
    while waiting:
        start, root = waiting.pop()
        for here, inner in walk(root, start):
            if here in seen:
                continue
            seen.add(here)
            yield here, inner
            reference = inner.get("$ref")
            if isinstance(reference, str) and reference.removeprefix("#") not in seen:
                waiting.append((reference.removeprefix("#"), lookup(spec, reference)))


def iterate_operations(spec: Node) -> Iterator[tuple[str, str, Node]]:
    """Each operation's pointer, method, and content."""
    for path, item in spec.get("paths", {}).items():
        for method in METHODS:
            if method in item:
                yield pointer("paths", path, method), method, item[method]


def iterate_schemas(spec: Node, places: frozenset[str]) -> Iterator[tuple[str, Node]]:
    """Every schema that is written out, with its pointer."""
    return ((at, node) for at, node in walk(spec) if at in places and "$ref" not in node)


def find_schemas(spec: Node) -> Iterator[str]:
    """The pointers of all schemas."""
    for name, schema in spec.get("components", {}).get("schemas", {}).items():
        yield from below_schema(schema, pointer("components", "schemas", name))
    for at, node in walk(spec):
        # A field called `schema` is found twice, which does no harm to a set.
        if isinstance(node.get("schema"), dict):
            yield from below_schema(node["schema"], f"{at}/schema")


def below_schema(schema: Node, at: str) -> Iterator[str]:
    """The pointer of a schema, and of those inside it."""
    yield at
    for key in ("items", "additionalProperties", "not"):
        if isinstance(schema.get(key), dict):
            yield from below_schema(schema[key], f"{at}/{key}")
    for key in ("allOf", "anyOf", "oneOf"):
        for index, inner in enumerate(schema.get(key, ())):
            yield from below_schema(inner, f"{at}/{key}/{index}")
    for name, inner in schema.get("properties", {}).items():
        yield from below_schema(inner, f"{at}/properties{pointer(name)}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("spec", type=Path, nargs="?", default=ROOT / "openapi.yaml")
    path: Path = parser.parse_args().spec
    problems = check(yaml.safe_load(path.read_bytes()))
    for at, what in problems:
        print(f"{path.name}: {at or '/'}: {what}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
