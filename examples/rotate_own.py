"""A scheduled job that rotates the token it runs on, before it expires.

    python examples/rotate_own.py --fake          a tenant on this machine, and a file of its own
    python examples/rotate_own.py <secret file>   yours; SAIL_BASE_URL says which tenant

The file holds the id and the secret, and only its owner can read it. It is replaced in one step,
so that a program that reads it finds either the old pair or the new one.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sailpoint_pat import IssuedToken, PatClient, RotationError, SailPointError, Secret

if TYPE_CHECKING:
    from collections.abc import Iterator

ROTATE_BEFORE_EXPIRY = timedelta(days=30)


def main() -> int:
    """Read the arguments; return the exit code."""
    parser = argparse.ArgumentParser(description="Rotate the token in a secret file.")
    parser.add_argument("file", type=Path, nargs="?", help='JSON: {"id": "...", "secret": "..."}')
    parser.add_argument("--fake", action="store_true", help="use a tenant on this machine")
    arguments = parser.parse_args()
    if arguments.fake == (arguments.file is not None):
        parser.error("give a file, or --fake")
    if arguments.fake:
        with fake_tenant() as file:
            return rotate(file)
    return rotate(arguments.file)


def rotate(file: Path) -> int:
    """Rotate the token in a file if it is time; return the exit code."""
    try:
        pair = json.loads(file.read_text(encoding="utf-8"))
        client_id, client_secret = pair["id"], Secret(pair["secret"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        # Only the kind: the rest may quote the secret.
        print(f"{file} holds no pair of id and secret ({type(error).__name__})", file=sys.stderr)
        return 2

    def save(new: IssuedToken) -> None:
        # Beside it, so that it takes its place in one step; only its owner can read it.
        descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=file.name)
        replacement = Path(name)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as out:
                json.dump({"id": new.id, "secret": new.secret.reveal()}, out)
                out.flush()
                os.fsync(out.fileno())
            replacement.replace(file)
        finally:
            replacement.unlink(missing_ok=True)

    try:
        with PatClient(client_id=client_id, client_secret=client_secret, api_version="v1") as pats:
            token = pats.get(client_id, owner="me")
            if token.expires_at and token.expires_at - datetime.now(UTC) > ROTATE_BEFORE_EXPIRY:
                print(f"{token.name} is good until {token.expires_at:%Y-%m-%d}")
                return 0
            new = pats.rotate(token.id, save=save)
    except RotationError as error:
        # The file holds a pair that works; the message says what is left to do.
        print(error, file=sys.stderr)
        return 1
    except SailPointError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 2
    print(f"{new.name} is good until {new.expires_at or 'for ever'}")
    return 0


@contextlib.contextmanager
def fake_tenant() -> Iterator[Path]:
    """Start a tenant with a token that expires soon; yield the file with its id and secret."""
    from sailpoint_pat.testing import FakeTenant  # noqa: PLC0415  an extra, not needed for yours

    with FakeTenant() as tenant, tempfile.TemporaryDirectory() as folder:
        soon = tenant.now + timedelta(days=3)
        token = tenant.add_token(tenant.person, "Nightly export", expires_at=soon)
        os.environ["SAIL_BASE_URL"] = tenant.base_url
        file = Path(folder) / "secret.json"
        file.write_text(json.dumps({"id": token.id, "secret": token.secret}), encoding="utf-8")
        yield file


if __name__ == "__main__":
    sys.exit(main())
