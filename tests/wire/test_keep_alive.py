"""Connections that are kept between calls, and what a server may do to them meanwhile."""

import pytest

from sailpoint_pat import OutcomeUnknownError
from tests.support.interrupts import Asked
from tests.wire import answers
from tests.wire.conftest import Dial
from tests.wire.server import Behaviour, WireServer
from tests.wire.verdicts import OPERATIONS, Ends, call, check

per_operation = pytest.mark.parametrize("operation", OPERATIONS)


def test_one_connection_serves_many_calls(server: WireServer, dial: Dial) -> None:
    pats = dial(server.base_url)
    for operation in OPERATIONS:
        call(pats, operation)
    assert server.accepted == 1


@per_operation
@pytest.mark.parametrize("with_a_reset", [False, True], ids=["closed", "reset"])
def test_a_connection_that_ended_meanwhile_is_not_used(
    with_a_reset: bool,  # noqa: FBT001  a parameter of the test
    operation: Asked,
    server: WireServer,
    dial: Dial,
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
