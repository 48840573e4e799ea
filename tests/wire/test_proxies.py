"""Proxies: what a call ends in where they refuse, break off or hang, and what they are told."""

import contextlib
import select
import socket
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from attrs import evolve

from sailpoint_pat import ConfigurationError, TransportError
from tests.secrets.hunter import Hunter
from tests.support.clients import Connect
from tests.support.interrupts import Asked
from tests.wire import answers, verdicts
from tests.wire.answers import sends, status
from tests.wire.conftest import QUICK, Dial, client_for
from tests.wire.server import PATIENCE, Behaviour, Peer, Request, WireServer
from tests.wire.verdicts import Verdict, call, check, works_again

SHORT = 0.3
ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"


class Tunnel:
    """What a proxy is for; it keeps what the client sends through it."""

    def __init__(self) -> None:
        self.seen = b""

    def __call__(self, peer: Peer, request: Request) -> None:
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
                    self.seen += data if end is near else b""
                    (far if end is near else near).sendall(data)


def break_off(peer: Peer) -> None:
    peer.wait_for_data()
    peer.reset()


@pytest.fixture
def tunnel() -> Tunnel:
    return Tunnel()


@pytest.fixture
def proxy(tunnel: Tunnel) -> Iterator[WireServer]:
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
def test_no_way_through(
    behaviour: Behaviour | None,
    verdict: Verdict,
    tries: int,
    operation: Asked,
    tls_server: WireServer,
    proxy: WireServer,
    dial: Dial,
) -> None:
    timeout = SHORT if verdict is verdicts.NOT_CONNECTED_IN_TIME else 20.0
    pats = client_for(
        dial,
        tls_server.base_url,
        operation,
        proxy=proxy.base_url,
        timeout=timedelta(seconds=timeout),
        retry=evolve(QUICK, tries=tries),
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
    pats = client_for(dial, "http://127.0.0.1:9", operation, proxy=server.base_url)
    refusal = status("407 Proxy Authentication Required")
    server.misbehave("token" if operation == "token" else "api", refusal)
    check(pats, operation, verdicts.REFUSED[operation])

    works_again(pats, operation, server)


# --- what a proxy is told -------------------------------------------------------------------------


def leaks(*texts: object) -> list[str]:
    hunter = Hunter()
    for credential in (answers.CLIENT_ID, answers.CLIENT_SECRET, answers.ACCESS_TOKEN):
        hunter.know("a credential", credential)
    for text in texts:
        hunter.show("what was received", text)
    return hunter.leaks()


@pytest.mark.parametrize("user", ["", "somebody:of-the-proxy@"])
def test_a_proxy_sees_where_to_and_its_own_password_alone(
    user: str, tls_server: WireServer, proxy: WireServer, tunnel: Tunnel, dial: Dial
) -> None:
    address = proxy.start().base_url.replace("http://", f"http://{user}")
    pats = dial(tls_server.base_url, proxy=address)
    pats.create("Nightly export")
    pats.close()
    host = tls_server.base_url.removeprefix("https://")
    assert {(told.method, told.target) for told in proxy.requests} == {("CONNECT", host)}
    assert all(("proxy-authorization" in told.headers) is bool(user) for told in proxy.requests)
    assert all("authorization" not in told.headers for told in proxy.requests)
    assert len(tunnel.seen) > 1000
    assert leaks(*proxy.requests, tunnel.seen.decode("latin-1")) == []
    assert "of-the-proxy" not in repr(pats)
    assert leaks(*tls_server.requests), "the hunt is real: the tenant was told"
    assert all("proxy-authorization" not in told.headers for told in tls_server.requests)


def test_a_proxy_of_the_variables_may_leave_its_scheme_out(
    tls_server: WireServer, proxy: WireServer, dial: Dial, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy.start().base_url.removeprefix("http://"))
    dial(tls_server.base_url).list()
    assert proxy.requests


def test_no_proxy_of_the_variables_reads_what_is_for_this_machine(
    server: WireServer, proxy: WireServer, dial: Dial, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = proxy.start().base_url
    for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(variable, address)
    monkeypatch.delenv("REQUEST_METHOD", raising=False)
    dial(server.base_url).list()
    assert proxy.accepted == 0


def test_a_proxy_that_is_not_there_is_named(dial: Dial) -> None:
    proxy = "http://somebody:of-the-proxy@127.0.0.1:1"
    with pytest.raises(TransportError, match=r"through the proxy 127\.0\.0\.1:1") as caught:
        dial("https://127.0.0.1:9", proxy=proxy, retry=None).list()
    assert "of-the-proxy" not in str(caught.value)


def test_a_proxy_beside_a_transport_of_ones_own_is_not_looked_at(
    server: WireServer, connect_sync: Connect
) -> None:
    own, odd = httpx.HTTPTransport(verify=False), "http://u:of-the-proxy@h:notaport"
    pats = connect_sync(base_url=server.base_url, access_token="x", transport=own, proxy=odd)
    assert pats.list()


# --- SOCKS ----------------------------------------------------------------------------------------

WITH_A_PASSWORD, WELCOME = b"\x05\x02", b"\x01\x00"
CONNECTED, REFUSED = (bytes([5, status, 0, 1]) + bytes(6) for status in (0, 5))


@contextlib.contextmanager
def socks_proxy(*says: bytes, to: WireServer | None = None) -> Iterator[str]:
    """Answer each message of a client in turn, then pass on what it sends, or hang up."""

    def serve() -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            with near:
                for answer in says:
                    near.recv(1024)
                    near.sendall(answer)
                if to is not None:
                    with socket.create_connection(("127.0.0.1", to.port), PATIENCE) as far:
                        far.sendall(near.recv(65536))
                        near.sendall(far.recv(65536))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"socks5://somebody:of-the-proxy@127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.parametrize(
    "says",
    [[b"HTTP/1.1 400 Bad Request"], [b""], [WITH_A_PASSWORD, WELCOME, REFUSED], [b"\x05\xff"]],
    ids=["garbage", "hangs up", "refuses to connect", "wants something else"],
)
def test_a_socks_proxy_that_does_not_let_through(says: list[bytes], dial: Dial) -> None:
    with socks_proxy(*says) as address, pytest.raises(TransportError) as caught:
        dial("http://127.0.0.1:9", proxy=address, retry=None).create("Nightly export")
    assert "was not sent: no connection to 127.0.0.1 through the proxy" in str(caught.value)
    assert not caught.value.maybe_performed
    assert "of-the-proxy" not in str(caught.value)


def test_a_socks_proxy_that_refuses_the_password(dial: Dial) -> None:
    said = r"was not sent: .* check its address, its user"
    with (
        socks_proxy(WITH_A_PASSWORD, b"\x01\x01") as address,
        pytest.raises(TransportError, match=said),
    ):
        dial("http://127.0.0.1:9", proxy=address, retry=None).list()


def test_a_socks_proxy_that_lets_through(server: WireServer, dial: Dial) -> None:
    with socks_proxy(WITH_A_PASSWORD, WELCOME, CONNECTED, to=server) as address:
        assert dial(server.base_url, proxy=address, access_token="x").list()


def test_without_the_package_for_socks(
    connect_sync: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "socksio", None)
    with pytest.raises(ConfigurationError, match="for SOCKS, httpcore needs the package socksio"):
        connect_sync(
            base_url="https://acme.example.com", access_token="x", proxy="socks5://127.0.0.1:1"
        )
