"""Which tokens expire soon, and which does nobody use?

    python examples/expiring.py --fake        a tenant on this machine
    python examples/expiring.py [days]        yours: SAIL_BASE_URL, SAIL_CLIENT_ID and
                                              SAIL_CLIENT_SECRET, or ~/.sailpoint/config.yaml

Reads the tenant's tokens (right: idn:all-personal-access-tokens:read). For a scheduled job it exits
with 1 if there is something to do, and with 2 if not everything could be read.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sailpoint_pat import PatClient, PersonalAccessToken, SailPointError, UnexpectedResponseError

if TYPE_CHECKING:
    from collections.abc import Iterator


def main() -> int:
    """Print the report; return the exit code."""
    parser = argparse.ArgumentParser(description="Report what expires soon and what is unused.")
    parser.add_argument("days", type=int, nargs="?", default=30, help="how soon; 30 if left out")
    parser.add_argument("--fake", action="store_true", help="use a tenant on this machine")
    arguments = parser.parse_args()
    try:
        soon = datetime.now(UTC) + timedelta(days=arguments.days)
    except OverflowError:
        parser.error("days: beyond the year 9999")
    code = 0
    try:
        with connected(fake=arguments.fake) as pats:
            tokens = pats.list()
    except UnexpectedResponseError as error:
        # One broken record does not hide the others.
        print(error, file=sys.stderr)
        tokens, code = list(error.tokens), 2
    except SailPointError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 2

    expiring = [token for token in tokens if token.expires_at and token.expires_at <= soon]
    unused = [token for token in tokens if token.last_used_at is None]
    for token in sorted(expiring, key=lambda token: token.expires_at or soon):
        print(f"expires {token.expires_at:%Y-%m-%d}  {token.name} of {owner_name(token)}")
    for token in unused:
        print(f"never used since {token.created_at:%Y-%m-%d}  {token.name} of {owner_name(token)}")
    if not code and not expiring and not unused:
        print(f"Nothing to do: {len(tokens)} tokens, none of which expires by {soon:%Y-%m-%d}.")
    return code or (1 if expiring or unused else 0)


@contextlib.contextmanager
def connected(*, fake: bool) -> Iterator[PatClient]:
    """Yield a client for your tenant, or for one that is started for the occasion."""
    if not fake:
        with PatClient(api_version="v1") as pats:
            yield pats
        return
    from sailpoint_pat.testing import FakeTenant  # noqa: PLC0415  an extra, not needed for yours

    with (
        FakeTenant(tokens=30) as tenant,
        PatClient(
            base_url=tenant.base_url,
            client_id=tenant.client_id,
            client_secret=tenant.client_secret,
            api_version="v1",
        ) as pats,
    ):
        yield pats


def owner_name(token: PersonalAccessToken) -> str:
    """Return who owns a token. The API does not always say."""
    return (token.owner and token.owner.name) or "nobody known"


if __name__ == "__main__":
    sys.exit(main())
