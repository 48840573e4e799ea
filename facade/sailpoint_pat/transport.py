"""The httpx clients: what is not a success becomes a typed error before generated code sees it."""

from __future__ import annotations

import contextlib
import platform
import socket
import urllib.request
import warnings
import zlib
from contextvars import ContextVar
from datetime import timedelta
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

import httpx

from sailpoint_pat._clock import clock
from sailpoint_pat._version import __version__
from sailpoint_pat.answers import api_error, call_of, http_date, json_object, short_text, without
from sailpoint_pat.auth import TOKEN_PATH, PatAuth
from sailpoint_pat.errors import (
    AuthenticationError,
    ConfigurationError,
    RequestTimeout,
    SailPointError,
    TransportError,
    UnexpectedResponseError,
)
from sailpoint_pat.models import Secret, bare, hidden

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Callable, Iterator
    from datetime import datetime

    from sailpoint_pat._settings import Settings
    from sailpoint_pat._wire import Wire

__all__ = [
    "AsyncHTTPClient",
    "HTTPClient",
    "TenantClock",
    "async_http_client",
    "closed_error",
    "http_client",
    "sent",
]

Transport = TypeVar("Transport", httpx.HTTPTransport, httpx.AsyncHTTPTransport)

# A listing of 100,000 tokens is 44 MB; more than this is no listing.
LARGEST_ANSWER_BYTES = 256 * 1024 * 1024

_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=100, keepalive_expiry=30.0)
# The API needs none, and one that is not ASCII would break every call after it.
_NO_COOKIES = DefaultCookiePolicy(allowed_domains=[])
_UNAUTHORIZED = 401
_NOT_FOUND = 404
_HAVE_NO_BODY = frozenset({204, 304})
_GZIP = 16 + zlib.MAX_WBITS

# Async: of which request the first bytes went out last, in this `send`; `Wire.wrote` is that for
# the sync client. An exception of httpx does not tell: a read that timed out may have been one from
# a proxy, before it made the connection.
Sent: TypeAlias = Literal["nothing", "exchange", "call"]
sent: ContextVar[Sent] = ContextVar("sent", default="nothing")


class TenantClock:
    """What time it is at the tenant, told from the `Date` of its answers."""

    def __init__(self) -> None:
        self._seen: tuple[str, float] | None = None

    def note(self, response: httpx.Response) -> None:
        """Take note of an answer's `Date`; it is read when somebody asks for the time."""
        date = response.headers.get("Date")
        if date:
            self._seen = date, clock.monotonic()

    @property
    def known(self) -> bool:
        """Whether the tenant has told its time yet."""
        return self._seen is not None

    def at(self, moment: float) -> datetime:
        """Return the tenant's time at a moment on our monotonic clock; never later than it was."""
        text, seen_at = self._seen or ("", 0.0)
        date = http_date(text)
        if date is None:
            date, seen_at = clock.now(), clock.monotonic()
        try:
            return date + timedelta(seconds=moment - seen_at)
        except OverflowError:
            return date  # At the very edge of the calendar.


class HTTPClient(httpx.Client):
    """An `httpx.Client` whose `send` returns successes and raises everything else, typed."""

    # Set before the sockets are shut down, which calls in other threads notice before `is_closed`.
    ends = False
    # The sockets, where they are ours.
    wire: Wire | None = None
    # What to say of the proxy, if there is one.
    way = ""

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Send a request, authenticated; raise a `SailPointError` for all but a success."""
        try:
            return self._send(request, **options)
        except BaseException as stopped:  # noqa: BLE001  raised again
            raise bare(stopped)  # noqa: B904  it is the same one

    def _send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        # Before `on_request`: getting an access token may fail, and the last request is not meant.
        if self.wire is not None:
            self.wire.wrote = False
        # Raised outside of the except block: the frames of a failed send hold credentials.
        try:
            response = super().send(request, **options)
        except httpx.RequestError as error:
            wrote = self.wire is None or self.wire.wrote
            closed = self.ends or self.is_closed
            failure = _no_answer(error, request, wrote=wrote, closed=closed, way=self.way)
        except RuntimeError:
            # httpx's word for a closed client, and for bugs.
            if not self.is_closed:
                raise
            failure = closed_error(request)
        else:
            if not response.is_success and request.url.path != TOKEN_PATH:
                response.read()
                raise _refused(response)
            return response
        raise failure


class AsyncHTTPClient(httpx.AsyncClient):
    """The same for `httpx.AsyncClient`."""

    way = ""

    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Send a request, authenticated; raise a `SailPointError` for all but a success."""
        try:
            return await self._send(request, **options)
        except BaseException as stopped:  # noqa: BLE001  raised again
            raise bare(stopped)  # noqa: B904  it is the same one

    async def _send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        sent.set("nothing")
        try:
            response = await super().send(request, **options)
        except httpx.RequestError as error:
            wrote = sent.get() != "nothing"
            closed = self.is_closed
            failure = _no_answer(error, request, wrote=wrote, closed=closed, way=self.way)
        except RuntimeError:
            # httpx's word for a closed client, and for bugs.
            if not self.is_closed:
                raise
            failure = closed_error(request)
        else:
            if not response.is_success and request.url.path != TOKEN_PATH:
                await response.aread()
                raise _refused(response)
            return response
        raise failure


