"""What is measured, and against what.

The sides of a pair take turns, and change who begins, so that whatever else the machine does hits
both alike. A ratio is taken for each turn; the table shows the median of those and their quartiles.
Time is what the clock says. Where that is mostly the network's, the processor time of the process
stands beside it: it says more on a busy machine, and nothing hides in it.
"""

from __future__ import annotations

import contextlib
import functools
import statistics
import sys
from typing import TYPE_CHECKING, TypeVar

import attrs

from tests.benchmarks import processes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from tests.benchmarks.processes import Server

T = TypeVar("T")

CALLS_IN_WINDOW = 100
# Processes that stand for many tenants.
_SERVERS = 4


@attrs.frozen
class Plan:
    """How much is done. The sizes are tokens.

    Attributes:
        first_turns: of each pair that are not measured: they make what is made once.
        turns: of each pair.
        slow_turns: of the pairs where one turn takes seconds.
        listing: the size that two clients are compared on.
        few: the small end of the growth.
        whole: its large end, and what memory is measured with.
        small_calls: in a row, for the time of one.
        calls_of_threads: altogether.
        calls_of_tasks: the same, each in a task of its own.
        window: of the rate limit, in seconds, for a hundred calls: a fifth of the real one. What
            they cost on the processor, and the first connections, do not shrink with it.
        tenants: that are audited at once.
        tokens_of_each: of these tenants.
    """

    first_turns: int = 1
    turns: int = 15
    slow_turns: int = 5
    listing: int = 10_000
    few: int = 1_000
    whole: int = 100_000
    small_calls: int = 200
    calls_of_threads: int = 500
    calls_of_tasks: int = 1_000
    window: float = 2.0
    tenants: int = 200
    tokens_of_each: int = 500


FULL = Plan()
QUICK = Plan(
    turns=3,
    slow_turns=1,
    listing=1_000,
    few=100,
    whole=2_000,
    small_calls=20,
    calls_of_threads=150,
    calls_of_tasks=150,
    window=0.2,
    tenants=8,
    tokens_of_each=50,
)


@attrs.frozen
class Pythons:
    """Where the sides run. `vendor` is None where its SDK could not be had.

    `command` has what the command needs besides.
    """

    ours: Path
    bare: Path
    command: Path
    vendor: Path | None


@attrs.frozen
class Row:
    """One line of the table.

    Attributes:
        what: is measured.
        ours: our side, with its unit.
        other: the other side, or nothing.
        value: what the limit is for, the median of all turns.
        quartiles: of `value`, where there were several turns.
        limit: for `value`; None where it was not measured.
        at_least: whether the limit is the smallest value that is fine, and not the largest.
        percent: whether `value` is a share of one.
    """

    what: str
    ours: str
    other: str
    value: float
    limit: float | None
    quartiles: tuple[float, float] | None = None
    at_least: bool = False
    percent: bool = False

    @property
    def holds(self) -> bool:
        """Whether it is within the limit."""
        if self.limit is None:
            return False
        return self.value >= self.limit if self.at_least else self.value <= self.limit


def measure(plan: Plan, pythons: Pythons) -> Iterator[Row]:
    """Measure everything, one row after the other."""
    with processes.server() as server:
        yield from _listings(plan, pythons, server)
        yield _one_more_field(plan, pythons, server)
        yield _memory(plan, pythons, server)
        yield _import(plan, pythons, server)
        yield from _first_call(pythons, server)
        yield from _programs(plan, pythons, server)
        yield from _command(plan, pythons, server)
        yield _audit(plan, pythons, server)
    yield _many_tenants(plan, pythons)
    yield from _rate_limit(plan, pythons)


# --- pairs ----------------------------------------------------------------------------------------


def _turns(turns: int, sides: Mapping[str, Callable[[], T]]) -> dict[str, list[T]]:
    """Let the sides take turns; return what each had to say, turn by turn."""
    found: dict[str, list[T]] = {name: [] for name in sides}
    names = list(sides)
    for _ in range(turns):
        for name in names:
            found[name].append(sides[name]())
        names.reverse()
    return found


