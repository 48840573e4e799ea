"""An audit as one HTML page, for somebody who was mailed it.

    from pathlib import Path
    from sailpoint_pat.report import render

    Path("tokens.html").write_text(render(report), encoding="utf-8")

It needs jinja2: `pip install "sailpoint-pat[cli]"`. `import sailpoint_pat` does not import this
module.
"""

from __future__ import annotations

from importlib.util import find_spec

if find_spec("jinja2") is None:
    raise ImportError(
        'sailpoint_pat.report needs jinja2: pip install "sailpoint-pat[cli]" brings it.'
    )

from sailpoint_pat.report._render import render

__all__ = ["render"]
