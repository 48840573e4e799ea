"""What both drivers share: how they are set up, how a try is judged, what is logged."""

from __future__ import annotations

import logging
import math
from collections import deque
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self, TypeVar

import attrs
import httpx

from sailpoint_pat._auth import (
    AccessTokenSource,
    ClientCredentialsAuth,
    GivenAccessTokenAuth,
)
from sailpoint_pat._clock import TenantClock, clock
from sailpoint_pat._credentials import ClientCredentials
from sailpoint_pat._exchange import exchange_form, read_exchange
from sailpoint_pat._flows import note_interrupted_create
from sailpoint_pat._http._clients import Shape
from sailpoint_pat._http._guard import Guard
from sailpoint_pat._operations import Operation
from sailpoint_pat._pace import Pace, RateLimit
from sailpoint_pat._retry import RetryPolicy, Tries
from sailpoint_pat._sending import Sending, current_sending
from sailpoint_pat._settings import Settings, find_settings
from sailpoint_pat._versions import TOKEN_PATH
from sailpoint_pat.errors import (
    APIError,
    BadRequestError,
    ConfigurationError,
    LostCreate,
    OutcomeUnknownError,
    RateLimitedError,
    SailPointError,
    TransportError,
    UnexpectedResponseError,
)
from sailpoint_pat.models import IssuedToken, Secret

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sailpoint_pat._versions import ApiVersion

T = TypeVar("T")

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
    def credentials(self) -> ClientCredentials | None:
        """The pair that the client runs on now: a rotation may have switched it."""
        return self.auth.credentials if isinstance(self.auth, ClientCredentialsAuth) else None

    def shape(self, timeout: timedelta) -> Shape:
        """Return what the httpx client is made of."""
        return Shape(
            self.origin,
            self.settings.version,
            self.auth,
            self.guard,
            self.observe,
            timeout.total_seconds(),
        )

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
                self.settings.version.name,
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


