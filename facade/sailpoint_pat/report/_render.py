"""From a report to the text of the page."""

from __future__ import annotations

import base64
import functools
import hashlib
from importlib import resources
from typing import TYPE_CHECKING, Final

import jinja2
from markupsafe import Markup

from sailpoint_pat.audit import KINDS, SEVERITIES
from sailpoint_pat.report import _words
from sailpoint_pat.report._rows import rows
from sailpoint_pat.report._view import view

if TYPE_CHECKING:
    from sailpoint_pat.audit import AuditReport

_OWNERS_SHOWN: Final = 50
"""With more owners than this, the others are behind a button: a reader begins at the top."""


def render(report: AuditReport) -> str:
    """Return an audit as one HTML page that holds everything, loads nothing and sends nothing.

    Names of tokens, owners and tenants come from other people. They are escaped, characters in them
    that nobody sees are written out, and the page's content security policy lets no script run but
    its own. No secret is in a report, so none is in the page.

    Args:
        report: of one tenant or several, of any size. Ten thousand tokens make a page of a few
            megabytes.

    Returns:
        The page. Write it to a file in UTF-8.
    """
    style, script = _part("page.css"), _part("page.js")
    return _template().render(
        report=report,
        view=view(report),
        data=rows(report),
        shown_owners=_OWNERS_SHOWN,
        kinds=KINDS,
        severities=SEVERITIES,
        style=Markup(style),  # noqa: S704  a file of ours, without any name in it
        script=Markup(script),  # noqa: S704  the same
        content_security_policy=_content_security_policy(style, script),
    )


def _part(name: str) -> str:
    # With "\n" at the ends of lines: a browser makes them so before it compares the hash.
    return (resources.files(__package__) / name).read_text(encoding="utf-8")


@functools.cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_words.visible_output,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "count": _words.count,
        "day": _words.day,
        "duration": _words.duration,
        "label": _words.label,
        "minute": _words.minute,
        "number": _words.number,
    }
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":")}
    return environment.from_string(_part("page.html.jinja"))


def _content_security_policy(style: str, script: str) -> str:
    """Return a policy that allows this style and this script, and nothing else."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_hash(script)}'",
            f"style-src '{_hash(style)}'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
