"""Cancels calls of `AsyncPatClient` at random moments, with asyncio's own means."""

import asyncio
import contextlib
import itertools
import random
import time
from datetime import timedelta

from attrs import define

from sailpoint_pat import AsyncPatClient
from sailpoint_pat.testing import FakeTenant
from tests.attack.figures import PATIENCE, Figures, hunt, judge_create, settle
from tests.support.clients import pair_of

_AT_ONCE = 20
# All of one person, who may have ten tokens.
_CREATES_AT_ONCE = 6


def attack_tasks(times: int, seed: str) -> Figures:
    """Cancel so many calls, each at a random moment; return what was found, also in the pool."""
    figures = Figures("async calls, cancelled by asyncio")
    rng = random.Random(f"{seed} tasks")  # noqa: S311  no secret
    with FakeTenant(rate_limit=None, validate=False) as tenant:
        asyncio.run(_attack(figures, tenant, times, rng))
    return figures


@define
class _Call:
    """A call, and when and how it is cancelled."""

    name: str
    creates: bool
    moment: float
    with_a_timeout: bool
    error: BaseException | None = None

    async def run(self, pats: AsyncPatClient) -> None:
        task = asyncio.create_task(self._call(pats))
        with contextlib.suppress(asyncio.CancelledError, Exception):  # It is in `error`.
            if self.with_a_timeout:
                async with asyncio.timeout(self.moment):
                    await task
            else:
                await asyncio.sleep(self.moment)
                task.cancel()
                await task

    async def _call(self, pats: AsyncPatClient) -> None:
        try:
            if self.creates:
                await pats.create(self.name, expires_in=timedelta(days=90))
            else:
                await pats.list("me")
        except BaseException as error:
            self.error = error
            raise


async def _attack(figures: Figures, tenant: FakeTenant, times: int, rng: random.Random) -> None:
    pats = AsyncPatClient(**pair_of(tenant), api_version="v1", rate_limit=None, retry=None)
    names = (f"Token {number}." for number in itertools.count())
    async with pats:
        takes = await _seconds_of(pats)
        while figures.tries < times:
            calls = [
                _Call(next(names), n < _CREATES_AT_ONCE, rng.uniform(0, takes), rng.random() < 0.5)
                for n in range(min(_AT_ONCE, times - figures.tries))
            ]
            await asyncio.gather(*(call.run(pats) for call in calls))
            await _call_again(figures, pats, 1)
            for call in calls:
                _judge(figures, tenant, call)
            tenant.clear_log()
        if tenant.open_connections > _AT_ONCE + 1:
            figures.note("stuck", f"{tenant.open_connections} connections are open")
        # More than there were at once before: a place that is taken for ever would be missed.
        await _call_again(figures, pats, 5 * _AT_ONCE)
    await asyncio.to_thread(settle, tenant)
    if tenant.open_connections:
        figures.note("stuck", f"{tenant.open_connections} connections outlive the client")


async def _seconds_of(pats: AsyncPatClient) -> float:
    """Return how long as many calls as are made at once take."""
    begun = time.perf_counter()
    await asyncio.gather(*(pats.list("me") for _ in range(_AT_ONCE)))
    return time.perf_counter() - begun


async def _call_again(figures: Figures, pats: AsyncPatClient, times: int) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*(pats.list("me") for _ in range(times)))
    except Exception as error:  # noqa: BLE001  whatever it is, the client is stuck
        figures.note("stuck", f"then a listing fails: {error!r}")


def _judge(figures: Figures, tenant: FakeTenant, call: _Call) -> None:
    made = [stored for stored in tenant.tokens.values() if stored.name == call.name]
    if isinstance(call.error, asyncio.CancelledError):
        figures.tries += 1
        if call.creates:
            judge_create(figures, call.error, exists=bool(made))
        figures.note("leak", *hunt(tenant, call.error, made))
    elif call.error is not None:
        figures.note("stuck", f"a call fails beside the cancelled ones: {call.error!r}")
    for stored in made:
        tenant.remove_token(stored.id)
