"""How a call gets its access token: `httpx.Auth` classes.

The exchange at the token endpoint is yielded from the auth flow, so httpx sends it over the same
connections as the call that needs it. The flow is written once: it yields what it needs (a request
to send, an exchange of another call to wait for, a function to call), and the sync and the async
client do that, each in its way.
"""

from __future__ import annotations

import inspect
import threading
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from typing import Any, Protocol, TypeAlias

import attrs
import httpx

from sailpoint_pat._clock import Latch, clock
from sailpoint_pat._credentials import ClientCredentials
from sailpoint_pat._exchange import AccessToken, exchange_form, fits_into_a_header, read_exchange
from sailpoint_pat._sending import current_sending, is_exchange
from sailpoint_pat._versions import TOKEN_PATH
from sailpoint_pat.errors import ConfigurationError, RequestTimeout, SailPointError
from sailpoint_pat.models import Secret, hidden

AccessTokenSource: TypeAlias = "Callable[[], str | Secret | Awaitable[str | Secret]]"
# What is sent back into the flow is what the step gives: an answer, nothing, or an access token.
AuthFlow: TypeAlias = "Generator[httpx.Request | _PendingExchange | AccessTokenSource, Any, None]"

_UNAUTHORIZED = 401
_MOST_MASKED = 100  # A late answer may quote a secret that is not used any more.


class _Event(Protocol):
    def set(self) -> object: ...
    def is_set(self) -> bool: ...


@attrs.define(eq=False)
class _PendingExchange:
    """One exchange that is under way, and its result, for the calls that wait for it."""

    done: _Event
    token: AccessToken | None = None
    failure: SailPointError | None = None


class PatAuth(httpx.Auth):
    """What both ways to authenticate share: the access token goes to one origin only.

    Args:
        origin: scheme, host and port of the tenant.
    """

    def __init__(self, origin: httpx.URL) -> None:
        self._origin = origin
        self._used: deque[Secret] = deque(maxlen=_MOST_MASKED)

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """What has to be masked in whatever the tenant says: the secrets that were sent to it."""
        return tuple(self._used)

    def _flow(self, request: httpx.Request) -> AuthFlow:
        raise NotImplementedError

    def sync_auth_flow(
        self, request: httpx.Request
    ) -> Generator[httpx.Request, httpx.Response, None]:
        """Authenticate a request; after a 401, once more with a fresh access token."""
        flow = self._flow(request)
        result: object = None
        try:
            while True:
                try:
                    step = flow.send(result)
                except StopIteration:
                    return
                if isinstance(step, httpx.Request):
                    answer = yield step
                    if _is_needed_whole(answer):
                        answer.read()
                    _note_refusal(answer)
                    result = answer
                elif isinstance(step, _PendingExchange):
                    assert isinstance(step.done, Latch)  # noqa: S101  the sync client's
                    step.done.wait(_seconds_left())
                    result = None
                else:
                    result = _call(step)
                    refuse_awaitable(result, "access_token")
        finally:
            flow.close()

    async def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Do the same for the async client."""
        import anyio  # noqa: PLC0415  only async clients need it

        flow = self._flow(request)
        result: object = None
        try:
            while True:
                try:
                    step = flow.send(result)
                except StopIteration:
                    return
                if isinstance(step, httpx.Request):
                    answer = yield step
                    if _is_needed_whole(answer):
                        await answer.aread()
                    _note_refusal(answer)
                    result = answer
                elif isinstance(step, _PendingExchange):
                    assert isinstance(step.done, anyio.Event)  # noqa: S101  the async client's
                    with anyio.move_on_after(_seconds_left()):
                        await step.done.wait()
                    result = None
                else:
                    result = _call(step)
                    if inspect.isawaitable(result):
                        with anyio.move_on_after(_seconds_left()) as scope:
                            result = hidden(await result)
                        if scope.cancelled_caught:
                            raise RequestTimeout(
                                "The call was not sent: the function for the access token was not "
                                "done in time."
                            )
        finally:
            flow.close()

    def _check_origin(self, request: httpx.Request) -> None:
        url, origin = request.url, self._origin
        if (url.scheme, url.host, url.port) != (origin.scheme, origin.host, origin.port):
            raise ConfigurationError(
                f"this client's access token is for {origin.host}: it is not sent to {url.host}"
            )

    def _authorize(self, request: httpx.Request, access_token: Secret) -> None:
        self._note_use(access_token)
        request.headers["Authorization"] = f"Bearer {access_token.reveal()}"

    def _note_use(self, secret: Secret) -> None:
        if not self._used or self._used[-1] != secret:
            self._used.append(secret)


def _call(function: AccessTokenSource) -> object:
    """Return what the user's function for an access token returns, a text as a `Secret`."""
    try:
        return hidden(function())
    except (StopIteration, StopAsyncIteration):  # It would end the generator that asks.
        raise ConfigurationError(
            "the callable for the access token raised StopIteration: it has no more to give"
        ) from None


