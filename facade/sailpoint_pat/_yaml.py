"""YAML as the vendor's tool reads it: keys in any case, each of them once, and values as text.

Not with PyYAML's `CSafeLoader`, which is faster: deep nesting makes it end the whole process.

PyYAML's own reading takes an environment named `no` for False, and of a key that appears twice
it keeps the last one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from sailpoint_pat.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Hashable

_NULL = "tag:yaml.org,2002:null"
_MERGE = "tag:yaml.org,2002:merge"


class _DuplicateKeyError(yaml.MarkedYAMLError):
    """A key that appears twice in one group."""


class _Loader(yaml.SafeLoader):
    """Reads plain values as text, but for nulls and merges (`<<`); folds keys to lower case."""

    yaml_implicit_resolvers = {  # noqa: RUF012  PyYAML's own name, as PyYAML declares it
        first: [(tag, pattern) for tag, pattern in resolvers if tag in {_NULL, _MERGE}]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(
        self,
        node: yaml.MappingNode,
        deep: bool = False,  # noqa: FBT001, FBT002  PyYAML's own
    ) -> dict[Hashable, object]:
        seen = set()
        for key, _ in node.value:
            name = str(key.value).lower()
            if name in seen:
                raise _DuplicateKeyError(problem_mark=key.start_mark)
            seen.add(name)
        found = super().construct_mapping(node, deep)
        return {str(key).lower(): value for key, value in found.items()}


def load(text: str, path: object) -> object:
    """Return what a YAML file says, with all keys in lower case.

    Args:
        text: what the file holds.
        path: where the file is, for the message of an error.

    Raises:
        ConfigurationError: this is not YAML, or a key appears twice. The message names the line and
            quotes nothing: there may be a secret on it.
    """
    problem, mark = "this is not YAML", None
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        # Deep, so that a group which contains itself is an error.
        return None if node is None else loader.construct_object(node, deep=True)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if isinstance(error, _DuplicateKeyError):
            problem = "this key appears twice in its group (upper and lower case are the same)"
    except Exception:  # noqa: BLE001, S110  PyYAML raises all kinds: ValueError, RecursionError
        pass
    line = f"line {mark.line + 1}: " if mark else ""
    raise ConfigurationError(f"{path}: {line}{problem}")
