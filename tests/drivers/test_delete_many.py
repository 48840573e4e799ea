"""Revoking many tokens: all that can be, a few at a time, and what an interrupt says."""

import re
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import FrameType
from typing import NamedTuple

import anyio
import anyio.lowlevel
import pytest

from sailpoint_pat import ConfigurationError, PermissionDeniedError
from sailpoint_pat._clock import Latch
from sailpoint_pat._clock import clock as machine_clock
from sailpoint_pat.testing import FakeTenant, faults
from tests.support.clients import Connect, Flavour, async_only
from tests.support.interrupts import (
    PATIENCE,
    cancelled,
    main_thread_is_in,
    press_ctrl_c,
    raised_by,
    within,
)

AT_ONCE = 8


@pytest.fixture
def ids(tenant: FakeTenant) -> list[str]:
    """Thirty tokens of somebody else, who may have more than ten here."""
    person = tenant.add_person("Somebody else")
    return [tenant.add_token(person, f"Token {number}").id for number in range(30)]


def test_results_are_in_the_order_given(
    tenant: FakeTenant, connect: Connect, ids: list[str]
) -> None:
    given = [*ids[::-1], ids[3], "0" * 32, ids[3]]
    results = connect(tenant).delete_many(each for each in given)
    assert [result.id for result in results] == given
    assert {result.outcome for result in results if result.id in ids} == {"deleted"}
    assert results[-2].outcome == "missing"
    assert all(result.error is None for result in results)
    # One that comes twice is revoked once.
    assert tenant.count("delete") == len(ids) + 1
    assert list(tenant.tokens) == [tenant.client_id]


def test_nothing_to_do(tenant: FakeTenant, connect: Connect) -> None:
    assert connect(tenant).delete_many([]) == []
    assert tenant.requests == []


def test_one_failure_does_not_stop_the_others(
    tenant: FakeTenant, connect: Connect, ids: list[str]
) -> None:
    tenant.fail("delete", faults.Status(403))
    results = connect(tenant).delete_many(ids)
    (failed,) = [result for result in results if result.outcome != "deleted"]
    assert failed.outcome == "failed"
    assert isinstance(failed.error, PermissionDeniedError)
    assert set(tenant.tokens) == {tenant.client_id, failed.id}


def test_a_few_at_a_time(tenant: FakeTenant, connect: Connect, ids: list[str]) -> None:
    gate = faults.Gate()
    tenant.fail("delete", gate, times=None)
    pats = connect(tenant)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(pats.delete_many, ids)
        within(lambda: tenant.count("delete") >= AT_ONCE)
        at_the_gate = tenant.count("delete")
        gate.open()
        assert len(running.result(PATIENCE)) == len(ids)
    assert at_the_gate == AT_ONCE
    used = {each.connection for each in tenant.requests if each.operation == "delete"}
    assert len(used) <= AT_ONCE


def test_the_clients_own_token_is_last(
    tenant: FakeTenant, connect: Connect, ids: list[str]
) -> None:
    given = [ids[0], tenant.client_id, *ids[1:]]
    seen: list[tuple[int, int]] = []
    results = connect(tenant).delete_many(
        given, on_progress=lambda done, total: seen.append((done, total))
    )
    assert [result.id for result in results] == given
    assert {result.outcome for result in results} == {"deleted"}
    assert tenant.requests[-1].path.endswith(tenant.client_id)
    assert seen == [(number, len(given)) for number in range(1, len(given) + 1)]
    assert dict(tenant.tokens) == {}


def test_with_an_access_token_of_ones_own_nothing_is_last(
    tenant: FakeTenant, connect_sync: Connect
) -> None:
    results = connect_sync(tenant, access_token="refused").delete_many(["a", "b"])
    assert [result.outcome for result in results] == ["failed", "failed"]


