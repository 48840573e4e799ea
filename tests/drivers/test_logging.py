"""What the drivers tell the log, and what a client calls itself to the tenant."""

import logging
import platform
import re

import httpx
import pytest

from sailpoint_pat import NotFoundError, ServerError, __version__
from sailpoint_pat.testing import FakeTenant, faults
from tests.support.clients import Connect
from tests.support.clock import MovedClock


def lines(caplog: pytest.LogCaptureFixture) -> list[tuple[int, str]]:
    """Return what our logger was told, times taken out."""
    return [
        (record.levelno, re.sub(r"\d+\.\d+ (m?s)", r"# \1", record.getMessage()))
        for record in caplog.records
        if record.name == "sailpoint_pat"
    ]


@pytest.fixture(autouse=True)
def debug(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "sailpoint_pat")


def test_one_line_a_call(
    tenant: FakeTenant, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    pats = connect(tenant, api_version="v1")
    pats.list("me", never_used=True)
    issued = pats.create("Nightly export", never_expires=True)
    pats.delete(issued.id)
    with pytest.raises(NotFoundError) as caught:
        pats.delete(issued.id)
    path = "/personal-access-tokens"
    tracking_id = caught.value.tracking_id
    assert lines(caplog) == [
        (logging.DEBUG, f"GET {path} 200 in # ms (try 1, tracking id -)"),
        (logging.DEBUG, f"POST {path} 200 in # ms (try 1, tracking id -)"),
        (logging.DEBUG, f"DELETE {path}/{issued.id} 204 in # ms (try 1, tracking id -)"),
        (
            logging.DEBUG,
            f"DELETE {path}/{issued.id} 404 in # ms (try 1, tracking id {tracking_id})",
        ),
    ]


def test_a_get_that_finds_nothing_was_answered_all_the_same(
    tenant: FakeTenant, connect_sync: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(NotFoundError):
        connect_sync(tenant, api_version="v1").get("86f1dc6fe8f54414950454cbb11278fa", owner="me")
    assert lines(caplog) == [
        (logging.DEBUG, "GET /personal-access-tokens 200 in # ms (try 1, tracking id -)")
    ]


@pytest.mark.parametrize(
    ("fault", "status", "name"),
    [
        (faults.Html(503), "503", "ServerError"),
        (faults.Dropped(), "TransportError", "TransportError"),
    ],
)
def test_a_repeat_is_a_warning(
    tenant: FakeTenant,
    connect: Connect,
    clock: MovedClock,
    caplog: pytest.LogCaptureFixture,
    fault: faults.Fault,
    status: str,
    name: str,
) -> None:
    tenant.fail("list", fault)
    connect(tenant, api_version="v1").list()
    assert lines(caplog) == [
        (logging.DEBUG, f"GET /personal-access-tokens {status} in # ms (try 1, tracking id -)"),
        (logging.WARNING, f"GET /personal-access-tokens: trying again in # s ({name})"),
        (logging.DEBUG, "GET /personal-access-tokens 200 in # ms (try 2, tracking id -)"),
    ]
    assert len(clock.pauses) == 1


def test_a_token_that_is_gone_after_a_lost_answer_is_logged_as_that(
    tenant: FakeTenant, connect_sync: Connect, clock: MovedClock, caplog: pytest.LogCaptureFixture
) -> None:
    token = tenant.add_token(tenant.person, "Nightly export")
    tenant.fail("delete", faults.Dropped())
    connect_sync(tenant, api_version="v1").delete(token.id)
    (_, first), (_, again), (_, second) = lines(caplog)
    assert "TransportError in # ms (try 1" in first
    assert "trying again" in again
    assert "404 in # ms (try 2" in second
    assert len(clock.pauses) == 1


def test_without_a_repeat_nothing_is_said_above_debug(
    tenant: FakeTenant, connect_sync: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    tenant.fail("list", faults.Status(500))
    with pytest.raises(ServerError):
        connect_sync(tenant, retry=None, api_version="v1").list()
    assert [level for level, _ in lines(caplog)] == [logging.DEBUG]


def test_the_library_sets_up_no_logging_of_its_own(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.NOTSET, "sailpoint_pat")
    assert logging.getLogger("sailpoint_pat").handlers == []


def test_what_the_client_calls_itself(tenant: FakeTenant, connect: Connect) -> None:
    connect(tenant).list()
    expected = (
        f"sailpoint-pat/{__version__} Python/{platform.python_version()} httpx/{httpx.__version__}"
    )
    exchange, listing = tenant.requests
    for request in (exchange, listing):
        assert request.headers["user-agent"] == expected
        assert request.headers["accept"] == "application/json"
    assert "authorization" not in exchange.headers
