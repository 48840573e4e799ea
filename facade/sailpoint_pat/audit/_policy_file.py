"""YAML that knows on which line each value stands.

It knows nothing of policies. PyYAML's nodes are read instead of finished values, because only nodes
carry their line, show a key that appears twice, and tell a number from a text that looks like one.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Final, TypeVar

import yaml

from sailpoint_pat.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

T = TypeVar("T")
W = TypeVar("W", bound=str)

_SECONDS: Final = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_DURATION: Final = re.compile(r"([0-9]{1,9})([wdhms])")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TAG: Final = "tag:yaml.org,2002:"
_NULL: Final = _TAG + "null"
_FALSE: Final = frozenset({"false", "no", "off"})


def read_block(text: str, file: str) -> Block:
    """Return the keys and values of a YAML text; an empty text has none.

    Raises:
        ConfigurationError: it is not YAML, not keys and values, or has a key that appears twice.
    """
    line = None
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
    except (yaml.YAMLError, RecursionError):
        line = 1
    if line is not None:
        # Raised here, and without the words of PyYAML: they quote the file, which may be the wrong
        # file and hold a secret.
        raise ConfigurationError(f"{file}, line {line}: this is not YAML")
    return Block(file, 1, {}) if node is None else _block_of(node, file)


def _block_of(node: yaml.Node, file: str) -> Block:
    line = _line(node)
    if node.tag == _NULL:
        return Block(file, line, {})
    if not isinstance(node, yaml.MappingNode):
        raise ConfigurationError(f"{file}, line {line}: keys and values are expected here")
    entries: dict[str, tuple[int, yaml.Node]] = {}
    for key, value in node.value:
        name = key.value if isinstance(key, yaml.ScalarNode) else ""
        if name in entries:
            raise ConfigurationError(f"{file}, line {_line(key)}: the key {name!r} appears twice")
        entries[name] = (_line(key), value)
    return Block(file, line, entries)


def duration_text(duration: dt.timedelta) -> str:
    """Return a time in whole seconds as the policy file writes it, such as `30d`."""
    seconds = duration // dt.timedelta(seconds=1)
    unit = next(unit for unit in "dhms" if seconds % _SECONDS[unit] == 0)
    return f"{seconds // _SECONDS[unit]}{unit}"


class Block:
    """Keys and values of a file. Each method that reads a key returns None where it is missing."""

    def __init__(self, file: str, line: int, entries: Mapping[str, tuple[int, yaml.Node]]) -> None:
        self._file = file
        self._line = line
        self._entries = entries
        self._known: set[str] = set()

    def make(self, make: Callable[..., T], given: Mapping[str, object]) -> T:
        """Call `make` with what the block said.

        A ValueError whose message begins with a key of the block is reported with the line of that
        key, any other with the line of the block.
        """
        try:
            return make(**given)
        except ValueError as error:
            problem = str(error)
        raise self._error(problem, problem.split(" ", 1)[0])

    def require(self, key: str) -> None:
        """Refuse a block without this key."""
        if key not in self._entries:
            raise self._error(f"{key} is missing")

    def refuse_other_keys(self) -> None:
        """Refuse keys that nobody has asked for."""
        for key in self._entries:
            if key not in self._known:
                known = ", ".join(sorted(self._known))
                raise self._error(f"unknown key {key!r}; known are {known}", key)

    def text(self, key: str) -> str | None:
        """Return a text, for example an id."""
        return self._scalar(key, "str", "a text: put it in quotes")

    def word(self, key: str, words: Sequence[W]) -> W | None:
        """Return one of `words`; YAML reads `off` as false, so that stands for the word `off`."""
        found = self._find(key)
        if found is None:
            return None
        text = found.value if isinstance(found, yaml.ScalarNode) else ""
        if found.tag == _TAG + "bool" and text.lower() in _FALSE:
            text = "off"
        for word in words:
            if text == word:
                return word
        raise self._error(f"{key} is none of {', '.join(words)}", key)

    def integer(self, key: str) -> int | None:
        """Return a whole number."""
        text = self._scalar(key, "int", "a whole number")
        if text is None:
            return None
        if not re.fullmatch(r"0|[1-9][0-9]{0,8}", text):
            raise self._error(f"{key} is not a whole number", key)
        return int(text)

    def boolean(self, key: str) -> bool | None:
        """Return true or false."""
        text = self._scalar(key, "bool", "true or false")
        return None if text is None else text.lower() not in _FALSE

    def duration(self, key: str, *, or_null: bool = False) -> dt.timedelta | None:
        """Return a time such as `30d`; None also for YAML's null, where that is allowed."""
        node = self._find(key)
        if or_null and node is not None and node.tag == _NULL:
            return None
        expected = "a time such as 30d: a whole number and s, m, h, d or w"
        text = self._scalar(key, "str", expected)
        if text is None:
            return None
        match = _DURATION.fullmatch(text)
        if match is None:
            raise self._error(f"{key} is not {expected}", key)
        try:
            return dt.timedelta(seconds=int(match[1]) * _SECONDS[match[2]])
        except OverflowError:
            raise self._error(f"{key} is too long", key) from None

    def date(self, key: str) -> dt.date | None:
        """Return a date, with or without quotes."""
        node = self._find(key)
        if node is None:
            return None
        text = node.value if isinstance(node, yaml.ScalarNode) else ""
        try:
            # A date only: `fromisoformat` would take "2026-W01-1" and "20260101" as well.
            if _DATE.fullmatch(text):
                return dt.date.fromisoformat(text)
        except ValueError:
            pass
        raise self._error(f"{key} is not a date such as 2026-03-31", key)

    def block(self, key: str) -> Block | None:
        """Return the keys and values below a key."""
        node = self._find(key)
        return None if node is None else _block_of(node, self._file)

    def blocks(self, key: str) -> list[Block]:
        """Return the entries of the list below a key; none where the key is missing."""
        node = self._find(key)
        if node is None or node.tag == _NULL:
            return []
        if not isinstance(node, yaml.SequenceNode):
            raise self._error(f"{key} is not a list", key)
        return [_block_of(entry, self._file) for entry in node.value]

    def _find(self, key: str) -> yaml.Node | None:
        self._known.add(key)
        return self._entries[key][1] if key in self._entries else None

    def _scalar(self, key: str, tag: str, expected: str) -> str | None:
        node = self._find(key)
        if node is None:
            return None
        if not isinstance(node, yaml.ScalarNode) or node.tag != _TAG + tag:
            raise self._error(f"{key} is not {expected}", key)
        return str(node.value)

    def _error(self, problem: str, key: str = "") -> ConfigurationError:
        line = self._entries[key][0] if key in self._entries else self._line
        return ConfigurationError(f"{self._file}, line {line}: {problem}")


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
