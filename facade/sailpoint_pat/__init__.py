"""SailPoint personal access tokens: list, create, rotate, revoke.

Everything that is public is in this module; the clients are where to begin:

    from sailpoint_pat import PatClient

    with PatClient("acme", api_version="v1") as pats:
        for token in pats.list(owner="me"):
            print(token.name, token.expires_at)
"""

from importlib import import_module
from typing import TYPE_CHECKING

from sailpoint_pat._pace import RateLimit
from sailpoint_pat._retry import RetryPolicy
from sailpoint_pat._version import __version__
from sailpoint_pat.errors import (
    APIError,
    AuthenticationError,
    BadRequestError,
    ConfigurationError,
    DeleteResult,
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
from sailpoint_pat.models import IssuedToken, Owner, PersonalAccessToken, Secret

if TYPE_CHECKING:
    from sailpoint_pat._credentials import ClientCredentials
    from sailpoint_pat._settings import Environment, Settings, environments, find_settings
    from sailpoint_pat.async_client import AsyncPatClient
    from sailpoint_pat.client import PatClient

__all__ = [
    "APIError",
    "AsyncPatClient",
    "AuthenticationError",
    "BadRequestError",
    "ClientCredentials",
    "ConfigurationError",
    "DeleteResult",
    "Environment",
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
    "Settings",
    "TransportError",
    "UnexpectedResponseError",
    "__version__",
    "environments",
    "find_settings",
]


# The clients and the settings bring httpx with them, and the async client anyio: most of what an
# import takes. They are imported when they are first asked for, so that naming an error or a model
# costs little.
_LATER = {
    "AsyncPatClient": "async_client",
    "ClientCredentials": "_credentials",
    "Environment": "_settings",
    "PatClient": "client",
    "Settings": "_settings",
    "environments": "_settings",
    "find_settings": "_settings",
}


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER})