def http_client(  # noqa: PLR0913  what a client is made of
    settings: Settings,
    auth: PatAuth,
    tenant_clock: TenantClock,
    *,
    timeout: float,
    transport: httpx.BaseTransport | None,
    proxy: str | Secret | None,
    verify: bool | ssl.SSLContext,
) -> HTTPClient:
    """Return the httpx client for the sync API."""
    _check_types(transport, httpx.BaseTransport, proxy, verify)
    wire = None
    if transport is None:
        from sailpoint_pat._wire import Wire  # noqa: PLC0415  httpx too waits for its first client

        _warn_if_unverified(verify)
        wire = Wire()
        proxy = _proxy_for(settings.origin, proxy)
        transport = _over_network(
            httpx.HTTPTransport, verify=_trust(settings, verify, proxy), proxy=proxy
        )
        # httpx has no argument for httpcore's network backend.
        transport._pool._network_backend = wire  # noqa: SLF001

    def on_request(_request: httpx.Request) -> None:
        if wire is not None:
            wire.wrote = False

    def on_response(response: httpx.Response) -> None:
        tenant_clock.note(response)
        if wire is not None and response.status_code == _UNAUTHORIZED:
            wire.wrote = False  # It was refused: what comes next begins from nothing.
        _drop_bad_location(response)
        if _says_too_much(response):
            _hang_up(response)
        response.stream = _Body(response)

    client = HTTPClient(
        base_url=settings.origin.copy_with(path=f"/{settings.api_version}"),
        auth=auth,
        timeout=_timeouts(timeout),
        transport=transport,
        headers=_headers(),
        event_hooks={"request": [on_request], "response": [on_response]},
    )
    if wire is not None:
        client.wire, client.way = wire, _way_through(proxy)
    client.cookies.jar.set_policy(_NO_COOKIES)
    return client


def async_http_client(  # noqa: PLR0913  what a client is made of
    settings: Settings,
    auth: PatAuth,
    tenant_clock: TenantClock,
    *,
    timeout: float,
    transport: httpx.AsyncBaseTransport | None,
    proxy: str | Secret | None,
    verify: bool | ssl.SSLContext,
) -> AsyncHTTPClient:
    """Return the httpx client for the async API."""
    _check_types(transport, httpx.AsyncBaseTransport, proxy, verify)
    ours = transport is None
    if transport is None:
        _warn_if_unverified(verify)
        proxy = _proxy_for(settings.origin, proxy)
        transport = _over_network(
            httpx.AsyncHTTPTransport, verify=_trust(settings, verify, proxy), proxy=proxy
        )

    async def on_request(request: httpx.Request) -> None:
        note = _sending(request, says_so=ours)

        async def trace(event: str, info: dict[str, Any]) -> None:
            note(event, info)

        request.extensions["trace"] = trace

    async def on_response(response: httpx.Response) -> None:
        tenant_clock.note(response)
        if response.is_client_error and _says_enough(response):
            sent.set("nothing")  # It was refused, whatever becomes of the rest of the answer.
        _drop_bad_location(response)
        if _says_too_much(response):
            _hang_up(response)
        response.stream = _Body(response)

    client = AsyncHTTPClient(
        base_url=settings.origin.copy_with(path=f"/{settings.api_version}"),
        auth=auth,
        timeout=_timeouts(timeout),
        transport=transport,
        headers=_headers(),
        event_hooks={"request": [on_request], "response": [on_response]},
    )
    if ours:
        client.way = _way_through(proxy)
    client.cookies.jar.set_policy(_NO_COOKIES)
    return client


