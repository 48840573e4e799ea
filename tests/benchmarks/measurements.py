"""What is measured, and against what.

The sides of a pair take turns, and change who begins, so that whatever else the machine does hits
both alike. A ratio is taken for each turn; the table shows the median of those and their quartiles.
Time is what the clock says. Where that is mostly the network's, the processor time of the process
stands beside it: it says more on a busy machine, and nothing hides in it.
"""

import contextlib
import functools
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias, TypeVar

import attrs

from tests.benchmarks import processes
from tests.benchmarks.processes import Server

T = TypeVar("T")
# By the clock, and on the processor.
Times: TypeAlias = tuple[float, float]

CALLS_IN_WINDOW = 100
# Processes that stand for many tenants.
_SERVERS = 4
_BARE = "bare httpx"
_SDK = "vendor's SDK"


@attrs.frozen
class Plan:
    """How much is done. The sizes are tokens."""

    first_turns: int = 1  # Of each pair, not measured: they make what is made once.
    turns: int = 15
    slow_turns: int = 5  # Of the pairs where one turn takes seconds.
    listing: int = 10_000
    few: int = 1_000  # The small end of the growth; the large one is a whole tenant.
    whole: int = 100_000
    small_calls: int = 200  # In a row, for the time of one.
    calls_of_threads: int = 500
    calls_of_tasks: int = 1_000
    # Seconds, a fifth of the real one. What its calls cost on the processor does not shrink too.
    window: float = 2.0
    tenants: int = 200
    tokens_of_each: int = 500


FULL = Plan()
QUICK = Plan(
    first_turns=0,
    turns=1,
    slow_turns=1,
    listing=20,
    few=10,
    whole=1_000,
    small_calls=2,
    calls_of_threads=120,
    calls_of_tasks=120,
    window=0.1,
    tenants=2,
    tokens_of_each=10,
)


@attrs.frozen
class Pythons:
    """Where the sides run."""

    ours: Path
    command: Path  # Has what the command needs besides.
    vendor: Path | None  # None where its SDK could not be had.


@attrs.frozen
class Row:
    """One line of the table: what is measured, either side with its unit, and the limit."""

    what: str
    ours: str
    other: str
    value: float  # What the limit is for, the median of all turns.
    limit: float | None  # None where it was not measured.
    quartiles: tuple[float, float] | None = None
    at_least: bool = False  # The limit is the smallest value that is fine, and not the largest.
    percent: bool = False

    @property
    def holds(self) -> bool:
        if self.limit is None:
            return False
        return self.value >= self.limit if self.at_least else self.value <= self.limit


def measure(plan: Plan, pythons: Pythons) -> Iterator[Row]:
    with processes.server() as server:
        bench = Bench(plan, pythons, server)
        yield from bench.listings()
        yield bench.one_more_field()
        yield bench.memory()
        yield bench.imports()
        yield from bench.first_call()
        yield from bench.programs()
        yield from bench.command()
        yield bench.audit()
        yield bench.many_tenants()
    yield from _rate_limit(plan, pythons)


# --- pairs ----------------------------------------------------------------------------------------


def _turns(turns: int, sides: Mapping[str, Callable[[], T]], first: int = 0) -> dict[str, list[T]]:
    """Let the sides take turns; return what each had to say, turn by turn, but for the first."""
    found: dict[str, list[T]] = {name: [] for name in sides}
    names = list(sides)
    for _ in range(first + turns):
        for name in names:
            found[name].append(sides[name]())
        names.reverse()
    return {name: said[first:] for name, said in found.items()}


def quartiles(values: Sequence[float]) -> tuple[float, float] | None:
    """Return the quartiles of several values, or None of a single one."""
    if len(values) < 2:
        return None
    low, _, high = statistics.quantiles(values, n=4)
    return low, high


def _time(seconds: float) -> str:
    return f"{seconds * 1e6:.0f} µs" if seconds < 0.002 else f"{seconds * 1000:.1f} ms"


def _mebibytes(kibibytes: float) -> str:
    # macOS counts in bytes; the ratio does not mind.
    return f"{kibibytes / 1024 / (1024 if sys.platform == 'darwin' else 1):.0f} MiB"


def _row(
    what: str,
    ours: Sequence[float],
    other: Sequence[float],
    limit: float,
    other_name: str,
    *,
    shown: Callable[[float], str] = _time,
) -> Row:
    ratios = [a / b for a, b in zip(ours, other, strict=True)]
    return Row(
        what,
        shown(statistics.median(ours)),
        f"{shown(statistics.median(other))} {other_name}",
        statistics.median(ratios),
        limit,
        quartiles(ratios),
    )


