"""The driver for tasks, on asyncio and on trio."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

import anyio
import attrs

from sailpoint_pat._boundary import without_frames
from sailpoint_pat._clock import clock
from sailpoint_pat._drivers._deletes import DELETES_AT_ONCE, Deletes, ProgressFunction, delete_one
from sailpoint_pat._drivers._driver import Driver, Send, Wait
from sailpoint_pat._flows import Flow, Save, has_ended
from sailpoint_pat._http._clients import AsyncHTTPClient
from sailpoint_pat._operations import Operation
from sailpoint_pat.errors import DeleteResult, SailPointError

if TYPE_CHECKING:
    from anyio.abc import TaskGroup


T = TypeVar("T")


@attrs.frozen(eq=False)
class AsyncDriver(Driver):
    """Runs operations and flows in the calling task.

    Attributes:
        http: the httpx client.
        closed: set when the client is closed; it ends every pause.
    """

    http: AsyncHTTPClient
    closed: anyio.Event = attrs.field(factory=anyio.Event)

    async def aclose(self) -> None:
        """Close the connections, and end every pause."""
        if self.shared.guard.is_at_home:
            self.closed.set()
            await self.http.aclose()

    @property
    def is_stopped(self) -> bool:
        """Whether nothing is sent any more: the client is closed."""
        return self.closed.is_set()

    async def run(self, operation: Operation[T]) -> T:
        """Send an operation, and again where that is worth while and safe."""
        try:
            return await self.drive(self.tries_of(operation))
        except BaseException as error:  # noqa: BLE001  raised again
            raise without_frames(error) from None

    async def drive(self, flow: Flow[T]) -> T:
        """Run a flow: carry out each step and send it the result."""
        step: object = None
        result: object = None
        error: BaseException | None = None
        while True:
            try:
                while True:
                    try:
                        step = flow.send(result) if error is None else flow.throw(error)
                    except StopIteration as end:
                        value: T = end.value
                        return value
                    result = error = None
                    result = await self._carry_out(step)
            except BaseException as caught:
                if has_ended(flow):
                    if isinstance(caught, SailPointError):
                        raise  # `run` has taken the frames off, and its cause may tell more.
                    self.note_interrupt(step, caught)
                    raise without_frames(caught) from None
                error = caught

    async def _carry_out(self, step: object) -> object:
        match step:
            case Send():
                return await step.operation.perform_async(self.http, step.timeout)
            case Wait():
                await clock.wait_async(step.seconds, self.closed)
            case Operation():
                return await self.run(step)
            case Save():
                saved = step.function(step.issued)
                if inspect.isawaitable(saved):
                    await saved
            case _:
                raise AssertionError(f"no such step: {step!r}")
        return None

    async def delete_many(
        self, token_ids: Iterable[str], on_progress: ProgressFunction | None
    ) -> list[DeleteResult]:
        """Revoke all tokens it can, several at once, each in a task."""
        own = self.shared.credentials
        deletes = Deletes.of(token_ids, own.client_id if own else None, on_progress)

        async def delete(token_id: str) -> None:
            deletes.begun.add(token_id)
            deletes.results[token_id] = await self.drive(delete_one(token_id))
            if on_progress is not None:
                told = on_progress(len(deletes.results), deletes.total)
                if inspect.isawaitable(told):
                    await told

        try:
            await _for_each(delete, deletes.order)
            if deletes.last is not None:
                await delete(deletes.last)
        except BaseException as interrupt:
            deletes.note_on(interrupt)
            raise
        return deletes.in_order_given()


async def _for_each(function: Callable[[str], Awaitable[None]], items: Iterable[str]) -> None:
    """Call a function for each item, a few at a time; the first exception ends it, as it is."""
    waiting = iter(items)  # One for all of them: each takes the next item.
    failures: list[Exception] = []

    async def work(group: TaskGroup) -> None:
        try:
            for item in waiting:
                await function(item)
        except Exception as error:  # noqa: BLE001  raised below, without the group's wrapping
            failures.append(error)
            group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        for _ in range(DELETES_AT_ONCE):
            group.start_soon(work, group)
    if failures:
        raise failures[0]
