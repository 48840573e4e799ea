"""Signals in the sync client, cancellations in the async one: no lie, no lost token, no stuck pool.

Ctrl-C and a worker's soft time limit come as an exception out of a signal handler, between any two
steps of a call. asyncio cancels a task where it waits.
"""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from typing import TYPE_CHECKING

import pytest

from sailpoint_pat import AsyncPatClient, PatClient, RotationError
from sailpoint_pat.testing import FakeTenant, faults
from tests.support.calls import NAME
from tests.support.interrupts import PATIENCE, within

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.interrupts import Asked


class SoftTimeLimitError(Exception):
    """What a worker's signal handler raises."""


class Alarm:
    """An exception out of a signal handler, in the main thread, wherever that is just then."""

    def __init__(self, raised: type[BaseException]) -> None:
        self.raised = raised
        self._is_set = False

    def handler(self, _number: int, _frame: object) -> None:
        if self._is_set:
            self._is_set = False
            raise self.raised

    def interrupt_at(self, gate: faults.Gate, call: Callable[[], object]) -> BaseException:
        """Make a call that is interrupted when its request stands at a gate; return the error."""
        main = threading.get_ident()

        def ring() -> None:
            if gate.reached.wait(PATIENCE):
                signal.pthread_kill(main, signal.SIGALRM)

        bell = threading.Thread(target=ring)
        self._is_set = True
        bell.start()
        try:
            with pytest.raises((self.raised, RotationError)) as caught:
                call()
        finally:
            gate.open()
            bell.join()
        return caught.value


@pytest.fixture(params=[SoftTimeLimitError, KeyboardInterrupt])
def alarm(request: pytest.FixtureRequest) -> Iterator[Alarm]:
    alarm = Alarm(request.param)
    before = signal.signal(signal.SIGALRM, alarm.handler)
    yield alarm
    signal.signal(signal.SIGALRM, before)


def interrupted(
    tenant: FakeTenant, operation: Asked, alarm: Alarm, call: Callable[[], object]
) -> BaseException:
    """Make a call; the signal comes when the tenant has done the work, and nobody knows yet."""
    gate = faults.Gate(after=True)
    tenant.fail(operation, gate)
    return alarm.interrupt_at(gate, call)


def made(tenant: FakeTenant) -> list[str]:
    return [each for each in tenant.tokens if each != tenant.client_id]


@pytest.fixture
def primed(pats: PatClient) -> PatClient:
    """A client with an access token and an open connection."""
    pats.list("me")
    return pats


# --- the sync client ------------------------------------------------------------------------------


def test_a_create_says_that_there_may_be_a_token(
    tenant: FakeTenant, primed: PatClient, alarm: Alarm
) -> None:
    error = interrupted(tenant, "create", alarm, lambda: primed.create(NAME))
    assert type(error) is alarm.raised
    (note,) = error.__notes__
    assert "there may be one with that name, whose secret nobody has" in note
    assert len(made(tenant)) == 1
    assert len(primed.list("me")) == 2, "the next call works"


@pytest.mark.parametrize("operation", ["list", "delete", "token"])
def test_what_makes_no_token_says_nothing(
    tenant: FakeTenant, pats: PatClient, alarm: Alarm, operation: Asked
) -> None:
    call = pats.list if operation != "delete" else lambda: pats.delete("0" * 32)
    error = interrupted(tenant, operation, alarm, call)
    assert type(error) is alarm.raised
    assert not hasattr(error, "__notes__")
    assert pats.list("me")


def test_a_rotation_that_is_interrupted_in_its_create_says_what_is_not_known(
    tenant: FakeTenant, primed: PatClient, alarm: Alarm
) -> None:
    old_id = tenant.client_id
    error = interrupted(tenant, "create", alarm, lambda: primed.rotate(old_id, save=print))
    if alarm.raised is KeyboardInterrupt:
        assert "a new token may exist, whose secret nobody has" in " ".join(error.__notes__)
        return
    assert isinstance(error, RotationError)
    assert isinstance(error.__cause__, alarm.raised)
    assert (error.step, error.old_exists, error.new_exists) == ("create", True, None)
    orphan = primed.find_orphan(error)
    assert orphan is not None
    assert [orphan.id] == made(tenant)


def test_a_rotation_that_is_interrupted_in_its_revocation_says_what_is_not_known(
    tenant: FakeTenant, primed: PatClient, alarm: Alarm
) -> None:
    saved: list[str] = []
    old = tenant.add_token(tenant.person, "Old")
    error = interrupted(
        tenant,
        "delete",
        alarm,
        lambda: primed.rotate(old.id, save=lambda new: saved.append(new.id)),
    )
    assert old.id not in tenant.tokens
    if alarm.raised is KeyboardInterrupt:
        assert f"The old token {old.id} may exist; the new token" in " ".join(error.__notes__)
        return
    assert isinstance(error, RotationError)
    assert (error.step, error.old_exists, error.new_exists) == ("revoke", None, True)
    assert error.new is not None
    assert [error.new.id] == saved


def test_a_rotation_whose_proof_is_interrupted_revokes_what_nobody_saved(
    tenant: FakeTenant, primed: PatClient, alarm: Alarm
) -> None:
    old_id = tenant.client_id
    error = interrupted(tenant, "token", alarm, lambda: primed.rotate(old_id, save=print))
    if alarm.raised is KeyboardInterrupt:
        # It ends at once, and says that the new token exists.
        (new_id,) = made(tenant)
        assert f"the new token {new_id} exists and works" in " ".join(error.__notes__)
        return
    assert isinstance(error, RotationError)
    assert (error.step, error.new_exists, made(tenant)) == ("prove", False, [])


# --- the async client -----------------------------------------------------------------------------


def test_after_200_cancellations_by_asyncio_no_connection_is_left_behind() -> None:
    async def run() -> None:
        with FakeTenant(rate_limit=None, validate=False) as tenant:
            async with AsyncPatClient(
                base_url=tenant.base_url,
                client_id=tenant.client_id,
                client_secret=tenant.client_secret,
                rate_limit=None,
                retry=None,
            ) as client:
                begun = time.monotonic()
                await client.list()
                typical = time.monotonic() - begun
                cancelled = 0
                for number in range(200):
                    try:
                        async with (
                            asyncio.timeout(typical * number / 200),
                            asyncio.TaskGroup() as group,
                        ):
                            for _ in range(5):
                                group.create_task(client.list())
                    except TimeoutError:
                        cancelled += 1
                assert cancelled > 20
                # Those that are open are idle, one for each call of a round at most.
                assert await asyncio.to_thread(within, lambda: tenant.open_connections <= 5)
                assert await client.list()
            assert within(lambda: tenant.open_connections == 0)

    asyncio.run(run())
