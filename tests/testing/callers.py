"""Somebody who talks plain HTTP to a tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    import httpx

    from sailpoint_pat.testing import StoredToken

PATH = "/v3/personal-access-tokens"


@frozen
class Caller:
    """Somebody with an access token."""

    client: httpx.Client
    access_token: str

    def send(  # noqa: PLR0913 - what httpx takes
        self,
        method: str,
        path: str = PATH,
        *,
        json: object = None,
        params: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.access_token}"} | (headers or {})
        return self.client.request(
            method, path, json=json, params=params, headers=headers, content=content
        )

    def list(self, **params: str) -> httpx.Response:
        query = {name.replace("_", "-"): value for name, value in params.items()}
        return self.send("GET", params=query)

    def create(self, body: object, version: str = "v3") -> httpx.Response:
        return self.send("POST", f"/{version}/personal-access-tokens", json=body)

    def delete(self, token_id: str) -> httpx.Response:
        return self.send("DELETE", f"{PATH}/{token_id}")


def exchange(client: httpx.Client, client_id: str, client_secret: str) -> httpx.Response:
    form = {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_secret": client_secret,
    }
    return client.post("/oauth/token", data=form)


def caller_with(client: httpx.Client, token: StoredToken) -> Caller:
    answer = exchange(client, token.id, token.secret)
    return Caller(client, answer.raise_for_status().json()["access_token"])