def refuse_awaitable(result: object, what: str) -> None:
    """Check that a function that the user gave is no async one, by what it returned.

    Raises:
        ConfigurationError: it is. The message names the argument `what`.
    """
    if inspect.isawaitable(result):
        if inspect.iscoroutine(result):
            result.close()
        raise ConfigurationError(f"{what} is an async callable: use AsyncPatClient")


def _seconds_left() -> float:
    """Return how long the call of this thread or task may still wait."""
    return max(0.0, current_sending.get().deadline - clock.monotonic())


def _is_needed_whole(answer: httpx.Response) -> bool:
    # That of a 401 too, so that its connection is free for the exchange.
    return answer.status_code == _UNAUTHORIZED or is_exchange(answer.request)


def _note_refusal(answer: httpx.Response) -> None:
    if answer.status_code == _UNAUTHORIZED:
        # From here on it is at the function for the access token, or at an exchange.
        current_sending.get().request = None


class ClientCredentialsAuth(PatAuth):
    """Exchanges a personal access token's id and secret for access tokens, as they are needed.

    An access token is kept until shortly before it expires. However many threads or tasks ask at
    once, one of them makes the exchange; the others wait for it, and use its result.

    Args:
        origin: scheme, host and port of the tenant.
        credentials: the client id and secret.
        came_from: where they were found, for messages.
        new_event: makes what others wait on: a `Latch`, or an `anyio.Event`.
    """

    def __init__(
        self,
        origin: httpx.URL,
        credentials: ClientCredentials,
        came_from: str,
        new_event: Callable[[], _Event],
    ) -> None:
        super().__init__(origin)
        self.credentials = credentials
        self._came_from = came_from
        self._new_event = new_event
        self._current: AccessToken | None = None
        self._exchange: _PendingExchange | None = None
        self._lock = threading.Lock()

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """The client secret, and what was used before."""
        return (self.credentials.client_secret, *super().secrets)

    def switch(self, credentials: ClientCredentials) -> None:
        """Go on with another pair; the access token of the old one is forgotten."""
        self._note_use(self.credentials.client_secret)
        self.credentials = credentials
        self._came_from = "a rotation"
        self._current = None

    def _flow(self, request: httpx.Request) -> AuthFlow:
        self._check_origin(request)
        refused: AccessToken | None = None
        for _ in range(2):  # After a 401 once more.
            token = self._usable(refused)
            while token is None:
                token = yield from self._obtain(request, refused)
            self._authorize(request, token.value)
            try:
                answer: httpx.Response = yield request
            except GeneratorExit:  # The call ended here. After half a 401 the next one asks anew.
                if current_sending.get().is_refused and self._current is token:
                    self._current = None
                raise
            if answer.status_code != _UNAUTHORIZED:
                return
            refused = token

    def _usable(self, refused: AccessToken | None) -> AccessToken | None:
        token = self._current
        if token is None or token is refused or clock.monotonic() >= token.good_until:
            return None
        return token

    def _obtain(
        self, request: httpx.Request, refused: AccessToken | None
    ) -> Generator[httpx.Request | _PendingExchange, Any, AccessToken | None]:
        """Wait for an exchange that is under way, or make one. None: look again."""
        own = _PendingExchange(self._new_event())
        try:
            with self._lock:
                if token := self._usable(refused):
                    return token
                running = self._exchange
                if running is None:
                    self._exchange = own
            if running is not None:
                yield running
                return self._result_of(running, refused)
            pair = self.credentials
            answer: httpx.Response = yield self._exchange_request(request, pair)
            if pair is not self.credentials:
                return None  # A rotation has switched the pair, and may have revoked this one.
            own.token = self._current = read_exchange(answer, pair, self._came_from)
        except SailPointError as error:
            # A copy: the call that made the exchange adds to its own what only it knows.
            own.failure = _copy_of(error)
            raise
        finally:
            if self._exchange is own:
                self._exchange = None
            own.done.set()
        return own.token

    def _result_of(
        self, running: _PendingExchange, refused: AccessToken | None
    ) -> AccessToken | None:
        if running.failure is not None:
            raise _copy_of(running.failure)
        if not running.done.is_set():
            with self._lock:
                if self._exchange is running:  # It may have been left behind by an interrupt.
                    self._exchange = None
            raise RequestTimeout(
                "The call was not sent: it waited for an access token, and the exchange for one, "
                "which another call had begun, was not over in time."
            )
        return None if running.token is refused else running.token

    def _exchange_request(self, call: httpx.Request, pair: ClientCredentials) -> httpx.Request:
        # With the User-Agent and the timeouts of the call that needs the access token: httpx puts
        # them on what the client itself builds, not on what an auth flow yields.
        return httpx.Request(
            "POST",
            self._origin.copy_with(path=TOKEN_PATH),
            data=exchange_form(pair),
            headers={
                "Accept": "application/json",
                "User-Agent": call.headers.get("User-Agent", ""),
            },
            extensions={"timeout": call.extensions.get("timeout", {})},
        )


