"""Fixtures of the tests against a server that misbehaves."""

import contextlib
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import trustme

from sailpoint_pat import PatClient, RetryPolicy
from tests.support.clients import Connect
from tests.support.interrupts import Asked
from tests.wire import answers
from tests.wire.server import WireServer

Dial: TypeAlias = Callable[..., PatClient]

TRIES = 3
QUICK = RetryPolicy(
    tries=TRIES,
    first_pause=timedelta(milliseconds=1),
    longest_pause=timedelta(milliseconds=1),
)


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    """Whatever went wrong: no thread and no socket outlives the clients and the servers."""
    threads, sockets = set(threading.enumerate()), _sockets()
    yield
    left = {
        thread
        for thread in set(threading.enumerate()) - threads
        # Kept by trio for a while, to look up the next name.
        if not thread.name.startswith("Trio thread")
    }
    assert not left
    assert _sockets() <= sockets


def _sockets() -> int:
    found = 0
    for descriptor in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # That of the listing itself.
            found += str(descriptor.readlink()).startswith("socket:")
    return found


@pytest.fixture
def server() -> Iterator[WireServer]:
    with WireServer(answers.good) as server:
        yield server.start()


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """A certificate authority that nobody trusts unasked."""
    return trustme.CA()


@pytest.fixture(scope="session")
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    """What a client needs to trust the authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.configure_trust(context)
    return context


def certificate_of(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    """Return what a server needs to show a certificate for these names."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context


@pytest.fixture(scope="session")
def certificate(authority: trustme.CA) -> ssl.SSLContext:
    return certificate_of(authority, "127.0.0.1", "acme.invalid")


@pytest.fixture
def tls_server(certificate: ssl.SSLContext) -> Iterator[WireServer]:
    with WireServer(answers.good, certificate) as server:
        yield server.start()


@pytest.fixture
def dial(connect: Connect, trusting: ssl.SSLContext) -> Dial:
    """Makes clients of the flavour that trust the authority, and try again at once."""

    def dial(base_url: str, **options: Any) -> PatClient:
        if "access_token" not in options:
            options.setdefault("client_id", answers.CLIENT_ID)
            options.setdefault("client_secret", answers.CLIENT_SECRET)
        options.setdefault("verify", trusting)
        options.setdefault("retry", QUICK)
        return connect(base_url=base_url, **options)

    return dial


def client_for(dial: Dial, base_url: str, operation: Asked, **options: Any) -> PatClient:
    """Return a client whose first connection is the one that the operation needs."""
    if operation != "token":
        options["access_token"] = answers.ACCESS_TOKEN
    return dial(base_url, **options)
