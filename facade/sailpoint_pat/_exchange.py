"""The exchange of a pair for an access token: the form that is sent, and what its answer says."""

from __future__ import annotations

import math
import re
from typing import NamedTuple, TypeGuard

import httpx

from sailpoint_pat._answers import api_error, explanation, json_object, masked
from sailpoint_pat._clock import clock
from sailpoint_pat._credentials import ClientCredentials
from sailpoint_pat._text import printable, short_text
from sailpoint_pat.errors import AuthenticationError
from sailpoint_pat.models import Secret

_A_YEAR = 365 * 24 * 3600.0


class AccessToken(NamedTuple):
    """An access token, and until when it is used."""

    value: Secret
    good_until: float  # Monotonic seconds; infinity: until it is refused.


def exchange_form(pair: ClientCredentials) -> dict[str, str]:
    """Return the form that exchanges a pair for an access token. It holds the secret."""
    return {
        "grant_type": "client_credentials",
        "client_id": pair.client_id,
        "client_secret": pair.client_secret.reveal(),
    }


def read_exchange(answer: httpx.Response, pair: ClientCredentials, came_from: str) -> AccessToken:
    """Return the access token in an answer of the token endpoint.

    Args:
        answer: the answer, read.
        pair: what was sent.
        came_from: where the pair was found, for messages.

    Raises:
        AuthenticationError: the endpoint refused the pair, or its answer has no access token.
        RateLimitedError: 429.
        ServerError: 5xx, or another status that is neither a success nor a 4xx.
    """
    status = answer.status_code
    who = f"client id {printable(pair.client_id)} at {answer.request.url.host}"
    if answer.is_success:
        token = _access_token_in(answer)
        if token is None:
            raise AuthenticationError(
                f"The token endpoint answered {status} for {who} without an access token: "
                "is the base URL that of a SailPoint tenant?"
            )
        return token
    clear = masked(answer, [pair.client_secret])
    if answer.is_client_error and status != 429:  # noqa: PLR2004
        why = _why_refused(clear, pair, came_from)
        raise AuthenticationError(f"The token endpoint refused {who} with {status}: {why}")
    raise api_error(clear, maybe_performed=False, advice=f"No access token for {who}")


def _why_refused(answer: httpx.Response, pair: ClientCredentials, came_from: str) -> str:
    """Return what the answer says, and what to do."""
    body, said = json_object(answer), explanation(answer)
    reason = short_text(body.get("error_description"))
    reasons = dict.fromkeys([*said.messages, *([reason] if reason else [])])
    told = f"{': '.join(reasons).rstrip('.') or 'no explanation'}."
    if said.tracking_id:
        told += f" Tracking id for SailPoint's support: {said.tracking_id}."
    # Gateways have an `error` of their own, such as "Not Found"; OAuth's is one lower-case word.
    is_oauth_error = re.fullmatch("[a-z_]+", str(body.get("error", ""))) is not None
    if answer.status_code in {400, 401} or said.is_api_error or is_oauth_error:
        hint = f" {pair.hint}" if pair.hint else ""
        return (
            f"{told} Check the id and the secret, which came from {came_from}, and whether the "
            f"personal access token has expired or was revoked.{hint}"
        )
    match answer.status_code:
        case 403:
            return (
                "this is not how SailPoint refuses credentials, but a network rule of the tenant "
                "or a firewall. Ask whether this address may reach the tenant."
            )
        case 407:
            return "the proxy wants a user and a password, or other ones: see the argument proxy."
        case _:
            return "this is not how a SailPoint tenant refuses. Check the base URL."


def _access_token_in(answer: httpx.Response) -> AccessToken | None:
    body = json_object(answer)
    value = body.get("access_token")
    if not fits_into_a_header(value):
        return None
    life = _seconds(body.get("expires_in"))
    if life is None:
        return AccessToken(Secret(value), math.inf)
    # Shortly before it expires, so that a call on its way does not arrive too late.
    return AccessToken(Secret(value), clock.monotonic() + life - min(30.0, life / 10))


def _seconds(value: object) -> float | None:
    """Return a lifetime, also one that came as text, or None where nothing usable is said."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        seconds = float(value)
    except (ValueError, OverflowError):
        return None
    return seconds if 0 < seconds < _A_YEAR else None


def fits_into_a_header(value: object) -> TypeGuard[str]:
    """Return whether a value is a text that a header can carry.

    No blanks: HTTP does not take them at the ends, and no access token has any.
    """
    if not isinstance(value, str) or not value or " " in value:
        return False
    return value.isascii() and value.isprintable()
