"""A scheduled job that rotates the token it runs on, before it expires.

    python examples/rotate_own.py <secret file>

The file holds the id and the secret, and only its owner can read it. It is replaced in one step,
so that a program that reads it finds either the old pair or the new one.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sailpoint_pat import IssuedToken, PatClient, RotationError, SailPointError, Secret

ROTATE_BEFORE_EXPIRY = timedelta(days=30)


def main() -> int:
    """Rotate if it is time; return the exit code."""
    parser = argparse.ArgumentParser(description="Rotate the token in a secret file.")
    parser.add_argument("file", type=Path, help='JSON: {"id": "...", "secret": "..."}')
    file: Path = parser.parse_args().file
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
        with PatClient(client_id=client_id, client_secret=client_secret) as pats:
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


if __name__ == "__main__":
    sys.exit(main())
