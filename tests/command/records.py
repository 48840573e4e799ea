"""Records of a listing, as the API sends them."""

from sailpoint_pat.testing import FakeTenant

BROKEN = {"id": "f" * 32, "name": "Nightly", "created": "yesterday"}
"""A record that breaks the contract."""


def readable(tenant: FakeTenant) -> dict[str, object]:
    """Return the record of the token that a tenant begins with."""
    return {
        "id": tenant.client_id,
        "name": "FakeTenant",
        "owner": {"type": "IDENTITY", "id": tenant.person.id, "name": "Support"},
        "scope": None,
        "created": "2026-01-01T00:00:00.000Z",
        "lastUsed": None,
        "managed": False,
        "accessTokenValiditySeconds": 43200,
        "expirationDate": None,
        "userAwareTokenNeverExpires": True,
    }
