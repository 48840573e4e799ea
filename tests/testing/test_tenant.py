"""The tenant as a thing: its start and end, what it keeps count of, and the contract."""

import contextlib
import gc
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import httpx
import pytest
import trustme

from sailpoint_pat.testing import FakeTenant, faults

from .callers import V3, Caller, exchange, support_of

JSON = "application/json"


def test_start_and_stop_are_quick_and_leave_nothing() -> None:
    FakeTenant()  # the contract is read once per process
    before = set(threading.enumerate())
    took = []
    for _ in range(5):
        started = time.perf_counter()
        tenant = FakeTenant().start()
        with httpx.Client(base_url=tenant.base_url) as client:
            assert client.get("/").status_code == 404
            tenant.stop()
            took.append(time.perf_counter() - started)
            with pytest.raises(httpx.TransportError):
                client.get("/")
        assert set(threading.enumerate()) <= before  # one of another test may still end
        assert tenant.open_connections == 0
    assert min(took) < 0.3


def test_no_answer_waits_for_an_acknowledgement(support: Caller) -> None:
    took = []
    for _ in range(20):
        started = time.perf_counter()
        support.list()
        took.append(time.perf_counter() - started)
    assert min(took) < 0.03  # it would be 40 ms at least


def test_it_starts_once() -> None:
    tenant = FakeTenant()
    for ask in (lambda: tenant.base_url, lambda: tenant.environment):
        with pytest.raises(RuntimeError, match="Start the FakeTenant first"):
            ask()
    tenant.stop()
    with tenant:
        assert tenant.base_url.startswith("http://127.0.0.1:")
    tenant.stop()
    with pytest.raises(RuntimeError, match="started once"):
        tenant.start()


def test_a_port_that_is_taken(tenant: FakeTenant) -> None:
    port = httpx.URL(tenant.base_url).port
    assert port is not None
    with pytest.raises(OSError, match="in use"):
        FakeTenant(port=port).start()
    # Nothing of the attempt is left, and the port can be had once it is free.
    tenant.stop()
    with FakeTenant(port=port) as second:
        assert httpx.URL(second.base_url).port == port


def test_https_and_ipv6() -> None:
    authority = trustme.CA()
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("::1").configure_cert(serving)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    with (
        FakeTenant(host="::1", ssl_context=serving) as tenant,
        support_of(tenant, verify=trusting) as support,
    ):
        assert tenant.base_url.startswith("https://[::1]:")
        assert support.list().status_code == 200
        for fault in (faults.Reset(), faults.Dropped(), faults.Cut()):
            tenant.fail("list", fault)
            with pytest.raises(httpx.TransportError):
                support.list()
        assert support.list().status_code == 200
        assert tenant.connections == 4


