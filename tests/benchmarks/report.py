"""One table, as Markdown."""

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime

from tests.benchmarks.environments import VENDOR_SDK
from tests.benchmarks.measurements import Row

_HEADINGS = ("what", "ours", "against", "ratio", "quartiles", "limit", "")


def table(rows: Sequence[Row]) -> str:
    """Return the table, with what it was measured on."""
    where = (
        f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, "
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, {VENDOR_SDK}"
    )
    lines = [_HEADINGS, ("---",) * len(_HEADINGS), *(_cells(row) for row in rows)]
    body = ["| " + " | ".join(cells) + " |" for cells in lines]
    return "\n".join([f"Measured {where}.", "", *body])


def _cells(row: Row) -> tuple[str, ...]:
    if row.limit is None:
        return row.what, row.ours, row.other, "", "", "", "NOT MEASURED"

    def shown(value: float) -> str:
        return f"{value:.1%}" if row.percent else f"{value:.2f}" if value % 1 else f"{value:g}"

    quartiles = " to ".join(map(shown, row.quartiles)) if row.quartiles else ""
    limit = f"{'at least' if row.at_least else 'at most'} {shown(row.limit)}"
    verdict = "holds" if row.holds else "MISSES"
    return row.what, row.ours, row.other, shown(row.value), quartiles, limit, verdict
