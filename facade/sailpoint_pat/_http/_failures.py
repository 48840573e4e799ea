"""How a request that got no answer becomes a typed error.

A library below may quote the wire in its message, and with it a secret. So its message is never
repeated: an error tells the class of what was raised, and the rest in words of ours.
"""

from __future__ import annotations

import os

import httpcore
import httpx

from sailpoint_pat._answers import call_of
from sailpoint_pat._sending import Sending
from sailpoint_pat.errors import RequestTimeout, SailPointError, TransportError

__all__ = ["class_names", "closed_error", "no_answer"]

_TIMEOUTS = (httpcore.TimeoutException, httpx.TimeoutException, TimeoutError)
# What other libraries read, and httpx does not.
_FOREIGN_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def no_answer(
    error: Exception, request: httpx.Request, sending: Sending, *, proxy: str
) -> SailPointError:
    """Return the typed error for a request that failed on its way.

    Args:
        error: what the transport raised.
        request: the request; for an exchange, the call itself was not sent.
        sending: what our network has seen of it.
        proxy: the address of the proxy in between, without its password, or "".
    """
    is_exchange = sending.is_exchange
    has_no_way = isinstance(error, httpcore.UnsupportedProtocol)  # The second proof.
    may_have_been_sent = sending.may_have_been_sent and not has_no_way
    call = call_of(request)
    if is_exchange:
        call += " (the exchange for an access token)"
    said = class_names(error)
    if isinstance(error, _TIMEOUTS):
        what = "no complete answer" if may_have_been_sent else f"no connection{proxy}"
        return RequestTimeout(
            f"{call} got {what} in time ({said}).",
            maybe_performed=may_have_been_sent and not is_exchange,
        )
    if may_have_been_sent:
        return TransportError(
            f"{call} got no answer{proxy} ({said}).", maybe_performed=not is_exchange
        )
    return TransportError(
        f"{call} was not sent: no connection to {request.url.host}{proxy} ({said}). "
        + _advice(error, said)
    )


def class_names(error: BaseException) -> str:
    """Return the names of an exception's class and of those that it came from."""
    names: list[str] = []
    below: BaseException | None = error
    while below is not None:
        names.append(type(below).__name__)
        below = below.__cause__ or below.__context__
    return " from ".join(dict.fromkeys(names))


def _advice(error: Exception, said: str) -> str:
    if isinstance(error, httpcore.ProxyError):
        status = str(error)[:3]  # The digits alone: what comes after them is the proxy's.
        answered = f"The proxy answered {status}" if status.isdigit() else "The proxy refused"
        return f"{answered}: check its address, its user and its password."
    if "SSL" in said or "Certificate" in said:
        foreign = [name for name in _FOREIGN_BUNDLES if os.environ.get(name)]
        unread = f" ({' and '.join(foreign)} are not read here)" if foreign else ""
        return (
            "The certificate of the other side was not accepted. For a private certificate "
            "authority set SSL_CERT_FILE, or give verify=ssl.create_default_context(cafile=...)"
            f"{unread}."
        )
    return "Check the base URL, the network, and whether a proxy is needed."


def closed_error(call: str, *, maybe_performed: bool = False) -> TransportError:
    """Return the error for a call on a client that is closed, or was closed meanwhile."""
    what = "got no answer" if maybe_performed else "was not sent"
    return TransportError(
        f"{call} {what}: this client is closed. Make a new one.", maybe_performed=maybe_performed
    )
