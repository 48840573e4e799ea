"""Attacks the clients with cancellations, Ctrl-C and signals; prints figures.

    python -m tests.attack [--times N] [--seed TEXT]

It ends with 1 where a lie was told, a token was lost, a call got stuck, or a secret was shown.
"""

import argparse
import logging
import secrets
import sys
import time
from collections.abc import Iterator

from tests.attack.figures import Figures
from tests.attack.tasks import attack_tasks
from tests.attack.threads import ATTACKED, SoftTimeLimit, attack_threads

_TASKS_FOR_ONE_THREAD = 10


def attack(times: int, seed: str) -> Iterator[Figures]:
    """Interrupt so many calls of each kind, and cancel ten times as many, at random moments."""
    for exception in (KeyboardInterrupt, SoftTimeLimit):
        for operation in ATTACKED:
            yield attack_threads(operation, exception, times, seed)
    yield attack_tasks(_TASKS_FOR_ONE_THREAD * times, seed)


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.attack")
    parser.add_argument("--times", type=int, default=1000)
    parser.add_argument("--seed", default=secrets.token_hex(4))
    given = parser.parse_args()
    logging.getLogger("sailpoint_pat").addHandler(logging.NullHandler())  # Not on the screen.
    print(f"{given.times} times each, with --seed {given.seed}\n\n{Figures.HEAD}")
    found: list[str] = []
    begun = time.monotonic()
    for figures in attack(given.times, given.seed):
        print(figures, flush=True)
        found += figures.found()
    print(f"\n{time.monotonic() - begun:.0f} s")
    for each in found:
        print(f"- {each}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
