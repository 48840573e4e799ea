"""FakeTenant: a SailPoint tenant on loopback, for your own tests.

Needs the `testing` extra: `pip install "sailpoint-pat[testing]"`.
"""

from __future__ import annotations

from importlib.util import find_spec

_missing = [name for name in ("openapi_core", "starlette", "uvicorn") if find_spec(name) is None]
if _missing:
    raise ImportError(
        f"sailpoint_pat.testing needs {', '.join(_missing)}: "
        'pip install "sailpoint-pat[testing]" brings it.'
    )

from sailpoint_pat.testing import faults  # noqa: E402 - what it imports may be missing
from sailpoint_pat.testing._log import ReceivedRequest  # noqa: E402 - the same
from sailpoint_pat.testing._state import ALL_RIGHTS, ALL_SCOPES, Person, StoredToken  # noqa: E402 - the same
from sailpoint_pat.testing._tenant import FakeTenant  # noqa: E402 - the same

__all__ = [
    "ALL_RIGHTS",
    "ALL_SCOPES",
    "FakeTenant",
    "Person",
    "ReceivedRequest",
    "StoredToken",
    "faults",
]
