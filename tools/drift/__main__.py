"""The command behind `make drift` and `make drift-all`."""

from __future__ import annotations

import argparse
import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tools.drift.comparing import Effect, Finding, compare
from tools.drift.operations import SERVICE
from tools.drift.reading import DriftError, Spec, without_secrets

if TYPE_CHECKING:
    from collections.abc import Sequence

OURS = Path(__file__).resolve().parents[2] / "openapi.yaml"
STATUS = """Exit status: 0 where nothing breaks, 1 where something does, 2 where nothing can be
compared. make itself ends with 2 in both cases, and says "Error 1" or "Error 2"."""
LEGEND = "On the left of an arrow: our openapi.yaml. On the right: the vendor's spec."


def grouped(findings: Sequence[Finding]) -> dict[Effect | None, list[str]]:
    """Return a line for each finding, by its effect; with None the recorded ones."""
    groups: dict[Effect | None, list[Finding]] = {effect: [] for effect in (*Effect, None)}
    for each in findings:
        groups[each.effect if each.record is None else None].append(each)
    return {effect: lines(group) for effect, group in groups.items()}


def report(groups: dict[Effect | None, list[str]], *, verbose: bool) -> str:
    """Return the lines under their headings, and how many differences our spec records."""
    said, known = [], groups[None]
    is_news = any(groups[effect] for effect in Effect)
    for effect in Effect if is_news else ():
        said += [f"{effect.value} ({len(groups[effect])})", *groups[effect]]
    if not is_news:
        said.append("Nothing differs but what openapi.yaml records.")
    left_out = ":" if verbose else " left out; ARGS=-v (without make: -v) shows them."
    said += [f"{len(known)} recorded differences{left_out}", *(known if verbose else [])]
    return "\n".join([*said, LEGEND] if is_news or verbose else said)


def lines(findings: Sequence[Finding]) -> list[str]:
    """Return a line for each finding; the same one for several statuses is one line."""
    statuses: dict[tuple[str, str], list[str]] = {}
    for each in findings:
        part, status, *inside = each.place
        if len(inside) > 1 and "/" in inside[0]:
            inside = inside[1:]  # the media type
        head = f"  {each.operation}" + (f": {part}" if part != "operation" else "")
        where = f": {'.'.join(inside).replace('.[]', '[]')}" if inside else ""
        why = f" ({' '.join(each.record['why'].split())})" if each.record else ""
        statuses.setdefault((head, f"{where}: {each.text}{why}"), []).append(status)
    found = [f"{head} {', '.join(s)}".rstrip() + tail for (head, tail), s in statuses.items()]
    # What the vendor calls its fields must not steer a terminal or break a line in two.
    return ["".join(char if char.isprintable() else "?" for char in line) for line in found]


def table(ours: Spec, folder: Path) -> int:
    """Print a line for each spec in a folder that has our service; return the worst status."""
    status = 0
    print("breaks  adds harmless recorded seconds  spec")
    for path in sorted(folder.rglob("*.*")):
        if path.suffix not in (".yaml", ".yml", ".json") or not has_our_service(path):
            continue
        begin = time.monotonic()
        try:
            groups = grouped(compare(ours, Spec(str(path))))
        except DriftError as error:
            print(f"cannot be compared: {path.relative_to(folder)}: {error}", flush=True)
            status = 2
            continue
        row = "{:>6} {:>5} {:>8} {:>8}".format(*map(len, groups.values()))
        print(f"{row} {time.monotonic() - begin:>7.1f}  {path.relative_to(folder)}", flush=True)
        status = max(status, int(bool(groups[Effect.BREAKING])))
    return status


def has_our_service(path: Path) -> bool:
    """Whether a file is a whole spec, and has something of our service in it."""
    text = path.read_bytes()
    is_spec = re.search(rb'^[{\s]*"?openapi"?\s*:', text[:1000], re.MULTILINE)
    return is_spec is not None and SERVICE.encode() in text


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tools.drift", description=__doc__, epilog=STATUS
    )
    parser.add_argument("upstream", help="file or URL of a spec that the vendor publishes")
    parser.add_argument(
        "--all", action="store_true", help="upstream is a folder, and each spec in it a line"
    )
    parser.add_argument("--ours", default=str(OURS), help="our spec (default: %(default)s)")
    parser.add_argument(
        "-v", "--verbose", action="store_true", help="recorded differences, and why"
    )
    options = parser.parse_args(argv)
    source = options.ours
    try:
        ours, source = Spec(source), options.upstream
        if options.all:
            return table(ours, Path(source))
        groups = grouped(compare(ours, Spec(source)))
    except DriftError as error:
        print(f"drift: {without_secrets(source)}: {error}", file=sys.stderr)
        return 2
    print(report(groups, verbose=options.verbose))
    return int(bool(groups[Effect.BREAKING]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