def _row(  # noqa: PLR0913  the columns
    what: str,
    ours: Sequence[float],
    other: Sequence[float],
    limit: float,
    *,
    shown: Callable[[float], str],
    other_name: str,
) -> Row:
    ratios = [a / b for a, b in zip(ours, other, strict=True)]
    several = len(ratios) > 1
    low, _, high = statistics.quantiles(ratios, n=4) if several else (0.0, 0.0, 0.0)
    return Row(
        what,
        shown(statistics.median(ours)),
        f"{shown(statistics.median(other))} {other_name}",
        statistics.median(ratios),
        limit,
        (low, high) if several else None,
    )


def _not_measured(what: str) -> Row:
    return Row(what, "", "not there: the vendor's SDK could not be installed", 0.0, None)


def _time(seconds: float) -> str:
    return f"{seconds * 1e6:.0f} µs" if seconds < 0.002 else f"{seconds * 1000:.1f} ms"


def _mebibytes(kibibytes: float) -> str:
    # macOS counts in bytes; the ratio does not mind.
    return f"{kibibytes / 1024 / (1024 if sys.platform == 'darwin' else 1):.0f} MiB"


def _listings(plan: Plan, pythons: Pythons, server: Server) -> Iterator[Row]:
    with contextlib.ExitStack() as stack:

        def start(python: Path, subject: str) -> processes.Worker:
            return stack.enter_context(processes.worker(python, subject, server))

        ours, bare = start(pythons.ours, "ours"), start(pythons.bare, "bare")
        vendor = start(pythons.vendor, "vendor") if pythons.vendor else None

        def sides(**job: int) -> dict[str, Callable[[], tuple[float, float]]]:
            workers = {"ours": ours, "bare": bare}
            return {name: functools.partial(side.seconds, **job) for name, side in workers.items()}

        pair = sides(list=plan.listing)
        if vendor:
            pair["vendor"] = functools.partial(vendor.seconds, list=plan.listing)
        _turns(plan.first_turns, pair)  # The server makes the bytes when they are first asked for.
        yield from _times(f"listing {plan.listing:,} tokens", 2.4, 1 / 5, _turns(plan.turns, pair))

        def growth(side: processes.Worker) -> Callable[[], tuple[float, float]]:
            def per_token(size: int) -> tuple[float, float]:
                times = [side.seconds(list=size) for _ in range(10 if size == plan.few else 1)]
                by_clock, by_processor = (
                    statistics.median(each) for each in zip(*times, strict=True)
                )
                return by_clock / size, by_processor / size

            def grown() -> tuple[float, float]:
                whole, few = per_token(plan.whole), per_token(plan.few)
                return whole[0] / few[0], whole[1] / few[1]

            return grown

        found = _turns(plan.slow_turns, {"ours": growth(ours), "bare": growth(bare)})
        for which, note in enumerate(["", ", processor time"]):
            yield _row(
                f"growth of the time per token, {plan.few:,} to {plan.whole:,}{note}",
                [turn[which] for turn in found["ours"]],
                [turn[which] for turn in found["bare"]],
                1.2,
                shown=lambda times: f"{times:.2f} x",
                other_name="bare httpx",
            )
        found_small = _turns(plan.turns, sides(small=plan.small_calls))
        yield from _times("one small call on a warm connection", 1.2, None, found_small)


def _one_more_field(plan: Plan, pythons: Pythons, server: Server) -> Row:
    """Compare a listing with one whose records have a field that nobody knows yet."""
    with (
        processes.server("--one-more-field") as grown_server,
        processes.worker(pythons.ours, "ours", grown_server) as grown,
        processes.worker(pythons.ours, "ours", server) as plain,
    ):
        sides = {
            name: functools.partial(side.seconds, list=plan.listing)
            for name, side in (("grown", grown), ("plain", plain))
        }
        _turns(plan.first_turns, sides)
        found = _turns(plan.turns, sides)
    return _row(
        f"listing {plan.listing:,} tokens with one field more in each, processor time",
        [on_processor for _, on_processor in found["grown"]],
        [on_processor for _, on_processor in found["plain"]],
        1.1,
        shown=_time,
        other_name="without it",
    )


