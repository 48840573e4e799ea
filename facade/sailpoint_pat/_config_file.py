"""The config file of the vendor's command line tool, `~/.sailpoint/config.yaml`.

It is read as the tool reads it: keys and the names of environments in any case, and a dot in a name
nests (`acme.prod` is `acme:` with `prod:` below).
"""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NoReturn

import attrs

from sailpoint_pat._pasted import without_blanks
from sailpoint_pat.errors import ConfigurationError

_LARGEST_BYTES = 1024 * 1024
# Groups of an environment that are no environments themselves.
_PARTS = frozenset({"pat", "oauth"})

_log = logging.getLogger("sailpoint_pat")
# Those that were warned of: a program that makes many clients hears it once.
_warned: set[Path] = set()


@attrs.frozen
class Entry:
    """One environment of the config file; what the file does not say is None.

    Attributes:
        name: the environment's name, in lower case.
        base_url: the text that stands there.
        client_id: the id of a personal access token.
        client_secret: its secret.
    """

    name: str
    base_url: str | None
    client_id: str | None
    client_secret: str | None = attrs.field(repr=False)


@attrs.frozen
class ConfigFile:
    """What the config file says.

    Attributes:
        path: where the file is.
        entries: its environments, by name.
        active: the name of the environment that is active.
        auth_type: how the tool authenticates, `pat` or `oauth`, in upper or lower case.
    """

    path: Path
    entries: Mapping[str, Entry]
    active: str
    auth_type: str


def read_config_file(name: str) -> ConfigFile | None:
    """Return what the config file says, or None where there is no such file.

    Args:
        name: where the file is; `~` stands for the home of the user.

    Raises:
        ConfigurationError: the file cannot be read or understood. The message names the file and,
            where possible, the line, and quotes nothing.
    """
    path = Path(os.path.expanduser(name))  # noqa: PTH111  Path's wants a home
    found = _read(path)
    if found is None:
        return None
    text, mode = found
    # PyYAML takes long to import, and only those with a file need it.
    from sailpoint_pat._yaml import load  # noqa: PLC0415

    reader = _Reader(path)
    document = reader.group(load(text, path), "the file")
    environments = reader.group(document.get("environments"), "environments")
    entries: dict[str, Entry] = {}
    for entry in reader.entries(environments, ""):
        if entry.name in entries:
            _refuse(path, f"environments.{entry.name} appears twice: with a dot, and as two groups")
        entries[entry.name] = entry
    if any(entry.client_secret for entry in entries.values()):
        _warn_if_others_may_read(path, mode)
    return ConfigFile(
        path,
        entries,
        (reader.text(document, "activeenvironment", "") or "default").lower(),
        reader.text(document, "authtype", "") or "pat",
    )


def _read(path: Path) -> tuple[str, int] | None:
    """Return the file's text and its mode."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            _refuse(path, "it is not a regular file")
        with path.open("rb") as file:
            content = file.read(_LARGEST_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        _refuse(path, f"it cannot be read ({type(error).__name__})")
    if len(content) > _LARGEST_BYTES:
        _refuse(path, "it is larger than 1 MiB: this is not the tool's config file")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        _refuse(
            path,
            "it is in UTF-16, as Windows PowerShell's > writes: save it as UTF-8 "
            "(Out-File -Encoding utf8)",
        )
    try:
        return content.decode("utf-8-sig"), status.st_mode
    except UnicodeDecodeError:
        _refuse(path, "it is not in UTF-8: save it as UTF-8")


def _warn_if_others_may_read(path: Path, mode: int) -> None:
    # Windows has no such bits, and says that everybody may read everything.
    if os.name == "posix" and mode & (stat.S_IRGRP | stat.S_IROTH) and path not in _warned:
        _warned.add(path)
        _log.warning(
            "%s holds a client secret, and others may read it (mode %03o): chmod 600 %s",
            path,
            stat.S_IMODE(mode),
            path,
        )


@attrs.frozen
class _Reader:
    """Takes groups and texts out of the file, and says where something else stands."""

    path: Path

    def entries(self, groups: Mapping[str, object], prefix: str) -> Iterator[Entry]:
        """Yield the environments among some groups, and in the groups below them."""
        for key, value in groups.items():
            name = f"{prefix}{key}"
            group = self.group(value, f"environments.{name}")
            below = {
                key: value
                for key, value in group.items()
                if isinstance(value, Mapping) and key not in _PARTS
            }
            if not below or len(below) < len(group):
                yield self._entry(name, group)
            yield from self.entries(below, f"{name}.")

    def _entry(self, name: str, group: Mapping[str, object]) -> Entry:
        where = f"environments.{name}."
        pair = self.group(group.get("pat"), f"{where}pat")
        return Entry(
            name,
            self.text(group, "baseurl", where),
            self.text(pair, "clientid", f"{where}pat."),
            self.text(pair, "clientsecret", f"{where}pat."),
        )

    def group(self, value: object, where: str) -> Mapping[str, object]:
        """Return a group of keys and values; nothing at all is an empty one."""
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            _refuse(self.path, f"{where} is not a group of keys and values")
        return value

    def text(self, group: Mapping[str, object], key: str, where: str) -> str | None:
        """Return a text, or None where there is none."""
        value = group.get(key)
        if value is None:
            return None
        if not isinstance(value, str):
            _refuse(self.path, f"{where}{key} is not a text")
        return without_blanks(value) or None


def _refuse(path: Path, problem: str) -> NoReturn:
    raise ConfigurationError(f"{path}: {problem}")
