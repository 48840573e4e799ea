"""What a client is set up with, and what its calls share."""

from __future__ import annotations

import logging
from collections import deque
from typing import TYPE_CHECKING, Any

import httpx

from sailpoint_pat._auth import AccessTokenSource, ClientCredentialsAuth, GivenAccessTokenAuth
from sailpoint_pat._clock import TenantClock
from sailpoint_pat._credentials import ClientCredentials
from sailpoint_pat._guard import Guard
from sailpoint_pat._pace import Pace, RateLimit
from sailpoint_pat._sending import is_exchange
from sailpoint_pat._settings import Settings
from sailpoint_pat._versions import ApiVersion
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
        if is_exchange(answer.request):
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
