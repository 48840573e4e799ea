"""Finds the operations of two specs that belong together, whatever the layout of their paths."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from attrs import frozen
from tools.drift.reading import DriftError, Node, Spec, mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVICE = "/personal-access-tokens"
METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
# A version of the whole API stands in front, in the path or in the server's URL; a version of this
# service alone stands behind.
ADDRESS = re.compile(rf"(?:/(?:v\d+|beta))?{SERVICE}(?:/(?P<version>v\d+))?(?P<rest>/.*)?")
SHOWN_PATHS = 5


@frozen
class Operation:
    """An operation, with no references left in it.

    Attributes:
        shared: what its path says of all operations there.
        call: the method and the path.
        short_call: the same without a version, and with one name for what stands in braces.
        version: the version behind the service, such as `v1`; empty for the legacy versions.
    """

    name: str
    node: Node
    shared: Node
    call: str
    short_call: str
    version: str


Pairs: TypeAlias = "list[tuple[Operation, Operation | None]]"


def at_path(spec: Spec, path: str) -> Iterator[Operation]:
    """Yield the operations at a path."""
    found = ADDRESS.fullmatch(path)
    version = (found["version"] or "") if found else ""
    short = re.sub(r"\{[^}]*\}", "{id}", SERVICE + (found["rest"] or "") if found else path)
    item = mapping(spec.expand(spec.paths[path], spec.uri))
    shared = {key: value for key, value in item.items() if key not in METHODS}
    for method in sorted(METHODS & item.keys()):
        node, call = mapping(item[method]), f"{method.upper()} {path}"
        name = str(node.get("operationId", call))
        yield Operation(name, node, shared, call, f"{method.upper()} {short}", version)


def operations_of(spec: Spec) -> list[Operation]:
    return [each for path in spec.paths if ADDRESS.fullmatch(path) for each in at_path(spec, path)]


def pair(ours: Spec, theirs: Spec) -> tuple[Pairs, list[Operation]]:
    """Return our operations with theirs, or None where theirs is gone; and what only they have.

    Of the two layouts of paths, one that they have nothing of is left out.

    Raises:
        DriftError: they have none of our operations.
    """
    wanted, offered = operations_of(ours), operations_of(theirs)
    pairs: Pairs = []
    for version in dict.fromkeys(each.version for each in wanted):
        layout = [(e, counterpart(e, offered)) for e in wanted if e.version == version]
        pairs += layout if any(other for _, other in layout) else []
    if not pairs:
        names, paths = ", ".join(each.name for each in wanted), list(theirs.paths)
        shown = ", ".join(paths[:SHOWN_PATHS]) + (", ..." if len(paths) > SHOWN_PATHS else "")
        raise DriftError(
            f"there is nothing to compare: it has none of {names}, but {len(paths)} other paths "
            f"({shown}). {theirs.where_to_look()}"
        )
    matched = {other.call for _, other in pairs if other}
    return pairs, [each for each in offered if each.call not in matched]


def counterpart(ours: Operation, offered: list[Operation]) -> Operation | None:
    """Return the same call in the same layout, or else in another version of the service."""
    same = [each for each in offered if each.short_call == ours.short_call]
    exact = [each for each in same if each.version == ours.version]
    # Two versions of the whole API may be in one document: the operation's id tells.
    exact.sort(key=lambda each: each.name == ours.name)
    later = [each for each in same if each.version and ours.version]
    return (exact or later)[-1] if exact or later else None
