"""How to get what an extra brings: one sentence, for every place that finds something missing."""

from __future__ import annotations


def needs_extra(what: str, extra: str) -> str:
    """Return the sentence for a user who lacks a package.

    Args:
        what: what needs what, such as `The command needs rich`.
        extra: the extra that brings it, such as `cli`.

    Returns:
        The sentence. What it advises works: the package is on no index.
    """
    return (
        f"{what}, from the extra {extra}: pip install '.[{extra}]' in a checkout of "
        f"the project, or pip install 'sailpoint_pat-VERSION-py3-none-any.whl[{extra}]' with the "
        "wheel."
    )
