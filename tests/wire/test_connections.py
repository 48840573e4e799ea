"""Connections that cannot be made, end before a request, or are kept between calls."""

import contextlib
import re
import socket
import ssl
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import anyio
import anyio.to_thread
import pytest
import trustme
from attrs import evolve

from sailpoint_pat import AsyncPatClient, OutcomeUnknownError, SailPointError, TransportError
from tests.support.clients import Connect
from tests.support.interrupts import Asked
from tests.wire import answers, verdicts
from tests.wire.conftest import QUICK, Dial, certificate_of, client_for
from tests.wire.server import Behaviour, Peer, WireServer
from tests.wire.verdicts import OPERATIONS, Ends, Verdict, call, check, works_again

# Where nothing of a call went out, all operations are alike; the exchange is a request of its own.
per_request = pytest.mark.parametrize("operation", ["create", "token"])

SHORT = 0.5
# Two tries are enough where each takes its whole time.
TIGHT = {"timeout": timedelta(seconds=SHORT), "retry": evolve(QUICK, tries=2)}


@pytest.mark.parametrize("operation", [*OPERATIONS, "token"])
def test_refused(operation: Asked, dial: Dial) -> None:
    with WireServer(answers.good) as server:
        pats = client_for(dial, server.base_url, operation)
        error = check(pats, operation, verdicts.NOT_CONNECTED[operation])
        assert "127.0.0.1" in str(error)

        server.start()
        works_again(pats, operation, server)


