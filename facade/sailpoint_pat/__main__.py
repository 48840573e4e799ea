"""`python -m sailpoint_pat` is the command `sailpoint-pat`."""

from __future__ import annotations

import sys

from sailpoint_pat.command import main

if __name__ == "__main__":
    sys.exit(main())
