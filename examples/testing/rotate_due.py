"""Rotates your own tokens that expire within 30 days, and keeps each new pair in a file.

    python rotate_due.py --fake      a tenant on this machine, and a folder of its own
    python rotate_due.py <folder>    yours: SAIL_BASE_URL, SAIL_CLIENT_ID and SAIL_CLIENT_SECRET,
                                     or ~/.sailpoint/config.yaml

A token named "Nightly export" is kept in `<folder>/Nightly export.json`. The tests are beside this
file, in test_rotate_due.py.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import json
import os
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sailpoint_pat import IssuedToken, PatClient, RotationError, SailPointError

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    failed, rotated = [], 0
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
        else:
            rotated += 1
    print(f"Rotated: {rotated}. Failed: {len(failed)}.")
    return failed


def save(file: Path, new: IssuedToken) -> None:
    """Put a pair where the program that uses it will read it; only its owner can."""
    beside = file.with_suffix(".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as out:  # noqa: PTH123  it is open already
        json.dump({"id": new.id, "secret": new.secret.reveal()}, out)
    beside.replace(file)


def main() -> int:
    """Rotate what is due; return the exit code."""
    parser = argparse.ArgumentParser(description="Rotate your tokens that expire within 30 days.")
    parser.add_argument("folder", type=Path, nargs="?", help="where the new pairs go")
    parser.add_argument("--fake", action="store_true", help="use a tenant on this machine")
    arguments = parser.parse_args()
    if arguments.fake == (arguments.folder is not None):
        parser.error("give a folder, or --fake")
    try:
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(fake_tenant()) if arguments.fake else arguments.folder
            pats = stack.enter_context(PatClient(api_version="v1"))
            failed = rotate_due(pats, folder, now=datetime.now(UTC))
    except SailPointError as error:
        failed = [f"{type(error).__name__}: {error}"]
    for line in failed:
        print(line, file=sys.stderr)
    return 1 if failed else 0


@contextlib.contextmanager
def fake_tenant() -> Iterator[Path]:
    """Start a tenant with a token that expires soon; yield a folder."""
    from sailpoint_pat.testing import FakeTenant  # noqa: PLC0415  an extra, not needed for yours

    with FakeTenant() as tenant, tempfile.TemporaryDirectory() as folder:
        soon = tenant.now + timedelta(days=3)
        tenant.add_token(tenant.person, "Nightly export", expires_at=soon)
        os.environ.update(tenant.environment)
        yield Path(folder)


if __name__ == "__main__":
    sys.exit(main())