def _check_types(
    transport: object,
    transport_type: type,
    proxy: str | Secret | None,
    verify: bool | ssl.SSLContext,  # noqa: FBT001  httpx's own type
) -> None:
    if transport is not None and not isinstance(transport, transport_type):
        raise ConfigurationError(
            f"transport is an httpx.{transport_type.__name__}, not a {type(transport).__name__}"
        )
    if proxy is not None and not isinstance(proxy, Secret):
        raise ConfigurationError("proxy is the address of a proxy: it is empty, or not a text")
    if not isinstance(verify, bool):
        import ssl  # noqa: PLC0415  httpx too waits for its first client

        if not isinstance(verify, ssl.SSLContext):
            raise ConfigurationError(
                f"verify is True, False or an ssl.SSLContext, not a {type(verify).__name__}"
            )


def _headers() -> dict[str, str]:
    who = (
        f"sailpoint-pat/{__version__} Python/{platform.python_version()} httpx/{httpx.__version__}"
    )
    return {"User-Agent": who, "Accept": "application/json", "Accept-Encoding": "gzip"}


def closed_error(
    request: httpx.Request | None = None, *, again: str = "", maybe_performed: bool = False
) -> TransportError:
    """Return the error for a call on a closed client.

    Args:
        request: the call, where it is known.
        again: what to say after "was not sent", where it had been sent before.
        maybe_performed: whether it may have taken effect then.
    """
    what = f"{call_of(request)} was not sent" if request else f"The call was not sent{again}"
    return TransportError(
        f"{what}: this client is closed. Make a new one.", maybe_performed=maybe_performed
    )


def _timeouts(timeout: float) -> httpx.Timeout:
    # Connecting gets a part of it, so that a connection that is never made is told apart from an
    # answer that never comes.
    return httpx.Timeout(timeout, connect=timeout / 3, pool=timeout / 3)


def _trust(
    settings: Settings,
    verify: bool | ssl.SSLContext,  # noqa: FBT001  httpx's own type
    proxy: str | Secret | None,
) -> bool | ssl.SSLContext:
    """Return what httpx is to trust; nobody, where there will be no TLS.

    To load the certificates of every authority takes longer than a small program's calls.
    """
    if settings.origin.scheme == "http" and proxy is None and verify is True:
        import ssl  # noqa: PLC0415  httpx too waits for its first client

        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return verify


def _proxy_for(origin: httpx.URL, proxy: str | Secret | None) -> str | Secret | None:
    """Return the proxy to use: the argument, or what the usual variables say for this host."""
    # Never for http, which is for this machine only: the proxy would read the secret.
    if proxy is not None or origin.scheme == "http" or urllib.request.proxy_bypass(origin.host):
        return proxy
    proxies = urllib.request.getproxies()
    found = proxies.get(origin.scheme) or proxies.get("all")
    # As curl, requests and httpx itself read them.
    return hidden(f"http://{found}" if found and "://" not in found else found)


def _way_through(proxy: str | Secret | None) -> str:
    if not isinstance(proxy, Secret):
        return ""
    url = httpx.URL(proxy.reveal())
    # Where a password is not escaped, the host may be a part of it.
    is_clear = ("@" in proxy.reveal()) == bool(url.userinfo)
    return f" through the proxy {url.netloc.decode() if is_clear else ''}".rstrip()


def _over_network(
    transport: Callable[..., Transport],
    *,
    verify: bool | ssl.SSLContext,
    proxy: str | Secret | None,
) -> Transport:
    try:
        return transport(
            verify=verify,
            limits=_LIMITS,
            proxy=proxy.reveal() if isinstance(proxy, Secret) else proxy,
        )
    except ImportError:
        problem = "for SOCKS, httpx needs the package socksio"
    except (ValueError, httpx.InvalidURL) as error:
        problem = type(error).__name__
    except OSError as error:
        raise ConfigurationError(
            f"the certificates to trust cannot be loaded ({type(error).__name__}): "
            "look at the variables SSL_CERT_FILE and SSL_CERT_DIR"
        ) from None
    # Outside of the except block, and without the address: it may carry a password.
    raise ConfigurationError(
        f"the proxy cannot be used ({problem}): it looks like http://proxy.example.com:3128"
    )


