"""What an operation promises: a flat list of places, with plain facts about each.

Whatever can be written in two ways (`nullable` and a type of null, `const` and an enum of one, a
composed schema and a whole one) comes out the same here.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

from tools.drift.reading import Node, mapping, mappings, sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

VALUE_BOUNDS = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")
MEASURES = (*VALUE_BOUNDS, "minLength", "minItems", "maxLength", "maxItems")
BOUNDS = (*MEASURES, "pattern", "multipleOf", "uniqueItems")
Facts: TypeAlias = dict[str, Any]
# The recorded differences that hold at a place, by the kind that they cover.
Records: TypeAlias = dict[str, Node]

# The part of an operation (operation, request, parameter, response), the status of a response, and
# the way inside: ("response", "200", "application/json", "[]", "owner", "id").
Place: TypeAlias = tuple[str, ...]
WHOLE: Place = ("operation", "")
INSIDE = 2  # where the way inside begins


def facts_of(operation: Node) -> Iterator[tuple[Place, Facts]]:
    """Yield every place of an operation, an outer one before what is inside of it."""
    records = recorded({}, operation)
    yield WHOLE, {"records": records}
    for way in mappings(operation.get("security")) or [{}]:
        words = [" and ".join(sorted(way)) or "no security"]
        # Of the scopes of a way in, the vendor means that one is enough.
        words += [f"{name} {scope}" for name in way for scope in sequence(way[name])]
        yield from ((("request", "", "security", each), {"records": records}) for each in words)
    for parameter in mappings(operation.get("parameters")):
        where, name = str(parameter.get("in")), str(parameter.get("name"))
        # What stands in braces in the path has a name that never travels.
        name = {"path": "in braces", "header": name.title()}.get(where, name)
        yield from carried(("parameter", "", f"{where} {name}"), parameter, records)
    body = mapping(operation.get("requestBody"))
    yield from contents(("request", ""), body, records, required=body.get("required") is True)
    for status, each in mapping(operation.get("responses")).items():
        answer = mapping(each)
        here, known = ("response", status), recorded(records, answer)
        yield here, {"records": known}
        for name, header in mapping(answer.get("headers")).items():
            yield from carried((*here, "headers", name.title()), mapping(header), known)
        yield from contents(here, answer, known)


def recorded(records: Records, node: Node) -> Records:
    """Return the differences that are recorded above a node, and those recorded at it."""
    entries = mappings(node.get("x-differences"))
    covered = {str(kind): each for each in entries for kind in sequence(each.get("covers"))}
    return {**records, **covered}


def carried(place: Place, node: Node, records: Records) -> Iterator[tuple[Place, Facts]]:
    """Yield the places of a parameter or a header, which has a schema or a content."""
    (content, *_) = [*mapping(node.get("content")).values(), node]
    required = node.get("in") == "path" or node.get("required") is True
    records = recorded(records, node)
    return inside_schema(place, mapping(content).get("schema"), records, required=required)


def contents(
    here: Place, body: Node, records: Records, *, required: bool | None = None
) -> Iterator[tuple[Place, Facts]]:
    """Yield the places of a body, for each of its media types."""
    for name, media in mapping(body.get("content")).items():
        known = recorded(recorded(records, body), mapping(media))
        place = (*here, name.split(";")[0].strip().lower())
        yield from inside_schema(place, mapping(media).get("schema"), known, required=required)


def inside_schema(
    place: Place, node: Any, records: Records, *, required: bool | None = None
) -> Iterator[tuple[Place, Facts]]:
    """Yield a schema's own place, and then those inside of it."""
    schema = whole(mapping(node))
    types, nullable = types_of(schema)
    records = recorded(records, schema)
    # A length of 0 and `false` let everything through; a value of 0 is a bound.
    bounds = {name: schema.get(name) for name in BOUNDS}
    facts: Facts = {n: v for n, v in bounds.items() if v or (v == 0 and n in VALUE_BOUNDS)}
    facts |= {"records": records, "required": required, "type": types, "nullable": nullable}
    facts["format"] = texts([schema.get("format")])
    facts["enum"] = texts(sequence(schema.get("enum", [schema.get("const")])))
    facts["default"] = schema.get("default")
    facts["items"] = "although no array" if "items" in schema and "array" not in types else None
    if "x-known-values" in schema:
        facts["known"] = texts(sequence(schema["x-known-values"]))
    yield place, facts
    for name, inner in mapping(schema.get("properties")).items():
        needed = name in sequence(schema.get("required"))
        yield from inside_schema((*place, name), inner, records, required=needed)
    if "array" in types:
        yield from inside_schema((*place, "[]"), schema.get("items"), records)


def whole(schema: Node) -> Node:
    """Return one schema instead of an `allOf`, or instead of the one choice beside null."""
    shapes = [each for key in ("oneOf", "anyOf") for each in mappings(schema.get(key))]
    real = [each for each in shapes if each.get("type") != "null" and each.get("enum") != [None]]
    parts = mappings(schema.get("allOf")) + (real if len(real) == 1 else [])
    left = {"allOf", "oneOf", "anyOf"} if len(real) == 1 else {"allOf"}
    result: Node = {}
    for part in [*map(whole, parts), {k: v for k, v in schema.items() if k not in left}]:
        for key, value in part.items():
            if key in ("required", "x-differences"):
                result[key] = sequence(result.get(key)) + sequence(value)
            elif key == "properties":
                both = (mapping(result.get(key)), mapping(value))
                result[key] = {
                    name: {"allOf": [each[name] for each in both if name in each]}
                    for name in {**both[0], **both[1]}
                }
            else:
                result[key] = value
    if len(real) < len(shapes):
        result["nullable"] = True
    return result


def types_of(schema: Node) -> tuple[frozenset[str], bool]:
    """Return the types of a value, none where any will do, and whether it may be null."""
    stated = schema.get("type", [])
    types = {stated} if isinstance(stated, str) else {*map(shown, sequence(stated))}
    shapes = sequence(schema.get("oneOf")) + sequence(schema.get("anyOf"))
    if shapes:
        types = {f"one of {len(shapes)} shapes"}
    elif not types:
        implied = {"properties": "object", "items": "array"}
        types = {kind for key, kind in implied.items() if key in schema}
    if "number" in types:
        types.add("integer")
    return frozenset(types - {"null"}), schema.get("nullable") is True or "null" in types


def texts(values: list[Any]) -> frozenset[str]:
    """Return the values as they are shown; null among them is what `nullable` says."""
    return frozenset(shown(value) for value in values if value is not None)


def shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
