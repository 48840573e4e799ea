"""The system keyring, in which newer versions of the vendor's tool keep the client id and secret.

The tool is written in Go, and the keyring library that it uses stores a value in its own way.
Python's `keyring` finds the value on Linux as it is; on macOS it is encoded; on Windows it is
stored under another name and comes back in the wrong encoding. All three are read here.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import attrs

from sailpoint_pat.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

_CLIENT_ID = "environments.pat.clientid"
_CLIENT_SECRET = "environments.pat.clientsecret"  # noqa: S105  its place
# What the tool writes in front of a value on macOS, and how to decode what comes after it.
_DECODERS: dict[str, Callable[[str], bytes]] = {
    "go-keyring-base64:": base64.b64decode,
    "go-keyring-encoded:": bytes.fromhex,
}


@attrs.frozen
class Kept:
    """What the keyring has for one environment; what it does not have is None.

    Attributes:
        client_id: the id of a personal access token.
        client_secret: its secret.
        problem: why the keyring could not be read, in brackets; else nothing.
    """

    client_id: str | None = None
    client_secret: str | None = attrs.field(default=None, repr=False)
    problem: str = ""


def read_keyring(environment: str) -> Kept:
    """Return what the keyring has for an environment.

    Args:
        environment: the environment's name, in lower case.

    Raises:
        ConfigurationError: a value is there, and cannot be decoded.
    """
    try:
        client_id = _stored(_CLIENT_ID, environment)
        client_secret = _stored(_CLIENT_SECRET, environment)
    except ImportError:
        return Kept(problem=" (the Python package keyring is not installed)")
    except Exception as error:  # noqa: BLE001  each backend has exceptions of its own
        return Kept(problem=f" (it cannot be read: {type(error).__name__})")
    the_id, the_secret = _decoded(client_id, _CLIENT_ID), _decoded(client_secret, _CLIENT_SECRET)
    return Kept(the_id or None, the_secret or None)


def _stored(service: str, environment: str) -> str | None:
    import keyring  # noqa: PLC0415  an extra

    # The first name is where the tool stores it on Windows, the second one everywhere else.
    return keyring.get_password(f"{service}:{environment}", environment) or keyring.get_password(
        service, environment
    )


def _decoded(stored: str | None, service: str) -> str:
    """Return a value as it was before the tool's library stored it."""
    stored = stored or ""
    prefix, colon, rest = stored.partition(":")
    decode = _DECODERS.get(prefix + colon)
    if decode is not None:
        try:
            return decode(rest).decode()
        except ValueError:
            raise ConfigurationError(
                f"the system keyring has a value for {service} that cannot be decoded: store it "
                "again with the vendor's tool (sail set pat)"
            ) from None
    # On Windows the tool writes UTF-8, and Python's keyring reads UTF-16: each character that comes
    # back is two of the original.
    try:
        as_written = stored.encode("utf-16-le")
    except UnicodeEncodeError:
        return stored
    if not stored.isascii() and as_written.isascii():
        return as_written.decode()
    return stored
