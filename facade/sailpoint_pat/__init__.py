"""SailPoint personal access tokens: list, create, rotate, revoke.

Everything that is public is in this module; the clients are where to begin:

    from sailpoint_pat import PatClient

    with PatClient("acme") as pats:
        for token in pats.list(owner="me"):
            print(token.name, token.expires_at)
"""

from importlib import import_module
from typing import TYPE_CHECKING

from sailpoint_pat._version import __version__
from sailpoint_pat.errors import (
    APIError,
    AuthenticationError,
    BadRequestError,
    ConfigurationError,
    InvalidRecord,
    LostCreate,
    NotFoundError,
    OutcomeUnknownError,
    PermissionDeniedError,
    RateLimitedError,
    RequestTimeout,
    RotationError,
    SailPointError,
    ServerError,
    TransportError,
    UnexpectedResponseError,
)
from sailpoint_pat.models import DeleteResult, IssuedToken, Owner, PersonalAccessToken, Secret
from sailpoint_pat.retry import RateLimit, RetryPolicy

if TYPE_CHECKING:
    from sailpoint_pat.async_client import AsyncPatClient
    from sailpoint_pat.client import PatClient

__all__ = [
    "APIError",
    "AsyncPatClient",
    "AuthenticationError",
    "BadRequestError",
    "ConfigurationError",
    "DeleteResult",
    "InvalidRecord",
    "IssuedToken",
    "LostCreate",
    "NotFoundError",
    "OutcomeUnknownError",
    "Owner",
    "PatClient",
    "PermissionDeniedError",
    "PersonalAccessToken",
    "RateLimit",
    "RateLimitedError",
    "RequestTimeout",
    "RetryPolicy",
    "RotationError",
    "SailPointError",
    "Secret",
    "ServerError",
    "TransportError",
    "UnexpectedResponseError",
    "__version__",
]


# A client brings httpx with it, and the async one anyio: most of what an import takes. They are
# imported when they are first asked for, so that naming an error or a model costs little.
_CLIENTS = {"PatClient": "client", "AsyncPatClient": "async_client"}


def __getattr__(name: str) -> object:
    if name not in _CLIENTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"{__name__}.{_CLIENTS[name]}"), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_CLIENTS})