def _copy_of(error: SailPointError) -> SailPointError:
    """Return another error that says the same.

    Not `copy.copy`: a library that makes tracebacks picklable changes what that does to exceptions,
    and then the copy shares its attributes with the original.
    """
    another = type(error)(*error.args)
    vars(another).update(vars(error))
    return another


class GivenAccessTokenAuth(PatAuth):
    """Uses an access token that the caller already has, or fetches by itself.

    Args:
        origin: scheme, host and port of the tenant.
        source: the access token, or a callable that returns one; it is called for every request,
            and once more after a 401. The async client also takes one that returns an awaitable.
    """

    def __init__(self, origin: httpx.URL, source: str | Secret | AccessTokenSource) -> None:
        super().__init__(origin)
        self._source = source if callable(source) else _checked(source)

    def _flow(self, request: httpx.Request) -> AuthFlow:
        self._check_origin(request)
        refused: Secret | None = None
        for _ in range(2):  # After a 401 once more.
            token = self._source
            if not isinstance(token, Secret):
                sending = current_sending.get()
                try:
                    token = _checked((yield token))
                finally:
                    current_sending.set(sending)  # The function may have made calls of its own.
            if token == refused:
                return  # The same one again would be refused again.
            self._authorize(request, token)
            answer: httpx.Response = yield request
            if answer.status_code != _UNAUTHORIZED:
                return
            refused = token


def _checked(value: object) -> Secret:
    if not isinstance(value, Secret) or not fits_into_a_header(value.reveal()):
        raise ConfigurationError(
            "the access token is no text that fits into a header: it is empty, or has blanks or "
            "line ends in it (or the callable gave none)"
        )
    return value
