"""The httpx clients: what is not a success becomes a typed error before anybody reads it."""

from __future__ import annotations

import sys
from http.cookiejar import CookieJar
from typing import TYPE_CHECKING, Any

import httpx

from sailpoint_pat._answers import api_error, call_of, copied, explanation, masked
from sailpoint_pat._boundary import without_frames
from sailpoint_pat._http._failures import NETWORK_FAILURES, closed_error, failure_of
from sailpoint_pat._http._reuse import AsyncReusingTransport, ReusingTransport
from sailpoint_pat._http._route import Route
from sailpoint_pat._http._transport import AsyncWatchedTransport, WatchedTransport
from sailpoint_pat._sending import Sending, current_sending, is_exchange
from sailpoint_pat._version import __version__
from sailpoint_pat._versions import SERVICE_PATH
from sailpoint_pat.errors import AuthenticationError, ConfigurationError, SailPointError

if TYPE_CHECKING:
    import ssl
    from datetime import timedelta

    from anyio import CancelScope

    from sailpoint_pat._auth import PatAuth
    from sailpoint_pat._shared import Shared
    from sailpoint_pat.models import Secret

_UNAUTHORIZED = 401


class _NoCookies(CookieJar):
    """Keeps no cookies. The API needs none, and one that is not ASCII would break every call.

    The jar of the standard library takes a lock for each answer, which Ctrl-C can leave taken.
    """

    def extract_cookies(self, response: object, request: object) -> None:
        """Look at no answer."""


def timeouts(seconds: float) -> httpx.Timeout:
    """Return httpx's timeouts for a try that may take so long."""
    # Connecting gets a part of it, so that a connection that is never made is told apart from an
    # answer that never comes.
    return httpx.Timeout(seconds, connect=seconds / 3)


def _options(shared: Shared, timeout: timedelta) -> dict[str, Any]:
    """Return what both httpx clients are made with."""
    who = f"sailpoint-pat/{__version__} Python/{sys.version.split()[0]} httpx/{httpx.__version__}"
    return {
        "base_url": shared.origin.copy_with(path=shared.version.base_path),
        "auth": shared.auth,
        "timeout": timeouts(timeout.total_seconds()),
        "cookies": _NoCookies(),
        "headers": {"User-Agent": who, "Accept": "application/json", "Accept-Encoding": "gzip"},
    }


def _address(shared: Shared, url: str | httpx.URL) -> str | httpx.URL:
    """Return where a path of the contract is in this version; any other URL as it is."""
    if isinstance(url, str) and f"{url}/".startswith(f"{SERVICE_PATH}/"):
        return str(shared.origin).rstrip("/") + shared.version.path_of(url)
    return url


