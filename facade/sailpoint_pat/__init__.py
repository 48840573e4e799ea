"""SailPoint personal access tokens: list, create, rotate, revoke.

from sailpoint_pat import PatClient

with PatClient("acme") as pats:
    for token in pats.list(owner="me"):
        print(token.name, token.expires_at)
"""

from typing import TYPE_CHECKING

from sailpoint_pat._version import __version__
from sailpoint_pat.client import PatClient
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


def __getattr__(name: str) -> object:
    # anyio costs a quarter of the import time, and only the async client needs it.
    if name == "AsyncPatClient":
        from sailpoint_pat.async_client import AsyncPatClient  # noqa: PLC0415

        return AsyncPatClient
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
