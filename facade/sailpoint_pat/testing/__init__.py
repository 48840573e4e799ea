"""FakeTenant: a SailPoint tenant on loopback, for your own tests.

It needs the extra `testing`.
"""

from __future__ import annotations

from importlib.util import find_spec

from sailpoint_pat._extras import needs_extra

_missing = [name for name in ("openapi_core", "starlette", "uvicorn") if find_spec(name) is None]
if _missing:
    raise ImportError(needs_extra(f"sailpoint_pat.testing needs {', '.join(_missing)}", "testing"))

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
