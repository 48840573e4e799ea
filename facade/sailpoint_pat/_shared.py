"""What a client is set up with, and what its calls share."""

from __future__ import annotations

import logging
from collections import deque
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx

from sailpoint_pat._auth import AccessTokenSource, ClientCredentialsAuth, GivenAccessTokenAuth
from sailpoint_pat._clock import TenantClock
from sailpoint_pat._credentials import ClientCredentials
from sailpoint_pat._guard import Guard
from sailpoint_pat._pace import Pace, RateLimit
from sailpoint_pat._retry import RetryPolicy
from sailpoint_pat._settings import Settings, find_settings
from sailpoint_pat._versions import TOKEN_PATH, ApiVersion
from sailpoint_pat.errors import ConfigurationError
from sailpoint_pat.models import Secret

if TYPE_CHECKING:
    from collections.abc import Callable

# So many ids of tokens that the client has made are kept: no lost create has made those.
_MADE_LATELY = 100

_log = logging.getLogger("sailpoint_pat")


class Shared:
    """What a client shares with those that `with_options` makes of it.

    Args:
        settings: where to, as whom, and which version.
        access_token: an access token of the user's own, or a function for one, instead of a pair.
        rate_limit: the pace to keep to.
        new_event: makes what threads or tasks wait on.
        is_async: whether the client belongs to an event loop.
    """

    def __init__(
        self,
        settings: Settings,
        access_token: str | Secret | AccessTokenSource | None,
        rate_limit: RateLimit | None,
        new_event: Callable[[], Any],
        *,
        is_async: bool,
    ) -> None:
        self.settings = settings
        self.origin = settings.origin
        self.auth: ClientCredentialsAuth | GivenAccessTokenAuth
        if access_token is not None:
            self.auth = GivenAccessTokenAuth(self.origin, access_token)
        else:
            assert settings.credentials is not None  # noqa: S101  they were asked for
            self.auth = ClientCredentialsAuth(
                self.origin, settings.credentials, settings.credentials_from or "", new_event
            )
        self.pace = Pace(rate_limit)
        self.guard = Guard(is_async=is_async)
        self.tenant_clock = TenantClock()
        self.made_lately: deque[str] = deque(maxlen=_MADE_LATELY)
        self._is_warned = False

    @property
    def version(self) -> ApiVersion:
        """The version of the API that the client speaks."""
        return self.settings.version

    @property
    def credentials(self) -> ClientCredentials | None:
        """The pair that the client runs on now: a rotation may have switched it."""
        return self.auth.credentials if isinstance(self.auth, ClientCredentialsAuth) else None

    def observe(self, answer: httpx.Response) -> None:
        """Record what the headers of an answer say."""
        if answer.request.url.path == TOKEN_PATH:
            return  # Another service, whose clock may be another one.
        if answer.is_success:  # An error may be from a gateway, with a clock of its own.
            self.tenant_clock.note(answer.headers.get("Date", ""))
        if answer.headers.get("X-Deprecated", "").lower() == "true" and not self._is_warned:
            self._is_warned = True
            _log.warning(
                "API version %s is deprecated: by SailPoint's plan it is supported until the "
                "second quarter of 2028 and stops working in the first quarter of 2029. "
                "Make the client with api_version='v1'.",
                self.version.name,
            )


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


def settings_for_client(
    access_token: object, client_id: str | None, client_secret: str | Secret | None, **given: Any
) -> Settings:
    """Return the settings of a client, whose access token replaces the pair."""
    if access_token is not None and (client_id is not None or client_secret is not None):
        raise ConfigurationError(
            "access_token and client_id/client_secret are two ways to authenticate: give one"
        )
    return find_settings(
        client_id=client_id,
        client_secret=client_secret,
        needs_credentials=access_token is None,
        **given,
    )
