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
from sailpoint_pat.errors import (
    RequestTimeout,
    SailPointError,
    TransportError,
    UnexpectedResponseError,
)

NETWORK_FAILURES: tuple[type[Exception], ...] = (
    httpcore.ConnectionNotAvailable,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.TimeoutException,
    httpcore.UnsupportedProtocol,
    httpx.HTTPError,
    httpx.InvalidURL,
    OSError,
    OverflowError,  # A timeout that is longer than the system can wait.
    UnicodeError,  # A host that is no name.
)
"""What our own transport and httpx raise. Anything else comes from a signal handler, such as a
worker's time limit, and goes on as it is."""

_TIMEOUTS = (httpcore.TimeoutException, httpx.TimeoutException, TimeoutError)
# What other libraries read, and httpx does not.
_FOREIGN_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def failure_of(error: Exception, call: httpx.Request, sending: Sending, *, proxy: str) -> Exception:
    """Return what to raise for an exception that ended a call.

    Args:
        error: what was raised: by a transport, by httpx, or by the user's function for the access
            token.
        call: the call; the request that failed may be an exchange for it.
        sending: what is known of it.
        proxy: for messages: the proxy in between, without its password, or "".

    Returns:
        A `SailPointError`; or the exception itself, where it came from the user's function.
    """
    if sending.request is None:
        # What another client says of a call of its own does not hold for this one.
        is_of_another_call = isinstance(error, SailPointError) and error.maybe_performed
        if not is_of_another_call and not isinstance(error, httpx.HTTPError | httpx.InvalidURL):
            return error
        return TransportError(
            f"{call_of(call)} was not sent: the function for the access token failed "
            f"({_class_names(error)})."
        )
    if isinstance(error, SailPointError):
        return error
    if isinstance(error, httpx.DecodingError) and not sending.is_refused:
        return UnexpectedResponseError(
            f"{call_of(sending.request)} was answered with a body that cannot be decoded.",
            maybe_performed=sending.maybe_performed,
        )
    return _no_answer(error, sending.request, sending, proxy=proxy)


def _no_answer(
    error: Exception, request: httpx.Request, sending: Sending, *, proxy: str
) -> TransportError:
    is_exchange = sending.is_exchange
    has_no_way = isinstance(error, httpcore.UnsupportedProtocol)  # The second proof.
    may_have_been_sent = sending.may_have_been_sent and not has_no_way
    call = call_of(request)
    if is_exchange:
        call += " (the exchange for an access token)"
    said = _class_names(error)
    is_late = isinstance(error, _TIMEOUTS)
    if sending.is_refused:
        kind = RequestTimeout if is_late else TransportError
        return kind(f"{call} was refused with 401, and the rest of that answer got lost ({said}).")
    if is_late:
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


def _class_names(error: BaseException) -> str:
    """Return the names of an exception's class and of those that it came from."""
    names: list[str] = []
    below: BaseException | None = error
    while below is not None:
        names.append(type(below).__name__)
        below = below.__cause__  # Not the context: that may be what the caller is handling.
    return " from ".join(dict.fromkeys(names))


def _advice(error: Exception, said: str) -> str:
    if isinstance(error, httpcore.ProxyError):
        status = str(error)[:3]  # The digits alone: what comes after them is the proxy's.
        answered = f"The proxy answered {status}" if status.isdigit() else "The proxy refused"
        return f"{answered}: check its address, its user and its password."
    if "SSL" in said or "Certificate" in said:
        foreign = [name for name in _FOREIGN_BUNDLES if os.environ.get(name)]
        unread = f" (not read here: {', '.join(foreign)})" if foreign else ""
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
