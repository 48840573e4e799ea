"""Records as the API sends them."""

from typing import Any

SCOPE = "demo:personal-access-token-scope:first"
OWNER = {"type": "IDENTITY", "id": "2c9180867b50d088017b554662fb281e", "name": "Support"}
SECRET = "an-obviously-fake-secret"


def record(**changes: object) -> dict[str, Any]:
    """Return a record as a listing has it, with every field, but for the changes."""
    whole: dict[str, Any] = {
        "id": "86f1dc6fe8f54414950454cbb11278fa",
        "name": "NodeJS Integration",
        "scope": [SCOPE, "sp:scopes:all"],
        "owner": OWNER,
        "created": "2017-07-11T18:45:37.098Z",
        "lastUsed": "2017-07-12T18:45:37.098Z",
        "managed": True,
        "accessTokenValiditySeconds": 900,
        "expirationDate": "2018-01-11T18:45:37.000Z",
        "userAwareTokenNeverExpires": True,
    }
    return whole | changes


def without(field: str, whole: dict[str, Any] | None = None) -> dict[str, Any]:
    return {name: value for name, value in (whole or record()).items() if name != field}


def created(**changes: object) -> dict[str, Any]:
    """Return an answer to a create, with its secret."""
    return record(secret=SECRET, **changes)
