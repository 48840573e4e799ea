"""What an error answer says: from an HTTP response to the error that the user catches."""

from __future__ import annotations

import json
import math
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, quote_plus

import httpx

from sailpoint_pat._clock import clock, http_date
from sailpoint_pat._text import printable, short_text
from sailpoint_pat.errors import (
    APIError,
    BadRequestError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    ServerError,
)
from sailpoint_pat_generated.models import (
    ErrorResponseDto,
    RateLimitedResponse,
    UnauthorizedResponse,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sailpoint_pat.models import Secret

# A body is decoded by now, and its length may change.
_HEADERS_OF_THE_WIRE = frozenset({b"content-encoding", b"content-length", b"transfer-encoding"})
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
        "The person behind the access token lacks a right, or the token a scope. Listing one's own "
        "tokens takes the right idn:my-personal-access-tokens:read, listing everybody's "
        "idn:all-personal-access-tokens:read; creating and revoking takes the scope "
        "sp:my-personal-access-tokens:manage or sp:all-personal-access-tokens:manage. An API "
        "client without a person behind it is always refused"
    ),
    NotFoundError: "There is no such token, or the caller may not see it",
    RateLimitedError: (
        "Too many requests in the window, which all programs with this client id share; "
        "wait and send it again"
    ),
}


class Explanation(NamedTuple):
    """What an error answer says in the API's own JSON.

    Attributes:
        detail_code: SailPoint's own code, or None.
        tracking_id: what SailPoint's support asks for, or None.
        messages: its sentences, each once.
        is_api_error: whether it has the shape of the API's errors, which no gateway's page has.
    """

    detail_code: str | None
    tracking_id: str | None
    messages: tuple[str, ...]
    is_api_error: bool


def call_of(request: httpx.Request) -> str:
    """Return the method and address of a request, without its query."""
    return f"{request.method} {printable(str(request.url.copy_with(query=None, fragment=None)))}"


def json_object(response: httpx.Response) -> dict[str, object]:
    """Return the body as a JSON object, or an empty one where it is something else."""
    try:
        body = json.loads(response.content)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def explanation(response: httpx.Response) -> Explanation:
    """Return what an error answer says, read through the generated models of the contract."""
    body = json_object(response)
    try:
        dto = ErrorResponseDto.from_dict(body)
        texts = [entry.text for entry in dto.messages or ()]
    except (TypeError, ValueError, AttributeError):  # It has another shape.
        dto, texts = ErrorResponseDto(), []
    detail_code = short_text(dto.detail_code)
    is_api_error = bool(detail_code or any(short_text(text) for text in texts))
    reasons = [
        UnauthorizedResponse.from_dict(body).error,
        RateLimitedResponse.from_dict(body).message,
    ]
    sentences = filter(None, (short_text(text) for text in [*texts, *reasons]))
    return Explanation(
        detail_code,
        short_text(dto.tracking_id) or short_text(response.headers.get("SLPT-Request-ID")),
        # The same sentence comes once for each locale.
        tuple(dict.fromkeys(sentences))[:_MOST_TEXTS],
        is_api_error,
    )


def copied(
    response: httpx.Response, content: bytes, *, without_headers: frozenset[bytes] = frozenset()
) -> httpx.Response:
    """Return an answer with another body, which is decoded already."""
    left_out = _HEADERS_OF_THE_WIRE | without_headers
    return httpx.Response(
        response.status_code,
        headers=[each for each in response.headers.raw if each[0].lower() not in left_out],
        content=content,
        request=response.request,
    )


def masked(response: httpx.Response, secrets: Iterable[Secret]) -> httpx.Response:
    """Return an error answer without the secrets in play: a server may quote what it was sent."""
    headers, content = response.headers.raw, _in_one_spelling(response.content)
    for secret in secrets:
        for write in (str, _as_json, quote, quote_plus):
            # Not a pattern: `re` keeps those.
            written, mask = write(secret.reveal()).encode(), str(secret).encode()
            headers = [(name, value.replace(written, mask)) for name, value in headers]
            content = content.replace(written, mask)
    clear = copied(response, content)
    clear.headers = httpx.Headers(
        [each for each in headers if each[0].lower() not in _HEADERS_OF_THE_WIRE]
    )
    return clear


def _in_one_spelling(content: bytes) -> bytes:
    r"""Return JSON as Python writes it, and anything else as it is.

    JSON has many spellings of one text, such as `\/` and `\u002B`. A mask knows only one.
    """
    try:
        return json.dumps(json.loads(content)).encode()
    except (ValueError, RecursionError):
        return content


def _as_json(text: str) -> str:
    return json.dumps(text)[1:-1]


def _retry_after(response: httpx.Response) -> timedelta | None:
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
        now = http_date(response.headers.get("Date", "")) or clock.now()
        seconds = (date - now).total_seconds()
    if not math.isfinite(seconds) or seconds < 0:
        return None
    return timedelta(seconds=min(seconds, _LONGEST_SECONDS))


def api_error(
    response: httpx.Response, *, maybe_performed: bool = True, advice: str = ""
) -> APIError:
    """Return the error that an answer outside 2xx stands for.

    Args:
        response: the answer, read, with every secret in play masked.
        maybe_performed: whether a 5xx leaves open what was done; False for the token endpoint.
        advice: what to do, instead of the usual.
    """
    status = response.status_code
    error_type = _ERRORS.get(status, _default(status))
    said = explanation(response)
    wait = _retry_after(response)
    if error_type is NotFoundError and not said.is_api_error:
        error_type = APIError
        advice = advice or (
            "This is not how the API says that a token is missing: the address or the API version "
            "is wrong. Check the base URL and api_version"
        )
    advice = advice or _ADVICE.get(error_type, "")
    reason = (
        "; ".join(said.messages).rstrip(".")
        or said.detail_code
        or "no explanation that could be read"
    )
    if response.is_redirect:
        # A redirect is not followed, so that no credentials go to another host.
        reason = f"redirects to {_target(response)}, and redirects are not followed"
        advice = "Check the base URL"
    elif error_type is ServerError and not advice:
        reads = response.request.method == "GET"
        advice = "Try again later" if reads else "The call may have taken effect"
    parts = [f"{call_of(response.request)} answered {_status_line(status)}: {reason}."]
    if advice:
        parts.append(f"{advice}.")
    if wait is not None:
        parts.append(f"Retry after {wait.total_seconds():g} s.")
    if said.tracking_id:
        parts.append(f"Tracking id for SailPoint's support: {said.tracking_id}.")
    return error_type(
        " ".join(parts),
        status_code=status,
        detail_code=said.detail_code,
        tracking_id=said.tracking_id,
        messages=said.messages,
        retry_after=wait,
        response=_without_credentials(response),
        maybe_performed=maybe_performed and error_type is ServerError,
    )


def _default(status: int) -> type[APIError]:
    # 4xx means refused, whatever the number; everything else says nothing about what was done.
    return APIError if 400 <= status < 500 else ServerError  # noqa: PLR2004


def _target(response: httpx.Response) -> str:
    try:
        host = httpx.URL(response.headers.get("Location", "")).host
    except httpx.InvalidURL:
        host = ""
    return printable(host) or "another place"


def _status_line(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _without_credentials(response: httpx.Response) -> httpx.Response:
    bare = copied(response, response.content, without_headers=frozenset({b"set-cookie"}))
    bare.request = httpx.Request(response.request.method, response.request.url)
    return bare
