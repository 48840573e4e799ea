"""Compare the operations in our `openapi.yaml` with a spec that the vendor publishes.

Run it as `make drift UPSTREAM=<file or URL>`. It reads OpenAPI 3.0 and 3.1, JSON or YAML, whole
or cut, and says what each difference means to the users of this package. What our spec records
under `x-differences` is left out, at that node and below it.

Exit status: 0 where nothing breaks, 1 where something does, 2 where nothing can be compared.
"""

from __future__ import annotations

import argparse
import contextlib
import enum
import json
import re
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

import httpx
import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

Node: TypeAlias = dict[str, Any]

OURS = Path(__file__).resolve().parent.parent / "openapi.yaml"
SIZE_LIMIT = 64 * 2**20  # bytes; the largest spec published so far has 4 MB
TIMEOUT = 30.0  # seconds
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
# 1 where a higher value lets less through, -1 where it lets more through, 0 where neither.
BOUNDS = {
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems"), 1),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems"), -1),
    **dict.fromkeys(("pattern", "multipleOf", "uniqueItems"), 0),
}
JOINED = ("required", "x-differences")  # lists that add up where several schemas hold
ABSENT = "not there"
# A kind that no `x-differences` can cover: it is news whatever the spec records.
NEWS = ""


class DriftError(Exception):
    """There is nothing to compare; the message is one sentence for the user."""


class Effect(enum.Enum):
    """What a difference means to the users of this package; the value is its heading."""

    BREAKING = "Breaks our users"
    ADDITION = "Additions we could take"
    HARMLESS = "Harmless"


@dataclass(frozen=True)
class _Operation:
    """An operation and where it stands."""

    path: str
    method: str
    item: Node
    node: Node

    @property
    def call(self) -> str:
        return f"{self.method.upper()} {self.path}"

    @property
    def name(self) -> str:
        return str(self.node.get("operationId", self.call))

    def same_path(self, path: object) -> bool:
        """Whether `path` is ours under any version prefix; names in braces never travel."""
        ours, theirs = (re.sub(r"\{[^}]*\}", "{}", str(each)) for each in (self.path, path))
        return re.fullmatch(rf"(/(v\d+|beta))?{re.escape(ours)}", theirs) is not None


@dataclass(frozen=True)
class _Field:
    """A property, a parameter or a header."""

    node: Node
    schema: Any
    required: bool
    words: str