@async_only
def test_progress_may_be_async(tenant: FakeTenant, connect: Connect, ids: list[str]) -> None:
    seen: list[tuple[int, int]] = []

    async def note(done: int, total: int) -> None:
        await anyio.lowlevel.checkpoint()
        seen.append((done, total))

    connect(tenant).delete_many(ids, on_progress=note)
    assert sorted(seen) == [(number, 30) for number in range(1, 31)]


# --- interrupted ----------------------------------------------------------------------------------


class Note(NamedTuple):
    """What the note of an interrupt says, as sets of ids."""

    known: set[str]
    not_known: set[str]
    never_sent: int


def note_of(interrupt: BaseException, total: int) -> Note:
    (note,) = interrupt.__notes__
    found = re.fullmatch(
        r"delete_many was interrupted; what became of (\d+) of (\d+) tokens is known: (.*?)\."
        r"(?: It is not known of: (.*?)\.)? Of the other (\d+) no request was sent\.",
        note,
    )
    assert found, note
    known = [] if found[3] == "none" else [part.split()[0] for part in found[3].split(", ")]
    not_known = found[4].split(", ") if found[4] else []
    assert (int(found[1]), int(found[2])) == (len(known), total)
    assert len(known) + len(not_known) + int(found[5]) == total
    return Note(set(known), set(not_known), int(found[5]))


def check(note: Note, tenant: FakeTenant, ids: list[str]) -> None:
    """Compare what the note says with what the tenant has."""
    gone = set(ids) - tenant.tokens.keys()
    assert note.known <= gone
    assert gone <= note.known | note.not_known


@pytest.mark.parametrize("error_type", [RuntimeError, KeyboardInterrupt])
def test_interrupted_by_the_progress(
    tenant: FakeTenant,
    connect: Connect,
    ids: list[str],
    flavour: Flavour,
    error_type: type[BaseException],
) -> None:
    if flavour != "sync" and error_type is KeyboardInterrupt:
        error_type = LookupError  # Ctrl-C in a task ends its event loop; see the next test.

    def stop(done: int, _total: int) -> None:
        if done == 5:
            raise error_type("enough")

    pats = connect(tenant)
    with pytest.raises(error_type, match="enough") as caught:
        pats.delete_many(ids, on_progress=stop)
    note = note_of(caught.value, len(ids))
    assert len(note.known) >= 5
    check(note, tenant, ids)
    # It ended: the rest was not begun.
    assert tenant.count("delete") <= len(ids) - note.never_sent < len(ids)
    left = [token_id for token_id in ids if token_id in tenant.tokens]
    assert all(result.outcome != "failed" for result in pats.delete_many(left))


