"""How a call gets its access token: `httpx.Auth` classes.

The exchange at the token endpoint is yielded from the auth flow, so httpx sends it over the same
connection pool as the call that needs it.
"""

from __future__ import annotations

import inspect
import re
import threading
from typing import TYPE_CHECKING, TypeAlias, TypeGuard

import attrs
import httpx

from sailpoint_pat._clock import clock
from sailpoint_pat.answers import api_error, json_object, short_text, without
from sailpoint_pat.errors import (
    AuthenticationError,
    ConfigurationError,
    SailPointError,
    TransportError,
)
from sailpoint_pat.models import Secret, hidden

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Generator

    import anyio

    from sailpoint_pat._settings import ClientCredentials

__all__ = [
    "TOKEN_PATH",
    "AccessTokenSource",
    "ClientCredentialsAuth",
    "GivenAccessTokenAuth",
    "PatAuth",
    "read_exchange",
]

AccessTokenSource: TypeAlias = "Callable[[], str | Secret | Awaitable[str | Secret]]"

TOKEN_PATH = "/oauth/token"  # noqa: S105  a path

_NO_EXCHANGE = (
    "The call was not sent: it waited for an access token, and the exchange for one, "
    "which another call had begun, failed."
)

_REFUSED = 400
_UNAUTHORIZED = 401
_RATE_LIMITED = 429
_SERVER_ERROR = 500
# 400 and 401 by the standard of OAuth; 403 in front of it, for an address that is not let in.
_WAYS_TO_REFUSE = frozenset({400, 401, 403})
# No blanks: HTTP does not take them at the ends, and no access token has any.
_HEADER_TEXT = re.compile("[!-~]+")
_A_YEAR = 365 * 24 * 3600


@attrs.frozen
class _AccessToken:
    value: Secret
    good_until: float  # monotonic seconds


class PatAuth(httpx.Auth):
    """What both ways to authenticate share: the access token goes to one origin only."""

    def __init__(self, origin: httpx.URL) -> None:
        self._origin = origin

    def _put_on(self, request: httpx.Request, access_token: Secret) -> None:
        request.headers["Authorization"] = f"Bearer {access_token.reveal()}"

    def _check_origin(self, request: httpx.Request) -> None:
        url, origin = request.url, self._origin
        if (url.scheme, url.host, url.port) != (origin.scheme, origin.host, origin.port):
            raise ConfigurationError(
                f"this client's access token is for {origin.host}: it is not sent to {url.host}"
            )


