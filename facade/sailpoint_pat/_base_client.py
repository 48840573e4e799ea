"""What the sync and the async client have in common: arguments, options, and how they print."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal, NoReturn, Self

import attrs

from sailpoint_pat._drivers._driver import Driver
from sailpoint_pat._pace import RateLimit
from sailpoint_pat._retry import RetryPolicy
from sailpoint_pat._settings import Settings, find_settings
from sailpoint_pat.errors import ConfigurationError

if TYPE_CHECKING:
    from sailpoint_pat._operations import AuthenticatedClient
    from sailpoint_pat.models import Secret


class BaseClient:
    """The part of a client that does not depend on how it waits."""

    _driver: Driver
    _generated: AuthenticatedClient

    def __repr__(self) -> str:
        if not hasattr(self, "_driver"):  # A traceback may show one that could not be made.
            return f"<{type(self).__name__} that could not be made>"
        shared = self._driver.shared
        pair, version = shared.credentials, shared.settings.api_version
        who = f"client id {pair.client_id}" if pair else "a given access token"
        return f"<{type(self).__name__} {shared.origin.host}/{version} with {who}>"

    def with_options(
        self,
        *,
        timeout: timedelta | None = None,
        retry: RetryPolicy | Literal["same"] | None = "same",
    ) -> Self:
        """Return a client with other limits, for calls that need them.

        It shares the connections, the access token and the pace with this one. Closing either
        closes what they share.

        Args:
            timeout: for one try, above zero; left out, this client's. Calls through `generated`
                keep this client's in any case.
            retry: what is tried again and for how long, or None for one try each; left out, this
                client's.

        Returns:
            The other client.

        Raises:
            ConfigurationError: a value of the wrong type, or a timeout that is not above zero.
        """
        driver = self._driver
        timeout = driver.timeout if timeout is None else timeout
        policy = driver.policy if retry == "same" else retry
        check_limits(timeout, policy)
        other = type(self).__new__(type(self))
        vars(other).update(vars(self), _driver=attrs.evolve(driver, timeout=timeout, policy=policy))
        return other

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a client is not pickled: it holds connections and secrets. Make one where it is used"
        )

    @property
    def generated(self) -> AuthenticatedClient:
        """The generated client, authenticated and ready, for the low level and raw answers.

        It stands on the same connections. Errors are the ones of this SDK; nothing is retried. What
        its `with_headers`, `with_cookies` and `with_timeout` return is not authenticated.
        """
        return self._generated


def check_limits(timeout: object, retry: object, rate_limit: object = None) -> None:
    """Check the limits that a client is given.

    Raises:
        ConfigurationError: one of them has the wrong type, or the timeout is not above zero.
    """
    if not isinstance(timeout, timedelta) or timeout <= timedelta(0):
        raise ConfigurationError(f"timeout is a timedelta above zero, not {timeout!r}")
    if retry is not None and not isinstance(retry, RetryPolicy):
        raise ConfigurationError(f"retry is a RetryPolicy or None, not {retry!r}")
    if rate_limit is not None and not isinstance(rate_limit, RateLimit):
        raise ConfigurationError(f"rate_limit is a RateLimit or None, not {rate_limit!r}")


def settings_for_client(  # noqa: PLR0913, PLR0917  handed on, in this order, by both clients
    access_token: object,
    client_id: str | None,
    client_secret: str | Secret | None,
    tenant: str | None,
    base_url: str | None,
    environment: str | None,
    api_version: str | None,
) -> Settings:
    """Return the settings of a client, whose access token replaces the pair."""
    if access_token is not None and (client_id is not None or client_secret is not None):
        raise ConfigurationError(
            "access_token and client_id/client_secret are two ways to authenticate: give one"
        )
    return find_settings(
        tenant,
        base_url=base_url,
        client_id=client_id,
        client_secret=client_secret,
        environment=environment,
        api_version=api_version,
        needs_credentials=access_token is None,
    )
