"""What a `WireServer` answers: well, and in every bad way."""

import gzip
import json
from collections.abc import Callable

from tests.support.records import created, record
from tests.wire.server import Behaviour, Peer, Request

CLIENT_ID = "86f1dc6fe8f54414950454cbb11278fa"
CLIENT_SECRET = "5f" * 32
ACCESS_TOKEN = "an-access-token"


def right_body(request: Request) -> bytes:
    """Return the body that belongs to a request; nothing for a delete."""
    if request.endpoint == "token":
        grant = {"access_token": ACCESS_TOKEN, "token_type": "bearer", "expires_in": 749}
        return json.dumps(grant).encode()
    bodies = {"GET": json.dumps([record()]), "POST": json.dumps(created())}
    return bodies.get(request.method, "").encode()


def head(*headers: str, status: str = "200 OK", version: str = "HTTP/1.1") -> bytes:
    return "\r\n".join([f"{version} {status}", *headers, "", ""]).encode("latin-1")


def message(
    body: bytes = b"",
    *headers: str,
    status: str = "200 OK",
    content_type: str = "application/json",
    length: int | None = None,
) -> bytes:
    """Return an answer as it goes over the wire."""
    of_the_body = (
        f"Content-Type: {content_type}",
        f"Content-Length: {len(body) if length is None else length}",
    )
    return head(*of_the_body, *headers, status=status) + body


CHUNKED = head("Transfer-Encoding: chunked")


def right(request: Request, content_type: str = "application/json") -> bytes:
    body = right_body(request)
    return message(body, content_type=content_type) if body else head(status="204 No Content")


# --- well -----------------------------------------------------------------------------------------


def good(peer: Peer, request: Request) -> None:
    peer.send(right(request))


def with_wrong_content_type(peer: Peer, request: Request) -> None:
    peer.send(right(request, content_type="text/plain; charset=nonsense"))


def after_early_hints(peer: Peer, request: Request) -> None:
    hints = head("Link: </style.css>; rel=preload", status="103 Early Hints")
    peer.send(head(status="100 Continue") + hints + right(request))


def in_http_1_0(peer: Peer, request: Request) -> None:
    """Without a length: the body ends where the connection does."""
    body = right_body(request)
    status = "200 OK" if body else "204 No Content"
    peer.send(head("Content-Type: application/json", status=status, version="HTTP/1.0") + body)
    peer.close()


def byte_by_byte(peer: Peer, request: Request) -> None:
    for byte in right(request):
        peer.send(bytes([byte]))


def and_then_close(peer: Peer, request: Request) -> None:
    """Without a word about it: no `Connection: close`."""
    peer.send_and_close(right(request))


def gzipped(peer: Peer, request: Request) -> None:
    body = right_body(request)
    peer.send(message(gzip.compress(body), "Content-Encoding: gzip") if body else right(request))


# --- badly ----------------------------------------------------------------------------------------


def sends(data: bytes, then: Callable[[Peer], None] = lambda _peer: None) -> Behaviour:
    """Return the behaviour that sends these bytes, and then does something else."""

    def answer(peer: Peer, _request: Request) -> None:
        peer.send(data)
        then(peer)

    return answer


def pours(first: bytes, more: bytes, *, every: float = 0.0) -> Behaviour:
    """Return the behaviour that always has something more to send: there is never an end."""
    return sends(first, lambda peer: peer.send_for_ever(more, every=every))


def status(line: str, *headers: str) -> Behaviour:
    return sends(message(b"", *headers, status=line))


silence = sends(b"", Peer.wait_until_gone)
close = sends(b"", Peer.close)
reset = sends(b"", Peer.reset)
garbage = sends(b"\x16\x03\x01\x00\xa5\x01\x00 SSH-2.0-OpenSSH_9.6\r\n\r\n", Peer.wait_until_gone)
headers_that_trickle = pours(b"HTTP/1.1 200 OK\r\nX-Filler: ", b"x", every=0.02)
