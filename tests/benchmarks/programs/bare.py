"""List ten tokens with bare httpx and exit."""

import os

import httpx

with httpx.Client(base_url=os.environ["SAIL_BASE_URL"]) as http:
    grant = http.post(
        "/oauth/token",
        data={
            "grant_type": "client_credentials",
            "client_id": os.environ["SAIL_CLIENT_ID"],
            "client_secret": os.environ["SAIL_CLIENT_SECRET"],
        },
    )
    grant.raise_for_status()
    answer = http.get(
        "/v3/personal-access-tokens",
        params={"owner-id": "10"},
        headers={"Authorization": f"Bearer {grant.json()['access_token']}"},
    )
    answer.raise_for_status()
    tokens = answer.json()
assert len(tokens) == 10
