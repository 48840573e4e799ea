"""The driver for threads."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import attrs

from sailpoint_pat._auth import refuse_awaitable
from sailpoint_pat._boundary import without_frames
from sailpoint_pat._clock import Latch, clock
from sailpoint_pat._drivers._driver import Driver, Send, Wait
from sailpoint_pat._flows import Flow, Save, has_ended
from sailpoint_pat._http._clients import HTTPClient
from sailpoint_pat._operations import Operation
from sailpoint_pat.errors import DeleteResult, SailPointError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sailpoint_pat._drivers._deletes import ProgressFunction
    from sailpoint_pat._retry import Tries

T = TypeVar("T")


class _StoppedError(BaseException):
    """The `delete_many` that a call is part of was interrupted: the call is not sent again."""


class _NeverSentError(_StoppedError):
    """It was interrupted before the call was sent at all."""


@attrs.frozen(eq=False)
class SyncDriver(Driver):
    """Runs operations and flows in the calling thread.

    Attributes:
        http: the httpx client.
        closed: set when the client is closed; it ends every pause.
        stops: the `stop` of each `delete_many` that is under way; `close` sets them too.
        stop: set when the `delete_many` that this driver works for is interrupted.
    """

    http: HTTPClient
    closed: Latch = attrs.field(factory=Latch)
    stops: set[Latch] = attrs.field(factory=set)
    stop: Latch | None = None

    def close(self) -> None:
        """Close the connections, and end every pause."""
        self.closed.set()
        for stop in list(self.stops):
            stop.set()
        self.http.close()

    @property
    def is_stopped(self) -> bool:
        """Whether nothing is sent any more."""
        return self.closed.is_set() or (self.stop is not None and self.stop.is_set())

    def stopped_error(self, tries: Tries) -> BaseException:
        """Return what to raise for a call that cannot go on."""
        if self.closed.is_set():
            return super().stopped_error(tries)
        return _StoppedError() if tries.number else _NeverSentError()

    def run(self, operation: Operation[T]) -> T:
        """Send an operation, and again where that is worth while and safe."""
        try:
            return self.drive(self.tries_of(operation))
        except BaseException as error:  # noqa: BLE001  raised again
            raise without_frames(error) from None

    def drive(self, flow: Flow[T]) -> T:
        """Run a flow: carry out each step and send it the result.

        Ctrl-C may come between any two lines: also then it is the flow that decides what to do.
        """
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
                    result = self._carry_out(step)
            except BaseException as caught:
                if has_ended(flow):
                    if isinstance(caught, SailPointError):
                        raise  # `run` has taken the frames off, and its cause may tell more.
                    self.note_interrupt(step, caught)
                    raise without_frames(caught) from None
                error = caught

    def _carry_out(self, step: object) -> object:
        match step:
            case Send():
                return step.operation.perform(self.http, step.timeout)
            case Wait():
                clock.wait(step.seconds, self.stop or self.closed)
            case Operation():
                return self.run(step)
            case Save():
                refuse_awaitable(step.function(step.issued), "save")
            case _:
                raise AssertionError(f"no such step: {step!r}")
        return None

    def delete_many(
        self, token_ids: Iterable[str], on_progress: ProgressFunction | None
    ) -> list[DeleteResult]:
        """Revoke all tokens it can, several at once, each in a thread."""
        # Most programs never do this, and start sooner without it.
        from sailpoint_pat._drivers._deletes import DELETES_AT_ONCE, Deletes, delete_one  # noqa: PLC0415
        from sailpoint_pat._drivers._workers import Workers  # noqa: PLC0415

        own = self.shared.credentials
        deletes = Deletes.of(token_ids, own.client_id if own else None, on_progress)

        def delete(token_id: str) -> None:
            deletes.begun.add(token_id)
            try:
                deletes.results[token_id] = stoppable.drive(delete_one(token_id))
            except _NeverSentError:
                deletes.begun.discard(token_id)
                raise

        def tell(done: int) -> None:
            if on_progress is not None:
                refuse_awaitable(on_progress(done, deletes.total), "on_progress")

        workers = Workers(delete, deletes.order, DELETES_AT_ONCE)
        stoppable = attrs.evolve(self, stop=workers.stop)
        try:
            self.stops.add(workers.stop)
            workers.start()
            for done in range(1, len(deletes.order) + 1):
                workers.wait_for_one()
                tell(done)
            if deletes.last is not None:
                delete(deletes.last)
                tell(deletes.total)
            return deletes.in_order_given()
        except BaseException as interrupt:
            try:
                workers.end()
            except BaseException as second:  # Ctrl-C again: it does not wait.
                workers.begin_nothing_more()
                deletes.note_on(second)
                raise
            deletes.note_on(interrupt)
            raise
        finally:
            self.stops.discard(workers.stop)
