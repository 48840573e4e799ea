"""The kinds of finding, and how severe a finding can be."""

from __future__ import annotations

from typing import Final, Literal, get_args

Severity = Literal["high", "medium", "low"]
"""How severe a finding is."""

Level = Literal["high", "medium", "low", "off"]
"""What a policy says about a kind, which is its severity or `off` ("do not look for it")."""

Kind = Literal[
    "expiring",
    "expired",
    "ownerless",
    "unreadable",
    "never-expires",
    "all-scopes",
    "unused",
    "long-access-tokens",
    "never-used",
    "near-limit",
]
"""What a finding is about. `docs/audit.md` says what each kind means and what to do."""

SEVERITIES: Final[tuple[Severity, ...]] = get_args(Severity)
"""All severities, the most severe first."""

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
"""All kinds, in the order in which findings of the same severity are listed."""
