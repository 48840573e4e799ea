"""One side of a comparison, in a process and an environment of its own.

    python -m tests.benchmarks.worker SUBJECT

It reads two numbers a line, how many tokens to list and how often, and answers with the seconds for
one call: on the clock, and on the processor in this process. The subjects of `ONCE` do one thing
and print one answer. What to talk to is in the `SAIL_*` variables.

Libraries are imported by the subject that needs them: no environment has them all.
"""

# ruff: noqa: T201  it prints

from __future__ import annotations

import asyncio
import concurrent.futures
import functools
import gc
import importlib
import json
import os
import resource
import sys
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sized

    from sailpoint_pat import PersonalAccessToken

WARM_UP = 10
# The moment that the server's tokens are made for: about every second has a finding.
TAKEN_AT = datetime(2025, 1, 1, tzinfo=UTC)


def ours() -> Callable[[int], list[PersonalAccessToken]]:
    from sailpoint_pat import PatClient, RateLimit

    # The limit is kept count of as always; no benchmark comes near this one.
    pats = PatClient(rate_limit=RateLimit(100, per=timedelta(microseconds=1)))
    return lambda n: pats.list(owner=str(n))


def bare() -> Callable[[int], Sized]:
    import httpx

    http = httpx.Client(base_url=os.environ["SAIL_BASE_URL"])

    def tokens(n: int) -> Sized:
        answer: list[object] = http.get(
            "/v3/personal-access-tokens", params={"owner-id": str(n)}
        ).json()
        return answer

    return tokens


def vendor() -> Callable[[int], Sized]:
    sailpoint: Any = importlib.import_module("sailpoint")
    api = sailpoint.PersonalAccessTokensApi(sailpoint.ApiClient(sailpoint.Configuration()))

    def tokens(n: int) -> Sized:
        answer: list[object] = api.list_personal_access_tokens_v1(owner_id=str(n))
        return answer

    return tokens


def serve(tokens: Callable[[int], Sized]) -> None:
    tokens(WARM_UP)
    for line in sys.stdin:
        size, calls = json.loads(line)
        # Nobody pays for what the one before left behind.
        gc.collect()
        begun = time.perf_counter(), time.process_time()
        for _ in range(calls):
            found = tokens(size)
        ended = time.perf_counter(), time.process_time()
        assert len(found) == size
        del found  # What is still there costs the next one time, in the garbage collector.
        print(json.dumps([(end - begin) / calls for begin, end in zip(begun, ended, strict=True)]))
        sys.stdout.flush()


# --- memory ---------------------------------------------------------------------------------------


def peak_of_ours() -> int:
    """The most memory that listing a whole tenant takes, beyond what is in use before."""
    return _peak_of(ours())


def peak_of_json() -> int:
    """The same for the parsed JSON of the same bytes, fetched with the standard library."""

    def tokens(n: int) -> object:
        url = f"{os.environ['SAIL_BASE_URL']}/v3/personal-access-tokens?owner-id={n}"
        with urllib.request.urlopen(url) as answer:  # noqa: S310  loopback
            return json.loads(answer.read())

    return _peak_of(tokens)


def _peak_of(tokens: Callable[[int], object]) -> int:
    tokens(WARM_UP)
    before = _peak()
    found = tokens(int(os.environ["BENCH_TOKENS"]))
    assert found
    return _peak() - before