@attrs.frozen(eq=False)
class Driver:
    """The part of a driver that does not depend on how it waits.

    Attributes:
        shared: what the client shares with those made of it.
        timeout: for one try, in seconds.
        policy: what is tried again and for how long, or None.
    """

    shared: Shared
    timeout: float
    policy: RetryPolicy | None

    def with_options(self, timeout: timedelta, policy: RetryPolicy | None) -> Self:
        """Return a driver with other limits that shares everything else."""
        return attrs.evolve(self, timeout=timeout.total_seconds(), policy=policy)

    @property
    def timeout_as_given(self) -> timedelta:
        """The time for one try, as users give it."""
        return timedelta(seconds=self.timeout)

    def describe(self, client: type) -> str:
        """Return the repr of a client."""
        pair, settings = self.shared.credentials, self.shared.settings
        who = f"client id {pair.client_id}" if pair else "a given access token"
        host = self.shared.origin.host
        return f"<{client.__name__} {host}/{settings.version.name} with {who}>"

    def _begin(self, operation: Operation[T]) -> Tries:
        self.shared.guard.check()
        _nothing_was_sent()
        return Tries(self.policy, safe_to_repeat=operation.safe_to_repeat, timeout=self.timeout)

    def _begin_try(self, tries: Tries) -> float:
        """Count a try; return how many seconds it may take."""
        _nothing_was_sent()
        return tries.begin()

    def _succeeded(self, operation: Operation[T], tries: Tries, begun: float, result: T) -> T:
        """Record a try that went well, and return its result."""
        self._log_try(operation, tries, begun, None)
        if isinstance(result, IssuedToken):
            self.shared.made_lately.append(result.id)
        return result

    def _failed(
        self,
        operation: Operation[T],
        tries: Tries,
        begun: float,
        error: SailPointError,
        *,
        is_over: bool,
    ) -> float | None:
        """Record a failed try; return the pause before the next one, or None for the end.

        `is_over` says that there is no next one, whatever the policy says.
        """
        self._log_try(operation, tries, begun, error)
        if isinstance(error, UnexpectedResponseError) and error.secret is not None:
            # The caller has this one: no lost create has made it.
            self.shared.made_lately.extend(each.id for each in error.invalid if each.id)
        if not error.maybe_performed:
            _nothing_was_sent()
        pause = tries.pause_after(error)
        asked = error.retry_after if isinstance(error, RateLimitedError) else None
        # Where no call of this client could wait so long, the others are not held up either.
        if asked and asked < (self.policy or RetryPolicy()).total_time:
            self.shared.pace.hold(asked.total_seconds())
        if is_over:
            return None
        if pause is not None:
            _log.warning(
                "%s %s: trying again in %.2f s (%s)",
                operation.method,
                operation.path,
                pause,
                type(error).__name__,
            )
        return pause

    def _final(
        self, operation: Operation[T], tries: Tries, begun: float, error: SailPointError
    ) -> SailPointError:
        """Return the error that a call ends with."""
        error = tries.final(error)
        if operation.advice and isinstance(error, BadRequestError):
            error.args = (f"{error.args[0]} {operation.advice}",)
        if operation.creates is None or not error.maybe_performed:
            return error
        lost = self.lost_create(operation.creates, begun)
        if isinstance(error, TransportError):
            return OutcomeUnknownError(
                f"Creating the token {operation.creates!r} got no answer. {error} "
                "There may be one now, whose secret nobody has: find_orphan(error) looks for it; "
                "revoke what it finds, and create the token again.",
                lost_create=lost,
            )
        error.lost_create = lost
        if getattr(error, "secret", None) is None:
            error.args = (
                f"{error.args[0]} find_orphan(error) looks for the token it may have made.",
            )
        return error

    @property
    def version(self) -> ApiVersion:
        """The version of the API that the client speaks."""
        return self.shared.settings.version

    def tenant_time(self) -> datetime:
        """Return the tenant's time, as far as it is known."""
        return self.shared.tenant_clock.now()

    def lost_create(self, name: str, begun: float) -> LostCreate:
        """Return what is known of a create whose token may exist."""
        tenant_clock = self.shared.tenant_clock
        return LostCreate(
            name,
            tenant_clock.at(begun),
            frozenset(self.shared.made_lately),
            None if tenant_clock.is_known else begun,
        )

    def _note_interrupt(self, step: object, interrupt: BaseException) -> None:
        """Add a note to an exception that has interrupted a create: there may be a token now.

        It is not an error of ours: Ctrl-C, a cancelled task, what a signal handler raises, or what
        the user's own function raises. It may also have come after the answer, before the flow that
        waits for it had its token.
        """
        name = step.creates if isinstance(step, Operation) else None
        if name is None:
            return
        sending = current_sending.get()
        if not sending.maybe_performed:
            return
        since = self.shared.tenant_clock.at(sending.begun)
        note_interrupted_create(interrupt, name, since)

    def _closed_error(self, tries: Tries) -> TransportError:
        what = "was not sent again" if tries.number else "was not sent"
        return TransportError(
            f"The call {what}: this client is closed. Make a new one.",
            maybe_performed=tries.maybe_performed,
        )

    def _log_try(
        self, operation: Operation[T], tries: Tries, begun: float, error: SailPointError | None
    ) -> None:
        if not _log.isEnabledFor(logging.DEBUG):
            return
        status: object = operation.success if error is None else type(error).__name__
        tracking_id = None
        if isinstance(error, APIError):
            # `get` raises a 404 of its own, where the listing underneath was answered.
            status = operation.success if error.response is None else error.status_code
            tracking_id = error.tracking_id
        _log.debug(
            "%s %s %s in %.1f ms (try %d, tracking id %s)",
            operation.method,
            operation.path,
            status,
            (clock.monotonic() - begun) * 1000,
            tries.number,
            tracking_id or "-",
        )

    def _exchange_of(self, client_id: str, client_secret: Secret | str) -> Operation[None]:
        """Return the operation that exchanges a pair, to see that it works.

        Raises:
            ValueError: the id or the secret is empty.
        """
        if not client_id or not isinstance(client_secret, Secret):
            raise ValueError("client_id and client_secret are texts that are not empty")
        pair = ClientCredentials(client_id, client_secret)
        address = self.shared.origin.copy_with(path=TOKEN_PATH)

        def read(answer: httpx.Response) -> None:
            read_exchange(answer, pair, "the caller")

        return Operation(
            "exchange",
            "POST",
            TOKEN_PATH,
            200,
            {"method": "POST", "url": address, "data": exchange_form(pair), "auth": None},
            read,
        )

    def switch(self, old_id: str, issued: IssuedToken) -> None:
        """Go on with a new token, if the client runs on the old one."""
        auth = self.shared.auth
        if isinstance(auth, ClientCredentialsAuth) and auth.credentials.client_id == old_id:
            auth.switch(ClientCredentials(issued.id, issued.secret))


def _nothing_was_sent() -> None:
    """Note that of the call which begins, or is tried again, nothing was sent yet."""
    current_sending.set(Sending(math.inf))


def settings_for_client(
    access_token: object,
    client_id: str | None,
    client_secret: str | Secret | None,
    **given: Any,
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
