"""What a `WireServer` answers: well, and in every bad way."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.wire.server import Behaviour, Peer, Request

TOKEN_ID = "ef38f94347e94562b5bb8424a56397d8"
CLIENT_ID = "86f1dc6fe8f54414950454cbb11278fa"
CLIENT_SECRET = "5f" * 32
ACCESS_TOKEN = "an-access-token"

_TOKEN = {
    "id": TOKEN_ID,
    "name": "NodeJS Integration",
    "scope": None,
    "owner": {
        "type": "IDENTITY",
        "id": "2c9180867b50d088017b554662fb281e",
        "name": "Support",
    },
    "created": "2017-07-11T18:45:37.098Z",
}


def right_body(request: Request) -> bytes:
    """Return the body that belongs to a request; nothing for a delete."""
    if request.endpoint == "token":
        return json.dumps(
            {"access_token": ACCESS_TOKEN, "token_type": "bearer", "expires_in": 749}
        ).encode()
    if request.method == "GET":
        return json.dumps([_TOKEN]).encode()
    if request.method == "POST":
        return json.dumps({**_TOKEN, "secret": "a1" * 32}).encode()
    return b""


def message(
    body: bytes = b"",
    *headers: str,
    status: str = "200 OK",
    version: str = "HTTP/1.1",
    content_type: str = "application/json",
    length: int | None = None,
) -> bytes:
    """Return an answer as it goes over the wire."""
    lines = [
        f"{version} {status}",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(body) if length is None else length}",
        *headers,
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def _head(*headers: str, status: str = "200 OK", version: str = "HTTP/1.1") -> bytes:
    return "\r\n".join([f"{version} {status}", *headers, "", ""]).encode("latin-1")


def right(request: Request, content_type: str = "application/json") -> bytes:
    """Return the right answer to a request."""
    body = right_body(request)
    return message(body, content_type=content_type) if body else _head(status="204 No Content")


# --- well -----------------------------------------------------------------------------------------


def good(peer: Peer, request: Request) -> None:
    peer.send(right(request))


def with_wrong_content_type(peer: Peer, request: Request) -> None:
    peer.send(right(request, content_type="text/plain; charset=nonsense"))


def after_early_hints(peer: Peer, request: Request) -> None:
    hints = _head("Link: </style.css>; rel=preload", status="103 Early Hints")
    peer.send(_head(status="100 Continue") + hints + right(request))


def in_http_1_0(peer: Peer, request: Request) -> None:
    """Without a length: the body ends where the connection does."""
    body = right_body(request)
    status = "200 OK" if body else "204 No Content"
    peer.send(_head("Content-Type: application/json", status=status, version="HTTP/1.0") + body)
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


def no_content_and_more(peer: Peer, _request: Request) -> None:
    """Nothing in its head says that there is more."""
    peer.send(_head(status="204 No Content") + b'{"deleted": true}')


def no_content_with_a_body(peer: Peer, _request: Request) -> None:
    peer.send(message(b'{"deleted": true}', status="204 No Content"))


def no_content_with_a_late_body(peer: Peer, _request: Request) -> None:
    """It comes when the next request does."""
    body = b'{"deleted": true}'
    peer.send(message(length=len(body), status="204 No Content"))
    peer.wait_for_data()
    peer.send(body)


def no_content_with_chunks(peer: Peer, _request: Request) -> None:
    head = _head("Transfer-Encoding: chunked", status="204 No Content")
    peer.send(head + b'11\r\n{"deleted": true}\r\n0\r\n\r\n')


# --- late, or never -------------------------------------------------------------------------------


def silence(peer: Peer, _request: Request) -> None:
    peer.wait_until_gone()


def headers_that_trickle(peer: Peer, _request: Request) -> None:
    peer.send(b"HTTP/1.1 200 OK\r\nX-Filler: ")
    peer.send_for_ever(b"x", every=0.02)


def headers_that_pour(peer: Peer, _request: Request) -> None:
    """There is always something to read, and never an end."""
    peer.send_for_ever(_head(status="100 Continue"))


def body_that_trickles(peer: Peer, _request: Request) -> None:
    peer.send(message(b"[", length=1_000_000))
    peer.send_for_ever(b" ", every=0.02)


def body_that_pours(peer: Peer, _request: Request) -> None:
    peer.send(_head("Transfer-Encoding: chunked"))
    peer.send_for_ever(b"1\r\n \r\n")


# --- broken off -----------------------------------------------------------------------------------


def close(peer: Peer, _request: Request) -> None:
    peer.close()


def reset(peer: Peer, _request: Request) -> None:
    peer.reset()


def cut_in_the_status_line(peer: Peer, _request: Request) -> None:
    peer.send(b"HTTP/1.1 2")
    peer.close()


def cut_in_the_headers(peer: Peer, _request: Request) -> None:
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Ty")
    peer.close()


def cut_in_the_body(peer: Peer, request: Request) -> None:
    body = right_body(request) or b"{}"
    peer.send(message(body[:-1], length=len(body)))
    peer.close()


def cut_in_a_chunk(peer: Peer, _request: Request) -> None:
    peer.send(_head("Transfer-Encoding: chunked") + b"ff\r\n[")
    peer.close()


def cut_between_chunks(peer: Peer, _request: Request) -> None:
    peer.send(_head("Transfer-Encoding: chunked") + b"1\r\n[\r\n")
    peer.close()


def cut_by_a_reset(peer: Peer, _request: Request) -> None:
    peer.send(message(b"[", length=1_000_000))
    peer.reset()


# --- no HTTP --------------------------------------------------------------------------------------


def garbage(peer: Peer, _request: Request) -> None:
    peer.send(b"\x16\x03\x01\x00\xa5\x01\x00 SSH-2.0-OpenSSH_9.6\r\n\r\n")
    peer.wait_until_gone()


def headers_too_big(peer: Peer, request: Request) -> None:
    body = right_body(request)
    peer.send(message(body, "X-Filler: " + "x" * 500_000))


def headers_without_end(peer: Peer, _request: Request) -> None:
    peer.send(b"HTTP/1.1 200 OK\r\n")
    peer.send_for_ever(b"X-Filler: " + b"x" * 10_000 + b"\r\n")


def bad_length(peer: Peer, request: Request) -> None:
    body = right_body(request)
    peer.send(_head("Content-Length: many") + body)


def two_lengths(peer: Peer, request: Request) -> None:
    peer.send(_head("Content-Length: 1", "Content-Length: 2") + right_body(request))


def bad_chunks(peer: Peer, _request: Request) -> None:
    peer.send(_head("Transfer-Encoding: chunked") + b"zz\r\n[]\r\n")


# --- HTTP, and not what was asked for -------------------------------------------------------------


def gzip_that_is_none(peer: Peer, request: Request) -> None:
    peer.send(message(right_body(request) or b"{}", "Content-Encoding: gzip"))


def gzip_of_too_much(peer: Peer, request: Request) -> None:
    """A few kilobytes on the wire, and good JSON."""
    body = gzip.compress(right_body(request) + b" " * 4_000_000)
    peer.send(message(body, "Content-Encoding: gzip"))


def gzip_cut_off(peer: Peer, request: Request) -> None:
    """The message is complete; what is in it is not."""
    body = gzip.compress(right_body(request) or b"{}")
    peer.send(message(body[:-9], "Content-Encoding: gzip"))


def another_encoding(peer: Peer, request: Request) -> None:
    body = zlib.compress(right_body(request) or b"{}")
    peer.send(message(body, "Content-Encoding: deflate"))


def body_without_end(peer: Peer, _request: Request) -> None:
    chunk = b" " * 10_000
    peer.send(_head("Transfer-Encoding: chunked"))
    peer.send_for_ever(b"%x\r\n%b\r\n" % (len(chunk), chunk))


def html(peer: Peer, _request: Request) -> None:
    peer.send(message(b"<!doctype html><title>Log in</title>", content_type="text/html"))


def nothing(peer: Peer, _request: Request) -> None:
    peer.send(message())


def status(line: str, *headers: str, body: bytes = b"") -> Behaviour:
    """Return the behaviour that answers with a status."""

    def answer(peer: Peer, _request: Request) -> None:
        peer.send(message(body, *headers, status=line))

    return answer


def bad_gateway_that_is_no_gzip(peer: Peer, _request: Request) -> None:
    peer.send(message(b"<html>", "Content-Encoding: gzip", status="502 Bad Gateway"))


def switching_protocols(peer: Peer, _request: Request) -> None:
    peer.send(_head("Connection: upgrade", "Upgrade: h2c", status="101 Switching Protocols"))
    peer.wait_until_gone()


def two_at_once(peer: Peer, request: Request) -> None:
    peer.send(right(request) + message(b'{"error": "of another call"}', status="418 I'm a teapot"))
