"""Clients whose requests are caught, and answered as a test says."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import httpx
import pytest

from sailpoint_pat import PatClient
from tests.contract.contract import CONTRACT, HOST
from tests.support.clients import FLAVOURS, Connect

ACCESS_TOKEN = "an-obviously-fake-access-token"
CLIENT_ID = "ef38f94347e94562b5bb8424a56397d8"
CLIENT_SECRET = "fedcba9876543210" * 4

Answer: TypeAlias = Callable[[httpx.Request], httpx.Response]


def as_the_contract_shows(request: httpx.Request) -> httpx.Response:
    if request.url.path == "/oauth/token":
        body = {"access_token": ACCESS_TOKEN, "token_type": "bearer", "expires_in": 749}
        return httpx.Response(200, json=body)
    if request.method == "GET":
        return httpx.Response(200, json=CONTRACT.answer("listPersonalAccessTokens")["example"])
    if request.method == "POST":
        return httpx.Response(200, json=CONTRACT.answer("createPersonalAccessToken")["example"])
    return httpx.Response(204)


class Line:
    """Clients of one flavour, and everything that they sent."""

    def __init__(self, connect: Connect) -> None:
        self.requests: list[httpx.Request] = []
        self._connect = connect
        self._answer: Answer = as_the_contract_shows
        self._clients: dict[tuple[str, bool], PatClient] = {}

    def client(self, version: str = "v3", *, pair: bool = False) -> PatClient:
        """Return the client for a version, with an access token or with a pair to buy one."""
        if (version, pair) not in self._clients:
            credentials: dict[str, Any] = (
                {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
                if pair
                else {"access_token": ACCESS_TOKEN}
            )
            self._clients[version, pair] = self._connect(
                base_url=HOST,
                api_version=version,
                retry=None,
                rate_limit=None,
                transport=httpx.MockTransport(self._receive),
                **credentials,
            )
        return self._clients[version, pair]

    @contextlib.contextmanager
    def answering(self, answer: Answer = as_the_contract_shows) -> Iterator[list[httpx.Request]]:
        """Answer in this way, and collect the requests of this block."""
        self.requests, self._answer = [], answer
        yield self.requests
        self._answer = as_the_contract_shows

    def _receive(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self._answer(request)


@pytest.fixture(scope="module")
def line() -> Iterator[Line]:
    """Sync clients, made once a module and not once an example."""
    with contextlib.ExitStack() as stack:
        yield Line(Connect("sync", stack))


@pytest.fixture(params=FLAVOURS)
def line_of_each_flavour(request: pytest.FixtureRequest) -> Iterator[Line]:
    """Clients of each flavour: for what shows that all of them are wired alike."""
    with contextlib.ExitStack() as stack:
        yield Line(Connect(request.param, stack))
