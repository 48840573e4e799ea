"""Ctrl-C for the sync client, a cancelled task for the async one: at a chosen point of a call.

`interrupt_at` waits for a request of one operation, and ends the call that sent it: before the
tenant has done the work, or after that and before the client knows.
"""

import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal, TypeAlias

import anyio
import pytest

from sailpoint_pat import PatClient
from sailpoint_pat._clock import Latch, clock
from sailpoint_pat.testing import FakeTenant, faults
from tests.support.clients import Portalled

PATIENCE = 20

Asked: TypeAlias = Literal["list", "create", "delete", "token"]


class Waits:
    """Tells when a call begins to wait; the wait goes on until somebody ends it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun = threading.Event()
        self._next_is_interrupted = False
        monkeypatch.setattr(clock, "wait", self._wait)
        monkeypatch.setattr(clock, "wait_async", self._wait_async)

    def _wait(self, _seconds: float, stop: Latch) -> None:
        self.begun.set()
        if self._next_is_interrupted:
            self._next_is_interrupted = False
            raise KeyboardInterrupt
        stop.wait(PATIENCE)

    async def _wait_async(self, _seconds: float, stop: anyio.Event) -> None:
        self.begun.set()
        with anyio.move_on_after(PATIENCE):
            await stop.wait()

    def interrupt(self, pats: PatClient, call: Callable[[Any], Any]) -> None:
        """Make a call and end it as soon as it waits: by Ctrl-C, or as a cancelled task."""
        self.begun.clear()
        if not isinstance(pats, Portalled):
            self._next_is_interrupted = True
            raised_by(lambda: call(pats))
        else:
            cancelled(pats, call, self.begun)


def interrupt_at(
    operation: Asked,
    tenant: FakeTenant,
    pats: PatClient,
    call: Callable[[Any], Any],
    *,
    done: bool = True,
    raises: type[BaseException] = KeyboardInterrupt,
) -> BaseException:
    """Make a call and end it at its first request of an operation; return what it raised.

    `done` says whether the tenant has done by then what it was asked for, and `raises` what a call
    of the sync client ends in.
    """
    gate = faults.Gate(after=done)
    tenant.fail(operation, gate)

    def press() -> None:
        if gate.reached.wait(PATIENCE):
            press_ctrl_c()

    try:
        if isinstance(pats, Portalled):
            return cancelled(pats, call, gate.reached)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(press)
            with pytest.raises(raises) as caught:
                call(pats)
        return caught.value
    finally:
        gate.open()


def cancelled(
    pats: PatClient, call: Callable[[Any], Any], reached: threading.Event
) -> BaseException:
    """Run a call of an async client, cancel it once `reached` is set, return what it raised."""
    assert isinstance(pats, Portalled)
    client = pats.client
    ended = threading.Event()
    caught: list[BaseException] = []

    async def run() -> None:
        try:
            await call(client)
        except BaseException as error:
            caught.append(error)
            raise
        finally:
            ended.set()

    task = pats.portal.start_task_soon(run)
    assert reached.wait(PATIENCE), "the call never got there"
    task.cancel()
    assert ended.wait(PATIENCE), "the cancelled call goes on"
    assert caught, "the call ended well"
    assert isinstance(caught[0], pats.portal.call(_cancelled_class)), caught[0]
    return caught[0]


async def _cancelled_class() -> type[BaseException]:
    return anyio.get_cancelled_exc_class()


def raised_by(call: Callable[[], object]) -> BaseException:
    try:
        call()
    except KeyboardInterrupt as interrupt:
        return interrupt
    raise AssertionError("the call ended well")


def within(condition: Callable[[], bool]) -> bool:
    """Return whether a condition comes true before patience is at its end."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.002)
    return True


def press_ctrl_c() -> None:
    """Interrupt the main thread, as the keys do."""
    main_thread = threading.main_thread().ident
    assert main_thread is not None
    signal.pthread_kill(main_thread, signal.SIGINT)


def main_thread_is_in(function: str) -> bool:
    """Return whether the main thread is in a function of that name just now."""
    main_thread = threading.main_thread().ident
    frame = sys._current_frames().get(main_thread or 0)
    return frame is not None and frame.f_code.co_name == function
