"""Threads that do several things at once, and that an interrupt cannot leave hanging."""

from __future__ import annotations

import contextlib
import queue
import threading
from typing import TYPE_CHECKING

from sailpoint_pat._clock import Latch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Workers:
    """Calls a function for each item, in a few threads.

    Not with `concurrent.futures`: Ctrl-C can leave its locks taken, and then it waits for ever.

    Args:
        function: what to call.
        items: for what.
        at_once: how many threads there are at most.

    Attributes:
        stop: set by `begin_nothing_more`, for the function to look at.
    """

    def __init__(
        self, function: Callable[[str], object], items: Iterable[str], at_once: int
    ) -> None:
        self.stop = Latch()
        self._function = function
        self._waiting = list(items)[::-1]
        self._at_once = min(at_once, len(self._waiting))
        self._under_way: set[str] = set()
        self._done: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()

    def start(self) -> None:
        """Start the threads."""
        for _ in range(self._at_once):
            threading.Thread(target=self._work, name="sailpoint-pat-worker", daemon=True).start()

    def _work(self) -> None:
        with contextlib.suppress(IndexError):  # Nothing is waiting any more.
            while True:
                item, problem = self._waiting.pop(), None
                self._under_way.add(item)
                try:
                    self._function(item)
                except BaseException as error:  # noqa: BLE001  raised in the calling thread
                    problem = error
                self._under_way.discard(item)
                self._done.put(problem)

    def wait_for_one(self) -> None:
        """Wait until one more item is done; raise what the function has raised."""
        problem = self._done.get()
        if problem is not None:
            raise problem

    def begin_nothing_more(self) -> None:
        """Leave what is waiting, and stop what is in a pause."""
        self.stop.set()
        self._waiting.clear()

    def end(self) -> None:
        """Begin nothing more, and wait for what is under way."""
        self.begin_nothing_more()
        while self._under_way:
            self._done.get()