def _by_clock_and_processor(
    what: str,
    found: Mapping[str, Sequence[Times]],
    limit: float,
    shown: Callable[[float], str] = _time,
) -> Iterator[Row]:
    for which, note in enumerate(["", ", processor time"]):
        ours, bare = ([turn[which] for turn in found[side]] for side in ("ours", "bare"))
        yield _row(what + note, ours, bare, limit, _BARE, shown=shown)


def _beside_the_vendors(
    what: str, ours: Sequence[float], theirs: Sequence[float] | None, limit: float
) -> Row:
    if theirs is None:
        return Row(what, "", "not there: the vendor's SDK could not be installed", 0.0, None)
    return _row(what, ours, theirs, limit, _SDK)


@attrs.frozen
class Bench:
    """All that is measured against a server without a rate limit."""

    plan: Plan
    pythons: Pythons
    server: Server

    def _once(self, python: Path, subject: str, **environment: object) -> Callable[[], float]:
        return lambda: float(processes.once(python, subject, self.server, **environment))

    def _program(self, python: Path, name: str) -> Callable[[], float]:
        return functools.partial(processes.program, python, name, self.server)

    def listings(self) -> Iterator[Row]:
        plan, pythons = self.plan, self.pythons
        with contextlib.ExitStack() as stack:
            sides = {"ours": pythons.ours, "bare": pythons.ours, "vendor": pythons.vendor}
            workers = {
                subject: stack.enter_context(processes.worker(python, subject, self.server))
                for subject, python in sides.items()
                if python
            }

            def each(size: int, calls: int = 1) -> dict[str, Callable[[], Times]]:
                return {
                    name: functools.partial(side.seconds, size, calls)
                    for name, side in workers.items()
                }

            what = f"listing {plan.listing:,} tokens"
            # The server makes the bytes when they are first asked for.
            found = _turns(plan.turns, each(plan.listing), plan.first_turns)
            yield from _by_clock_and_processor(what, found, 2.4)
            theirs = [clock for clock, _ in found["vendor"]] if "vendor" in found else None
            yield _beside_the_vendors(what, [clock for clock, _ in found["ours"]], theirs, 1 / 5)
            workers.pop("vendor", None)

            def per_token(side: processes.Worker, size: int, times: int) -> Times:
                clock, processor = zip(*(side.seconds(size) for _ in range(times)), strict=True)
                return statistics.median(clock) / size, statistics.median(processor) / size

            def growth(side: processes.Worker) -> Times:
                whole, few = per_token(side, plan.whole, 1), per_token(side, plan.few, 10)
                return whole[0] / few[0], whole[1] / few[1]

            grown = {name: functools.partial(growth, side) for name, side in workers.items()}
            yield from _by_clock_and_processor(
                f"growth of the time per token, {plan.few:,} to {plan.whole:,}",
                _turns(plan.slow_turns, grown),
                1.2,
                shown=lambda times: f"{times:.2f} x",
            )
            small = _turns(plan.turns, each(1, plan.small_calls))
            yield from _by_clock_and_processor("one small call on a warm connection", small, 1.2)

    def one_more_field(self) -> Row:
        """Compare a listing with one whose records have a field that nobody knows yet."""
        plan, ours = self.plan, self.pythons.ours
        with (
            processes.server("--one-more-field") as grown_server,
            processes.worker(ours, "ours", grown_server) as grown,
            processes.worker(ours, "ours", self.server) as plain,
        ):
            sides = {
                "grown": functools.partial(grown.seconds, plan.listing),
                "plain": functools.partial(plain.seconds, plan.listing),
            }
            found = _turns(plan.turns, sides, plan.first_turns)
        return _row(
            f"listing {plan.listing:,} tokens with one field more in each, processor time",
            [on_processor for _, on_processor in found["grown"]],
            [on_processor for _, on_processor in found["plain"]],
            1.1,
            "without it",
        )

    def memory(self) -> Row:
        size = {"BENCH_TOKENS": self.plan.whole}
        sides = {
            "ours": self._once(self.pythons.ours, "peak-of-ours", **size),
            "json": self._once(self.pythons.ours, "peak-of-json", **size),
        }
        found = _turns(min(3, self.plan.slow_turns), sides)
        what = f"peak memory of listing {self.plan.whole:,} tokens"
        return _row(what, found["ours"], found["json"], 1.8, "json.loads", shown=_mebibytes)

    def imports(self) -> Row:
        sides = {
            module: functools.partial(processes.importing, self.pythons.ours, module, self.server)
            for module in ("sailpoint_pat", "httpx")
        }
        # The first turn compiles what was not compiled yet.
        found = _turns(self.plan.turns, sides, self.plan.first_turns)
        what = "import sailpoint_pat"
        return _row(what, found["sailpoint_pat"], found["httpx"], 1.35, "import httpx")

    def first_call(self) -> Iterator[Row]:
        self.server.counts()
        self._program(self.pythons.ours, "ours")()
        counts = self.server.counts()
        for what in ("connections", "token exchanges"):
            number = counts[what.split()[-1]]
            yield Row(f"{what} for a first call", str(number), "", number, 1)

    def programs(self) -> Iterator[Row]:
        pythons = {"ours": self.pythons.ours, "bare": self.pythons.ours}
        if self.pythons.vendor:
            pythons["vendor"] = self.pythons.vendor
        sides = {name: self._program(python, name) for name, python in pythons.items()}
        found = _turns(self.plan.turns, sides, self.plan.first_turns)
        what = "a program: import, authenticate, list 10, exit"
        yield _row(what, found["ours"], found["bare"], 1.3, _BARE)
        yield _beside_the_vendors(what, found["ours"], found.get("vendor"), 0.7)

    def command(self) -> Iterator[Row]:
        run = functools.partial(processes.command, self.pythons.command, self.server)
        sides: dict[str, Callable[[], float]] = {
            "version": lambda: run("-m", "sailpoint_pat", "--version"),
            "httpx": lambda: run("-c", "import httpx"),
            "list": lambda: run("-m", "sailpoint_pat", "list", "--owner", "10"),
        }
        if self.pythons.vendor:
            sides["vendor"] = self._program(self.pythons.vendor, "vendor")
        found = _turns(self.plan.turns, sides, self.plan.first_turns)
        what = "sailpoint-pat --version, from start to end"
        yield _row(what, found["version"], found["httpx"], 1.5, "python -c 'import httpx'")
        what = "sailpoint-pat list of 10 tokens, from start to end"
        yield _beside_the_vendors(what, found["list"], found.get("vendor"), 1.0)

    def audit(self) -> Row:
        amount = {"BENCH_TOKENS": self.plan.whole, "BENCH_TURNS": self.plan.slow_turns}
        seconds = processes.once(self.pythons.ours, "audit", self.server, **amount)
        what = f"auditing {self.plan.whole:,} tokens, processor time"
        return _row(what, seconds["audit"], seconds["listing"], 0.5, "listing them")

    def many_tenants(self) -> Row:
        """Compare the audit of many tenants with their listings alone, both as many at once."""
        plan, size = self.plan, self.plan.tokens_of_each
        with contextlib.ExitStack() as stack:
            servers = [
                stack.enter_context(processes.server("--tokens", str(size)))
                for _ in range(min(_SERVERS, plan.tenants))
            ]
            addresses = [servers[number % len(servers)].base_url for number in range(plan.tenants)]
            given = {"BENCH_TENANTS": " ".join(addresses), "BENCH_TOKENS": size}
            sides = {
                "ours": self._once(self.pythons.ours, "audit-of-many", **given),
                "bare": self._once(self.pythons.ours, "listings-of-many", **given),
            }
            # The servers make the bytes when they are first asked for.
            found = _turns(plan.slow_turns, sides, plan.first_turns)
        what = f"auditing {plan.tenants} tenants of {size} tokens, processor time"
        return _row(what, found["ours"], found["bare"], 2.4, f"{_BARE}, the listings alone")


