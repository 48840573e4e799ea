"""Finds the operations of two specs that belong together, whatever the layout of their paths."""

from __future__ import annotations

import re

from attrs import frozen
from tools.drift.reading import DriftError, Node, Spec, mapping, sequence

SERVICE = "/personal-access-tokens"
METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
# A version of the whole API stands in front, in the path or in the server's URL; a version of this
# service alone stands behind.
ADDRESS = re.compile(rf"(?:/(?:v\d+|beta))?{SERVICE}(?:/(?P<version>v\d+))?(?P<rest>/.*)?")
SHOWN_PATHS = 5


@frozen
class Operation:
    """An operation, with no references left in it, and with what its path and its spec say of it.

    Attributes:
        call: the method and the path.
        short_call: the same without a version, and with one name for what stands in braces.
        version: the version behind the service, such as `v1`; empty for the legacy versions.
    """

    name: str
    node: Node
    call: str
    short_call: str
    version: str


def operations_of(spec: Spec) -> list[Operation]:
    """Return the operations of our service."""
    found = []
    for path in spec.paths:
        address = ADDRESS.fullmatch(path)
        if address is None:
            continue
        version, rest = address.groups("")
        short = re.sub(r"\{[^}]*\}", "{id}", SERVICE + rest)
        item = mapping(spec.expand(spec.paths[path], spec.uri))
        for method in sorted(METHODS & item.keys()):
            node, call = {**mapping(item[method])}, f"{method.upper()} {path}"
            node.setdefault("security", spec.root.get("security"))
            for key, above in (("parameters", [item]), ("x-differences", [spec.root, item])):
                node[key] = [one for each in (*above, node) for one in sequence(each.get(key))]
            name = str(node.get("operationId", call))
            found.append(Operation(name, node, call, f"{method.upper()} {short}", version))
    return found


def pair(
    ours: Spec, theirs: Spec
) -> tuple[list[tuple[Operation, Operation | None]], list[Operation]]:
    """Return our operations with theirs, or None where theirs is gone; and what only they have.

    Of the two layouts of paths, one that they have nothing of is left out.

    Raises:
        DriftError: they have none of our operations.
    """
    wanted, offered = operations_of(ours), operations_of(theirs)
    pairs = [(each, counterpart(each, offered)) for each in wanted]
    layouts = {mine.version for mine, other in pairs if other}
    if not layouts:
        names, paths = ", ".join(each.name for each in wanted), list(theirs.paths)
        shown = ", ".join(paths[:SHOWN_PATHS]) + (", ..." if len(paths) > SHOWN_PATHS else "")
        raise DriftError(
            f"there is nothing to compare: it has none of {names}, but {len(paths)} other paths "
            f"({shown}). {theirs.where_to_look()}"
        )
    matched = {other.call for _, other in pairs if other}
    kept = [each for each in pairs if each[0].version in layouts]
    return kept, [each for each in offered if each.call not in matched]


def counterpart(ours: Operation, offered: list[Operation]) -> Operation | None:
    """Return the same call in the same layout, or else in another version of the service."""
    same = [each for each in offered if each.short_call == ours.short_call]
    exact = [each for each in same if each.version == ours.version]
    # Two versions of the whole API may be in one document: the operation's id tells.
    exact.sort(key=lambda each: each.name == ours.name)
    later = [each for each in same if each.version and ours.version]
    return (exact or later)[-1] if exact or later else None
