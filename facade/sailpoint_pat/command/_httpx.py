"""httpx without the command line that it brings along.

Where click and rich are installed, `import httpx` imports both, for a command line of its own that
nobody needs here: a third of the time that `sailpoint-pat list` takes. Where click cannot be
imported, httpx does without. `None` among the modules is how Python is told that.
"""

from __future__ import annotations

import sys

if "click" in sys.modules:
    import httpx
else:
    sys.modules["click"] = None  # type: ignore[assignment]
    try:
        import httpx
    finally:
        del sys.modules["click"]

__all__ = ["httpx"]