@async_only
def test_cancelled_in_between(
    tenant: FakeTenant, connect: Connect, ids: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    pats = connect(tenant)
    half = threading.Event()

    async def stay(done: int, _total: int) -> None:
        if done == 5:
            half.set()
            await anyio.sleep(PATIENCE)

    interrupt = cancelled(pats, lambda it: it.delete_many(ids, on_progress=stay), half)
    check(note_of(interrupt, len(ids)), tenant, ids)
    # Who only cancels a task never sees the exception.
    assert interrupt.__notes__[0] in caplog.text
    # The client is as good as new. (What was on its way may be gone a moment later.)
    left = [token_id for token_id in ids if token_id in tenant.tokens]
    assert all(result.outcome != "failed" for result in pats.delete_many(left))
    assert tenant.tokens.keys().isdisjoint(ids)


@pytest.mark.parametrize("started", [0, 1, AT_ONCE - 1])
def test_interrupted_while_its_threads_are_started(
    tenant: FakeTenant,
    connect_sync: Connect,
    ids: list[str],
    monkeypatch: pytest.MonkeyPatch,
    started: int,
) -> None:
    start, left = threading.Thread.start, iter(range(started))

    def start_some(thread: threading.Thread) -> None:
        if thread.name == "sailpoint-pat-worker" and next(left, None) is None:
            raise KeyboardInterrupt
        start(thread)

    pats = connect_sync(tenant)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", start_some)
        interrupt = raised_by(lambda: pats.delete_many(ids))
    note = note_of(interrupt, len(ids))
    check(note, tenant, ids)
    assert note.not_known == set(), "what was sent was waited for"


@pytest.mark.parametrize("presses", [1, 2])
def test_ctrl_c_waits_for_what_was_sent_and_a_second_one_does_not(
    tenant: FakeTenant, connect_sync: Connect, ids: list[str], presses: int
) -> None:
    gate = faults.Gate()
    tenant.fail("delete", gate, times=None)

    def press() -> None:
        assert within(lambda: tenant.count("delete") == AT_ONCE)
        press_ctrl_c()
        assert within(lambda: main_thread_is_in("end"))
        if presses == 2:
            press_ctrl_c()
        else:
            gate.open()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(press)
        interrupt = raised_by(lambda: connect_sync(tenant).delete_many(ids))
    note = note_of(interrupt, len(ids))
    known = AT_ONCE if presses == 1 else 0
    assert (len(note.known), len(note.not_known)) == (known, AT_ONCE - known)
    gate.open()
    if presses == 1:
        check(note, tenant, ids)


def test_ctrl_c_does_not_sit_out_the_pauses(
    tenant: FakeTenant, connect_sync: Connect, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # One call waits for a minute, as a 429 has asked it to, when the other one is interrupted.
    waits = threading.Event()
    really_wait = machine_clock.wait

    def wait(seconds: float, stop: Latch) -> None:
        waits.set()
        really_wait(seconds, stop)

    monkeypatch.setattr(machine_clock, "wait", wait)
    gate = faults.Gate(after=True)
    tenant.fail("delete", gate)
    tenant.fail("delete", faults.RateLimited("60"))

    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    pats = connect_sync(tenant)
    with ThreadPoolExecutor(1) as pool:
        begun = time.monotonic()
        running = pool.submit(pats.delete_many, ids[:2], on_progress=stop)
        assert waits.wait(PATIENCE)
        gate.open()
        interrupt = running.exception(PATIENCE)
        assert time.monotonic() - begun < PATIENCE
    assert isinstance(interrupt, KeyboardInterrupt)
    assert len(note_of(interrupt, 2).known) == 1


def test_an_async_on_progress_is_for_the_async_client(
    tenant: FakeTenant, connect_sync: Connect, ids: list[str]
) -> None:
    async def tell(_done: int, _total: int) -> None:
        raise AssertionError

    with pytest.raises(ValueError, match="on_progress is an async function: use AsyncPatClient"):
        connect_sync(tenant).delete_many(ids, on_progress=tell)
    assert tenant.count("delete") == 0


def test_an_on_progress_that_turns_out_to_be_async(
    tenant: FakeTenant, connect_sync: Connect, ids: list[str]
) -> None:
    class Teller:
        async def __call__(self, _done: int, _total: int) -> None:
            raise AssertionError

    with pytest.raises(ConfigurationError, match="on_progress is an async callable: use Async"):
        connect_sync(tenant).delete_many(ids, on_progress=Teller())


def test_a_second_ctrl_c_before_the_first_has_stopped_anything(
    tenant: FakeTenant, connect_sync: Connect, ids: list[str]
) -> None:
    def press_once_more(frame: FrameType, _event: str, _arg: object) -> None:
        if frame.f_code.co_name == "begin_nothing_more":
            sys.settrace(None)
            raise KeyboardInterrupt

    def press(_done: int, _total: int) -> None:
        sys.settrace(press_once_more)
        raise KeyboardInterrupt

    interrupt = raised_by(lambda: connect_sync(tenant).delete_many(ids, on_progress=press))
    note = note_of(interrupt, len(ids))
    assert within(lambda: not [each for each in threading.enumerate() if "-worker" in each.name])
    assert tenant.count("delete") <= len(ids) - note.never_sent < len(ids)
