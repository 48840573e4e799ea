"""What a call ends in, and the check that it does."""

import re
import time
from collections.abc import Mapping
from typing import TypeAlias

import pytest
from attrs import frozen

from sailpoint_pat import (
    APIError,
    AuthenticationError,
    OutcomeUnknownError,
    PatClient,
    RequestTimeout,
    SailPointError,
    ServerError,
    TransportError,
)
from tests.support.interrupts import Asked
from tests.wire.conftest import TRIES
from tests.wire.server import WireServer

OPERATIONS: tuple[Asked, ...] = ("list", "create", "delete")

# What a loaded machine may take on top of what is allowed.
SLACK = 3.0


@frozen
class Ends:
    """How a call ends: in this error, or well where there is none."""

    error: type[SailPointError] | None
    maybe_performed: bool = False
    tries: int = 1


WELL = Ends(None)


def call(pats: PatClient, operation: Asked) -> object:
    """Make a call; for the token endpoint, one that needs an access token."""
    if operation == "list":
        return pats.list()
    if operation == "delete":
        pats.delete("0" * 32)
        return None
    return pats.create("NodeJS Integration")


def check(
    pats: PatClient, operation: Asked, ends: Ends, *, timeout: float = 0.0
) -> SailPointError | None:
    """Make a call and check how it ends, and that it does so in time."""
    begun = time.monotonic()
    if ends.error is None:
        call(pats, operation)
        return None
    with pytest.raises(SailPointError) as caught:
        call(pats, operation)
    took = time.monotonic() - begun
    error = caught.value
    assert type(error) is ends.error, repr(error)
    assert error.maybe_performed is ends.maybe_performed, repr(error)
    assert tries_of(error) == ends.tries, repr(error)
    assert took < ends.tries * timeout + SLACK
    looks_for = operation == "create" and ends.maybe_performed
    assert (error.lost_create is not None) is looks_for
    return error


def tries_of(error: SailPointError) -> int:
    said = re.search(r"gave up after (\d+) tries", str(error))
    return int(said[1]) if said else 1


def works_again(pats: PatClient, operation: Asked, server: WireServer) -> None:
    """Check that the next call is answered well, and that closing leaves no connection."""
    server.behave()
    call(pats, operation)
    pats.close()
    assert server.all_closed()


# --- what may be repeated, as the design has it ---------------------------------------------------

Verdict: TypeAlias = Mapping[Asked, Ends]


def _same(ends: Ends) -> Verdict:
    return {"list": ends, "create": ends, "delete": ends, "token": ends}


def _lost(error: type[TransportError], tries: int) -> Verdict:
    return {
        "list": Ends(error, maybe_performed=True, tries=tries),
        "delete": Ends(error, maybe_performed=True, tries=tries),
        "create": Ends(OutcomeUnknownError, maybe_performed=True),
        "token": Ends(error, tries=tries),
    }


def late(tries: int) -> Verdict:
    """No complete answer in time, that many times."""
    return _lost(RequestTimeout, tries)


FINE: Verdict = _same(WELL)
LOST: Verdict = _lost(TransportError, TRIES)
NOT_CONNECTED: Verdict = _same(Ends(TransportError, tries=TRIES))
NOT_CONNECTED_IN_TIME: Verdict = _same(Ends(RequestTimeout, tries=2))
REDIRECTED: Verdict = {
    **_same(Ends(ServerError, maybe_performed=True)),
    "token": Ends(ServerError),
}
REFUSED: Verdict = {**_same(Ends(APIError)), "token": Ends(AuthenticationError)}
