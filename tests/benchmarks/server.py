"""A tenant that answers from memory, in a process of its own, so that it is not what is measured.

It speaks just enough HTTP/1.1 for the clients that are compared: a request is a head that ends in
an empty line, and a body of `Content-Length`. How many tokens a listing has is the number after
`owner-id=`, or `--tokens` without that; their bytes are made once. `/-/` is for the benchmark
itself and is not counted.

    python -m tests.benchmarks.server [--limit 100 --per 1.0] [--one-more-field] [--tokens 500]

prints its port, and ends when its standard input does.
"""

# ruff: noqa: T201  it prints

import argparse
import contextlib
import hashlib
import json
import math
import re
import socketserver
import sys
import threading
import time
from collections import deque

_WANTED = re.compile(rb"[?&]owner-id=(\d+)")
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_SCOPES = [
    f"idn:{what}:{right}" for what in ("accounts", "sources") for right in ("read", "manage")
]
_GRANT = json.dumps(
    {
        "access_token": "eyJhbGciOiJub25lIn0.e30.",
        "token_type": "bearer",
        "expires_in": 749,
        "scope": "sp:scopes:all",
    }
).encode()


def listing(tokens: int, more: dict[str, str]) -> bytes:
    """Return the body of a listing: as different from each other as a tenant's tokens are."""
    records = [_token(n) | more for n in range(tokens)]
    return json.dumps(records, separators=(",", ":")).encode()


def _token(n: int) -> dict[str, object]:
    # At the begin of 2025, every eighth was used but not lately, and every twelfth expires soon.
    day_and_time = f"1{n % 10}T{n % 24:02}:{n % 60:02}:37.{n % 1000:03}Z"
    created = f"20{17 + n % 8}-0{1 + n % 9}-{day_and_time}"
    used = created if n % 8 == 1 else f"2024-12-{day_and_time}"
    expires = f"2025-{1 + n % 12:02}-{day_and_time}"
    return {
        "id": hashlib.md5(b"token %d" % n, usedforsecurity=False).hexdigest(),
        "name": f"Integration number {n}",
        "scope": None if n % 10 == 0 else _SCOPES[: 1 + n % 4],
        "owner": {
            "type": "IDENTITY",
            "id": hashlib.md5(b"owner %d" % (n // 5), usedforsecurity=False).hexdigest(),
            "name": f"Person number {n // 5}",
        },
        "created": created,
        "lastUsed": None if n % 4 == 0 else used,
        "managed": n % 50 == 0,
        "accessTokenValiditySeconds": 43_200 if n % 3 else 3_600,
        "expirationDate": None if n % 20 == 0 else expires,
        "userAwareTokenNeverExpires": n % 20 == 0,
    }


def answer(status: str, body: bytes, *headers: str) -> bytes:
    head = (
        f"HTTP/1.1 {status}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *headers,
    )
    return "\r\n".join((*head, "", "")).encode() + body


class Tenant(socketserver.ThreadingTCPServer):
    """Listens on loopback, a thread for each connection; does what the options of `main` say."""

    daemon_threads = True
    request_queue_size = 256
    allow_reuse_address = True

    def __init__(self, options: argparse.Namespace) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self._tokens = options.tokens
        self._more = {"oneMoreField": "2026-07-11T18:45:37.098Z"} if options.one_more_field else {}
        self._limit: int | None = options.limit
        self._per: float = options.per
        self._lock = threading.Lock()
        self._spent: deque[float] = deque()
        self._listings: dict[int, bytes] = {}
        self._grant = answer("200 OK", _GRANT)
        self.counts = {"connections": 0, "exchanges": 0, "calls": 0, "refused": 0}

    def count(self, what: str) -> None:
        with self._lock:
            self.counts[what] += 1

    def answer_to(self, head: bytes) -> bytes:
        target = head.split(b" ", 2)[1]
        if target == b"/oauth/token":
            self.count("exchanges")
            return self._grant
        if target == b"/-/counts":
            with self._lock:
                said = json.dumps(self.counts)
                self.counts = dict.fromkeys(self.counts, 0)
            return answer("200 OK", said.encode())
        wanted = _WANTED.search(target)
        number = int(wanted[1]) if wanted else self._tokens
        if b"/personal-access-tokens" not in target or not number:
            return answer("404 Not Found", b"{}")
        self.count("calls")
        wait = self._over_the_limit()
        if wait is not None:
            self.count("refused")
            body = b'{"message":" Rate Limit Exceeded "}'
            return answer("429 Too Many Requests", body, f"Retry-After: {wait}")
        return self._listing(number)

    def _over_the_limit(self) -> int | None:
        if self._limit is None:
            return None
        with self._lock:
            now = time.monotonic()
            while self._spent and self._spent[0] <= now - self._per:
                self._spent.popleft()
            if len(self._spent) < self._limit:
                self._spent.append(now)
                return None
            return max(1, math.ceil(self._spent[0] + self._per - now))

    def _listing(self, tokens: int) -> bytes:
        if tokens not in self._listings:
            self._listings[tokens] = answer("200 OK", listing(tokens, self._more))
        return self._listings[tokens]


class Conversation(socketserver.StreamRequestHandler):
    """One connection: request after request, until the client closes it."""

    disable_nagle_algorithm = True
    server: Tenant

    def handle(self) -> None:
        counted = False
        with contextlib.suppress(ConnectionError):
            while head := self._head():
                if not counted and b" /-/" not in head:
                    self.server.count("connections")
                    counted = True
                length = _LENGTH.search(head)
                self.rfile.read(int(length[1]) if length else 0)
                self.request.sendall(self.server.answer_to(head))

    def _head(self) -> bytes:
        lines = [self.rfile.readline()]
        while lines[-1] not in {b"\r\n", b""}:
            lines.append(self.rfile.readline())
        return b"".join(lines[:-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=int, help="of calls in any stretch of --per; else none")
    parser.add_argument("--per", type=float, default=1.0, help="in seconds")
    parser.add_argument("--one-more-field", action="store_true", help="in each token of a listing")
    parser.add_argument("--tokens", type=int, default=0, help="where a listing does not say whose")
    with Tenant(parser.parse_args()) as tenant:
        threading.Thread(target=tenant.serve_forever, daemon=True).start()
        print(tenant.server_address[1], flush=True)
        sys.stdin.read()
        tenant.shutdown()


if __name__ == "__main__":
    main()
