"""Which tokens expire soon, and which does nobody use?

    python examples/expiring.py [days]

Reads the tenant's tokens (right: idn:all-personal-access-tokens:read). For a scheduled job it exits
with 1 if there is something to do, and with 2 if not everything could be read.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime, timedelta

from sailpoint_pat import PatClient, PersonalAccessToken, SailPointError, UnexpectedResponseError


def main() -> int:
    """Print the report; return the exit code."""
    parser = argparse.ArgumentParser(description="Report what expires soon and what is unused.")
    parser.add_argument("days", type=int, nargs="?", default=30, help="how soon; 30 if left out")
    try:
        soon = datetime.now(UTC) + timedelta(days=parser.parse_args().days)
    except OverflowError:
        parser.error("days: beyond the year 9999")
    code = 0
    try:
        with PatClient() as pats:
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
    return code or (1 if expiring or unused else 0)


def owner_name(token: PersonalAccessToken) -> str:
    """Return who owns a token. The API does not always say."""
    return (token.owner and token.owner.name) or "nobody known"


if __name__ == "__main__":
    sys.exit(main())