def _warn_if_unverified(verify: bool | ssl.SSLContext) -> None:  # noqa: FBT001  httpx's own type
    if verify is False:
        warnings.warn(
            "verify=False: whoever is on the way can read the client secret. "
            "For a private certificate authority pass an ssl.SSLContext that trusts it",
            stacklevel=4,
        )


def _no_answer(
    error: httpx.RequestError, request: httpx.Request, *, wrote: bool, closed: bool, way: str
) -> SailPointError:
    # What a callable for the access token raises may have no request.
    failed: httpx.Request = getattr(error, "_request", None) or request
    # A failed token request means that the call itself never went out.
    for_token = failed.url.path == TOKEN_PATH
    never_sent = not wrote or isinstance(
        error,
        httpx.ConnectError
        | httpx.ConnectTimeout
        | httpx.LocalProtocolError
        | httpx.PoolTimeout
        | httpx.ProxyError
        | httpx.UnsupportedProtocol,
    )
    maybe_performed = not (for_token or never_sent)
    said = _words_of(error)
    if closed:
        said = "the client was closed meanwhile"
    call = call_of(failed)
    if for_token:
        call += f" (to authenticate {call_of(request)})"
    if isinstance(error, httpx.TimeoutException):
        what = "no connection" if never_sent else "no complete answer"
        return RequestTimeout(
            f"{call} got {what}{way} in time ({said}).", maybe_performed=maybe_performed
        )
    if never_sent:
        return TransportError(
            f"{call} was not sent: no connection to {failed.url.host}{way} ({said}). "
            "Check the base URL, the network, and whether a proxy or a certificate is needed."
        )
    return TransportError(f"{call} got no answer ({said}).", maybe_performed=maybe_performed)


def _words_of(error: BaseException) -> str:
    """Return what an exception says; trio's leaves it to the one below what is wrong with TLS."""
    name = type(error).__name__
    if isinstance(error, httpx.LocalProtocolError):
        return name  # It quotes the header that cannot be sent.
    below: BaseException | None = error
    while below is not None:
        if str(below):
            return f"{name}: {below}"
        below = below.__cause__ or below.__context__
    return name


def _refused(response: httpx.Response) -> SailPointError:
    sent_with = hidden(response.request.headers.get("Authorization", "").removeprefix("Bearer "))
    if isinstance(sent_with, Secret):
        response = without(sent_with, response)
    if response.status_code == _UNAUTHORIZED:
        said = short_text(json_object(response).get("error"))
        reason = f": {said}" if said else ""
        return AuthenticationError(
            f"{call_of(response.request)} answered 401{reason}. The access token was refused, "
            "also a fresh one where there is a way to get one: "
            "check that the token exists and that its owner is active."
        )
    return api_error(response)


def _sending(request: httpx.Request, *, says_so: bool) -> Callable[[str, dict[str, Any]], None]:
    """Note that nothing of a request went out yet; return what httpcore tells when it does.

    A transport of the user's own (`says_so` is False) may tell nothing.
    """
    kind: Sent = "exchange" if request.url.path == TOKEN_PATH else "call"
    sent.set("nothing" if says_so else kind)

    def note(event: str, info: dict[str, Any]) -> None:
        # Not CONNECT: that one is for the proxy.
        if event == "http11.send_request_headers.started" and info["request"].method != b"CONNECT":
            sent.set(kind)

    return note


def _drop_bad_location(response: httpx.Response) -> None:
    """Take away a `Location` that httpx trips over: it builds the next request, unasked."""
    if response.is_redirect and "Location" in response.headers:
        try:
            url = response.request.url.join(response.headers["Location"])
        except httpx.InvalidURL:
            url = httpx.URL()
        if not url.host:
            del response.headers["Location"]


def _says_too_much(response: httpx.Response) -> bool:
    """Return whether there is a body where none belongs: the next answer would begin with it."""
    if response.status_code not in _HAVE_NO_BODY:
        return False
    headers = response.headers
    return "Transfer-Encoding" in headers or headers.get("Content-Length", "0") != "0"