class HTTPClient(httpx.Client):
    """An `httpx.Client` whose `send` returns successes and raises everything else, typed."""

    def __init__(
        self,
        shared: Shared,
        timeout: timedelta,
        transport: httpx.BaseTransport | None,
        proxy: str | Secret | None,
        verify: bool | ssl.SSLContext,  # noqa: FBT001  httpx's own type
    ) -> None:
        self._shared = shared
        self._proxy = ""
        # Of a transport of the user's own nothing is known, so each of its exceptions counts.
        self._failures: tuple[type[Exception], ...] = (Exception,)
        if transport is None:
            route = Route(shared.origin, proxy, verify)
            self._proxy = route.proxy_text
            self._failures = (SailPointError, *NETWORK_FAILURES, *route.failures)
            transport = ReusingTransport(route.new_pool)
        _check_transport(transport, httpx.BaseTransport)
        watched = WatchedTransport(transport, shared.observe)
        super().__init__(transport=watched, **_options(shared, timeout))

    def build_request(self, method: str, url: httpx.URL | str, **options: Any) -> httpx.Request:
        """Build a request; the paths of the contract lead to this client's version."""
        return super().build_request(method, _address(self._shared, url), **options)

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Send a request, authenticated; raise a `SailPointError` for all but a success."""
        try:
            return self._send(request, **options)
        except BaseException as error:  # noqa: BLE001  raised again
            raise without_frames(error) from None

    def _send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        self._shared.guard.check()
        if self.is_closed:
            raise closed_error(call_of(request))
        sending = Sending.of(request)
        current_sending.set(sending)
        try:
            answer = shown = super().send(request, **{**options, "stream": True})
            try:
                answer.read()
            except self._failures:
                if not _says_enough(answer):
                    raise
                shown = copied(answer, b"")
            finally:
                answer.close()
        except self._failures as error:
            if self.is_closed:
                raise closed_error(
                    call_of(request), maybe_performed=sending.maybe_performed
                ) from None
            raise failure_of(error, request, sending, proxy=self._proxy) from None
        return _checked(shown, self._shared.auth)


class AsyncHTTPClient(httpx.AsyncClient):
    """The same for `httpx.AsyncClient`."""

    def __init__(
        self,
        shared: Shared,
        timeout: timedelta,
        transport: httpx.AsyncBaseTransport | None,
        proxy: str | Secret | None,
        verify: bool | ssl.SSLContext,  # noqa: FBT001  httpx's own type
    ) -> None:
        self._shared = shared
        self._proxy = ""
        if transport is None:
            route = Route(shared.origin, proxy, verify)
            self._proxy = route.proxy_text
            transport = AsyncReusingTransport(route.new_async_pool)
        _check_transport(transport, httpx.AsyncBaseTransport)
        watched = AsyncWatchedTransport(transport, shared.observe)
        super().__init__(transport=watched, **_options(shared, timeout))
        self._under_way: set[CancelScope] = set()

    def build_request(self, method: str, url: httpx.URL | str, **options: Any) -> httpx.Request:
        """Build a request; the paths of the contract lead to this client's version."""
        return super().build_request(method, _address(self._shared, url), **options)

    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Send a request, authenticated; raise a `SailPointError` for all but a success."""
        try:
            return await self._send(request, **options)
        except BaseException as error:  # noqa: BLE001  raised again
            raise without_frames(error) from None

    async def _send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        import anyio  # noqa: PLC0415  only async clients need it

        self._shared.guard.check()
        if self.is_closed:
            raise closed_error(call_of(request))
        sending = Sending.of(request)
        current_sending.set(sending)
        answer: httpx.Response | None = None
        scope = anyio.CancelScope()
        self._under_way.add(scope)
        try:
            with scope:
                answer = await self._answer(request, **options)
        # All of them, unlike above: anyio has exceptions of its own, and what a signal handler
        # raises mostly comes out of the event loop, not out of a task.
        except Exception as error:  # noqa: BLE001
            if not self.is_closed:
                raise failure_of(error, request, sending, proxy=self._proxy) from None
        finally:
            self._under_way.discard(scope)
        if answer is None:  # `aclose` has ended the scope.
            raise closed_error(call_of(request), maybe_performed=sending.maybe_performed)
        return _checked(answer, self._shared.auth)

    async def _answer(self, request: httpx.Request, **options: Any) -> httpx.Response:
        answer = await super().send(request, **{**options, "stream": True})
        try:
            await answer.aread()
        except Exception:
            if not _says_enough(answer):
                raise
            return copied(answer, b"")
        finally:
            await answer.aclose()
        return answer

    async def aclose(self) -> None:
        """Close the connections, and end what is under way.

        From another process or event loop neither can be done; there, this does nothing.
        """
        if self._shared.guard.is_at_home:
            for scope in list(self._under_way):
                scope.cancel()
            await super().aclose()


def _check_transport(transport: object, expected: type) -> None:
    if not isinstance(transport, expected):
        raise ConfigurationError(
            f"transport is an httpx.{expected.__name__}, not a {type(transport).__name__}"
        )


def _says_enough(answer: httpx.Response) -> bool:
    """Return whether a refusal's status is all that is needed, if its body gets lost.

    A 404 to a delete counts as "the token is gone" only in the API's own words, so there the body
    is needed too.
    """
    needs_body = answer.status_code == 404 and answer.request.method == "DELETE"  # noqa: PLR2004
    return not answer.is_success and not needs_body


def _checked(answer: httpx.Response, auth: PatAuth) -> httpx.Response:
    """Return an answer that is a success; raise any other as the typed error that it stands for.

    What the token endpoint says is returned in any case: it is for whoever asked for an exchange.
    """
    if answer.is_success:
        return answer
    clear = masked(answer, auth.secrets)
    if is_exchange(answer.request):
        return clear
    if answer.status_code != _UNAUTHORIZED:
        raise api_error(clear)
    said = "; ".join(explanation(clear).messages)
    raise AuthenticationError(
        f"{call_of(answer.request)} answered 401{f': {said}' if said else ''}. "
        "The access token was refused, also a fresh one where there is a way to get one: "
        "check that the personal access token exists and that its owner is active."
    )