class _Document:
    """A spec, whose references are followed only where somebody looks."""

    def __init__(self, root: Node, name: str) -> None:
        self.root = root
        self.name = name
        self.paths = self.mapping(root.get("paths", {}))

    def fail(self, reason: str) -> NoReturn:
        raise DriftError(f"{self.name}: {reason}")

    def mapping(self, node: Any) -> Node:
        if not isinstance(node, dict):
            self.fail(f"an object was expected instead of {_shown(node)[:60]}")
        return node

    def sequence(self, node: Any) -> list[Any]:
        if not isinstance(node, list):
            self.fail(f"a list was expected instead of {_shown(node)[:60]}")
        return node

    def resolve(self, node: Any) -> Node:
        """Follow `$ref`; what stands beside it counts too, as in OpenAPI 3.1."""
        found = self.mapping({} if node is True else node)  # OpenAPI 3.1's word for any value
        followed: list[str] = []
        while "$ref" in found:
            ref = str(found["$ref"])
            if not ref.startswith("#"):
                self.fail(f"it refers to another file ({ref}), use the bundled spec instead")
            if ref in followed:
                self.fail(f"the reference {ref} goes in circles")
            followed.append(ref)
            target: Any = self.root
            for step in ref.split("/")[1:]:
                target = _child(target, step)
            if target is None:
                self.fail(f"the reference {ref} leads nowhere")
            beside = {key: value for key, value in found.items() if key != "$ref"}
            found = _merged([self.mapping(target), beside]) if beside else self.mapping(target)
        return found

    def schema(self, node: Any) -> Node:
        """One flat schema, in which everything that can be said in two ways is said in one.

        `type` is a set, empty where any will do, with `nullable` beside it; `shapes` is what
        `oneOf` and `anyOf` leave to choose from.
        """
        flat = self._without_all_of(self.resolve(node), ())
        self.sequence(flat.get("enum", []))
        stated = flat.get("type", [])
        types = {stated} if isinstance(stated, str) else set(map(str, self.sequence(stated)))
        nullable = flat.get("nullable") is True or "null" in types
        shapes = []
        for key in ("oneOf", "anyOf"):
            offered = [self.resolve(shape) for shape in self.sequence(flat.pop(key, []))]
            real = [shape for shape in offered if shape.get("type") != "null"]
            nullable |= len(real) < len(offered)
            if len(real) == 1:
                only = self.schema(real[0])
                types, nullable = types | only["type"], nullable or only["nullable"]
                flat = _merged([only, flat])
            else:
                shapes += real
        if not types and "properties" in flat:
            types = {"object"}
        elif not types and "items" in flat:
            types = {"array"}
        if "number" in types:
            types.add("integer")
        _tidy(flat)
        return flat | {"type": types - {"null"}, "nullable": nullable, "shapes": shapes}

    def _without_all_of(self, node: Node, above: tuple[int, ...]) -> Node:
        if id(node) in above:
            self.fail("a schema is an allOf of itself")
        parts = [
            self._without_all_of(self.resolve(part), (*above, id(node)))
            for part in self.sequence(node.get("allOf", []))
        ]
        return _merged([*parts, {key: value for key, value in node.items() if key != "allOf"}])

    def operations(self, path: str) -> Iterator[_Operation]:
        item = self.resolve(self.paths[path])
        for method in METHODS:
            if method in item:
                yield _Operation(path, method, item, self.mapping(item[method]))

    def find(self, ours: _Operation) -> _Operation | None:
        """The same call under any version prefix, else whatever has the operation's id."""
        near = [
            found
            for path in self.paths
            if ours.same_path(path)
            for found in self.operations(path)
            if found.method == ours.method
        ]
        if near:
            return max(near, key=lambda found: found.name == ours.name)
        for path in self.paths:
            with contextlib.suppress(DriftError):  # a broken path of another API is no concern
                for found in self.operations(path):
                    if found.name == ours.name:
                        return found
        return None

    def field(self, node: Any, *, required: bool, is_schema: bool = False) -> _Field:
        node = node if is_schema else self.resolve(node)
        schema = node
        if not is_schema:
            content = [*self.media(node).values(), {}]
            schema = node.get("schema", content[0].get("schema", {}))
        words = f"{_need(required)} {_either(self.schema(schema)['type']) or 'value'}"
        return _Field(self.resolve(node), schema, required, words)

    def properties(self, schema: Node) -> dict[str, _Field]:
        required = schema.get("required")
        names = required if isinstance(required, list) else []
        return {
            str(name): self.field(node, required=name in names, is_schema=True)
            for name, node in self.mapping(schema.get("properties", {})).items()
        }

    def parameters(self, operation: _Operation, spelling: str) -> dict[str, _Field]:
        """Keyed by what travels; names in the path are spelled as in the path `spelling`."""
        spelled = dict(
            zip(
                re.findall(r"\{([^}]*)\}", operation.path),
                re.findall(r"\{([^}]*)\}", spelling),
                strict=False,
            )
        )
        found = {}
        for owner in (operation.item, operation.node):
            for entry in self.sequence(owner.get("parameters", [])):
                node = self.resolve(entry)
                place, name = str(node.get("in")), str(node.get("name"))
                if place == "path":
                    name = spelled.get(name, name)
                elif place == "header":
                    name = name.title()
                required = bool(node.get("required")) or place == "path"
                found[f"{place} {name}"] = self.field(node, required=required)
        return found

    def headers(self, response: Node) -> dict[str, _Field]:
        nodes = self.mapping(response.get("headers", {}))
        return {
            str(name).title(): self.field(node, required=bool(self.resolve(node).get("required")))
            for name, node in nodes.items()
        }

    def responses(self, operation: Node) -> dict[str, Node]:
        nodes = self.mapping(operation.get("responses", {}))
        return {str(status): self.resolve(node) for status, node in nodes.items()}

    def media(self, body: Node) -> dict[str, Node]:
        kinds = self.mapping(body.get("content", {}))
        return {
            str(name).split(";")[0].strip().lower(): self.mapping(media or {})
            for name, media in kinds.items()
        }

    def security(self, operation: Node) -> set[str]:
        """The ways in, and the scopes of each, of which the vendor means that one is enough."""
        stated = self.sequence(operation.get("security", self.root.get("security", [])))
        ways = set()
        for way in map(self.mapping, stated or [{}]):
            ways.add(" and ".join(sorted(map(str, way))) or "no security")
            for scheme, scopes in way.items():
                ways.update(f"{scheme} {scope}" for scope in self.sequence(scopes or []))
        return ways


