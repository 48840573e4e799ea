"""The one boundary that keeps secrets out of tracebacks.

A traceback can be printed with what stands in its frames, and the frames of HTTP and of JSON hold
tokens and secrets that can be read. So whatever leaves the `send` of an HTTP client, the `run` or
`drive` of a driver, or the functions that look for settings, leaves without the frames below: our
own errors, those of a user's function, and what a signal raises. One exception: what a flow raises
by itself keeps its cause, which has lost its frames by then.
"""

from __future__ import annotations

from typing import TypeVar

Raised = TypeVar("Raised", bound=BaseException)


def without_frames(error: Raised) -> Raised:
    """Return an exception to raise again, without the frames and exceptions that it came from."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)