@pytest.mark.parametrize(
    "make",
    [
        lambda tenant: FakeTenant(rate_limit=0),  # noqa: ARG005 - one shape for all
        lambda tenant: FakeTenant(tokens=-1),  # noqa: ARG005 - the same
        lambda tenant: tenant.add_token("Bob", "x"),
        lambda it: it.add_token(it.person, "x", created_at=datetime(2025, 1, 1)),  # noqa: DTZ001 - what is tested
        lambda it: it.add_token(it.person, "x", expires_at=it.now, never_expires=True),
    ],
)
def test_bad_arguments(tenant: FakeTenant, make: Callable[[Any], object]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        make(tenant)


def test_requests_are_logged_without_secrets(tenant: FakeTenant, support: Caller) -> None:
    support.client.headers["Cookie"] = "session=very-secret"
    support.list(owner_id="me")
    support.send("DELETE", f"{V3}/a%20b")
    exchange(support.client, tenant.client_id, "wrong")
    listed, deleted, refused = tenant.requests[1:]
    assert (listed.operation, listed.method, listed.path) == ("list", "GET", V3)
    assert (listed.query, listed.status, listed.connection) == ("owner-id=me", 200, 1)
    assert listed.headers["user-agent"].startswith("python-httpx/")
    assert (deleted.operation, deleted.path, deleted.status) == ("delete", f"{V3}/a%20b", 404)
    assert (refused.operation, refused.status) == ("token", 401)
    assert listed.access_token == deleted.access_token != refused.access_token
    assert refused.access_token is None
    everything = repr((tenant, tenant.requests, tenant.tokens))
    for secret in (support.access_token, tenant.client_secret, "very-secret", "wrong"):
        assert secret not in everything


def test_requests_and_connections_are_counted(tenant: FakeTenant, support: Caller) -> None:
    support.list()
    support.list()
    support.delete("x")
    counts = {kind: tenant.count(kind) for kind in ("list", "create", "delete", "token", "other")}
    assert counts == {"list": 2, "create": 0, "delete": 1, "token": 1, "other": 0}
    assert tenant.count() == 4
    assert (tenant.connections, tenant.open_connections) == (1, 1)
    tenant.clear_log()
    assert (tenant.count(), tenant.requests) == (0, [])
    httpx.get(tenant.base_url)
    assert [request.connection for request in tenant.requests] == [2]


def test_nonsense_on_the_wire(tenant: FakeTenant) -> None:
    url = httpx.URL(tenant.base_url)
    with socket.create_connection((url.host, url.port or 0), timeout=5) as sock:
        sock.sendall(b"nonsense\r\n\r\n")
        assert sock.recv(1000).startswith(b"HTTP/1.1 400 ")
    # Whoever leaves in the middle of a request does no harm.
    with socket.create_connection((url.host, url.port or 0), timeout=5) as sock:
        sock.sendall(b"POST /oauth/token HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
    assert httpx.get(tenant.base_url).status_code == 404


@pytest.mark.parametrize("path", [V3, "/personal-access-tokens/v1"])
@pytest.mark.parametrize(
    ("content", "content_type", "what"),
    [
        (b"", JSON, "Missing required request body"),
        (b"{", JSON, "the body is no application/json"),
        (b"\xff", JSON, "the body is no application/json"),
        (b"[" * 100_000, JSON, "nested too deep"),
        (b'{"name": "x"}', "text/plain", "text/plain"),
        (b'{"name": "x"}', "application/json; x", "Content-Type"),
        (b"[]", JSON, "object"),
        (b"{}", JSON, "'name' is a required property"),
        (b'{"name": 1}', JSON, "name 1 is not of type 'string'"),
        (b'{"name": ""}', JSON, "name '' should be non-empty"),
        (b'{"name": "x", "x-nam": "y"}', JSON, "'x-nam' was unexpected"),
        (b'{"name": "x", "scope": [1]}', JSON, "scope/0 1 is not of type 'string'"),
        (b'{"name": "x", "expirationDate": "soon"}', JSON, "'date-time'"),
        (b'{"name": "x", "accessTokenValiditySeconds": 14}', JSON, "14 is less than the minimum"),
        (b'{"name": "x", "accessTokenValiditySeconds": 43201}', JSON, "than the maximum of 43200"),
    ],
)
def test_a_request_that_breaks_the_contract(
    tenant: FakeTenant, support: Caller, path: str, content: bytes, content_type: str, what: str
) -> None:
    answer = support.send("POST", path, content=content, headers={"Content-Type": content_type})
    assert answer.status_code == 400
    assert what in answer.json()["messages"][0]["text"]
    [violation] = tenant.violations
    assert what in violation
    assert len(tenant.tokens) == 1


@pytest.mark.parametrize(
    "body",
    [
        *("[]", "{", "{}", '{"name": 1}'),
        *('{"name": "x", "scope": "y"}', '{"name": "x", "scope": [1]}'),
        *('{"name": "x", "expirationDate": 1}', '{"name": "x", "accessTokenValiditySeconds": 14}'),
        '{"name": "x", "accessTokenValiditySeconds": true}',
        '{"name": "x", "userAwareTokenNeverExpires": "yes"}',
    ],
)
def test_without_validation_nonsense_is_refused_all_the_same(body: str) -> None:
    with FakeTenant(validate=False) as tenant, support_of(tenant) as support:
        assert support.send("POST", content=body.encode()).status_code == 400
        # Only the rules are left: nobody minds an unknown field or a missing Content-Type.
        assert support.send("POST", content=b'{"name": "x", "x-nam": 1}').status_code == 200
        assert tenant.violations == []


@pytest.mark.parametrize("version", ["v3", "v1"])
def test_an_answer_that_breaks_the_contract(
    tenant: FakeTenant, support: Caller, version: str
) -> None:
    broken = tenant.add_token(tenant.person, "x", scopes=[1])  # type: ignore[list-item] # the break
    answer = support.speaking(version).list()
    assert answer.status_code == 500
    assert "scope/0 1 is not of type 'string'" in answer.json()["messages"][0]["text"]
    assert len(tenant.violations) == 1
    tenant.remove_token(broken.id)
    assert support.speaking(version).list().status_code == 200


def test_many_clients_at_once() -> None:
    """The state stays whole: of twenty that make the same token, one does, and none is lost."""
    with (
        FakeTenant(rate_limit=None) as tenant,
        support_of(tenant) as support,
        ThreadPoolExecutor(10) as pool,
    ):
        made = pool.map(lambda _: support.create().status_code, range(20))
        assert sorted(made) == [200] + [400] * 19
        looking = pool.submit(lambda: [len(tenant.tokens) for _ in range(200)])
        ids = [tenant.add_token(tenant.add_person(f"P{n}"), "x").id for n in range(50)]
        assert set(pool.map(lambda each: support.delete(each).status_code, ids)) == {204}
        looking.result(10)
        assert len(tenant.tokens) == 2
        assert tenant.count("delete") == 50
        assert tenant.violations == []


def test_a_missing_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [n for n in sys.modules if n.startswith("sailpoint_pat.testing")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(ImportError, match=r"pip install '\.\[testing\]'"):
        __import__("sailpoint_pat.testing")


def connect_until_refused(
    tenant: FakeTenant, clients: list[socket.socket], under_way: threading.Event
) -> None:
    url = httpx.URL(tenant.base_url)
    with contextlib.suppress(OSError):
        for number in range(200):
            clients.append(socket.create_connection((url.host, url.port or 0), 0.1))
            if number == 20:
                under_way.set()


def test_stops_cleanly_while_connections_are_being_made() -> None:
    # What is left open is told by a warning when it is collected, and warnings are errors.
    for _ in range(15):
        tenant = FakeTenant(validate=False).start()
        clients: list[socket.socket] = []
        under_way = threading.Event()
        thread = threading.Thread(target=connect_until_refused, args=(tenant, clients, under_way))
        thread.start()
        assert under_way.wait(10)
        tenant.stop()
        thread.join()
        for client in clients:
            client.close()
        assert tenant.open_connections == 0
    gc.collect()