def _tidy(flat: Node) -> None:
    """Say in one way what OpenAPI 3.0 and 3.1 say in two."""
    for size in ("minLength", "minItems", "uniqueItems"):
        if not flat.get(size):  # 0 and false let everything through
            flat.pop(size, None)
    if "const" in flat:
        flat["enum"] = [flat["const"]]
    for side in ("Minimum", "Maximum"):  # 3.0 has a flag here, 3.1 a number
        if isinstance(flat.get(f"exclusive{side}"), bool) and flat.pop(f"exclusive{side}"):
            flat[f"exclusive{side}"] = flat.pop(side.lower(), None)


def _child(node: Any, step: str) -> Any:
    """One step of a JSON pointer, or `None`."""
    key = re.sub("%([0-9a-fA-F]{2})", lambda found: chr(int(found[1], 16)), step)
    key = key.replace("~1", "/").replace("~0", "~")
    number = int(key) if key.isdecimal() else -1
    if isinstance(node, list):
        return node[number] if 0 <= number < len(node) else None
    # YAML reads an unquoted status code as a number.
    return node.get(key, node.get(number)) if isinstance(node, dict) else None


def _merged(parts: Sequence[Node]) -> Node:
    """Schemas that all hold, as one; where two say different things, the last one wins."""
    whole: Node = {}
    for part in parts:
        for key, value in part.items():
            before = whole.get(key)
            if isinstance(value, list) and isinstance(before, list) and key in JOINED:
                whole[key] = before + value
            elif isinstance(value, dict) and isinstance(before, dict) and key == "properties":
                shared = before.keys() & value.keys()
                both = {name: {"allOf": [before[name], value[name]]} for name in shared}
                whole[key] = before | value | both
            else:
                whole[key] = value
    return whole


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str)


def _need(required: bool) -> str:  # noqa: FBT001 - a word for a flag
    return "required" if required else "optional"


def _either(values: AbstractSet[str]) -> str:
    return " or ".join(sorted(values))


# --- Reading ----------------------------------------------------------------------------


def _loader() -> Any:
    """A safe YAML loader that leaves dates as text: examples that are no dates do no harm."""
    base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    rules = {
        first: [rule for rule in rules if rule[0] != "tag:yaml.org,2002:timestamp"]
        for first, rules in base.yaml_implicit_resolvers.items()
    }
    return type("Loader", (base,), {"yaml_implicit_resolvers": rules})


def _fetch(source: str) -> bytes:
    try:
        if not re.match("https?://", source, re.IGNORECASE):
            return Path(source).read_bytes()
        body = bytearray()
        with httpx.stream("GET", source, follow_redirects=True, timeout=TIMEOUT) as response:
            if not response.is_success:
                raise DriftError(f"the server answered {response.status_code}")
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > SIZE_LIMIT:
                    raise DriftError(f"it has more than {SIZE_LIMIT} bytes")
        return bytes(body)
    except OSError as error:
        raise DriftError(error.strerror or str(error)) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise DriftError(f"it cannot be fetched ({type(error).__name__})") from error