def _peak() -> int:
    """Return the most memory that this process has had in use, in KiB (on macOS in bytes)."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except FileNotFoundError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # On Linux ru_maxrss begins with what the parent had.
    return int(status.partition("VmHWM:")[2].split()[0])


# --- the audit ------------------------------------------------------------------------------------


def audit() -> dict[str, list[float]]:
    """The processor time of listing a tenant, and of auditing what was listed, turn by turn."""
    from sailpoint_pat.audit import audit

    tokens = ours()
    size = int(os.environ["BENCH_TOKENS"])
    seconds: dict[str, list[float]] = {"listing": [], "audit": []}
    tokens(size)  # The server makes the bytes when they are first asked for.
    for _ in range(int(os.environ["BENCH_TURNS"])):
        gc.collect()
        begun = time.process_time()
        found = tokens(size)
        seconds["listing"].append(time.process_time() - begun)
        gc.collect()
        begun = time.process_time()
        report = audit(found, now=TAKEN_AT)
        seconds["audit"].append(time.process_time() - begun)
        assert size / 2 < len(report.findings) < size
        # Nobody pays for what the turn before left behind.
        del found, report
    return seconds


# --- many tenants ---------------------------------------------------------------------------------


def audit_of_many() -> float:
    """The processor time of auditing many tenants, as the example does it."""
    import anyio
    from examples.many_tenants import audit_all

    from sailpoint_pat import AsyncPatClient
    from sailpoint_pat.audit import Policy

    trust = _trust()
    tenants = {
        f"Tenant {number}": functools.partial(
            AsyncPatClient, base_url=base_url, api_version="v1", verify=trust
        )
        for number, base_url in enumerate(_tenants())
    }
    begun = time.process_time()
    report = anyio.run(audit_all, tenants, Policy())
    seconds = time.process_time() - begun
    summary = report.summary
    assert (summary.tenants, summary.failed_tenants) == (len(tenants), 0)
    assert summary.tokens == len(tenants) * int(os.environ["BENCH_TOKENS"])
    return seconds


def listings_of_many() -> float:
    """The processor time of the same listings, with httpx alone and as many at once."""
    import anyio
    import httpx

    trust = _trust()
    listings: list[list[object]] = []

    async def listing(base_url: str, free: anyio.CapacityLimiter) -> None:
        async with free, httpx.AsyncClient(base_url=base_url, verify=trust) as http:
            form = {
                "grant_type": "client_credentials",
                "client_id": os.environ["SAIL_CLIENT_ID"],
                "client_secret": os.environ["SAIL_CLIENT_SECRET"],
            }
            grant = (await http.post("/oauth/token", data=form)).raise_for_status().json()
            headers = {"Authorization": f"Bearer {grant['access_token']}"}
            answer = await http.get("/personal-access-tokens/v1", headers=headers)
            listings.append(answer.raise_for_status().json())

    async def main() -> None:
        free = anyio.CapacityLimiter(16)
        async with anyio.create_task_group() as group:
            for base_url in _tenants():
                group.start_soon(listing, base_url, free)

    begun = time.process_time()
    anyio.run(main)
    seconds = time.process_time() - begun
    assert [len(each) for each in listings] == [int(os.environ["BENCH_TOKENS"])] * len(_tenants())
    return seconds


def _tenants() -> list[str]:
    return os.environ["BENCH_TENANTS"].split()


def _trust() -> Any:
    # Once for all clients on either side: it would be most of what the small listings cost.
    import ssl

    import certifi

    return ssl.create_default_context(cafile=certifi.where())


# --- the rate limit -------------------------------------------------------------------------------


def threads() -> dict[str, float]:
    from sailpoint_pat import PatClient

    calls = int(os.environ["BENCH_CALLS"])
    with PatClient(rate_limit=_limit()) as pats:
        begun = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(64) as pool:
            done = list(pool.map(lambda _: len(pats.list(owner="1")), range(calls)))
        return {"succeeded": sum(done), "seconds": time.monotonic() - begun}


def tasks() -> dict[str, float]:
    """Make each call in a task of its own, all at once, with one client."""
    from sailpoint_pat import AsyncPatClient

    async def main() -> dict[str, float]:
        calls = int(os.environ["BENCH_CALLS"])
        async with AsyncPatClient(rate_limit=_limit()) as pats:
            begun = time.monotonic()
            done = await asyncio.gather(*(pats.list(owner="1") for _ in range(calls)))
        return {"succeeded": len(done), "seconds": time.monotonic() - begun}

    return asyncio.run(main())


def _limit() -> Any:
    from sailpoint_pat import RateLimit

    per = float(os.environ["BENCH_PER"])
    return RateLimit(100, per=timedelta(seconds=per)) if per else None


SUBJECTS: Mapping[str, Callable[[], Callable[[int], Sized]]] = {
    "ours": ours,
    "bare": bare,
    "vendor": vendor,
}
ONCE: Mapping[str, Callable[[], object]] = {
    "peak-of-ours": peak_of_ours,
    "peak-of-json": peak_of_json,
    "audit": audit,
    "audit-of-many": audit_of_many,
    "listings-of-many": listings_of_many,
    "threads": threads,
    "tasks": tasks,
}

if __name__ == "__main__":
    subject = sys.argv[1]
    if subject in SUBJECTS:
        serve(SUBJECTS[subject]())
    else:
        print(json.dumps(ONCE[subject]()))
