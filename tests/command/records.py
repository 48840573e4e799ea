"""What a tenant has: records of a listing, and tokens."""

from typing import Any

from sailpoint_pat.testing import FakeTenant, StoredToken
from tests.support.records import record

BROKEN = {"id": "f" * 32, "name": "Nightly", "created": "yesterday"}


def readable(tenant: FakeTenant) -> dict[str, Any]:
    """Return the record of the token that a tenant begins with."""
    return record(id=tenant.client_id, name="FakeTenant", managed=False, expirationDate=None)


def named(tenant: FakeTenant, name: str) -> StoredToken:
    """Return a tenant's token of this name."""
    [found] = [token for token in tenant.tokens.values() if token.name == name]
    return found