# --- names ----------------------------------------------------------------------------------------


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The addresses of names, which the machine would ask a name server for."""
    known: dict[str, str] = {}
    lookup = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *args: Any, **kwargs: Any) -> list[Any]:
        text = host.decode() if isinstance(host, bytes) else str(host)
        if not text.endswith(".invalid"):
            return lookup(host, port, *args, **kwargs)
        if text not in known:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (known[text], int(port)))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return known


@per_request
def test_unknown_host(
    operation: Asked, names: dict[str, str], tls_server: WireServer, dial: Dial
) -> None:
    base_url = f"https://acme.invalid:{tls_server.port}"
    pats = client_for(dial, base_url, operation)
    error = check(pats, operation, verdicts.NOT_CONNECTED[operation])
    assert "acme.invalid" in str(error)

    names["acme.invalid"] = "127.0.0.1"
    call(pats, operation)


@pytest.fixture
def nobody_accepts() -> Iterator[str]:
    """The base URL of a socket that connections wait for: its queue is full."""
    with contextlib.ExitStack() as stack:
        listening = stack.enter_context(socket.socket())
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listening.getsockname())
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@per_request
def test_nobody_accepts(operation: Asked, nobody_accepts: str, dial: Dial) -> None:
    pats = client_for(dial, nobody_accepts, operation, **TIGHT)
    check(pats, operation, verdicts.NOT_CONNECTED_IN_TIME[operation], timeout=SHORT)


def test_no_time_left_to_connect(nobody_accepts: str, dial: Dial) -> None:
    """The rest of the whole time, shorter than the part for connecting, ends no differently."""
    retry = evolve(QUICK, tries=1, total_time=timedelta(seconds=0.2))
    pats = client_for(dial, nobody_accepts, "create", retry=retry)
    ends = evolve(verdicts.NOT_CONNECTED_IN_TIME["create"], tries=1)
    check(pats, "create", ends, timeout=0.2)


# --- TLS ------------------------------------------------------------------------------------------


@per_request
@pytest.mark.parametrize("wrong", ["authority", "host"])
def test_a_certificate_that_is_not_trusted(
    wrong: str,
    operation: Asked,
    tls_server: WireServer,
    authority: trustme.CA,
    certificate: ssl.SSLContext,
    dial: Dial,
) -> None:
    if wrong == "authority":
        tls_server.show(certificate_of(trustme.CA(), "127.0.0.1"))
    else:
        tls_server.show(certificate_of(authority, "elsewhere.example.com"))
    pats = client_for(dial, tls_server.base_url, operation)
    error = check(pats, operation, verdicts.NOT_CONNECTED[operation])
    assert "The certificate of the other side was not accepted" in str(error)
    assert tls_server.requests == []

    tls_server.show(certificate)
    works_again(pats, operation, tls_server)


def test_a_private_authority_is_not_trusted_unasked(
    tls_server: WireServer, dial: Dial, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "corporate.pem")
    pats = dial(tls_server.base_url, verify=True, retry=None)
    with pytest.raises(TransportError, match="SSLCertVerificationError") as caught:
        pats.create("NodeJS Integration")
    assert re.search(r"set SSL_CERT_FILE.*\(not read here: REQUESTS_CA_B", str(caught.value))
    assert not caught.value.maybe_performed
    assert tls_server.requests == []


def test_without_the_check_there_is_a_warning(tls_server: WireServer, dial: Dial) -> None:
    with pytest.warns(UserWarning, match="verify=False: whoever is on the way") as warned:
        pats = dial(tls_server.base_url, verify=False)
    assert not [each for each in warned if answers.CLIENT_SECRET in str(each.message)]
    assert pats.list()


def test_to_close_does_not_take_the_tls_away_from_other_threads(
    tls_server: WireServer,
    trusting: ssl.SSLContext,
    connect_sync: Connect,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Sync only: tasks of one event loop do not write while another one closes.
    pats = connect_sync(base_url=tls_server.base_url, access_token="x", verify=trusting)
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


def close(peer: Peer) -> None:
    peer.wait_for_data()
    peer.close()


def reset(peer: Peer) -> None:
    peer.wait_for_data()
    peer.reset()


def plain_http(peer: Peer) -> None:
    peer.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    peer.wait_until_gone()


@per_request
@pytest.mark.parametrize(
    ("handshake", "verdict", "options"),
    [
        (Peer.wait_until_gone, verdicts.NOT_CONNECTED_IN_TIME, TIGHT),
        (close, verdicts.NOT_CONNECTED, {}),
        (reset, verdicts.NOT_CONNECTED, {}),
        (plain_http, verdicts.NOT_CONNECTED, {}),
    ],
    ids=["silence", "closed", "reset", "plain HTTP"],
)
def test_a_handshake_that_fails(
    handshake: Callable[[Peer], None],
    verdict: Verdict,
    options: dict[str, Any],
    operation: Asked,
    tls_server: WireServer,
    dial: Dial,
) -> None:
    pats = client_for(dial, tls_server.base_url, operation, **options)
    tls_server.misbehave_at_accept(handshake)
    check(pats, operation, verdict[operation], timeout=SHORT)
    assert tls_server.requests == []

    works_again(pats, operation, tls_server)


# --- ended before a request is read ---------------------------------------------------------------

# httpx leaves the generator of a request's body to the garbage collector where a write fails, and
# trio says so.
a_write_may_fail = pytest.mark.filterwarnings(
    "ignore:Async generator 'httpx._content.ByteStream:ResourceWarning"
)


@a_write_may_fail
@pytest.mark.parametrize("operation", [*OPERATIONS, "token"])
@pytest.mark.parametrize("end", [close, reset], ids=["closed", "reset"])
def test_ended_unread(
    end: Callable[[Peer], None], operation: Asked, server: WireServer, dial: Dial
) -> None:
    """The request has arrived; the client cannot know that nobody read it."""
    pats = client_for(dial, server.base_url, operation)
    server.misbehave_at_accept(end)
    check(pats, operation, verdicts.LOST[operation])

    works_again(pats, operation, server)


@a_write_may_fail
def test_reset_at_once(server: WireServer, dial: Dial) -> None:
    """Before the client has written, or just after: whichever it was, the error fits."""
    pats = client_for(dial, server.base_url, "create", retry=None)
    server.misbehave_at_accept(Peer.reset)
    with pytest.raises(SailPointError) as caught:
        pats.create("NodeJS Integration")
    error = caught.value
    assert error.maybe_performed is ("was not sent" not in str(error))
    assert type(error) is (OutcomeUnknownError if error.maybe_performed else TransportError)

    works_again(pats, "create", server)


# --- kept between calls ---------------------------------------------------------------------------

per_operation = pytest.mark.parametrize("operation", OPERATIONS)


def test_one_connection_serves_many_calls(server: WireServer, dial: Dial) -> None:
    pats = dial(server.base_url)
    for operation in OPERATIONS:
        call(pats, operation)
    assert server.accepted == 1


@per_operation
@pytest.mark.parametrize("with_a_reset", [False, True], ids=["closed", "reset"])
def test_a_connection_that_ended_meanwhile_is_not_used(
    with_a_reset: bool, operation: Asked, server: WireServer, dial: Dial
) -> None:
    pats = dial(server.base_url, retry=None)
    pats.list()
    server.end_connections(with_a_reset=with_a_reset)
    call(pats, operation)
    assert server.count("api") == 2
    assert server.accepted == 2


@per_operation
@pytest.mark.parametrize("how", [answers.close, answers.reset], ids=["closed", "reset"])
def test_a_connection_that_ends_just_as_the_request_arrives(
    how: Behaviour, operation: Asked, server: WireServer, dial: Dial
) -> None:
    pats = dial(server.base_url)
    pats.list()
    server.misbehave("api", how, once=True)
    if operation == "create":
        check(pats, operation, Ends(OutcomeUnknownError, maybe_performed=True))
        assert server.count("api") == 2
    else:
        call(pats, operation)
        assert server.count("api") == 3
    assert server.count("token") == 1


@per_operation
@pytest.mark.parametrize(
    "unasked", [b"\r\n", b"HTTP/1.1 408 Request Timeout\r\n\r\n", answers.message(b"[]")]
)
def test_what_comes_unasked_answers_nothing(
    unasked: bytes, operation: Asked, server: WireServer, dial: Dial
) -> None:
    pats = dial(server.base_url, retry=None)
    pats.list()
    server.say(unasked)
    call(pats, operation)
    assert server.accepted == 2
    assert server.count("api") == 2


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_to_close_in_a_cancelled_task_closes_what_is_idle(server: WireServer, backend: str) -> None:
    async def close_cancelled() -> bool:
        pats = AsyncPatClient(base_url=server.base_url, access_token="x")
        async with anyio.create_task_group() as group:
            for _ in range(8):
                group.start_soon(pats.list)
        with anyio.move_on_after(0):
            await pats.aclose()
        return await anyio.to_thread.run_sync(server.all_closed)

    assert anyio.run(close_cancelled, backend=backend)
    assert server.accepted > 1
