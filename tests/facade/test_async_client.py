"""The two clients are the same client: what is true of one is true of the other.

What they do is held by the other tests here, each of which runs for both.
"""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any

import pytest

from sailpoint_pat import AsyncPatClient, PatClient

if TYPE_CHECKING:
    from collections.abc import Callable

TWINS = {"aclose": "close", "__aenter__": "__enter__", "__aexit__": "__exit__"}


def public(client: type) -> list[str]:
    """Return what a client offers, in the order it is written in."""
    names = [TWINS.get(name, name) for name in vars(client)]
    return [name for name in names if not name.startswith("_") or name in TWINS.values()]


def members(name: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Return a method of both clients."""
    twin = next((theirs for theirs, ours in TWINS.items() if ours == name), name)
    return getattr(PatClient, name), getattr(AsyncPatClient, twin)


METHODS = [name for name in public(PatClient) if name != "generated"]


def test_the_same_methods_in_the_same_order() -> None:
    assert public(PatClient) == public(AsyncPatClient)
    assert METHODS == [
        "__enter__", "__exit__", "close",
        "list", "get", "create", "find_orphan", "delete", "delete_many", "rotate",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["__init__", *METHODS])
def test_the_same_parameters(name: str) -> None:
    ours, theirs = (list(inspect.signature(each).parameters.values()) for each in members(name))
    assert [(p.name, p.kind, p.default) for p in ours] == [
        (p.name, p.kind, p.default) for p in theirs
    ]


@pytest.mark.parametrize("name", METHODS)
def test_one_is_awaited_and_the_other_is_not(name: str) -> None:
    ours, theirs = members(name)
    assert not inspect.iscoroutinefunction(ours)
    assert inspect.iscoroutinefunction(theirs)


@pytest.mark.parametrize("name", [name for name in METHODS if not name.startswith("__")])
def test_the_same_arguments_and_errors_are_documented(name: str) -> None:
    def documented(method: Callable[..., Any], section: str) -> list[str]:
        found = re.search(rf"{section}:\n((?:    .*\n|\n)+)", (inspect.getdoc(method) or "") + "\n")
        return re.findall(r"^    (\w+):", found[1], re.MULTILINE) if found else []

    ours, theirs = members(name)
    for section in ("Args", "Raises"):
        assert documented(ours, section) == documented(theirs, section)
    parameters = [each for each in inspect.signature(ours).parameters if each != "self"]
    assert documented(ours, "Args") == parameters