def _times(
    what: str,
    limit: float,
    vendor_limit: float | None,
    found: Mapping[str, Sequence[tuple[float, float]]],
) -> Iterator[Row]:
    """Return the rows for a pair: by the clock, by processor time, and against the vendor's SDK."""
    for which, note in enumerate(["", ", processor time"]):
        yield _row(
            what + note,
            [turn[which] for turn in found["ours"]],
            [turn[which] for turn in found["bare"]],
            limit,
            shown=_time,
            other_name="bare httpx",
        )
    if "vendor" in found:
        yield _row(
            what,
            [clock for clock, _ in found["ours"]],
            [clock for clock, _ in found["vendor"]],
            vendor_limit or 0,
            shown=_time,
            other_name="vendor's SDK",
        )
    elif vendor_limit:
        yield _not_measured(what)


def _memory(plan: Plan, pythons: Pythons, server: Server) -> Row:
    def peak(python: Path, subject: str) -> Callable[[], float]:
        return lambda: float(processes.once(python, subject, server, BENCH_TOKENS=plan.whole))

    sides = {
        "ours": peak(pythons.ours, "peak-of-ours"),
        "json": peak(pythons.bare, "peak-of-json"),
    }
    found = _turns(min(3, plan.slow_turns), sides)
    return _row(
        f"peak memory of listing {plan.whole:,} tokens",
        found["ours"],
        found["json"],
        1.8,
        shown=_mebibytes,
        other_name="json.loads",
    )


def _import(plan: Plan, pythons: Pythons, server: Server) -> Row:
    sides = {
        "ours": lambda: processes.importing(pythons.ours, "sailpoint_pat", server),
        "bare": lambda: processes.importing(pythons.bare, "httpx", server),
    }
    _turns(plan.first_turns, sides)  # Compiles what was not compiled yet.
    found = _turns(plan.turns, sides)
    return _row(
        "import sailpoint_pat",
        found["ours"],
        found["bare"],
        1.35,
        shown=_time,
        other_name="import httpx",
    )


def _first_call(pythons: Pythons, server: Server) -> Iterator[Row]:
    server.counts()
    processes.program(pythons.ours, "ours", server)
    counts = server.counts()
    for what, number in (
        ("connections for a first call", counts["connections"]),
        ("token exchanges for a first call", counts["exchanges"]),
    ):
        yield Row(what, str(number), "", number, 1)


def _programs(plan: Plan, pythons: Pythons, server: Server) -> Iterator[Row]:
    sides = {
        "ours": lambda: processes.program(pythons.ours, "ours", server),
        "bare": lambda: processes.program(pythons.bare, "bare", server),
    }
    if vendor := pythons.vendor:
        sides["vendor"] = lambda: processes.program(vendor, "vendor", server)
    _turns(plan.first_turns, sides)
    found = _turns(plan.turns, sides)
    what = "a program: import, authenticate, list 10, exit"
    yield _row(what, found["ours"], found["bare"], 1.3, shown=_time, other_name="bare httpx")
    if pythons.vendor:
        yield _row(
            what,
            found["ours"],
            found["vendor"],
            0.7,
            shown=_time,
            other_name="vendor's SDK",
        )
    else:
        yield _not_measured(what)


def _command(plan: Plan, pythons: Pythons, server: Server) -> Iterator[Row]:
    def run(*arguments: str) -> Callable[[], float]:
        return functools.partial(processes.command, pythons.command, server, *arguments)

    sides = {
        "version": run("-m", "sailpoint_pat", "--version"),
        "httpx": run("-c", "import httpx"),
        "list": run("-m", "sailpoint_pat", "list", "--owner", "10"),
    }
    if vendor := pythons.vendor:
        sides["vendor"] = lambda: processes.program(vendor, "vendor", server)
    _turns(plan.first_turns, sides)
    found = _turns(plan.turns, sides)
    what = "sailpoint-pat --version, from start to end"
    httpx = "python -c 'import httpx'"
    yield _row(what, found["version"], found["httpx"], 1.5, shown=_time, other_name=httpx)
    what = "sailpoint-pat list of 10 tokens, from start to end"
    if pythons.vendor:
        yield _row(
            what, found["list"], found["vendor"], 1.0, shown=_time, other_name="vendor's SDK"
        )
    else:
        yield _not_measured(what)


