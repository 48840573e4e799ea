"""The driver for threads."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, TypeVar

import attrs

from sailpoint_pat._boundary import without_frames
from sailpoint_pat._clock import Latch, clock
from sailpoint_pat._drivers._shared import Driver
from sailpoint_pat._flows import Flow, Prove, Save, Switch, is_over
from sailpoint_pat._http._clients import HTTPClient, timeouts
from sailpoint_pat._operations import Operation, delete_token
from sailpoint_pat.errors import DeleteResult, NotFoundError, SailPointError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sailpoint_pat._drivers._deletes import ProgressFunction
    from sailpoint_pat._pace import Place
    from sailpoint_pat._retry import Tries
    from sailpoint_pat.models import Secret

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
        stops: the events of each `delete_many` that is under way; `close` sets them too.
    """

    http: HTTPClient
    closed: Latch = attrs.field(factory=Latch)
    stops: set[Latch] = attrs.field(factory=set)

    def close(self) -> None:
        """Close the connections, and end every pause."""
        self.closed.set()
        for stop in list(self.stops):
            stop.set()
        self.http.close()

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
                if is_over(flow):
                    if isinstance(caught, SailPointError):
                        raise
                    self._note_interrupt(step, caught)
                    raise without_frames(caught) from None
                error = caught

    def _carry_out(self, step: object) -> object:
        match step:
            case Operation():
                return self.run(step)
            case Prove(issued):
                self.prove(issued.id, issued.secret)
            case Switch(old_id, issued):
                self.switch(old_id, issued)
            case Save(function, issued):
                saved = function(issued)
                if inspect.isawaitable(saved):
                    if inspect.iscoroutine(saved):
                        saved.close()
                    raise TypeError("save is an async function: use AsyncPatClient")
            case _:
                raise AssertionError(f"no such step: {step!r}")
        return None

    def prove(self, client_id: str, client_secret: Secret | str) -> None:
        """Exchange a pair, to see that it works."""
        try:
            self._run(self._exchange_of(client_id, client_secret), None)
        except BaseException as error:  # noqa: BLE001  raised again
            raise without_frames(error) from None

    def run(self, operation: Operation[T], stop: Latch | None = None) -> T:
        """Send an operation, and again where that is worth while and safe; `stop` ends a pause."""
        try:
            return self._run(operation, stop)
        except BaseException as error:  # noqa: BLE001  raised again
            raise without_frames(error) from None

    def _run(self, operation: Operation[T], stop: Latch | None) -> T:
        tries = self._begin(operation)
        while True:
            place = self.shared.pace.join()
            try:
                self._wait_for(place, tries, stop)
                seconds = self._begin_try(tries)
                begun = clock.monotonic()
                try:
                    result = operation.perform(self.http, timeouts(seconds))
                    return self._succeeded(operation, tries, begun, result)
                except SailPointError as error:
                    failure = error
            finally:
                self.shared.pace.leave(place)
            rescued = operation.rescue(failure, tries.maybe_performed)
            if rescued is not None:
                return rescued[0]
            over = self.closed.is_set() or (stop is not None and stop.is_set())
            pause = self._failed(operation, tries, begun, failure, is_over=over)
            if pause is None:
                raise self._final(operation, tries, begun, failure)
            self._wait(pause, tries, stop)

    def _wait_for(self, place: Place, tries: Tries, stop: Latch | None) -> None:
        """Wait until the rate limit lets a call go out."""
        while (pause := self.shared.pace.pause(place)) > 0:
            overdue = tries.overdue(pause)
            if overdue is not None:
                raise tries.final(overdue)
            self._wait(pause, tries, stop)
        self._wait(0, tries, stop)

    def _wait(self, seconds: float, tries: Tries, stop: Latch | None) -> None:
        if seconds > 0:
            clock.wait(seconds, stop or self.closed)
        if self.closed.is_set():
            raise self._closed_error(tries)
        if stop is not None and stop.is_set():
            raise _StoppedError if tries.number else _NeverSentError

    def delete_many(
        self, token_ids: Iterable[str], on_progress: ProgressFunction | None
    ) -> list[DeleteResult]:
        """Revoke all tokens it can, several at once, each in a thread."""
        # Most programs never do this, and start sooner without it.
        from sailpoint_pat._drivers._deletes import DELETES_AT_ONCE, Deletes  # noqa: PLC0415
        from sailpoint_pat._drivers._workers import Workers  # noqa: PLC0415

        own = self.shared.credentials
        deletes = Deletes.of(token_ids, own.client_id if own else None, on_progress)

        def delete(token_id: str) -> None:
            deletes.begun.add(token_id)
            try:
                deletes.results[token_id] = self._delete_one(token_id, workers.stop)
            except _NeverSentError:
                deletes.begun.discard(token_id)
                raise

        def tell(done: int) -> None:
            if on_progress is not None:
                on_progress(done, deletes.total)

        workers = Workers(delete, deletes.order, DELETES_AT_ONCE)
        try:
            self.stops.add(workers.stop)
            workers.start()
            for done in range(1, len(deletes.order) + 1):
                workers.wait_for_one()
                tell(done)
            if deletes.last is not None:
                delete(deletes.last)
                tell(deletes.total)
            self.stops.discard(workers.stop)
            return deletes.in_order_given()
        except BaseException as interrupt:
            try:
                workers.end()
                self.stops.discard(workers.stop)
            except BaseException as second:  # Ctrl-C again: it does not wait.
                deletes.note_on(second)
                raise
            deletes.note_on(interrupt)
            raise

    def _delete_one(self, token_id: str, stop: Latch) -> DeleteResult:
        try:
            self.run(delete_token(token_id), stop)
        except NotFoundError:
            return DeleteResult(token_id, "missing")
        except SailPointError as error:
            return DeleteResult(token_id, "failed", error)
        return DeleteResult(token_id, "deleted")
