"""Whether the vendor's own Python SDK works against FakeTenant: `make contract-vendor`.

Not among the tests that always run: the SDK takes 140 MB. It gets an environment of its own, the
one that the benchmarks use as well.
"""

# ruff: noqa: T201  it prints

import os
import subprocess
import sys
from pathlib import Path

from sailpoint_pat.testing import FakeTenant
from tests.benchmarks.environments import VENDOR_SDK, vendor

PROGRAM = Path(__file__).with_name("vendor_program.py")


def main() -> int:
    """Run the program; return its exit code, or 1 where the contract was broken."""
    python = vendor()
    with FakeTenant() as tenant:
        print(f"{VENDOR_SDK} against FakeTenant:", flush=True)
        command = [str(python), "-W", "error::UserWarning", str(PROGRAM)]
        code = subprocess.run(command, env=os.environ | tenant.environment, check=False).returncode
    for request in tenant.requests:
        print(f"  {request.method} {request.path} {request.status}")
    for violation in tenant.violations:
        print(f"against the contract: {violation}", file=sys.stderr)
    return code or bool(tenant.violations)


if __name__ == "__main__":
    sys.exit(main())