# --- the rate limit -------------------------------------------------------------------------------


def _rate_limit(plan: Plan, pythons: Pythons) -> Iterator[Row]:
    for subject, who, calls in (
        ("threads", "64 threads", plan.calls_of_threads),
        ("tasks", f"{plan.calls_of_tasks:,} async tasks", plan.calls_of_tasks),
    ):
        for own_limit in (True, False):
            limit = ("--limit", str(CALLS_IN_WINDOW), "--per", str(plan.window))
            with processes.server(*limit) as server:
                per = plan.window if own_limit else 0
                done = processes.once(
                    pythons.ours, subject, server, BENCH_CALLS=calls, BENCH_PER=per
                )
                counts = server.counts()
            what = f"{who}, {CALLS_IN_WINDOW} calls in {plan.window:g} s"
            what += "" if own_limit else ", own limit off"
            sent, refused = counts["calls"], counts["refused"]
            took, share = f"{done['seconds']:.2f} s", functools.partial(Row, percent=True)
            ours = f"{done['succeeded']} of {calls}"
            other = f"in {took}, {sent} sent, {refused} refused"
            succeeded = done["succeeded"] / calls
            yield share(f"{what}: calls that succeed", ours, other, succeeded, 1.0, at_least=True)
            if own_limit:
                # The last window's worth of calls needs no time of its own.
                needed = (calls - CALLS_IN_WINDOW) / CALLS_IN_WINDOW * plan.window
                used, other = needed / done["seconds"], f"{needed:.2f} s at the limit"
                allowed = f"{what}: used of what is allowed"
                yield share(allowed, took, other, used, 0.95, at_least=True)
                other = f"of {sent} sent"
                yield share(f"{what}: refused with 429", str(refused), other, refused / sent, 0.02)
