"""An audit as one HTML page, for somebody who was mailed it.

    from pathlib import Path
    from sailpoint_pat.report import render

    Path("tokens.html").write_text(render(report), encoding="utf-8")

It needs jinja2, which the extra `cli` brings. `import sailpoint_pat` does not import this module.
"""

from __future__ import annotations

from importlib.util import find_spec

from sailpoint_pat._extras import needs_extra

if find_spec("jinja2") is None:
    raise ImportError(needs_extra("sailpoint_pat.report needs jinja2", "cli"))

from sailpoint_pat.report._render import render

__all__ = ["render"]
