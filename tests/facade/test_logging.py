"""What the client tells the log, and what it calls itself."""

from __future__ import annotations

import logging
import platform
import re
from typing import TYPE_CHECKING

import httpx
import pytest

from sailpoint_pat import NotFoundError, ServerError, __version__
from sailpoint_pat.testing import FakeTenant, faults

if TYPE_CHECKING:
    from tests.support.clients import Connect
    from tests.support.clock import MovedClock


def lines(caplog: pytest.LogCaptureFixture) -> list[tuple[int, str]]:
    """Return what our logger was told, times taken out."""
    return [
        (record.levelno, re.sub(r"\d+\.\d+ (m?s)", r"# \1", record.getMessage()))
        for record in caplog.records
        if record.name == "sailpoint_pat"
    ]


def test_one_line_a_call(
    tenant: FakeTenant, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "sailpoint_pat")
    pats = connect(tenant)
    pats.list("me", never_used=True)
    issued = pats.create("Nightly export")
    pats.delete(issued.id)
    with pytest.raises(NotFoundError) as caught:
        pats.delete(issued.id)
    gone = f"404 in # ms (try 1, tracking id {caught.value.tracking_id})"
    assert lines(caplog) == [
        (logging.DEBUG, "GET /personal-access-tokens 200 in # ms (try 1, tracking id -)"),
        (logging.DEBUG, "POST /personal-access-tokens 200 in # ms (try 1, tracking id -)"),
        (
            logging.DEBUG,
            f"DELETE /personal-access-tokens/{issued.id} 204 in # ms (try 1, tracking id -)",
        ),
        (
            logging.DEBUG,
            f"DELETE /personal-access-tokens/{issued.id} {gone}",
        ),
    ]


def test_a_get_that_finds_nothing_was_answered_all_the_same(
    tenant: FakeTenant, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "sailpoint_pat")
    with pytest.raises(NotFoundError):
        connect(tenant).get("86f1dc6fe8f54414950454cbb11278fa", owner="me")
    assert lines(caplog) == [
        (logging.DEBUG, "GET /personal-access-tokens 200 in # ms (try 1, tracking id -)")
    ]


def test_a_repeat_is_a_warning(
    tenant: FakeTenant, connect: Connect, clock: MovedClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "sailpoint_pat")
    tenant.fail("list", faults.Html(503))
    connect(tenant).list()
    assert lines(caplog) == [
        (logging.DEBUG, "GET /personal-access-tokens 503 in # ms (try 1, tracking id -)"),
        (logging.WARNING, "GET /personal-access-tokens: trying again in # s (ServerError)"),
        (logging.DEBUG, "GET /personal-access-tokens 200 in # ms (try 2, tracking id -)"),
    ]
    assert len(clock.pauses) == 1


def test_without_a_repeat_nothing_is_said_above_debug(
    tenant: FakeTenant, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "sailpoint_pat")
    tenant.fail("list", faults.Status(500))
    with pytest.raises(ServerError):
        connect(tenant, retry=None).list()
    assert lines(caplog) == []


def test_no_secret_gets_into_any_log(
    tenant: FakeTenant, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    issued = connect(tenant).create("Nightly export")
    shown = caplog.text + "".join(repr(record.__dict__) for record in caplog.records)
    assert "POST /personal-access-tokens 200" in shown
    assert tenant.client_secret not in shown
    assert issued.secret.reveal() not in shown
    assert "Bearer " not in shown


def test_the_library_sets_up_no_logging_of_its_own() -> None:
    assert logging.getLogger("sailpoint_pat").handlers == []
    assert logging.getLogger("sailpoint_pat").level == logging.NOTSET


def test_what_the_client_calls_itself(tenant: FakeTenant, connect: Connect) -> None:
    connect(tenant).list()
    expected = (
        f"sailpoint-pat/{__version__} Python/{platform.python_version()} httpx/{httpx.__version__}"
    )
    assert [request.headers["user-agent"] for request in tenant.requests] == [expected] * 2