def _parse(raw: bytes) -> Any:
    try:
        text = raw.decode("utf-8-sig")
        start = text.lstrip()[:1]
        if start == "<":
            raise DriftError("it is a web page, not a spec")
        if start in ("{", "["):
            return json.loads(text)
        return yaml.load(text, Loader=_loader())  # noqa: S506 - a subclass of the safe loader
    except UnicodeDecodeError as error:
        raise DriftError("it is not UTF-8 text") from error
    except json.JSONDecodeError as error:
        raise DriftError(f"bad JSON at line {error.lineno}: {error.msg}") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise DriftError(f"bad YAML at line {line}: {error.problem}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise DriftError(f"bad YAML: {' '.join(str(error).split())}") from error


def _read(source: str) -> _Document:
    """Read a spec from a file, or from an `http` or `https` URL."""
    # A URL may carry a password or a token: neither belongs in a message.
    shown = re.sub(r"(?<=//)[^/]*@|[?#].*", "", source) if "://" in source else source
    try:
        root = _parse(_fetch(source))
    except DriftError as error:
        raise DriftError(f"{shown}: {error}") from error
    document = _Document(root if isinstance(root, dict) else {}, shown)
    if "swagger" in document.root:
        document.fail(f"it is Swagger {document.root['swagger']}, only OpenAPI 3 is understood")
    if "openapi" not in document.root:
        document.fail("it is not an OpenAPI document")
    if not str(document.root["openapi"]).startswith("3."):
        document.fail(f"it is OpenAPI {document.root['openapi']}, only OpenAPI 3 is understood")
    return document


# --- Comparing --------------------------------------------------------------------------


@dataclass(frozen=True)
class Finding:
    """One difference; `why` is the reason that our spec gives where it records this one."""

    effect: Effect
    operation: str
    part: str
    status: str
    text: str
    why: str | None


@dataclass(frozen=True)
class _Spot:
    """Where the comparison stands, and the kinds of difference that our spec records there."""

    operation: str
    part: str  # request, response or parameter
    status: str
    field: str
    known: Mapping[str, str]

    @property
    def received(self) -> bool:
        return self.part == "response"

    def at(self, field: str) -> _Spot:
        return replace(self, field=field)

    def inside(self, name: str) -> _Spot:
        return self.at(f"{self.field}.{name}" if self.field else name)

    def knowing(self, node: Node) -> _Spot:
        """The same spot, with what this node of our spec records."""
        known = dict(self.known)
        for entry in node.get("x-differences", []):
            why = " ".join(str(entry.get("why", "")).split())
            known |= dict.fromkeys(entry.get("covers", []), why)
        return replace(self, known=known)

    def effect(self, *, narrower: bool, wider: bool) -> Effect:
        """Who sends fears what is refused now, who receives fears what never came before."""
        if self.received:
            return Effect.BREAKING if wider else Effect.HARMLESS
        return Effect.BREAKING if narrower else Effect.ADDITION


class _Comparison:
    """Walks two specs side by side and keeps what differs."""

    def __init__(self, ours: _Document, theirs: _Document) -> None:
        self.ours = ours
        self.theirs = theirs
        self.findings: list[Finding] = []
        self._open: list[tuple[int, int]] = []  # a schema may contain itself

    def note(self, spot: _Spot, kind: str, effect: Effect, ours: str, theirs: str) -> None:
        text = f"{spot.field or 'body'}: {ours} -> {theirs}"
        why = spot.known.get(kind)
        self.findings.append(Finding(effect, spot.operation, spot.part, spot.status, text, why))

    def run(self) -> list[Finding]:
        wanted = [found for path in self.ours.paths for found in self.ours.operations(path)]
        pairs = [(ours, self.theirs.find(ours)) for ours in wanted]
        if not any(theirs for _, theirs in pairs):
            names = ", ".join(ours.name for ours in wanted) or "no operations in ours"
            self.theirs.fail(f"there is nothing to compare ({names})")
        matched = [theirs.call for _, theirs in pairs if theirs]
        for ours, theirs in pairs:
            spot = _Spot(ours.name, "request", "", "call", {})
            spot = spot.knowing(self.ours.root).knowing(ours.item)
            if theirs is None:
                # `missing-operation` is what upstream has and ours lacks, not this.
                self.note(spot, NEWS, Effect.BREAKING, ours.call, ABSENT)
                continue
            for other in self.theirs.operations(theirs.path):
                if other.call not in matched:
                    matched.append(other.call)
                    extra = replace(spot, operation=other.name)
                    self.note(extra, "missing-operation", Effect.HARMLESS, ABSENT, other.call)
            self.operation(spot.knowing(ours.node), ours, theirs)
        return self.findings

    def operation(self, spot: _Spot, ours: _Operation, theirs: _Operation) -> None:
        if ours.method != theirs.method or not ours.same_path(theirs.path):
            self.note(spot, NEWS, Effect.BREAKING, ours.call, theirs.call)
        asked, offered = self.ours.security(ours.node), self.theirs.security(theirs.node)
        for way in sorted(asked - offered):
            self.note(spot.at("security"), "security", Effect.BREAKING, way, ABSENT)
        for way in sorted(offered - asked):
            self.note(spot.at("security"), "security", Effect.ADDITION, ABSENT, way)
        self.fields(
            replace(spot, part="parameter", field=""),
            self.ours.parameters(ours, ours.path),
            self.theirs.parameters(theirs, ours.path),
        )
        self.request_body(spot.at(""), ours.node, theirs.node)
        self.responses(replace(spot, part="response", field=""), ours.node, theirs.node)

    def fields(self, spot: _Spot, ours: Mapping[str, _Field], theirs: Mapping[str, _Field]) -> None:
        for name, mine in ours.items():
            here = spot.inside(name).knowing(mine.node)
            if name in theirs:
                self.required(here, ours=mine.required, theirs=theirs[name].required)
                self.schema(here, mine.schema, theirs[name].schema)
            else:
                self.note(here, "extra-field", Effect.BREAKING, mine.words, ABSENT)
        for name in sorted(theirs.keys() - ours.keys()):
            new = theirs[name]
            effect = Effect.BREAKING if new.required and not spot.received else Effect.ADDITION
            self.note(spot.inside(name), "missing-field", effect, ABSENT, new.words)

    def required(self, spot: _Spot, *, ours: bool, theirs: bool) -> None:
        if ours != theirs:
            effect = Effect.BREAKING if ours == spot.received else Effect.HARMLESS
            self.note(spot, "required", effect, _need(ours), _need(theirs))

    def request_body(self, spot: _Spot, ours: Node, theirs: Node) -> None:
        mine = self.ours.resolve(ours.get("requestBody", {}))
        other = self.theirs.resolve(theirs.get("requestBody", {}))
        need, their_need = bool(mine.get("required")), bool(other.get("required"))
        spot = spot.knowing(mine)
        if mine and other:
            self.required(spot, ours=need, theirs=their_need)
        self.content(spot, mine, other, Effect.BREAKING if their_need else Effect.ADDITION)

    def responses(self, spot: _Spot, ours: Node, theirs: Node) -> None:
        answers, offered = self.ours.responses(ours), self.theirs.responses(theirs)
        for status, mine in answers.items():
            here = replace(spot, status=status).knowing(mine)
            if status in offered:
                other = offered[status]
                self.fields(here.at("headers"), self.ours.headers(mine), self.theirs.headers(other))
                self.content(here, mine, other, Effect.ADDITION)
            else:
                effect = Effect.BREAKING if status.startswith("2") else Effect.HARMLESS
                self.note(here.at("status"), "status", effect, status, ABSENT)
        for status in sorted(offered.keys() - answers.keys()):
            effect = Effect.BREAKING if status.startswith("2") else Effect.ADDITION
            here = replace(spot, status=status, field="status")
            self.note(here, "status", effect, ABSENT, status)

    def content(self, spot: _Spot, ours: Node, theirs: Node, new_body: Effect) -> None:
        mine, offered = self.ours.media(ours), self.theirs.media(theirs)
        for name, media in mine.items():
            here = spot.knowing(media)
            if name in offered:
                self.schema(here, media.get("schema", {}), offered[name].get("schema", {}))
            else:
                kind = "type" if offered else "extra-field"
                self.note(here, kind, Effect.BREAKING, name, ABSENT)
        for name in sorted(offered.keys() - mine.keys()):
            kind, effect = ("type", Effect.ADDITION) if mine else ("missing-field", new_body)
            self.note(spot, kind, effect, ABSENT, name)

    def schema(self, spot: _Spot, our_node: Any, their_node: Any) -> None:
        pair = (id(our_node), id(their_node))
        if pair in self._open:
            return
        self._open.append(pair)
        ours, theirs = self.ours.schema(our_node), self.theirs.schema(their_node)
        spot = spot.knowing(ours)
        counts = [len(schema["shapes"]) or 1 for schema in (ours, theirs)]
        if counts[0] == counts[1]:
            for shapes in zip(ours["shapes"], theirs["shapes"], strict=True):
                self.schema(spot, *shapes)
            self.values(spot, ours, theirs)
            if ours["type"] & theirs["type"] or not theirs["type"]:
                self.fields(spot, self.ours.properties(ours), self.theirs.properties(theirs))
                if "array" in ours["type"]:
                    inner = spot.at(f"{spot.field}[]")
                    self.schema(inner, ours.get("items", {}), theirs.get("items", {}))
        else:
            words = [f"{count} shape{'s' * (count > 1)}" for count in counts]
            self.note(spot, "type", Effect.BREAKING, *words)
        self._open.pop()

    def values(self, spot: _Spot, ours: Node, theirs: Node) -> None:
        """Which values a schema lets through, apart from what is inside of them."""
        if ours["type"] and not theirs["type"]:  # unsaid, which changes nothing by itself
            self.note(spot, "type", Effect.HARMLESS, f"type {_either(ours['type'])}", "no type")
        else:
            self.limit(spot, "type", ours["type"], theirs["type"])
            if ours["type"] and not ours["type"] & theirs["type"]:
                return  # two different things, of which no detail compares
        self.limit(spot, "format", *(_values([node.get("format")]) for node in (ours, theirs)))
        self.enum(spot, ours, theirs)
        for bound in BOUNDS:
            self.bound(spot, bound, ours.get(bound), theirs.get(bound))
        narrower = ours["nullable"]
        if narrower != theirs["nullable"]:
            words = ["nullable", "not nullable"][:: 1 if narrower else -1]
            effect = spot.effect(narrower=narrower, wider=not narrower)
            self.note(spot, "nullable", effect, *words)
        defaults = [ours.get("default"), theirs.get("default")]
        if defaults[0] != defaults[1]:
            changed = None not in defaults and not spot.received
            effect = Effect.BREAKING if changed else Effect.HARMLESS
            self.note(spot, "default", effect, *(_named("default", each) for each in defaults))
        if "items" in theirs.keys() - ours.keys() and "array" not in theirs["type"]:
            self.note(spot, "items", Effect.HARMLESS, "no items", "items, although no array")

    def limit(
        self, spot: _Spot, kind: str, ours: AbstractSet[str], theirs: AbstractSet[str]
    ) -> None:
        """Compare what is let through, where the empty set stands for anything."""
        narrower = bool(theirs) and not (ours and ours <= theirs)
        wider = bool(ours) and not (theirs and theirs <= ours)
        if narrower or wider:
            effect = spot.effect(narrower=narrower, wider=wider)
            texts = (_named(kind, _either(each) or None) for each in (ours, theirs))
            self.note(spot, kind, effect, *texts)

    def enum(self, spot: _Spot, ours: Node, theirs: Node) -> None:
        listed = ours.get("enum") or ours.get("x-known-values") or []
        mine, other = _values(listed), _values(theirs.get("enum") or [])
        if "x-known-values" not in ours or not spot.received:
            self.limit(spot, "enum", mine, other)
        elif other:
            # That ours is open is known; a value that it does not list is news all the same.
            kind = NEWS if other - mine else "enum"
            effect = Effect.ADDITION if other - mine else Effect.HARMLESS
            self.note(spot, kind, effect, f"known {_either(mine)}", f"enum {_either(other)}")

    def bound(self, spot: _Spot, name: str, ours: Any, theirs: Any) -> None:
        if ours == theirs:
            return
        narrower, wider = theirs is not None, ours is not None
        if BOUNDS[name] and isinstance(ours, int | float) and isinstance(theirs, int | float):
            narrower = (theirs - ours) * BOUNDS[name] > 0
            wider = not narrower
        effect = spot.effect(narrower=narrower, wider=wider)
        if spot.received and wider:  # our models read a value whatever its size
            effect = Effect.ADDITION
        self.note(spot, "bounds", effect, _named(name, ours), _named(name, theirs))


def _values(values: Sequence[Any]) -> set[str]:
    """An enum's values; null among them is what `nullable` says."""
    return {_shown(value) for value in values if value is not None}


def _named(name: str, value: Any) -> str:
    return f"no {name}" if value is None else f"{name} {_shown(value)}"


# --- Reporting --------------------------------------------------------------------------


def report(findings: Sequence[Finding], *, verbose: bool) -> str:
    """The findings under their headings; the same one for several statuses is one line."""
    lines: list[str] = []
    news = [finding for finding in findings if finding.why is None]
    for effect in Effect if news else ():
        group = _lines([finding for finding in news if finding.effect is effect])
        lines += [f"{effect.value} ({len(group)})", *group]
    known = _lines([finding for finding in findings if finding.why is not None])
    left_out = f"{len(known)} known differences left out"
    if news:
        lines.append(f"{left_out}.")
    else:
        lines.append(f"Nothing differs but what openapi.yaml records ({left_out}).")
    return "\n".join([*lines, *known] if verbose else lines)


def _lines(findings: Sequence[Finding]) -> list[str]:
    statuses: dict[tuple[str, str], list[str]] = {}
    for finding in findings:
        reason = f" ({finding.why})" if finding.why is not None else ""
        key = (f"  {finding.operation}: {finding.part}", f": {finding.text}{reason}")
        statuses.setdefault(key, []).append(finding.status)
    lines = [f"{head} {', '.join(each)}".rstrip() + tail for (head, tail), each in statuses.items()]
    # What upstream calls its fields must not steer a terminal or break a line in two.
    return ["".join(char if char.isprintable() else "?" for char in line) for line in lines]


def _compare(ours: str, upstream: str) -> list[Finding]:
    if not upstream:
        raise DriftError("say which spec to compare with: make drift UPSTREAM=<file or URL>")
    return _Comparison(_read(ours), _read(upstream)).run()


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="drift", description="What a published spec changes for us."
    )
    parser.add_argument("upstream", help="file or URL of a spec that the vendor publishes")
    parser.add_argument("--ours", default=str(OURS), help="our spec (default: %(default)s)")
    parser.add_argument("-v", "--verbose", action="store_true", help="list known differences too")
    options = parser.parse_args(argv)
    try:
        findings = _compare(options.ours, options.upstream)
    except (DriftError, RecursionError) as error:
        reason = (
            error if isinstance(error, DriftError) else f"{options.upstream}: nested too deeply"
        )
        print(f"drift: {reason}", file=sys.stderr)
        return 2
    print(report(findings, verbose=options.verbose))
    breaks = any(each.effect is Effect.BREAKING and each.why is None for each in findings)
    return 1 if breaks else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
