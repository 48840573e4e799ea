"""The processes that a benchmark starts: servers, workers and whole programs."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks.environments import ROOT

PROGRAMS = Path(__file__).parent / "programs"
_LONGEST_SECONDS = 300


class Server:
    """The server's address, and what it has counted."""

    def __init__(self, port: int, home: str) -> None:
        self.base_url = f"http://127.0.0.1:{port}"
        # Nobody's settings, proxies or site packages: both sides start from nothing.
        self.environment = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": home,
            "SAIL_BASE_URL": self.base_url,
            "SAIL_CLIENT_ID": "86f1dc6fe8f54414950454cbb11278fa",
            "SAIL_CLIENT_SECRET": "1d1bef2b9f426383447f64f69349fc7c" * 2,
        }

    def counts(self) -> dict[str, int]:
        """Return what was counted since this was last asked."""
        with urllib.request.urlopen(f"{self.base_url}/-/counts") as answer:  # noqa: S310  loopback
            counts: dict[str, int] = json.load(answer)
        return counts


@contextlib.contextmanager
def server(*arguments: str) -> Iterator[Server]:
    command = [sys.executable, "-m", "tests.benchmarks.server", *arguments]
    with (
        tempfile.TemporaryDirectory() as home,
        _started(command, {**os.environ}) as process,
    ):
        assert process.stdout is not None
        yield Server(int(process.stdout.readline()), home)


class Worker:
    """A worker that waits for its next job."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def seconds(self, size: int, calls: int = 1) -> tuple[float, float]:
        """Have it list so many tokens; return how long it took by the clock and the processor."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([size, calls]) + "\n")
        self._process.stdin.flush()
        seconds, on_processor = json.loads(self._process.stdout.readline())
        return seconds, on_processor


@contextlib.contextmanager
def worker(python: Path, subject: str, server: Server) -> Iterator[Worker]:
    command = [str(python), "-m", "tests.benchmarks.worker", subject]
    with _started(command, server.environment) as process:
        yield Worker(process)


def once(python: Path, subject: str, server: Server, **environment: object) -> Any:
    """Have a worker do one thing in a process of its own; return its answer."""
    texts = {name: str(value) for name, value in environment.items()}
    command = [str(python), "-m", "tests.benchmarks.worker", subject]
    return json.loads(_output(command, {**server.environment, **texts}))


def importing(python: Path, module: str, server: Server) -> float:
    """Return how many seconds an import takes in a fresh interpreter, its start left out."""
    code = f"import time; begun = time.perf_counter(); import {module}; "
    code += "print(time.perf_counter() - begun)"
    return float(_output([str(python), "-c", code], server.environment))


def program(python: Path, name: str, server: Server) -> float:
    """Return how many seconds a whole program takes, from its start to its end."""
    return command(python, server, str(PROGRAMS / f"{name}.py"))


def command(python: Path, server: Server, *arguments: str) -> float:
    """Return how many seconds a Python with these arguments takes, from its start to its end."""
    begun = time.perf_counter()
    _output([str(python), *arguments], server.environment)
    return time.perf_counter() - begun


def _output(command: list[str], environment: dict[str, str]) -> str:
    return subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        timeout=_LONGEST_SECONDS,
        check=True,
    ).stdout


@contextlib.contextmanager
def _started(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Run a process that ends when its standard input does."""
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(timeout=10)
