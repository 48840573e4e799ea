"""Ways to run the command: in this process, as a process with pipes, and on a terminal."""

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from typing import IO, Any, Self

import attrs

PATIENCE = 20
COMMAND = (sys.executable, "-W", "error", "-m", "sailpoint_pat")


@attrs.frozen
class Done:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[list[str]]:
        """The tab-separated rows, without the header."""
        return [line.split("\t") for line in self.out.splitlines()[1:]]


def environment(**more: str) -> dict[str, str]:
    """Return the variables of this process, with others, for another process."""
    # Unbuffered output would hide what is only written when the process ends.
    fixed = {"COLUMNS": "120", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": ""}
    return {**os.environ, **fixed, **more}


def process(
    *arguments: str,
    stdin: str = "",
    stdout: int | IO[Any] = subprocess.PIPE,
    command: tuple[str, ...] = COMMAND,
) -> Done:
    """Run the command with pipes, and wait for its end."""
    done = subprocess.run(
        [*command, *arguments],
        check=False,
        env=environment(),
        input=stdin.encode(),
        stdout=stdout,
        stderr=subprocess.PIPE,
        timeout=PATIENCE,
    )
    return Done(done.returncode, (done.stdout or b"").decode(), done.stderr.decode())


def started(*arguments: str, command: tuple[str, ...] = COMMAND) -> subprocess.Popen[str]:
    """Start the command, to be interrupted; its standard error can be read."""
    return subprocess.Popen(
        [*command, *arguments],
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_heed_signals,  # noqa: PLW1509
    )


def _heed_signals() -> None:
    # Who runs the tests in the background ignores them, and so would the command.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def _take_terminal() -> None:
    _heed_signals()
    # So that Ctrl-C becomes a signal.
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Terminal:
    """The command on a terminal of 100 columns.

    Args:
        stdout: a file for its standard output, in place of the terminal.
    """

    def __init__(self, *arguments: str, stdout: IO[str] | None = None, **env: str) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 100, 0, 0))
        variables = environment(**{"TERM": "xterm-256color", **env})
        del variables["COLUMNS"]
        self._process = subprocess.Popen(
            [*COMMAND, *arguments],
            stdin=slave,
            stdout=slave if stdout is None else stdout,
            stderr=slave,
            env={name: value for name, value in variables.items() if value},
            start_new_session=True,
            preexec_fn=_take_terminal,  # noqa: PLW1509
        )
        os.close(slave)
        self.raw = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._master)

    @property
    def shown(self) -> str:
        """What was shown so far, without the terminal's escape sequences."""
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.raw).replace("\r\n", "\n")

    def wait_for(self, text: str) -> None:
        """Read until a text has been shown."""
        deadline = time.monotonic() + PATIENCE
        while text not in self.shown:
            assert time.monotonic() < deadline, f"{text!r} never came: {self.raw!r}"
            assert self._read(), f"it ended without {text!r}: {self.raw!r}"

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self._master, text.encode())

    def end(self) -> int:
        """Wait for the end, and return the exit code."""
        while self._read():
            pass
        return self._process.wait(PATIENCE)

    def _read(self) -> bool:
        if not select.select([self._master], [], [], PATIENCE)[0]:
            raise AssertionError(f"nothing happens: {self.raw!r}")
        chunk = b""
        # On Linux a terminal that nobody holds any more ends in an error.
        with contextlib.suppress(OSError):
            chunk = os.read(self._master, 65_536)
        self.raw += chunk.decode(errors="replace")
        return bool(chunk)
