"""A client that is closed, or a call that is interrupted, while it waits or is under way."""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from sailpoint_pat import OutcomeUnknownError, RateLimit, TransportError
from sailpoint_pat.testing import FakeTenant, faults
from tests.support.calls import call_of
from tests.support.clients import Connect
from tests.support.interrupts import PATIENCE, Asked, Waits


def test_interrupted_in_a_pause(
    tenant: FakeTenant, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    pats = connect(tenant)
    with monkeypatch.context() as patch:
        waits = Waits(patch)
        tenant.fail("list", faults.Status(503))
        waits.interrupt(pats, lambda it: it.list())
        tenant.fail("create", faults.RateLimited("0.2"))
        waits.interrupt(pats, lambda it: it.create("Nightly export"))
    # Neither was sent again, and the client is as good as new.
    assert (tenant.count("list"), tenant.count("create")) == (1, 1)
    assert pats.list()


@pytest.mark.parametrize("fault", [faults.RateLimited("60"), faults.Dropped()])
def test_closed_in_a_pause(
    tenant: FakeTenant, connect: Connect, monkeypatch: pytest.MonkeyPatch, fault: faults.Fault
) -> None:
    doomed = tenant.add_token(tenant.person, "Doomed")
    pats = connect(tenant)
    waits = Waits(monkeypatch)
    tenant.fail("delete", fault)
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(pats.delete, doomed.id)
        assert waits.begun.wait(PATIENCE)
        pats.close()
        error = call.exception(PATIENCE / 2)
    assert isinstance(error, TransportError)
    assert "The call was not sent again: this client is closed." in str(error)
    # What the first try may have done, the error cannot rule out.
    assert error.maybe_performed is (fault == faults.Dropped())
    assert tenant.count("delete") == 1


def test_closed_while_waiting_for_a_place(
    tenant: FakeTenant, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    pats = connect(tenant, rate_limit=RateLimit(1, per=timedelta(minutes=1)))
    pats.list()
    waits = Waits(monkeypatch)
    with ThreadPoolExecutor(3) as pool:
        calls = [pool.submit(pats.list) for _ in range(3)]
        assert waits.begun.wait(PATIENCE)
        pats.close()
        errors = [call.exception(PATIENCE / 2) for call in calls]
    assert {type(error) for error in errors} == {TransportError}
    assert all("The call was not sent: this client is closed." in str(error) for error in errors)
    assert tenant.count("list") == 1


@pytest.mark.parametrize("operation", ["list", "create", "delete", "token"])
def test_closed_with_a_call_under_way(
    tenant: FakeTenant, connect: Connect, operation: Asked, caplog: pytest.LogCaptureFixture
) -> None:
    call_it = call_of(operation, tenant)
    pats = connect(tenant)
    if operation != "token":
        pats.list()
    tenant.clear_log()
    gate = faults.Gate(after=True)
    tenant.fail(operation, gate)
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(call_it, pats)
        assert gate.reached.wait(PATIENCE)
        pats.close()
        error = call.exception(PATIENCE)
        gate.open()
    assert type(error) is (OutcomeUnknownError if operation == "create" else TransportError)
    assert "closed" in str(error)
    assert "trying again" not in caplog.text
    assert error.maybe_performed is (operation != "token")
    assert tenant.count(operation) == 1


def test_closed_while_a_connection_is_made(
    tenant: FakeTenant, connect_sync: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    # An async client cancels what is under way; a thread in `getaddrinfo` cannot be stopped.
    asked, answer = threading.Event(), threading.Event()
    really = socket.getaddrinfo

    def slow(*args: Any, **kwargs: Any) -> Any:
        asked.set()
        answer.wait(PATIENCE)
        return really(*args, **kwargs)

    pats = connect_sync(tenant)
    monkeypatch.setattr(socket, "getaddrinfo", slow)
    with ThreadPoolExecutor(1) as pool:
        listing = pool.submit(pats.list)
        assert asked.wait(PATIENCE)
        pats.close()
        answer.set()
        with pytest.raises(TransportError, match="was not sent: this client is closed") as caught:
            listing.result(PATIENCE)
    assert not caught.value.maybe_performed
    assert tenant.count() == 0
