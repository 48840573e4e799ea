"""The driver for threads."""

from __future__ import annotations

import concurrent.futures
import inspect
import threading
from typing import TYPE_CHECKING, TypeVar

import attrs

from sailpoint_pat._boundary import without_frames
from sailpoint_pat._clock import clock
from sailpoint_pat._drivers._deletes import DELETES_AT_ONCE, Deletes, ProgressFunction
from sailpoint_pat._drivers._shared import Driver
from sailpoint_pat._flows import Flow, Prove, Save, Switch
from sailpoint_pat._http._clients import HTTPClient, timeouts
from sailpoint_pat._operations import Operation, delete_token
from sailpoint_pat.errors import DeleteResult, NotFoundError, SailPointError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sailpoint_pat._pace import Place
    from sailpoint_pat._retry import Tries

__all__ = ["SyncDriver"]

T = TypeVar("T")


class _NeverSentError(concurrent.futures.CancelledError):
    """The `delete_many` that a call is part of was interrupted before the call was sent."""


@attrs.frozen(eq=False)
class SyncDriver(Driver):
    """Runs operations and flows in the calling thread.

    Attributes:
        http: the httpx client.
        closed: set when the client is closed; it ends every pause.
        stops: the events of each `delete_many` that is under way; `close` sets them too.
    """

    http: HTTPClient
    closed: threading.Event = attrs.field(factory=threading.Event)
    stops: set[threading.Event] = attrs.field(factory=set)

    def close(self) -> None:
        """Close the connections, and end every pause."""
        self.closed.set()
        for stop in list(self.stops):
            stop.set()
        self.http.close()

    def drive(self, flow: Flow[T]) -> T:
        """Run a flow: carry out each step and send it the result."""
        result: object = None
        error: BaseException | None = None
        while True:
            try:
                step = flow.send(result) if error is None else flow.throw(error)
            except StopIteration as end:
                value: T = end.value
                return value
            result = error = None
            try:
                result = self._carry_out(step)
            except BaseException as caught:  # noqa: BLE001  the flow decides
                error = caught

    def _carry_out(self, step: object) -> object:
        match step:
            case Operation():
                return self.run(step)
            case Prove(issued):
                self.run(self.exchange_of(issued.id, issued.secret))
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

    def run(self, operation: Operation[T], stop: threading.Event | None = None) -> T:
        """Send an operation, and again where that is worth while and safe; `stop` ends a pause."""
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
                except BaseException as interrupt:  # noqa: BLE001  raised again
                    self._note_interrupt(operation, begun, interrupt)
                    # Once more: it may have come while another exception was being handled.
                    raise without_frames(interrupt) from None
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

    def _wait_for(self, place: Place, tries: Tries, stop: threading.Event | None) -> None:
        """Wait until the rate limit lets a call go out."""
        while (pause := self.shared.pace.pause(place)) > 0:
            overdue = tries.overdue(pause)
            if overdue is not None:
                raise tries.final(overdue)
            self._wait(pause, tries, stop)
        self._wait(0, tries, stop)

    def _wait(self, seconds: float, tries: Tries, stop: threading.Event | None) -> None:
        if seconds > 0:
            clock.wait(seconds, stop or self.closed)
        if self.closed.is_set():
            raise self._closed_error(tries)
        if stop is not None and stop.is_set():
            raise concurrent.futures.CancelledError if tries.number else _NeverSentError

    def delete_many(
        self, token_ids: Iterable[str], on_progress: ProgressFunction | None
    ) -> list[DeleteResult]:
        """Revoke all tokens it can, several at once, each in a thread of a small pool."""
        own = self.shared.credentials
        deletes = Deletes.of(token_ids, own.client_id if own else None, on_progress)
        # Ends the pauses of the other threads; what they have sent is waited for.
        stop = threading.Event()
        pool = concurrent.futures.ThreadPoolExecutor(DELETES_AT_ONCE, "sailpoint-pat-delete")

        def delete(token_id: str) -> None:
            # Noted in the thread that does it: no interrupt comes between the two.
            deletes.begun.add(token_id)
            try:
                deletes.results[token_id] = self._delete_one(token_id, stop)
            except _NeverSentError:
                deletes.begun.discard(token_id)
                raise

        def tell(done: int) -> None:
            if on_progress is not None:
                on_progress(done, deletes.total)

        self.stops.add(stop)
        try:
            futures = [pool.submit(delete, token_id) for token_id in deletes.order]
            for done, future in enumerate(concurrent.futures.as_completed(futures), start=1):
                future.result()
                tell(done)
            if deletes.last is not None:
                delete(deletes.last)
                tell(deletes.total)
            pool.shutdown()
        except BaseException as interrupt:
            stop.set()
            try:
                pool.shutdown(cancel_futures=True)
            except BaseException as second:  # Ctrl-C again: it does not wait.
                second.add_note(deletes.note())
                raise
            interrupt.add_note(deletes.note())
            raise
        finally:
            self.stops.discard(stop)
        return deletes.in_order_given()

    def _delete_one(self, token_id: str, stop: threading.Event) -> DeleteResult:
        try:
            self.run(delete_token(token_id), stop)
        except NotFoundError:
            return DeleteResult(token_id, "missing")
        except SailPointError as error:
            return DeleteResult(token_id, "failed", error)
        return DeleteResult(token_id, "deleted")
