"""Proxies that refuse, break off or hang: the tenant saw nothing of the call then."""

from __future__ import annotations

import select
import socket
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from attrs import evolve

from tests.wire import answers, verdicts
from tests.wire.answers import sends, status
from tests.wire.conftest import QUICK
from tests.wire.server import PATIENCE, Peer, WireServer
from tests.wire.verdicts import Asked, Verdict, call, check, works_again

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator

    from sailpoint_pat import PatClient
    from tests.wire.conftest import Dial
    from tests.wire.server import Behaviour, Request

SHORT = 0.3
ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"


def tunnel(peer: Peer, request: Request) -> None:
    """What a proxy is for."""
    host, _, port = request.target.rpartition(":")
    with socket.create_connection((host, int(port)), PATIENCE) as far:
        peer.send(ESTABLISHED)
        near = peer.connection
        while ready := select.select([near, far], [], [], PATIENCE)[0]:
            for end in ready:
                data = end.recv(65536)
                if not data:
                    peer.close()
                    return
                (far if end is near else near).sendall(data)


def break_off(peer: Peer) -> None:
    peer.wait_for_data()
    peer.reset()


@pytest.fixture
def proxy() -> Iterator[WireServer]:
    with WireServer(tunnel) as proxy:
        yield proxy


TO_NOWHERE = sends(ESTABLISHED, Peer.wait_until_gone)
CASES: list[tuple[str, Behaviour | None, Verdict, int]] = [
    ("refused", None, verdicts.NOT_CONNECTED, 3),
    ("407", status("407 Proxy Authentication Required"), verdicts.NOT_CONNECTED, 3),
    ("403", status("403 Forbidden"), verdicts.NOT_CONNECTED, 3),
    ("502", status("502 Bad Gateway"), verdicts.NOT_CONNECTED, 3),
    ("closed", answers.close, verdicts.NOT_CONNECTED, 3),
    ("reset", answers.reset, verdicts.NOT_CONNECTED, 3),
    ("garbage", answers.garbage, verdicts.NOT_CONNECTED, 3),
    ("silence", answers.silence, verdicts.NOT_CONNECTED_IN_TIME, 1),
    ("headers that trickle", answers.headers_that_trickle, verdicts.NOT_CONNECTED_IN_TIME, 1),
    ("tunnel to nowhere", TO_NOWHERE, verdicts.NOT_CONNECTED_IN_TIME, 2),
    ("tunnel that breaks", sends(ESTABLISHED, break_off), verdicts.NOT_CONNECTED, 3),
]


@pytest.mark.parametrize(
    ("behaviour", "verdict", "tries", "operation"),
    [
        *(pytest.param(*case[1:], "create", id=case[0]) for case in CASES),
        # The exchange goes the same way.
        *(pytest.param(*case[1:], "token", id=f"{case[0]}-token") for case in CASES[:2]),
    ],
)
def test_no_way_through(  # noqa: PLR0913, PLR0917  parameters and fixtures
    behaviour: Behaviour | None,
    verdict: Verdict,
    tries: int,
    operation: Asked,
    tls_server: WireServer,
    trusting: ssl.SSLContext,
    proxy: WireServer,
    dial: Dial,
) -> None:
    timeout = SHORT if verdict is verdicts.NOT_CONNECTED_IN_TIME else 20.0
    options = {} if operation == "token" else {"access_token": answers.ACCESS_TOKEN}
    pats: PatClient = dial(
        tls_server.base_url,
        proxy=proxy.base_url,
        verify=trusting,
        timeout=timedelta(seconds=timeout),
        retry=evolve(QUICK, tries=tries),
        **options,
    )
    if behaviour is not None:
        proxy.start()
        proxy.misbehave("api", behaviour)
    check(pats, operation, evolve(verdict[operation], tries=tries), timeout=timeout)
    assert tls_server.accepted == 0

    if behaviour is None:
        proxy.start()
    proxy.behave()
    # With more time: what is short for a proxy that hangs may be too short for one that works.
    call(pats.with_options(timeout=timedelta(seconds=20)), operation)
    assert all(request.method == "CONNECT" for request in proxy.requests)
    pats.close()
    assert proxy.all_closed()
    assert tls_server.all_closed()


@pytest.mark.parametrize("operation", ["create", "token"])
def test_407_of_a_proxy_that_forwards(operation: Asked, server: WireServer, dial: Dial) -> None:
    """Without TLS, which is for loopback only, its answer cannot be told from the tenant's."""
    options = {} if operation == "token" else {"access_token": answers.ACCESS_TOKEN}
    pats = dial("http://127.0.0.1:9", proxy=server.base_url, **options)
    refusal = status("407 Proxy Authentication Required")
    server.misbehave("token" if operation == "token" else "api", refusal)
    check(pats, operation, verdicts.REFUSED[operation])

    works_again(pats, operation, server)
