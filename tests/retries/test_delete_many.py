"""Revoking many tokens: all that can be, a few at a time, and what an interruption says."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import anyio
import anyio.lowlevel
import pytest

from sailpoint_pat import PatClient, PermissionDeniedError
from sailpoint_pat._clock import clock as machine_clock
from sailpoint_pat.testing import FakeTenant, faults
from tests.support.interrupts import PATIENCE, cancelled, raised_by

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.clients import Connect, Flavour
    from tests.support.clock import MovedClock

AT_ONCE = 8


@pytest.fixture
def ids(tenant: FakeTenant) -> list[str]:
    """Thirty tokens of somebody else, who may have more than ten here."""
    person = tenant.add_person("Somebody else")
    return [tenant.add_token(person, f"Token {number}").id for number in range(30)]


def test_results_are_in_the_order_given(
    connect: Connect, tenant: FakeTenant, ids: list[str]
) -> None:
    given = [*ids[::-1], ids[3], "0" * 32, ids[3]]

    def one_by_one() -> Iterator[str]:
        yield from given

    results = connect(tenant).delete_many(one_by_one())
    assert [result.id for result in results] == given
    assert {result.outcome for result in results if result.id in ids} == {"deleted"}
    assert results[-2].outcome == "missing"
    assert all(result.error is None for result in results)
    # One that comes twice is revoked once.
    assert tenant.count("delete") == len(ids) + 1
    assert list(tenant.tokens) == [tenant.client_id]


def test_nothing_to_do(connect: Connect, tenant: FakeTenant) -> None:
    assert connect(tenant).delete_many([]) == []
    assert tenant.requests == []


@pytest.mark.parametrize("bad", ["86f1dc6fe8f54414950454cbb11278fa", ["x", ""], ["."], [7]])
def test_bad_ids(connect: Connect, tenant: FakeTenant, bad: Any) -> None:
    with pytest.raises(ValueError, match="token_id"):
        connect(tenant).delete_many(bad)
    assert tenant.requests == []


def test_one_failure_does_not_stop_the_others(
    connect: Connect, tenant: FakeTenant, ids: list[str]
) -> None:
    tenant.fail("delete", faults.Status(403))
    results = connect(tenant).delete_many(ids)
    (failed,) = [result for result in results if result.outcome != "deleted"]
    assert failed.outcome == "failed"
    assert isinstance(failed.error, PermissionDeniedError)
    assert set(tenant.tokens) == {tenant.client_id, failed.id}


def test_hundreds(connect: Connect, clock: MovedClock) -> None:
    with FakeTenant(rate_limit=None, validate=False) as tenant:
        nobody = [f"{number:032x}" for number in range(500)]
        results = connect(tenant).delete_many(nobody)
        assert [result.id for result in results] == nobody
        assert {result.outcome for result in results} == {"missing"}
        assert tenant.count("delete") == 500
    # The client kept to the pace by itself: a hundred calls in ten seconds.
    assert sum(clock.pauses) >= 39


def test_a_few_at_a_time(connect: Connect, tenant: FakeTenant, ids: list[str]) -> None:
    gate = faults.Gate()
    tenant.fail("delete", gate, times=None)
    pats = connect(tenant)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(pats.delete_many, ids)
        try:
            deadline = time.monotonic() + PATIENCE
            while tenant.count("delete") < AT_ONCE and time.monotonic() < deadline:
                time.sleep(0.002)
        finally:
            at_the_gate = tenant.count("delete")
            gate.open()
        assert len(running.result(PATIENCE)) == len(ids)
    assert at_the_gate == AT_ONCE
    used = {each.connection for each in tenant.requests if each.operation == "delete"}
    assert len(used) <= AT_ONCE


def test_the_own_one_is_last(connect: Connect, tenant: FakeTenant, ids: list[str]) -> None:
    given = [ids[0], tenant.client_id, *ids[1:]]
    seen: list[tuple[int, int]] = []
    results = connect(tenant).delete_many(
        given, on_progress=lambda done, total: seen.append((done, total))
    )
    assert [result.id for result in results] == given
    assert {result.outcome for result in results} == {"deleted"}
    assert tenant.requests[-1].path.endswith(tenant.client_id)
    assert seen == [(n + 1, len(given)) for n in range(len(given))]
    assert dict(tenant.tokens) == {}


def test_progress(connect: Connect, tenant: FakeTenant, ids: list[str], flavour: Flavour) -> None:
    seen: list[tuple[int, int]] = []

    async def note(done: int, total: int) -> None:
        await anyio.lowlevel.checkpoint()
        seen.append((done, total))

    def note_at_once(done: int, total: int) -> None:
        seen.append((done, total))

    pats = connect(tenant)
    pats.delete_many(ids[:10], on_progress=note_at_once)
    assert seen == [(n + 1, 10) for n in range(10)]
    if flavour != "sync":
        seen.clear()
        pats.delete_many(ids[10:], on_progress=note)
        assert sorted(seen) == [(n + 1, 20) for n in range(20)]


# --- interrupted ----------------------------------------------------------------------------------


def said_to_be_done(note: str) -> set[str]:
    assert note.startswith("delete_many was interrupted; ")
    listed = note.partition("known: ")[2].rstrip(".")
    return {part.split()[0] for part in listed.split(", ")}


@pytest.mark.parametrize("error_type", [RuntimeError, KeyboardInterrupt])
def test_interrupted_by_the_progress(
    connect: Connect,
    tenant: FakeTenant,
    ids: list[str],
    flavour: Flavour,
    error_type: type[BaseException],
) -> None:
    if flavour != "sync" and error_type is KeyboardInterrupt:
        error_type = LookupError  # A Ctrl-C in a task ends its event loop; see the next test.

    def stop(done: int, _total: int) -> None:
        if done == 5:
            raise error_type("enough")

    with pytest.raises(error_type, match="enough") as caught:
        connect(tenant).delete_many(ids, on_progress=stop)
    (note,) = caught.value.__notes__
    done = said_to_be_done(note)
    assert len(done) >= 5
    assert done.isdisjoint(tenant.tokens)
    # It ended: the rest was not begun.
    assert tenant.count("delete") < len(ids)


def test_interrupted_in_between(
    connect: Connect, tenant: FakeTenant, ids: list[str], flavour: Flavour
) -> None:
    pats = connect(tenant)
    half = threading.Event()
    if flavour == "sync":

        def stop(_done: int, _total: int) -> None:
            raise KeyboardInterrupt

        interrupt = raised_by(lambda: pats.delete_many(ids, on_progress=stop))
    else:

        async def stay(done: int, _total: int) -> None:
            if done == 5:
                half.set()
                await anyio.sleep(PATIENCE)

        interrupt = cancelled(pats, lambda it: it.delete_many(ids, on_progress=stay), half)
    (note,) = interrupt.__notes__
    assert said_to_be_done(note).isdisjoint(tenant.tokens)
    # The client is as good as new. (What was on its way may be gone a moment later.)
    left = [token_id for token_id in ids if token_id in tenant.tokens]
    assert all(result.outcome != "failed" for result in pats.delete_many(left))
    assert tenant.tokens.keys().isdisjoint(ids)


def test_ctrl_c_does_not_sit_out_the_pauses(
    tenant: FakeTenant, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # One call waits for a minute, as a 429 has asked it to, when the other one is interrupted.
    waits = threading.Event()
    really_wait = machine_clock.wait

    def wait(seconds: float, stop: threading.Event) -> None:
        waits.set()
        really_wait(seconds, stop)

    monkeypatch.setattr(machine_clock, "wait", wait)
    gate = faults.Gate(after=True)
    tenant.fail("delete", gate)
    tenant.fail("delete", faults.RateLimited("60"))

    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with (
        PatClient(
            base_url=tenant.base_url, client_id=tenant.client_id, client_secret=tenant.client_secret
        ) as pats,
        ThreadPoolExecutor(1) as pool,
    ):
        begun = time.monotonic()
        running = pool.submit(pats.delete_many, ids[:2], on_progress=stop)
        assert waits.wait(PATIENCE)
        gate.open()
        interrupt = running.exception(PATIENCE)
        assert time.monotonic() - begun < PATIENCE
    assert isinstance(interrupt, KeyboardInterrupt)
    assert len(said_to_be_done(interrupt.__notes__[0])) == 1


def test_a_second_ctrl_c_does_not_wait(
    tenant: FakeTenant, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shutdown = ThreadPoolExecutor.shutdown
    impatient = iter([KeyboardInterrupt("again")])

    def again(pool: ThreadPoolExecutor, **options: Any) -> None:
        shutdown(pool, **options)
        raise next(impatient)

    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with PatClient(
        base_url=tenant.base_url, client_id=tenant.client_id, client_secret=tenant.client_secret
    ) as pats:
        monkeypatch.setattr(ThreadPoolExecutor, "shutdown", again)
        with pytest.raises(KeyboardInterrupt, match="again") as caught:
            pats.delete_many(ids, on_progress=stop)
    (note,) = caught.value.__notes__
    assert said_to_be_done(note).isdisjoint(tenant.tokens)
