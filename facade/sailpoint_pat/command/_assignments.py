"""Assignments of variables in a file that a shell, systemd and Docker read alike.

The three agree on `NAME=value` without quotes, where the value has no character that means
something to one of them. Each line that assigns one of the variables is replaced in place; every
other byte of the file stays.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_PLAIN = re.compile(r"[A-Za-z0-9_.:/@%+,\[\]-]+")
_LINE = re.compile(
    rb"""
    (?P<before> \s* (?:export\s+)? )
    (?P<name> [A-Za-z_][A-Za-z0-9_]* ) =
    (?P<value> "[^"\\]*" | '[^']*' | [^\s"'\\;&|`$()]* )
    (?P<after> \s* | \s+\#.* | \s*;.* )
    """,
    re.VERBOSE | re.DOTALL,
)


def assign(content: bytes, values: Mapping[str, str]) -> bytes:
    """Return a file's content with these variables assigned.

    Args:
        content: what is in the file now.
        values: the value of each variable.

    Returns:
        The new content. Variables that were not assigned before come at the end.

    Raises:
        ValueError: a value cannot be written so that all three read the same, or an assignment in
            the file is written in a way that cannot be replaced safely. Neither value is quoted.
    """
    for name, value in values.items():
        if not _PLAIN.fullmatch(value):
            raise ValueError(f"the value of {name} has a character that needs quotes")
    if b"\0" in content:
        raise ValueError("there are zero bytes in it: it is not in UTF-8")
    lines = content.splitlines(keepends=True)
    missing = dict(values)
    for number, line in enumerate(lines, 1):
        variable = _assigned(line, values)
        if variable is None:
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise ValueError(f"line {number} assigns {variable} in a way that cannot be replaced")
        assignment = f"{variable}={values[variable]}".encode()
        lines[number - 1] = match["before"] + assignment + match["after"]
        missing.pop(variable, None)
    if lines and missing and not lines[-1].endswith((b"\n", b"\r")):
        lines[-1] += b"\n"
    lines += [f"{name}={value}\n".encode() for name, value in missing.items()]
    return b"".join(lines)


def _assigned(line: bytes, values: Mapping[str, str]) -> str | None:
    """Return which of the variables a line assigns, or None."""
    beginning, equals, _ = line.partition(b"=")
    words = beginning.split()
    if not equals or not words or beginning[-1:].isspace() or words[:-1] not in ([], [b"export"]):
        return None
    name = words[-1].decode(errors="replace")
    return name if name in values else None
