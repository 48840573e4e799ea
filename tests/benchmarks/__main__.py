"""The benchmarks: how this SDK does against bare httpx and against the vendor's SDK.

    make bench [ARGS="--quick | --strict"]

Ends with 0 also where a target is missed, unless `--strict` is given.
"""

# ruff: noqa: T201  it prints

import argparse
import sys
from itertools import chain

from tests.benchmarks import environments, pages
from tests.benchmarks.measurements import FULL, QUICK, Pythons, measure
from tests.benchmarks.report import table


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="tiny sizes: only whether it runs")
    parser.add_argument("--strict", action="store_true", help="end with 1 where a target is missed")
    arguments = parser.parse_args()

    ours, command = environments.ours(), environments.command()
    try:
        vendor = environments.vendor()
    except environments.SetUpError as error:
        print(f"Going on without the vendor's SDK: {error}", file=sys.stderr)
        vendor = None
    plan = QUICK if arguments.quick else FULL
    rows = []
    pythons = Pythons(ours, command, vendor)
    for row in chain(measure(plan, pythons), pages.measure(plan)):
        rows.append(row)
        print(f"{row.what}: {row.ours}", file=sys.stderr)
    print(table(rows))
    return 1 if arguments.strict and not all(row.holds for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