# --- the audit ------------------------------------------------------------------------------------


def _audit(plan: Plan, pythons: Pythons, server: Server) -> Row:
    amount = {"BENCH_TOKENS": plan.whole, "BENCH_TURNS": plan.slow_turns}
    seconds = processes.once(pythons.ours, "audit", server, **amount)
    return _row(
        f"auditing {plan.whole:,} tokens, processor time",
        seconds["audit"],
        seconds["listing"],
        0.5,
        shown=_time,
        other_name="listing them",
    )


# --- the rate limit -------------------------------------------------------------------------------


def _many_tenants(plan: Plan, pythons: Pythons) -> Row:
    """Compare the audit of many tenants with their listings alone, both as many at once."""
    with contextlib.ExitStack() as stack:
        servers = [
            stack.enter_context(processes.server("--tokens", str(plan.tokens_of_each)))
            for _ in range(min(_SERVERS, plan.tenants))
        ]
        addresses = [servers[number % len(servers)].base_url for number in range(plan.tenants)]

        def side(python: Path, subject: str) -> Callable[[], float]:
            return lambda: float(
                processes.once(
                    python,
                    subject,
                    servers[0],
                    BENCH_TENANTS=" ".join(addresses),
                    BENCH_TOKENS=plan.tokens_of_each,
                )
            )

        sides = {
            "ours": side(pythons.ours, "audit-of-many"),
            "bare": side(pythons.bare, "listings-of-many"),
        }
        _turns(plan.first_turns, sides)  # The servers make the bytes when they are first asked for.
        found = _turns(plan.slow_turns, sides)
    return _row(
        f"auditing {plan.tenants} tenants of {plan.tokens_of_each} tokens, processor time",
        found["ours"],
        found["bare"],
        2.4,
        shown=_time,
        other_name="bare httpx, the listings alone",
    )


def _rate_limit(plan: Plan, pythons: Pythons) -> Iterator[Row]:
    for subject, who, calls in (
        ("threads", "64 threads", plan.calls_of_threads),
        ("tasks", f"{plan.calls_of_tasks:,} async tasks", plan.calls_of_tasks),
    ):
        for own_limit in (True, False):
            with _limited(plan) as server:
                per = plan.window if own_limit else 0
                done = processes.once(
                    pythons.ours, subject, server, BENCH_CALLS=calls, BENCH_PER=per
                )
                counts = server.counts()
            what = f"{who}, {CALLS_IN_WINDOW} calls in {plan.window:g} s"
            what += "" if own_limit else ", own limit off"
            sent, refused = counts["calls"], counts["refused"]
            yield Row(
                f"{what}: calls that succeed",
                f"{done['succeeded']} of {calls}",
                f"in {done['seconds']:.2f} s, {sent} sent, {refused} refused",
                done["succeeded"] / calls,
                1.0,
                at_least=True,
                percent=True,
            )
            if own_limit:
                # The last window's worth of calls needs no time of its own.
                needed = (calls - CALLS_IN_WINDOW) / CALLS_IN_WINDOW * plan.window
                yield Row(
                    f"{what}: used of what is allowed",
                    f"{done['seconds']:.2f} s",
                    f"{needed:.2f} s at the limit",
                    needed / done["seconds"],
                    0.95,
                    at_least=True,
                    percent=True,
                )
                yield Row(
                    f"{what}: refused with 429",
                    f"{refused}",
                    f"of {sent} sent",
                    refused / sent,
                    0.02,
                    percent=True,
                )


def _limited(plan: Plan) -> contextlib.AbstractContextManager[Server]:
    return processes.server("--limit", str(CALLS_IN_WINDOW), "--per", str(plan.window))
