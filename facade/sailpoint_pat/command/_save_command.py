"""`--save-with COMMAND`: a program of the user's own saves the token."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from typing import IO, TYPE_CHECKING

import attrs

from sailpoint_pat.command._masking import masked
from sailpoint_pat.command._save import SaveFailedError, SaveUnknownError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sailpoint_pat import IssuedToken, Secret

# How much of the output is kept. Much more than is shown, so that no part of a secret that was cut
# off at its beginning can be among what is shown.
_KEPT_BYTES = 65_536
_SHOWN_CHARACTERS = 4_000
_SHOWN_LINES = 30
# For a program in the background that keeps the pipe open after the command has ended.
_PATIENCE_SECONDS = 0.5


@attrs.frozen
class CommandSaver:
    """Saves with a command of the shell.

    Attributes:
        command: the command.
        base_url: what to tell it as `base_url`.
        timeout: how long it may take, in seconds.
        known: secrets other than the new one that may not be shown either.
    """

    command: str
    base_url: str
    timeout: int
    known: Sequence[Secret] = attrs.field(repr=False)

    has_printed = False

    @property
    def place(self) -> str:
        """The command, for people."""
        return f"the command {self.command!r}"

    def save(self, token: IssuedToken) -> None:
        """Run the command, with the token as JSON on its standard input.

        Raises:
            SaveFailedError: it did not end with 0.
            SaveUnknownError: it was killed at the time limit.
        """
        document = token.as_dict() | {"secret": token.secret.reveal(), "base_url": self.base_url}
        try:
            process = subprocess.Popen(  # noqa: S602  a command of the shell is what it promises
                self.command,
                shell=True,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                # A process group of its own: at the time limit all of it is killed.
                start_new_session=True,
            )
        except OSError as error:
            raise SaveFailedError(
                f"{self.command!r} cannot be started: {error.strerror}."
            ) from None
        output = bytearray()
        threads = [
            threading.Thread(target=_feed, args=(process.stdin, document), daemon=True),
            threading.Thread(target=_drain, args=(process.stdout, output), daemon=True),
        ]
        try:
            for thread in threads:
                thread.start()
            status = process.wait(self.timeout)
        except subprocess.TimeoutExpired:
            _kill(process)
            status = None
        except BaseException:
            _kill(process)
            raise
        for thread in threads:
            thread.join(_PATIENCE_SECONDS)
        shown = self._shown(bytes(output), token)
        if status is None:
            raise SaveUnknownError(
                f"{self.command!r} was killed after {self.timeout} seconds (--save-timeout): "
                "nobody knows whether it has saved the new secret.",
                details=shown,
            )
        if status:
            how = f"exit status {status}" if status > 0 else f"killed by signal {-status}"
            raise SaveFailedError(
                f"{self.command!r} failed ({how}), which counts as not saved. The place that it "
                "writes to may hold a secret that works no more.",
                details=shown,
            )

    def _shown(self, output: bytes, token: IssuedToken) -> tuple[str, ...]:
        text = masked(output.decode(errors="replace"), (token.secret, *self.known))
        lines = text[-_SHOWN_CHARACTERS:].splitlines()[-_SHOWN_LINES:]
        return (
            ("What it printed, with secrets hidden:", *(f"  {line}" for line in lines))
            if lines
            else ()
        )


def _feed(pipe: IO[bytes], document: object) -> None:
    # A command that does not read its input gets none.
    with contextlib.suppress(OSError, ValueError), pipe:
        pipe.write(json.dumps(document).encode() + b"\n")


def _drain(pipe: IO[bytes], output: bytearray) -> None:
    with contextlib.suppress(OSError, ValueError), pipe:
        while chunk := os.read(pipe.fileno(), _KEPT_BYTES):
            output += chunk
            del output[:-_KEPT_BYTES]


def _kill(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
