"""Credentials go to the tenant, and nowhere else: not with a redirect, not to a proxy."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

import httpx
import pytest
import trustme

from sailpoint_pat import PatClient, ServerError, TransportError
from sailpoint_pat.testing import FakeTenant, faults
from tests.secrets.hunter import Hunter
from tests.support.clients import Connect
from tests.support.clock import MovedClock


class Elsewhere:
    """A server that must not be asked, and a proxy that must not be told; keeps all it receives."""

    def __init__(self) -> None:
        self.heads: list[str] = []
        self.seen = bytearray()
        elsewhere = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_CONNECT(self) -> None:
                elsewhere.note(self)
                host, _, port = self.path.partition(":")
                with socket.create_connection((host, int(port))) as target:
                    self.send_response(200)
                    self.end_headers()
                    elsewhere.tunnel(self.connection, target)
                self.close_connection = True

            def do_GET(self) -> None:
                elsewhere.note(self)
                elsewhere.seen += self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(502)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_POST = do_DELETE = do_GET  # noqa: N815  http.server's names

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def note(self, request: BaseHTTPRequestHandler) -> None:
        self.heads.append(f"{request.requestline}\n{request.headers}")

    def tunnel(self, client: socket.socket, target: socket.socket) -> None:
        def pump(source: socket.socket, sink: socket.socket) -> None:
            with contextlib.suppress(OSError):
                while data := source.recv(65536):
                    self.seen += data
                    sink.sendall(data)
            with contextlib.suppress(OSError):
                sink.shutdown(socket.SHUT_RDWR)

        back = threading.Thread(target=pump, args=(target, client))
        back.start()
        pump(client, target)
        back.join()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    with Elsewhere() as elsewhere:
        yield elsewhere


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def https_tenant(authority: trustme.CA) -> Iterator[FakeTenant]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with FakeTenant(ssl_context=context) as tenant:
        yield tenant


@pytest.fixture
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def leaks(tenant: FakeTenant, *texts: object) -> list[str]:
    hunter = Hunter()
    hunter.know("the client secret", tenant.client_secret)
    hunter.know("the client id", tenant.client_id)
    for access_token in tenant._state._access_tokens:
        hunter.know("an access token", access_token)
    for text in texts:
        hunter.show("what was received", text)
    return hunter.leaks()


# --- redirects ------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 307])
def test_redirects_are_not_followed(
    connect: Connect, tenant: FakeTenant, elsewhere: Elsewhere, clock: MovedClock, status: int
) -> None:
    away = faults.Status(status, headers={"Location": f"{elsewhere.url}/v3/x"})
    pats = connect(tenant)
    tenant.fail("token", away)
    with pytest.raises(ServerError, match=r"redirects to 127.0.0.1") as caught:
        pats.list()
    assert caught.value.status_code == status
    pats.list()
    for operation in ("list", "delete", "create"):
        tenant.fail(operation, away)
    for call in (pats.list, lambda: pats.delete("0" * 32), lambda: pats.create("x")):
        with pytest.raises(ServerError, match="redirects are not followed"):
            call()
    assert elsewhere.heads == []
    assert clock.pauses == []


# --- proxies --------------------------------------------------------------------------------------


def test_a_proxy_sees_where_to_and_nothing_else(
    connect: Connect, https_tenant: FakeTenant, elsewhere: Elsewhere, trusting: ssl.SSLContext
) -> None:
    pats = connect(https_tenant, proxy=elsewhere.url, verify=trusting)
    issued = pats.create("Nightly export")
    pats.delete(issued.id)
    pats.close()
    host = https_tenant.base_url.removeprefix("https://")
    assert {head.splitlines()[0] for head in elsewhere.heads} == {f"CONNECT {host} HTTP/1.1"}
    assert len(elsewhere.seen) > 1000
    seen = bytes(elsewhere.seen).decode("latin-1")
    assert leaks(https_tenant, *elsewhere.heads, seen) == []
    assert "authorization" not in "".join(elsewhere.heads).lower()
    # The hunt is real: what went through the tunnel is not there in the clear.
    assert issued.secret.reveal() not in seen


def test_a_password_for_the_proxy_is_for_the_proxy(
    connect: Connect, https_tenant: FakeTenant, elsewhere: Elsewhere, trusting: ssl.SSLContext
) -> None:
    with_password = elsewhere.url.replace("http://", "http://somebody:of-the-proxy@")
    pats = connect(https_tenant, proxy=with_password, verify=trusting)
    pats.list()
    assert "proxy-authorization: basic" in elsewhere.heads[0].lower()
    assert leaks(https_tenant, *elsewhere.heads) == []
    assert "of-the-proxy" not in repr(pats)
    assert all("proxy-authorization" not in each.headers for each in https_tenant.requests)


def test_a_proxy_of_the_variables_may_leave_its_scheme_out(
    connect: Connect,
    https_tenant: FakeTenant,
    elsewhere: Elsewhere,
    trusting: ssl.SSLContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", elsewhere.url.removeprefix("http://"))
    connect(https_tenant, verify=trusting).list()
    assert elsewhere.heads[0].startswith("CONNECT ")


def test_no_proxy_of_the_variables_reads_what_is_for_this_machine(
    connect: Connect, tenant: FakeTenant, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(variable, elsewhere.url)
    monkeypatch.delenv("REQUEST_METHOD", raising=False)
    connect(tenant).list()
    assert elsewhere.heads == []


def test_a_proxy_that_is_not_there_is_named(
    connect: Connect, https_tenant: FakeTenant, trusting: ssl.SSLContext
) -> None:
    nobody = "http://somebody:of-the-proxy@127.0.0.1:1"
    pats = connect(https_tenant, proxy=nobody, verify=trusting, retry=None)
    with pytest.raises(TransportError, match=r"through the proxy 127\.0\.0\.1:1") as caught:
        pats.list()
    assert "of-the-proxy" not in str(caught.value)


def test_a_password_that_is_not_escaped_is_not_taken_for_a_host(
    connect: Connect, https_tenant: FakeTenant, trusting: ssl.SSLContext
) -> None:
    pats = connect(
        https_tenant, proxy="http://127.0.0.1:2024#rest@host", verify=trusting, retry=None
    )
    with pytest.raises(TransportError, match="through the proxy ") as caught:
        pats.list()
    assert "2024" not in str(caught.value)


def test_a_proxy_beside_a_transport_of_ones_own_is_not_looked_at(tenant: FakeTenant) -> None:
    with PatClient(
        base_url=tenant.base_url,
        client_id=tenant.client_id,
        client_secret=tenant.client_secret,
        transport=httpx.HTTPTransport(),
        proxy="http://u:of-the-proxy@h:notaport",
    ) as pats:
        assert pats.list()


def test_to_close_does_not_take_the_tls_away_from_other_threads(
    https_tenant: FakeTenant, trusting: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Sync only: tasks of one event loop do not write while another one closes.
    pats = PatClient(
        base_url=https_tenant.base_url,
        client_id=https_tenant.client_id,
        client_secret=https_tenant.client_secret,
        verify=trusting,
    )
    pats.list()
    shutdown = socket.socket.shutdown
    protected = []

    def seen_from_another_thread(connection: socket.socket, how: int) -> None:
        if isinstance(connection, ssl.SSLSocket) and not connection.server_side:
            protected.append(connection.version())
        shutdown(connection, how)

    monkeypatch.setattr(socket.socket, "shutdown", seen_from_another_thread)
    pats.close()
    assert protected
    assert None not in protected, "what another thread writes now is not encrypted"


# --- certificates ---------------------------------------------------------------------------------


def test_without_the_check_there_is_a_warning(connect: Connect, https_tenant: FakeTenant) -> None:
    with pytest.warns(UserWarning, match="verify=False: whoever is on the way") as warned:
        pats = connect(https_tenant, verify=False)
    assert leaks(https_tenant, *(str(each.message) for each in warned)) == []
    assert pats.list()
