"""What the tenant sends back, and the error bodies that SailPoint sends."""

from __future__ import annotations

import json
import uuid
from http import HTTPStatus

from attrs import frozen

_DETAIL_CODES = {
    400: "400.1 Bad Request Content",
    403: "403 Forbidden",
    404: "404 Not found",
    405: "405 Method Not Allowed",
    500: "500.0 Internal Fault",
}


@frozen
class Answer:
    """An answer, ready to be sent."""

    status: int
    body: bytes = b""
    content_type: str | None = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    records: tuple[bytes, ...] | None = None
    """Where the body is a JSON array: its items, so that each can be checked for itself."""
    has_date: bool = True
    """Whether the time on the tenant's clock goes with it, where `headers` do not name another."""


def of_json(status: int, value: object, *, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """An answer with a JSON body."""
    return Answer(status, json.dumps(value).encode(), headers=headers)


def refusal(status: int, text: str, *, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """An ErrorResponseDto."""
    message = {"locale": "en-US", "localeOrigin": "DEFAULT", "text": text}
    body = {
        "detailCode": _DETAIL_CODES.get(status, f"{status} {_phrase(status)}"),
        "trackingId": uuid.uuid4().hex,
        "messages": [message],
        "causes": [],
    }
    return of_json(status, body, headers=headers)


def unauthorized(reason: str) -> Answer:
    """A 401, whose body is a different one."""
    return of_json(401, {"error": reason}, headers=(("WWW-Authenticate", "Bearer"),))


def rate_limited(retry_after: str | None) -> Answer:
    """A 429, whose body is different again."""
    headers = () if retry_after is None else (("Retry-After", retry_after),)
    return of_json(429, {"message": " Rate Limit Exceeded "}, headers=headers)


def html(status: int) -> Answer:
    """A page, as gateways, proxies and login screens send it."""
    title = f"{status} {_phrase(status)}"
    page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
    return Answer(status, page.encode(), content_type="text/html; charset=utf-8")


def for_status(
    status: int, *, body: str | bytes | None = None, headers: tuple[tuple[str, str], ...] = ()
) -> Answer:
    """What usually comes with a status."""
    if body is not None:
        raw = body.encode() if isinstance(body, str) else body
        looks_like_json = raw.lstrip()[:1] in {b"{", b"["}
        kind = "application/json" if looks_like_json else "text/plain; charset=utf-8"
        return Answer(status, raw, content_type=kind, headers=headers)
    match status:
        case 204 | 304:
            usual = Answer(status, content_type=None)
        case 401:
            usual = unauthorized("JWT validation failed: JWT is expired")
        case 429:
            usual = rate_limited(None if "retry-after" in {n.lower() for n, _ in headers} else "1")
        case _ if status > HTTPStatus.INTERNAL_SERVER_ERROR:
            usual = html(status)
        case _:
            usual = refusal(status, f"{_phrase(status)}, as the test has asked for.")
    return Answer(
        usual.status, usual.body, content_type=usual.content_type, headers=usual.headers + headers
    )


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown Error"
