"""Where a listing of 10,000 tokens spends its time.

Writes to `.bench/`: the stages one by one with nothing in the way, then cProfile's list of the
functions that take longest (which makes much-called ones look worse than they are), and the profile
itself for a viewer such as snakeviz.

    make bench-profile
"""

# ruff: noqa: T201  it prints

import cProfile
import gc
import io
import json
import os
import pstats
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import httpx

from sailpoint_pat import PatClient
from tests.benchmarks import processes
from tests.benchmarks.environments import BENCH
from tests.benchmarks.processes import Server

TOKENS = 10_000
_TURNS = 9
_FUNCTIONS = 30


def write_profile(folder: Path, tokens: int, turns: int) -> list[Path]:
    """Write the profile of a listing, each stage timed so many times; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    text, stats = folder / "profile.txt", folder / "profile.prof"
    with processes.server() as server, _environment(server), PatClient(rate_limit=None) as pats:
        pats.list(owner=str(tokens))
        stages = _stages(server, pats, tokens, turns)
        profile = cProfile.Profile()
        profile.runcall(pats.list, owner=str(tokens))
    profile.dump_stats(stats)
    top = io.StringIO()
    pstats.Stats(profile, stream=top).strip_dirs().sort_stats("tottime").print_stats(_FUNCTIONS)
    text.write_text(f"{stages}\n\n{top.getvalue()}", encoding="utf-8")
    return [text, stats]


@contextmanager
def _environment(server: Server) -> Iterator[None]:
    with patch.dict(os.environ, server.environment, clear=True):
        yield


def _stages(server: Server, pats: PatClient, tokens: int, turns: int) -> str:
    """Time each stage by itself, in processor time of this process."""
    with httpx.Client() as http:
        url = f"{server.base_url}/v3/personal-access-tokens?owner-id={tokens}"
        body = http.get(url).content
        whole = _median(lambda: pats.list(owner=str(tokens)), turns)
        stages = {
            "receive the bytes (httpx)": _median(lambda: http.get(url).content, turns),
            "parse the JSON": _median(lambda: json.loads(body), turns),
        }
    stages["check, turn into our models, and all else"] = whole - sum(stages.values())
    with _collector() as spent:
        pats.list(owner=str(tokens))
    lines = [f"Listing {tokens:,} tokens ({len(body):,} bytes), in processor time:", ""]
    lines += [f"{seconds * 1000:8.1f} ms  {name}" for name, seconds in stages.items()]
    lines += [f"{whole * 1000:8.1f} ms  altogether", ""]
    lines.append(f"{spent[0] * 1000:8.1f} ms  of that: one run's garbage collector")
    return "\n".join(lines)


def _median(action: Callable[[], object], turns: int) -> float:
    times = []
    for _ in range(turns):
        gc.collect()
        begun = time.process_time()
        result = action()
        times.append(time.process_time() - begun)
        del result
    return statistics.median(times)


@contextmanager
def _collector() -> Iterator[list[float]]:
    """Add up what the garbage collector takes in this block."""
    spent = [0.0]

    def note(phase: str, _info: dict[str, int]) -> None:
        now = time.process_time()
        spent[0] += now if phase == "stop" else -now

    gc.collect()
    gc.callbacks.append(note)
    try:
        yield spent
    finally:
        gc.callbacks.remove(note)


def main() -> int:
    for path in write_profile(BENCH, TOKENS, _TURNS):
        print(path)
    print()
    print((BENCH / "profile.txt").read_text(encoding="utf-8").split("\n\n\n")[0])
    return 0


if __name__ == "__main__":
    sys.exit(main())
