"""A client library for accessing SailPoint Personal Access Tokens"""

from .client import AuthenticatedClient, Client

__all__ = (
    "AuthenticatedClient",
    "Client",
)
