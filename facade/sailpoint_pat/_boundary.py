"""The one boundary that keeps secrets out of tracebacks.

A traceback can be printed with what stands in its frames, and the frames of HTTP and of JSON hold
tokens and secrets in the clear. So whatever leaves the `send` of an HTTP client, or the `run` of a
driver, leaves without the frames below: our own errors, those of a user's function, and what a
signal raises.
"""

from __future__ import annotations

from typing import TypeVar

__all__ = ["without_frames"]

Raised = TypeVar("Raised", bound=BaseException)


def without_frames(error: Raised) -> Raised:
    """Return an exception to raise again, without the frames and exceptions that it came from."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)
