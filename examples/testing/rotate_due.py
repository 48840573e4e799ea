"""Rotates your own tokens that expire within 30 days, and keeps each new pair in a file.

    python rotate_due.py <folder>

A token named "Nightly export" is kept in `<folder>/Nightly export.json`. The tests are beside this
file, in test_rotate_due.py.
"""

from __future__ import annotations

import functools
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sailpoint_pat import IssuedToken, PatClient, RotationError, SailPointError

DUE = timedelta(days=30)


def rotate_due(pats: PatClient, folder: Path, *, now: datetime) -> list[str]:
    """Rotate the caller's tokens that are due.

    Args:
        pats: who rotates.
        folder: where the new pairs go.
        now: what time it is.

    Returns:
        A line for each rotation that failed.
    """
    failed = []
    for token in pats.list(owner="me"):
        if token.expires_at is None or not now < token.expires_at <= now + DUE:
            continue
        purpose = token.name.partition(" (rotated")[0]
        try:
            pats.rotate(
                token.id,
                save=functools.partial(save, folder / f"{purpose}.json"),
                expires_in=timedelta(days=90),
            )
        except RotationError as error:
            failed.append(f"{purpose}: {error}")
    return failed


def save(file: Path, new: IssuedToken) -> None:
    """Put a pair where the program that uses it will read it; only its owner can."""
    beside = file.with_suffix(".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as out:  # noqa: PTH123  it is open already
        json.dump({"id": new.id, "secret": new.secret.reveal()}, out)
    beside.replace(file)


def main() -> int:
    """Rotate what is due in the tenant that the variables `SAIL_*` name; return the exit code."""
    if len(sys.argv) != 2:  # noqa: PLR2004  the program and the folder
        print(__doc__, file=sys.stderr)
        return 2
    try:
        with PatClient(api_version="v1") as pats:
            failed = rotate_due(pats, Path(sys.argv[1]), now=datetime.now(UTC))
    except SailPointError as error:
        failed = [f"{type(error).__name__}: {error}"]
    for line in failed:
        print(line, file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