def _says_enough(response: httpx.Response) -> bool:
    """Return whether a status is all that one needs to know of a failure, if the body is lost."""
    # With the 404 to a delete it makes a difference who says so.
    may_be_gone = response.status_code == _NOT_FOUND and response.request.method == "DELETE"
    return not response.is_success and not may_be_gone


def _hang_up(response: httpx.Response) -> None:
    """End the connection that an answer came on; the pool then finds it closed by the server."""
    stream = response.extensions.get("network_stream")
    connection = stream.get_extra_info("socket") if stream is not None else None
    if connection is not None:
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)


class _Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body, decoded, that ends in an error where it does not end by itself.

    It is decoded once it is complete. An exception before that leaves generators of httpx half-way,
    which trio complains about.
    """

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self._stream = response.stream
        self._encoding = response.headers.pop("Content-Encoding", "identity").strip().lower()

    def __iter__(self) -> Iterator[bytes]:
        assert isinstance(self._stream, httpx.SyncByteStream)  # noqa: S101  as httpx itself does
        chunks, size = [], 0
        try:
            for chunk in self._stream:
                size += len(chunk)
                if size > LARGEST_ANSWER_BYTES:
                    break
                chunks.append(chunk)
        except httpx.TransportError:
            if not _says_enough(self._response):
                raise
            chunks.clear()
        yield self._whole(chunks, size)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        assert isinstance(self._stream, httpx.AsyncByteStream)  # noqa: S101  the same
        chunks, size = [], 0
        network = self._response.extensions.get("network_stream")
        try:
            async for chunk in self._stream:
                size += len(chunk)
                if size <= LARGEST_ANSWER_BYTES:
                    chunks.append(chunk)
                elif network is not None:
                    # The next read fails, and httpx's generators come to their end by that.
                    await network.aclose()
                else:
                    break
        except httpx.TransportError:
            if size <= LARGEST_ANSWER_BYTES:
                if not _says_enough(self._response):
                    raise
                chunks.clear()
        yield self._whole(chunks, size)

    def close(self) -> None:
        if isinstance(self._stream, httpx.SyncByteStream):
            self._stream.close()

    async def aclose(self) -> None:
        if isinstance(self._stream, httpx.AsyncByteStream):
            await self._stream.aclose()

    def _end_what_is_out_of_step(self) -> None:
        """Never use a connection again where more than the answer came: the rest is no answer."""
        # h11 knows, and nobody in between hands it on.
        below: Any = self._stream
        for name in ("_stream", "_httpcore_stream", "_stream", "_connection", "_h11_state"):
            below = getattr(below, name, None)
        if below is not None and below.trailing_data[0]:
            _hang_up(self._response)

    def _whole(self, chunks: list[bytes], size: int) -> bytes:
        """Return the body, decoded. It is left in no variable that a traceback could show."""
        if size > LARGEST_ANSWER_BYTES:
            chunks.clear()
            if not _says_enough(self._response):
                raise self._too_large()
        self._end_what_is_out_of_step()
        body = b"".join(chunks)
        chunks.clear()
        if self._encoding in {"", "identity"} or not body:
            return body
        # gzip is what was asked for.
        decoder = zlib.decompressobj(_GZIP)
        failure = None
        try:
            body = decoder.decompress(body, LARGEST_ANSWER_BYTES + 1)
        except zlib.error as error:
            failure = self._unreadable(str(error))
        if len(body) > LARGEST_ANSWER_BYTES:
            failure = self._too_large()
        elif not decoder.eof and failure is None:
            failure = self._unreadable("it is cut off")
        if failure is None:
            return body
        body = b""
        if _says_enough(self._response):
            return body
        raise failure

    def _unreadable(self, reason: str) -> UnexpectedResponseError:
        return self._unexpected(f"a body that cannot be decoded ({reason})")

    def _too_large(self) -> UnexpectedResponseError:
        return self._unexpected(f"more than {LARGEST_ANSWER_BYTES // 1024**2} MiB")

    def _unexpected(self, what: str) -> UnexpectedResponseError:
        return UnexpectedResponseError(
            f"{call_of(self._response.request)} was answered with {what}.",
            maybe_performed=self._response.request.url.path != TOKEN_PATH,
        )