class ClientCredentialsAuth(PatAuth):
    """Exchanges a personal access token's id and secret for access tokens, as they are needed.

    An access token is kept until shortly before it expires. However many threads or tasks ask at
    once, one of them makes the exchange; the others wait for it, and share its failure.

    Args:
        origin: scheme, host and port of the tenant.
        credentials: the client id and secret.
    """

    def __init__(self, origin: httpx.URL, credentials: ClientCredentials) -> None:
        super().__init__(origin)
        self.credentials = credentials
        self._current: _AccessToken | None = None
        self._failure: tuple[type[SailPointError], str] | None = None
        self._exchanges = 0
        self._lock = threading.Lock()
        self._async_lock: anyio.Lock | None = None

    def switch(self, credentials: ClientCredentials) -> None:
        """Go on with another pair; the access token of the old one is forgotten."""
        self.credentials = credentials
        self._current = self._failure = None

    def sync_auth_flow(
        self, request: httpx.Request
    ) -> Generator[httpx.Request, httpx.Response, None]:
        """Authenticate a request; after a 401, once more with a fresh access token."""
        self._check_origin(request)
        stale = None
        for _ in range(2):
            token = self._usable(stale)
            if token is None:
                exchanges = self._exchanges
                with self._lock:
                    token = self._usable(stale)
                    if token is None:
                        self._share_failure(exchanges)
                        self._failure = (TransportError, _NO_EXCHANGE)
                        try:
                            while token is None:
                                pair = self.credentials
                                answer = yield self.exchange_request(request, pair)
                                answer.read()
                                token = self._accept(answer, pair)
                        finally:
                            self._exchanges += 1
            self._put_on(request, token.value)
            response = yield request
            if response.status_code != _UNAUTHORIZED:
                return
            # To the end, so that its connection is free for the exchange.
            response.read()
            stale = token

    async def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Do the same for the async client."""
        self._check_origin(request)
        stale = None
        for _ in range(2):
            token = self._usable(stale)
            if token is None:
                exchanges = self._exchanges
                async with self._tasks_lock():
                    token = self._usable(stale)
                    if token is None:
                        self._share_failure(exchanges)
                        self._failure = (TransportError, _NO_EXCHANGE)
                        try:
                            while token is None:
                                pair = self.credentials
                                answer = yield self.exchange_request(request, pair)
                                await answer.aread()
                                token = self._accept(answer, pair)
                        finally:
                            self._exchanges += 1
            self._put_on(request, token.value)
            response = yield request
            if response.status_code != _UNAUTHORIZED:
                return
            await response.aread()
            stale = token

    def exchange_request(self, call: httpx.Request, pair: ClientCredentials) -> httpx.Request:
        """Return the request that exchanges a pair for an access token.

        It has the User-Agent and the timeouts of the call that needs the access token: httpx puts
        them on what the client itself builds, not on what an auth flow yields.
        """
        return httpx.Request(
            "POST",
            self._origin.copy_with(path=TOKEN_PATH),
            data={
                "grant_type": "client_credentials",
                "client_id": pair.client_id,
                "client_secret": pair.client_secret.reveal(),
            },
            headers={
                "Accept": "application/json",
                "User-Agent": call.headers.get("User-Agent", ""),
            },
            extensions={"timeout": call.extensions.get("timeout", {})},
        )

    def _tasks_lock(self) -> anyio.Lock:
        if self._async_lock is None:
            import anyio  # noqa: PLC0415  only async clients need it

            self._async_lock = anyio.Lock()
        return self._async_lock

    def _usable(self, stale: _AccessToken | None) -> _AccessToken | None:
        token = self._current
        if token is None or token is stale or clock.monotonic() >= token.good_until:
            return None
        return token

    def _share_failure(self, exchanges: int) -> None:
        # Whoever queued behind an exchange that failed does not queue for another one: a hundred
        # threads would wait for a hundred timeouts, one after the other.
        if self._failure is not None and self._exchanges != exchanges:
            kind, message = self._failure
            raise kind(message)

    def _accept(self, answer: httpx.Response, pair: ClientCredentials) -> _AccessToken | None:
        if pair is not self.credentials:
            # A rotation has switched the pair meanwhile, and may have revoked this one: ask anew.
            return None
        try:
            self._current = token = read_exchange(answer, pair)
        except AuthenticationError as error:
            self._failure = (AuthenticationError, str(error))
            raise
        self._failure = None
        return token


def read_exchange(answer: httpx.Response, credentials: ClientCredentials) -> _AccessToken:
    """Return the access token in an answer of the token endpoint.

    Raises:
        AuthenticationError: the endpoint refused the pair, or its answer has no access token.
        RateLimitedError: 429.
        ServerError: 5xx, or another status that is neither a success nor a 4xx.
    """
    status = answer.status_code
    who = f"client id {credentials.client_id} at {answer.request.url.host}"
    if _REFUSED <= status < _SERVER_ERROR and status != _RATE_LIMITED:
        reason = _reason(answer, credentials)
        advice = "the id and the secret, and whether the token has expired or was revoked"
        if not reason and status not in _WAYS_TO_REFUSE:
            advice = "the base URL: this is not how a SailPoint tenant refuses"
        raise AuthenticationError(
            f"The token endpoint refused {who} with {status}: {reason or 'no explanation'}. "
            f"Check {advice}."
        )
    if not answer.is_success:
        answer = without(credentials.client_secret, answer)
        raise api_error(answer, maybe_performed=False, note=f"No access token for {who}")
    token = _access_token_in(answer)
    if token is None:
        raise AuthenticationError(
            f"The token endpoint answered {status} for {who} without an access token: "
            "is the base URL that of a SailPoint tenant?"
        )
    return token


def _reason(answer: httpx.Response, credentials: ClientCredentials) -> str:
    body = json_object(without(credentials.client_secret, answer))
    said = (short_text(body.get(key)) for key in ("error", "error_description"))
    return ": ".join(text for text in said if text)


def _access_token_in(answer: httpx.Response) -> _AccessToken | None:
    body = json_object(answer)
    value = body.get("access_token")
    if not _fits_into_a_header(value):
        return None
    life = body.get("expires_in")
    if not isinstance(life, int | float) or isinstance(life, bool) or not 0 <= life < _A_YEAR:
        life = 0  # Good for this call; the next one asks again.
    # Shortly before it expires, so that a call on its way does not arrive too late.
    return _AccessToken(Secret(value), clock.monotonic() + life - min(30.0, life / 10))


def _fits_into_a_header(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and _HEADER_TEXT.fullmatch(value) is not None


class GivenAccessTokenAuth(PatAuth):
    """Uses an access token that the caller already has, or fetches by itself.

    Args:
        origin: scheme, host and port of the tenant.
        source: the access token, or a callable that returns one; it is called for every request,
            and once more after a 401. The async client also takes one that returns an awaitable.
    """

    def __init__(
        self,
        origin: httpx.URL,
        source: str | Secret | AccessTokenSource,
    ) -> None:
        super().__init__(origin)
        self._fetch = source if callable(source) else None
        self._given = None if callable(source) else _as_access_token(source)

    def sync_auth_flow(
        self, request: httpx.Request
    ) -> Generator[httpx.Request, httpx.Response, None]:
        """Authenticate a request; after a 401, once more with a new token if there is one."""
        self._check_origin(request)
        token = self._given or self._fetched()
        self._put_on(request, token)
        response = yield request
        if response.status_code == _UNAUTHORIZED and self._fetch is not None:
            fresh = self._fetched()
            if fresh != token:
                self._put_on(request, fresh)
                yield request

    async def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Do the same for the async client."""
        self._check_origin(request)
        token = self._given or await self._fetched_async()
        self._put_on(request, token)
        response = yield request
        if response.status_code == _UNAUTHORIZED and self._fetch is not None:
            fresh = await self._fetched_async()
            if fresh != token:
                self._put_on(request, fresh)
                yield request

    def _fetched(self) -> Secret:
        value = hidden(self._fetch()) if self._fetch else None
        if inspect.isawaitable(value):
            if inspect.iscoroutine(value):
                value.close()
            raise ConfigurationError("access_token is an async callable: use AsyncPatClient")
        return _as_access_token(value)

    async def _fetched_async(self) -> Secret:
        value = hidden(self._fetch()) if self._fetch else None
        if inspect.isawaitable(value):
            value = hidden(await value)
        return _as_access_token(value)


def _as_access_token(value: object) -> Secret:
    if not isinstance(value, Secret) or not _fits_into_a_header(value.reveal()):
        raise ConfigurationError(
            "the access token is no text that fits into a header: it is empty, or has blanks or "
            "line ends in it (or the callable gave none)"
        )
    return value
