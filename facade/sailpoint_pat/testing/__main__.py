"""A FakeTenant to play with: `python -m sailpoint_pat.testing`."""

from __future__ import annotations

import argparse
import shlex
import signal
import sys
import threading
from typing import TYPE_CHECKING

from sailpoint_pat.testing import FakeTenant

if TYPE_CHECKING:
    from collections.abc import Sequence

_HIGHEST_PORT = 65535


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a tenant in the foreground until Ctrl-C or SIGTERM.

    Args:
        arguments: The command line without the program's name; None takes the process's own.

    Returns:
        The exit status: 0 after a stop, 1 where the port is taken. Wrong arguments exit with 2.
    """
    parser = argparse.ArgumentParser(
        prog="python -m sailpoint_pat.testing",
        description="Run a SailPoint tenant on loopback, and print the variables that lead to it.",
    )
    parser.add_argument(
        "--port", type=_whole_number, default=0, metavar="N", help="default: a free one"
    )
    parser.add_argument(
        "--rate-limit",
        type=_whole_number,
        default=100,
        metavar="N",
        help="requests in ten seconds for each client id and API version; 0 for no limit "
        "(default: %(default)s)",
    )
    parser.add_argument(
        "--tokens",
        type=_whole_number,
        default=0,
        metavar="N",
        help="so many more tokens, of many owners; 200 have something of everything "
        "(default: %(default)s)",
    )
    given = parser.parse_args(arguments)
    if given.port > _HIGHEST_PORT:
        parser.error(f"argument --port: there is none above {_HIGHEST_PORT}")
    asked_to_stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked_to_stop.set())
    tenant = FakeTenant(port=given.port, rate_limit=given.rate_limit or None, tokens=given.tokens)
    try:
        tenant.start()
    except OSError as error:
        print(f"Cannot listen at port {given.port}: {error.strerror}.", file=sys.stderr)  # noqa: T201 - a program prints
        return 1
    for name, value in tenant.environment.items():
        print(f"export {name}={shlex.quote(value)}", flush=True)  # noqa: T201 - a program prints
    # Not among the lines above, which a shell is to evaluate.
    print("The tenant is running; Ctrl-C stops it.", file=sys.stderr)  # noqa: T201 - the same
    asked_to_stop.wait()
    tenant.stop()
    return 0


def _whole_number(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 up")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
