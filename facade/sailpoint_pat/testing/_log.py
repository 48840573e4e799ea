"""What the tenant has received."""

from __future__ import annotations

import hashlib
import itertools
import threading
from typing import TYPE_CHECKING, Literal, TypeAlias

from attrs import evolve, frozen

from sailpoint_pat.testing._calls import Operation

if TYPE_CHECKING:
    from collections.abc import Mapping

Received: TypeAlias = Operation | Literal["other"]
"""An operation, or anything else that came in."""


@frozen
class ReceivedRequest:
    """A request as it came in, without the secrets in it.

    Attributes:
        operation: What it asked for; `other` for unknown paths and methods.
        method: Its HTTP method.
        path: Its path, percent-encoded as it was sent.
        query: Its query string, as it was sent.
        headers: Its headers, names in lower case; `authorization` and cookies are left out.
        access_token: A fingerprint of its bearer token, or None: the same for the same token.
        connection: The number of the connection it came on, from 1.
        status: The status it was answered with; None while it waits, and where it never got one.
    """

    operation: Received
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    access_token: str | None
    connection: int
    status: int | None = None


class Log:
    """What came in since the start, or since it was cleared."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._requests: dict[int, ReceivedRequest] = {}
        self._violations: list[str] = []

    def received(self, request: ReceivedRequest) -> int:
        """Take down a request; its number comes back."""
        with self._lock:
            number = next(self._numbers)
            self._requests[number] = request
            return number

    def answered(self, number: int, status: int) -> None:
        """Take down how a request was answered, before the client can know."""
        with self._lock:
            if request := self._requests.get(number):
                self._requests[number] = evolve(request, status=status)

    def entries(self) -> list[ReceivedRequest]:
        """What was received, in order."""
        with self._lock:
            return list(self._requests.values())

    def count(self, operation: Received | None) -> int:
        """How many requests of one kind, or of all, were received."""
        with self._lock:
            if operation is None:
                return len(self._requests)
            return sum(each.operation == operation for each in self._requests.values())

    def violated(self, what: str) -> None:
        """Take down a breach of the contract."""
        with self._lock:
            self._violations.append(what)

    def violations(self) -> list[str]:
        """Every breach of the contract."""
        with self._lock:
            return list(self._violations)

    def clear(self) -> None:
        """Forget the requests; a breach of the contract is not forgotten."""
        with self._lock:
            self._requests.clear()


def fingerprint(authorization: str | None) -> str | None:
    """What stands for a bearer token in the log."""
    if authorization is None:
        return None
    return hashlib.sha256(authorization.encode()).hexdigest()[:12]
