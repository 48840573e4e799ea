"""The benchmarks run: nothing here says how fast."""

import re
import sys
from pathlib import Path

import httpx

from tests.benchmarks import measurements, processes, profile, report
from tests.benchmarks.measurements import QUICK, Pythons, Row


def test_everything_is_measured_but_the_sdk_that_is_not_there() -> None:
    here = Path(sys.executable)
    rows = list(measurements.measure(QUICK, Pythons(here, here, None)))
    assert {re.split("[:,] ", row.what)[0] for row in rows} == {
        "listing 20 tokens",
        "listing 20 tokens with one field more in each",
        "growth of the time per token",
        "one small call on a warm connection",
        "peak memory of listing 1,000 tokens",
        "import sailpoint_pat",
        "connections for a first call",
        "token exchanges for a first call",
        "a program",
        "sailpoint-pat --version",
        "sailpoint-pat list of 10 tokens",
        "auditing 1,000 tokens",
        "auditing 2 tenants of 10 tokens",
        "64 threads",
        "120 async tasks",
    }
    missing = [row.what for row in rows if row.limit is None]
    assert missing == [
        "listing 20 tokens",
        "a program: import, authenticate, list 10, exit",
        "sailpoint-pat list of 10 tokens, from start to end",
    ]
    assert all(row.value > 0 for row in rows if row.limit and not row.percent)
    # One connection and one exchange.
    assert [row.value for row in rows if "for a first call" in row.what] == [1, 1]
    # Every call succeeds against a limited server.
    succeeded = [row for row in rows if "calls that succeed" in row.what]
    assert len(succeeded) == 4
    assert all(row.holds for row in succeeded)


def test_the_server_refuses_what_goes_beyond_its_limit() -> None:
    with processes.server("--limit", "2", "--per", "60") as server:
        url = f"{server.base_url}/v3/personal-access-tokens?owner-id=1"
        answers = [httpx.get(url) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert 0 < int(answers[2].headers["Retry-After"]) <= 60
        assert server.counts() == {"connections": 3, "exchanges": 0, "calls": 3, "refused": 1}


def test_the_table_marks_what_misses() -> None:
    made = [
        Row("fast enough", "1 ms", "1 ms there", 1.0, 1.2, (0.9, 1.1)),
        Row("too slow", "2 ms", "1 ms there", 2.0, 1.2, (1.9, 2.1)),
        Row("too few", "90", "", 0.9, 0.95, at_least=True, percent=True),
        Row("nowhere to be had", "", "not there", 0.0, None),
    ]
    lines = report.table(made).splitlines()

    def line(what: str) -> str:
        (found,) = (text for text in lines if what in text)
        return found

    assert "holds" in line("fast enough")
    assert "0.90 to 1.10" in line("fast enough")
    assert "MISSES" in line("too slow")
    assert "MISSES" in line("too few")
    assert "90.0%" in line("too few")
    assert "NOT MEASURED" in line("nowhere to be had")


def test_a_profile_is_written_for_a_person(tmp_path: Path) -> None:
    text, stats = profile.write_profile(tmp_path, 500, 1)
    assert "turn into our models" in text.read_text(encoding="utf-8")
    assert "read_listing" in text.read_text(encoding="utf-8")
    assert stats.stat().st_size > 0
