"""What an error answer says: from an HTTP response to the error that the user catches."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

import httpx

from sailpoint_pat._clock import clock
from sailpoint_pat.errors import (
    APIError,
    BadRequestError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    ServerError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sailpoint_pat.models import Secret

__all__ = [
    "api_error",
    "call_of",
    "http_date",
    "json_object",
    "retry_after",
    "short_text",
    "without",
]

# The body is decoded by now, and its length may change.
_OF_THE_WIRE = frozenset({b"content-encoding", b"content-length", b"transfer-encoding"})
_LONGEST_TEXT = 1_000
_MOST_TEXTS = 10
_LONGEST_SECONDS = 365 * 24 * 3600

_ERRORS: Mapping[int, type[APIError]] = {
    400: BadRequestError,
    403: PermissionDeniedError,
    404: NotFoundError,
    429: RateLimitedError,
}

_ADVICE: Mapping[type[APIError], str] = {
    BadRequestError: "Correct the request; sending it again as it is gets the same answer",
    PermissionDeniedError: (
        "The access token lacks the right: reading one's own tokens takes "
        "idn:my-personal-access-tokens:read, everybody's idn:all-personal-access-tokens:read; "
        "creating and revoking takes sp:my-personal-access-tokens:manage or "
        "sp:all-personal-access-tokens:manage"
    ),
    NotFoundError: "There is no such token, or the caller may not see it",
    RateLimitedError: "Too many requests in the window; wait and send it again",
}


def call_of(request: httpx.Request) -> str:
    """Return the method and address of a request, without its query."""
    return f"{request.method} {request.url.copy_with(query=None, fragment=None)}"


def json_object(response: httpx.Response) -> dict[str, object]:
    """Return the body as a JSON object, or an empty one where it is something else."""
    try:
        body = json.loads(response.content)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def without(secret: Secret, response: httpx.Response) -> httpx.Response:
    """Return an error answer without a secret: a server may quote what it was sent."""

    def masked(text: bytes) -> bytes:
        # Not a pattern: `re` keeps those.
        for write in (str, _as_json, quote, quote_plus):
            text = text.replace(write(secret.reveal()).encode(), str(secret).encode())
        return text

    return httpx.Response(
        response.status_code,
        headers=[
            (name, masked(value))
            for name, value in response.headers.raw
            if name.lower() not in _OF_THE_WIRE
        ],
        content=masked(response.content),
        request=response.request,
    )


def _as_json(text: str) -> str:
    return json.dumps(text)[1:-1]


def retry_after(response: httpx.Response) -> timedelta | None:
    """Return how long the answer asks to wait: seconds or an HTTP date; None if it does not say.

    A negative number and a date in the past are no answer to the question, and give None.
    """
    value = response.headers.get("Retry-After", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        date = http_date(value)
        if date is None:
            return None
        seconds = (
            date - (http_date(response.headers.get("Date", "")) or clock.now())
        ).total_seconds()
    if not math.isfinite(seconds) or seconds < 0:
        return None
    return timedelta(seconds=min(seconds, _LONGEST_SECONDS))


def api_error(
    response: httpx.Response, *, maybe_performed: bool = True, note: str = ""
) -> APIError:
    """Return the error that an answer outside 2xx stands for.

    Args:
        response: the answer, read.
        maybe_performed: whether a 5xx leaves open what was done; False for the token endpoint.
        note: a sentence for the message.
    """
    status = response.status_code
    error_type = _ERRORS.get(status, _default(status))
    body = json_object(response)
    messages = _texts(body)
    tracking_id = short_text(body.get("trackingId") or response.headers.get("SLPT-Request-ID"))
    detail_code = short_text(body.get("detailCode"))
    wait = retry_after(response)
    if error_type is NotFoundError and not (detail_code or _messages(body)):
        # Somebody else's 404, for an address that is none: it says nothing about a token.
        error_type, note = APIError, note or "Check the base URL and the API version"

    said = "; ".join(messages).rstrip(".") or detail_code or "no explanation that could be read"
    advice = note or _ADVICE.get(error_type, "")
    if response.is_redirect:
        # A redirect is not followed, so that no credentials go to another host.
        target = httpx.URL(response.headers.get("Location", "")).host or "another place"
        said = f"redirects to {target}, and redirects are not followed"
        advice = "Check the base URL"
    elif error_type is ServerError and not advice:
        reads = response.request.method == "GET"
        advice = "Try again later" if reads else "The call may have taken effect"
    parts = [f"{call_of(response.request)} answered {_status_line(status)}: {said}."]
    if advice:
        parts.append(f"{advice}.")
    if wait is not None:
        parts.append(f"Retry after {wait.total_seconds():g} s.")
    if tracking_id:
        parts.append(f"Tracking id for SailPoint's support: {tracking_id}.")
    return error_type(
        " ".join(parts),
        status_code=status,
        detail_code=detail_code,
        tracking_id=tracking_id,
        messages=messages,
        retry_after=wait,
        response=_without_credentials(response),
        maybe_performed=maybe_performed and error_type is ServerError,
    )


def _default(status: int) -> type[APIError]:
    # 4xx means refused, whatever the number; everything else says nothing about what was done.
    return APIError if 400 <= status < 500 else ServerError  # noqa: PLR2004


def _status_line(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _without_credentials(response: httpx.Response) -> httpx.Response:
    hidden = {*_OF_THE_WIRE, b"set-cookie"}
    return httpx.Response(
        response.status_code,
        headers=[(k, v) for k, v in response.headers.raw if k.lower() not in hidden],
        content=response.content,
        request=httpx.Request(response.request.method, response.request.url),
    )


def _texts(body: Mapping[str, object]) -> tuple[str, ...]:
    found = [*_messages(body), short_text(body.get("error")), short_text(body.get("message"))]
    # The same sentence comes once per locale.
    return tuple(dict.fromkeys(text for text in found if text))[:_MOST_TEXTS]


def _messages(body: Mapping[str, object]) -> list[str]:
    entries = body.get("messages")
    texts = (
        short_text(entry.get("text"))
        for entry in (entries if isinstance(entries, list) else [])
        if isinstance(entry, dict)
    )
    return [text for text in texts if text]


def short_text(value: object) -> str | None:
    """Return a text of an answer as a message can show it, or None where there is none."""
    if not isinstance(value, str):
        return None
    # It ends up in logs and terminals.
    text = "".join(char if char.isprintable() else " " for char in value[:_LONGEST_TEXT])
    return text.strip() or None


def http_date(value: str) -> datetime | None:
    """Return an HTTP date, UTC, or None where it cannot be read."""
    try:
        date = parsedate_to_datetime(value)
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None
