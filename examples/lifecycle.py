"""The whole life of a personal access token: list, create, rotate, revoke.

    python examples/lifecycle.py --fake     against a tenant on this machine
    python examples/lifecycle.py            against yours: SAIL_BASE_URL, SAIL_CLIENT_ID and
                                            SAIL_CLIENT_SECRET, or ~/.sailpoint/config.yaml

It makes one token that expires tomorrow and revokes it again, also when it is interrupted.
"""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sailpoint_pat import IssuedToken, PatClient, PersonalAccessToken, SailPointError, Secret

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = f"sailpoint-pat demo {datetime.now(UTC):%H%M%S}"


def main() -> int:
    """Run the demo; return the exit code."""
    parser = argparse.ArgumentParser(description="The whole life of a personal access token.")
    parser.add_argument("--fake", action="store_true", help="use a tenant on this machine")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with connected(fake=arguments.fake) as pats:
            say(f"1. Authenticate and list the caller's tokens, as {pats!r}")
            show(pats.list(owner="me"))
            with cleaned_up(pats):
                lifecycle(pats)
    except SailPointError as error:
        print(f"\n{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return 130
    return 0


def lifecycle(pats: PatClient) -> None:
    """Show each step as it happens, from the second on."""
    vault: dict[str, Secret] = {}

    def save(new: IssuedToken) -> None:
        vault[new.id] = new.secret
        say(f"  saved the secret of {new.id} ({new.secret})")

    say(f"2. Create {NAME!r}, which expires tomorrow")
    issued = pats.create(NAME, expires_in=timedelta(days=1))
    save(issued)
    show(pats.list(owner="me"))

    say("3. Rotate it: make a new one, prove that it works, save it, revoke the old one")
    rotated = pats.rotate(issued.id, save=save)
    show(pats.list(owner="me"))

    say("4. Revoke it")
    pats.delete(rotated.id)
    show(pats.list(owner="me"))
    left = [token.name for token in pats.list(owner="me") if token.name.startswith(NAME)]
    say("Gone." if not left else f"Still there: {left}")


@contextlib.contextmanager
def connected(*, fake: bool) -> Iterator[PatClient]:
    """Yield a client for your tenant, or for one that is started for the occasion."""
    if not fake:
        with PatClient(api_version="v1") as pats:
            yield pats
        return
    from sailpoint_pat.testing import FakeTenant  # noqa: PLC0415  an extra, not needed for yours

    with (
        FakeTenant() as tenant,
        PatClient(
            base_url=tenant.base_url,
            client_id=tenant.client_id,
            client_secret=tenant.client_secret,
            api_version="v1",
        ) as pats,
    ):
        say(f"A tenant is listening on {tenant.base_url}\n")
        yield pats


@contextlib.contextmanager
def cleaned_up(pats: PatClient) -> Iterator[None]:
    """Revoke whatever the demo made and did not get to revoke."""
    try:
        yield
    except BaseException:
        left = [token for token in pats.list(owner="me") if token.name.startswith(NAME)]
        for result in pats.delete_many(token.id for token in left):
            print(f"cleaning up: {result.id} {result.outcome}", file=sys.stderr)
        raise


def show(tokens: list[PersonalAccessToken]) -> None:
    """Print a small table."""
    rows = [("name", "id", "expires", "last used")]
    rows += [
        (
            token.name,
            token.id,
            f"{token.expires_at:%Y-%m-%d}" if token.expires_at else "never",
            f"{token.last_used_at:%Y-%m-%d}" if token.last_used_at else "never",
        )
        for token in tokens
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        say("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)))
    say("")


def say(text: str) -> None:
    """Print at once, also into a pipe."""
    print(text.rstrip(" "), flush=True)


if __name__ == "__main__":
    sys.exit(main())
