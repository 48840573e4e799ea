"""The driver for tasks, on asyncio and on trio."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

import anyio
import attrs

from sailpoint_pat._boundary import without_frames
from sailpoint_pat._clock import clock
from sailpoint_pat._drivers._deletes import DELETES_AT_ONCE, Deletes, ProgressFunction
from sailpoint_pat._drivers._shared import Driver
from sailpoint_pat._flows import Flow, Prove, Save, Switch, is_over
from sailpoint_pat._http._clients import AsyncHTTPClient, timeouts
from sailpoint_pat._operations import Operation, delete_token
from sailpoint_pat.errors import DeleteResult, NotFoundError, SailPointError

if TYPE_CHECKING:
    from anyio.abc import TaskGroup

    from sailpoint_pat._pace import Place
    from sailpoint_pat._retry import Tries
    from sailpoint_pat.models import Secret

T = TypeVar("T")


class Closing:
    """Whether the client is closed, and what its pauses wait for."""

    def __init__(self) -> None:
        self.is_closed = False
        self._event: anyio.Event | None = None

    @property
    def event(self) -> anyio.Event:
        """Set when the client is closed; made in the event loop that first waits for it."""
        if self._event is None:
            self._event = anyio.Event()
        return self._event

    def close(self) -> None:
        """Close, and end every pause."""
        self.is_closed = True
        if self._event is not None:
            self._event.set()


@attrs.frozen(eq=False)
class AsyncDriver(Driver):
    """Runs operations and flows in the calling task.

    Attributes:
        http: the httpx client.
        closing: whether the client is closed.
    """

    http: AsyncHTTPClient
    closing: Closing = attrs.field(factory=Closing)

    async def aclose(self) -> None:
        """Close the connections, and end every pause."""
        self.closing.close()
        await self.http.aclose()

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
                if is_over(flow):
                    if isinstance(caught, SailPointError):
                        raise
                    self._note_interrupt(step, caught)
                    raise without_frames(caught) from None
                error = caught

    async def _carry_out(self, step: object) -> object:
        match step:
            case Operation():
                return await self.run(step)
            case Prove(issued):
                await self.prove(issued.id, issued.secret)
            case Switch(old_id, issued):
                self.switch(old_id, issued)
            case Save(function, issued):
                saved = function(issued)
                if inspect.isawaitable(saved):
                    await saved
            case _:
                raise AssertionError(f"no such step: {step!r}")
        return None

    async def prove(self, client_id: str, client_secret: Secret | str) -> None:
        """Exchange a pair, to see that it works."""
        try:
            await self._run(self._exchange_of(client_id, client_secret))
        except BaseException as error:  # noqa: BLE001  raised again
            raise without_frames(error) from None

    async def run(self, operation: Operation[T]) -> T:
        """Send an operation, and again where that is worth while and safe."""
        try:
            return await self._run(operation)
        except BaseException as error:  # noqa: BLE001  raised again
            raise without_frames(error) from None

    async def _run(self, operation: Operation[T]) -> T:
        tries = self._begin(operation)
        while True:
            place = self.shared.pace.join()
            try:
                await self._wait_for(place, tries)
                seconds = self._begin_try(tries)
                begun = clock.monotonic()
                try:
                    result = await operation.perform_async(self.http, timeouts(seconds))
                    return self._succeeded(operation, tries, begun, result)
                except SailPointError as error:
                    failure = error
            finally:
                self.shared.pace.leave(place)
            rescued = operation.rescue(failure, tries.maybe_performed)
            if rescued is not None:
                return rescued[0]
            over = self.closing.is_closed
            pause = self._failed(operation, tries, begun, failure, is_over=over)
            if pause is None:
                raise self._final(operation, tries, begun, failure)
            await self._wait(pause, tries)

    async def _wait_for(self, place: Place, tries: Tries) -> None:
        """Wait until the rate limit lets a call go out."""
        while (pause := self.shared.pace.pause(place)) > 0:
            overdue = tries.overdue(pause)
            if overdue is not None:
                raise tries.final(overdue)
            await self._wait(pause, tries)
        await self._wait(0, tries)

    async def _wait(self, seconds: float, tries: Tries) -> None:
        if seconds > 0 and not self.closing.is_closed:
            await clock.wait_async(seconds, self.closing.event)
        if self.closing.is_closed:
            raise self._closed_error(tries)

    async def delete_many(
        self, token_ids: Iterable[str], on_progress: ProgressFunction | None
    ) -> list[DeleteResult]:
        """Revoke all tokens it can, several at once, each in a task."""
        own = self.shared.credentials
        deletes = Deletes.of(token_ids, own.client_id if own else None, on_progress)

        async def delete(token_id: str) -> None:
            deletes.begun.add(token_id)
            deletes.results[token_id] = await self._delete_one(token_id)
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

    async def _delete_one(self, token_id: str) -> DeleteResult:
        try:
            await self.run(delete_token(token_id))
        except NotFoundError:
            return DeleteResult(token_id, "missing")
        except SailPointError as error:
            return DeleteResult(token_id, "failed", error)
        return DeleteResult(token_id, "deleted")


async def _for_each(function: Callable[[str], Awaitable[None]], items: Iterable[str]) -> None:
    """Call a function for each item, a few at a time; the first exception ends it, as it is."""
    waiting = iter(items)
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
