"""Which connections there are: the proxy, the certificates to trust, and httpcore's pools."""

from __future__ import annotations

import urllib.request
import warnings
from typing import TYPE_CHECKING, Any

import httpcore
import httpx

from sailpoint_pat.errors import ConfigurationError
from sailpoint_pat.models import Secret

if TYPE_CHECKING:
    import ssl

    from sailpoint_pat._http._network import AsyncNetwork, Network

_KEPT_FOR_SECONDS = 30.0
_LOOKS_LIKE = "it looks like http://proxy.example.com:3128, or http://user:password@..."


class Route:
    """How to connect to one tenant.

    Args:
        origin: the tenant.
        proxy: the address of a proxy, or None for what the usual variables say.
        verify: True, False, or an `ssl.SSLContext`.

    Raises:
        ConfigurationError: a proxy or certificates that cannot be used.
    """

    def __init__(
        self,
        origin: httpx.URL,
        proxy: str | Secret | None,
        verify: bool | ssl.SSLContext,  # noqa: FBT001  httpx's own type
    ) -> None:
        _check_proxy(proxy)
        _check_verify(verify)
        address = proxy if isinstance(proxy, Secret) else _usual_proxy(origin)
        # To load the certificates of every authority takes longer than a small program's calls.
        no_tls = origin.scheme == "http" and address is None and verify is True
        trust = None if no_tls else _trust(verify)
        found, self.proxy_text = (None, "") if address is None else _proxy_of(address, trust)
        is_socks = found is not None and found.url.scheme.startswith(b"socks")
        # What is raised on the way, besides the network's own failures.
        self.failures = _socks_failures() if is_socks else ()
        self._options: dict[str, Any] = {
            "ssl_context": trust,
            "keepalive_expiry": _KEPT_FOR_SECONDS,
            "proxy": found,
        }

    def new_pool(self, network: Network) -> httpcore.ConnectionPool:
        """Return a pool on a network of ours, which makes connections."""
        return httpcore.ConnectionPool(network_backend=network, **self._options)

    def new_async_pool(self, network: AsyncNetwork) -> httpcore.AsyncConnectionPool:
        """Return a pool for the async client."""
        return httpcore.AsyncConnectionPool(network_backend=network, **self._options)


def _proxy_of(address: Secret, trust: ssl.SSLContext | None) -> tuple[httpcore.Proxy, str]:
    """Return a proxy, and what messages say of it: no password."""
    found = _read_proxy(address, trust)
    if isinstance(found, str):
        # Here, where no variable holds the address: it may carry a password.
        raise ConfigurationError(f"the proxy cannot be used ({found}): {_LOOKS_LIKE}")
    host, port = found.url.host.decode(), found.url.port
    return found, f" through the proxy {host}{f':{port}' if port else ''}"


def _read_proxy(address: Secret, trust: ssl.SSLContext | None) -> httpcore.Proxy | str:
    """Return a proxy, or what is wrong with its address."""
    try:
        url = httpx.URL(address.reveal())
        if url.scheme not in {"http", "https", "socks5", "socks5h"}:
            return f"the scheme {url.scheme!r}"
        if not url.host:
            return "no host"
        if url.path not in {"", "/"} or url.query or url.fragment:
            return "in the user or the password write / as %2F, # as %23, ? as %3F, @ as %40"
        return httpcore.Proxy(
            f"{url.scheme}://{url.netloc.decode()}",
            auth=(url.username.encode(), url.password.encode()) if url.userinfo else None,
            ssl_context=trust if url.scheme == "https" else None,
        )
    except (httpx.InvalidURL, ValueError):
        return "no address"


def _usual_proxy(origin: httpx.URL) -> Secret | None:
    """Return what the usual variables say for this host, read as curl, requests and httpx do."""
    # Never for http, which is for this machine only: the proxy would read the secret.
    if origin.scheme == "http" or urllib.request.proxy_bypass(origin.host):
        return None
    proxies = urllib.request.getproxies()
    found = proxies.get(origin.scheme) or proxies.get("all")
    if not found:
        return None
    return Secret(found if "://" in found else f"http://{found}")


def _check_proxy(proxy: object) -> None:
    if proxy is not None and not isinstance(proxy, Secret):
        raise ConfigurationError("proxy is the address of a proxy: it is empty, or not a text")


def _check_verify(verify: object) -> None:
    if verify is True:
        return
    if verify is False:
        warnings.warn(
            "verify=False: whoever is on the way can read the client secret. "
            "For a private certificate authority give an ssl.SSLContext that trusts it",
            stacklevel=5,  # Of these: Route, the httpx client, the client, and who makes that.
        )
        return
    import ssl  # noqa: PLC0415  httpx too waits for its first client

    if not isinstance(verify, ssl.SSLContext):
        kind = "a path" if isinstance(verify, str) else f"a {type(verify).__name__}"
        raise ConfigurationError(
            f"verify is True, False or an ssl.SSLContext, not {kind}. To trust the certificates "
            "in a file: verify=ssl.create_default_context(cafile=...)"
        )


def _trust(verify: bool | ssl.SSLContext) -> ssl.SSLContext:  # noqa: FBT001  httpx's own type
    try:
        return httpx.create_ssl_context(verify=verify)
    except OSError as error:
        raise ConfigurationError(
            f"the certificates to trust cannot be loaded ({type(error).__name__}): "
            "look at the variables SSL_CERT_FILE and SSL_CERT_DIR"
        ) from None


def _socks_failures() -> tuple[type[Exception], ...]:
    import importlib  # noqa: PLC0415  few programs go through such a proxy

    try:
        return (importlib.import_module("socksio").SOCKSError,)
    except ImportError:
        raise ConfigurationError(
            "the proxy cannot be used: for SOCKS, httpcore needs the package socksio"
        ) from None
