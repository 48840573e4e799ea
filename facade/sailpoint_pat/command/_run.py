"""Runs what the command line asks for, and ends every failure in a message and an exit code."""

from __future__ import annotations

import contextlib
import io
import logging
import signal
import sys
import threading
import traceback
from typing import TYPE_CHECKING

from typer import TyperException

from sailpoint_pat.command import _commands_reading, _commands_writing  # noqa: F401  they add to it
from sailpoint_pat.command._app import app
from sailpoint_pat.command._exits import DONE, FAILED, INTERRUPTED, USAGE, CommandError, exit_code
from sailpoint_pat.command._job import Job
from sailpoint_pat.command._terminal import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import FrameType

_BEFORE_THE_COMMAND = (
    "--environment",
    "--tenant",
    "--base-url",
    "--api-version",
    "--fake",
    "--debug",
    "--version",
)


def run(arguments: Sequence[str]) -> int:
    """Run the command line and return the exit code."""
    _escape_what_cannot_be_encoded()
    with _ctrl_c_has_a_handler(), _stopped_by_signals():
        try:
            job = app(args=list(arguments), prog_name="sailpoint-pat", standalone_mode=False)
        except TyperException as error:
            return _wrong_usage(error)
        if not isinstance(job, Job):
            return int(
                job or DONE
            )  # After --help, --version, or a request of a shell's completion.
        with _log_to_stderr(logging.DEBUG if job.debug else logging.WARNING):
            return _work(job)


def _work(job: Job) -> int:
    try:
        return job.work()
    except KeyboardInterrupt as interrupt:
        said: BaseException = interrupt
        message, code = "Interrupted.", INTERRUPTED
    except Exception as error:  # noqa: BLE001  whatever it is, it ends in a message
        said = error
        known = exit_code(error)
        code = FAILED if known is None else known
        message = f"Error: {error}"
        if known is None:
            # The text is not shown: nobody knows what it quotes.
            message = f"Error: {type(error).__name__}, which is a defect of this program."
            if not job.debug:
                message += " With --debug before the command it shows where."
    if job.debug:
        for line in "".join(traceback.format_exception(said)).splitlines():
            say(line)
    say(message)
    for note in getattr(said, "__notes__", ()):
        say(note)
    if isinstance(said, CommandError):
        for line in said.details:
            say(line)
    return code


def _wrong_usage(error: TyperException) -> int:
    message = error.format_message()
    for line in f"Error: {message}".splitlines():
        say(line)
    for option in _BEFORE_THE_COMMAND:
        if f"No such option: {option}" in message:
            say(f"{option} stands before the command: sailpoint-pat {option} ...")
            return USAGE
    say("--help after the command says how it is called.")
    return USAGE


def _escape_what_cannot_be_encoded() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _is_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


@contextlib.contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """Have a job that is stopped, or whose terminal goes away, end as after Ctrl-C."""
    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    numbers = [getattr(signal, name) for name in names]
    if not _is_main_thread():
        numbers = []
    # A signal that is ignored (`nohup`) stays ignored.
    before = {number: signal.getsignal(number) for number in numbers}
    taken = [number for number, handler in before.items() if handler is signal.SIG_DFL]
    for number in taken:
        signal.signal(number, _stop)
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, before[number])


def _stop(number: int, frame: FrameType | None) -> None:
    # An event loop that is running has a way of its own to end after Ctrl-C.
    after_ctrl_c = signal.getsignal(signal.SIGINT)
    if not callable(after_ctrl_c):
        raise KeyboardInterrupt
    after_ctrl_c(number, frame)


@contextlib.contextmanager
def _ctrl_c_has_a_handler() -> Iterator[None]:
    """Block Ctrl-C where it is ignored, as in a shell's background job, instead of ignoring it.

    Where it is ignored, an event loop does not make its way to end after it, and `_stop` has none
    to use: an exception of its own would end one of the loop's tasks, and leave the others waiting.
    """
    is_ignored = _is_main_thread() and signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    if not is_ignored or not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # One that has come meanwhile is gone by that.
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def _log_to_stderr(level: int) -> Iterator[None]:
    """Show the library's log where the command says everything else."""
    logger = logging.getLogger("sailpoint_pat")
    handler, before = _Said(level), logger.level
    logger.addHandler(handler)
    logger.setLevel(level)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)


class _Said(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        say(f"{record.levelname.capitalize()}: {record.getMessage()}")
