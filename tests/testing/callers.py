"""Somebody who talks plain HTTP to a tenant."""

import contextlib
from collections.abc import Iterator
from typing import Any, Self

import httpx
from attrs import evolve, frozen

from sailpoint_pat._versions import SERVICE_PATH, VERSIONS
from sailpoint_pat.testing import FakeTenant, StoredToken

V3 = "/v3/personal-access-tokens"


@frozen
class Caller:
    """Somebody with an access token, who speaks one version of the API."""

    client: httpx.Client
    access_token: str
    version: str = "v3"

    def speaking(self, version: str) -> Self:
        return evolve(self, version=version)

    def send(self, method: str, path: str = V3, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.access_token}"} | more.pop("headers", {})
        return self.client.request(method, path, headers=headers, **more)

    def list(self, **params: str) -> httpx.Response:
        query = {name.replace("_", "-"): value for name, value in params.items()}
        return self.send("GET", VERSIONS[self.version].path_of(SERVICE_PATH), params=query)

    def create(self, **body: object) -> httpx.Response:
        path = VERSIONS[self.version].path_of(SERVICE_PATH)
        return self.send("POST", path, json={"name": "New"} | body)

    def delete(self, token_id: str) -> httpx.Response:
        path = VERSIONS[self.version].path_of(f"{SERVICE_PATH}/{token_id}")
        return self.send("DELETE", path)


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


@contextlib.contextmanager
def support_of(tenant: FakeTenant, **options: Any) -> Iterator[Caller]:
    """Yield a tenant's first person, who has a connection of their own."""
    with httpx.Client(base_url=tenant.base_url, timeout=10, **options) as client:
        yield caller_with(client, tenant.tokens[tenant.client_id])
