"""What both clients share: how they are set up, how a try is judged, what is logged."""

from __future__ import annotations

import logging
import os
from collections import deque
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from sailpoint_pat._clock import clock
from sailpoint_pat._settings import ClientCredentials, Settings, find_settings
from sailpoint_pat.auth import (
    TOKEN_PATH,
    AccessTokenSource,
    ClientCredentialsAuth,
    GivenAccessTokenAuth,
    PatAuth,
    read_exchange,
)
from sailpoint_pat.errors import (
    APIError,
    ConfigurationError,
    LostCreate,
    OutcomeUnknownError,
    SailPointError,
    TransportError,
)
from sailpoint_pat.models import IssuedToken
from sailpoint_pat.operations import AuthenticatedClient, Operation
from sailpoint_pat.retry import Attempts, Pace, RateLimit, RetryPolicy
from sailpoint_pat.transport import TenantClock, closed_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import httpx

    from sailpoint_pat.models import DeleteResult, Secret

__all__ = ["DELETES_AT_ONCE", "BaseClient", "delete_order", "interrupted_note"]

T = TypeVar("T")

DELETES_AT_ONCE = 8
# The tenant tells its time in seconds: a token of the last second or two is told apart from one
# that a lost create has made by its id only. More than these cannot be made in that time.
_MADE_LATELY = 100

_log = logging.getLogger("sailpoint_pat")


class BaseClient:
    """The part of a client that does not depend on how it waits."""

    def __init__(  # noqa: PLR0913  the arguments of the client
        self,
        *,
        tenant: str | None,
        base_url: str | None,
        client_id: str | None,
        client_secret: str | Secret | None,
        access_token: str | Secret | AccessTokenSource | None,
        environment: str | None,
        api_version: str | None,
        timeout: timedelta,
        retry: RetryPolicy | None,
        rate_limit: RateLimit | None,
    ) -> None:
        self._process = os.getpid()
        if access_token is not None and (client_id is not None or client_secret is not None):
            raise ConfigurationError(
                "access_token and client_id/client_secret are two ways to authenticate: give one"
            )
        if not isinstance(timeout, timedelta) or timeout <= timedelta(0):
            raise ConfigurationError(f"timeout is a timedelta above zero, not {timeout!r}")
        if retry is not None and not isinstance(retry, RetryPolicy):
            raise ConfigurationError(f"retry is a RetryPolicy or None, not {retry!r}")
        if rate_limit is not None and not isinstance(rate_limit, RateLimit):
            raise ConfigurationError(f"rate_limit is a RateLimit or None, not {rate_limit!r}")
        self._settings = _settings(
            tenant=tenant,
            base_url=base_url,
            client_id=client_id,
            client_secret=client_secret,
            environment=environment,
            api_version=api_version,
            needs_credentials=access_token is None,
        )
        self._auth: PatAuth
        if access_token is not None:
            self._auth = GivenAccessTokenAuth(self._settings.origin, access_token)
        elif self._settings.credentials is not None:
            self._auth = ClientCredentialsAuth(self._settings.origin, self._settings.credentials)
        self._timeout = timeout.total_seconds()
        self._policy = retry
        self._limit = rate_limit
        self._pace = Pace(rate_limit)
        self._tenant_clock = TenantClock()
        self._made_lately: deque[str] = deque(maxlen=_MADE_LATELY)

    def __repr__(self) -> str:
        credentials = self._credentials
        who = f"client id {credentials.client_id}" if credentials else "a given access token"
        host = self._settings.origin.host
        return f"<{type(self).__name__} {host}/{self._settings.api_version} with {who}>"

    @property
    def _credentials(self) -> ClientCredentials | None:
        """The pair that the client runs on now: a rotation may have switched it."""
        return self._auth.credentials if isinstance(self._auth, ClientCredentialsAuth) else None

    @property
    def _is_at_home(self) -> bool:
        return os.getpid() == self._process

    def _attempts(self, operation: Operation[T]) -> Attempts:
        if not self._is_at_home:
            # Two processes on one connection get each other's answers.
            raise ConfigurationError("this client was made before a fork: make one in each process")
        return Attempts(
            self._policy,
            self._pace,
            safe_to_repeat=operation.safe_to_repeat,
            timeout=self._timeout,
        )

    def _after_success(
        self, operation: Operation[T], attempts: Attempts, begun: float, result: T
    ) -> T:
        """Take note of a try that went well."""
        self._log_try(operation, attempts, begun, None)
        if isinstance(result, IssuedToken):
            self._made_lately.append(result.id)
        return result

    def _after_failure(
        self,
        operation: Operation[T],
        attempts: Attempts,
        begun: float,
        error: SailPointError,
        *,
        closed: bool,
    ) -> tuple[T] | None:
        """Judge a failed try: a result after all, None for another try, or the error, raised."""
        self._log_try(operation, attempts, begun, error)
        rescued = operation.rescue(error, attempts.maybe_performed)
        if rescued is not None:
            return rescued
        try:
            pause = attempts.failed(error, last=closed)
        except SailPointError:
            final = self._lost(operation, begun, error)
        else:
            _log.warning(
                "%s %s: trying again in %.2f s (%s)",
                operation.method,
                operation.path,
                pause,
                type(error).__name__,
            )
            return None
        raise final

    def _note_interrupt(
        self, operation: Operation[T], begun: float, interrupt: BaseException
    ) -> None:
        """Say what an interrupted create may leave behind: Ctrl-C or a cancelled task."""
        if operation.creates is None or isinstance(interrupt, Exception):
            return
        note = (
            f"Creating the token {operation.creates!r} was interrupted: since "
            f"{self._tenant_clock.at(begun):%Y-%m-%d %H:%M:%S} UTC there may be one with that "
            "name, whose secret nobody has."
        )
        interrupt.add_note(note)
        _log.warning("%s", note)

    def _closed_error(self, attempts: Attempts) -> TransportError:
        return closed_error(
            again=" again" if attempts.number else "", maybe_performed=attempts.maybe_performed
        )

    def _lost(self, operation: Operation[T], begun: float, error: SailPointError) -> SailPointError:
        if operation.creates is None or not error.maybe_performed:
            return error
        lost = LostCreate(
            operation.creates,
            self._tenant_clock.at(begun),
            frozenset(self._made_lately),
            None if self._tenant_clock.known else begun,
        )
        if isinstance(error, TransportError):
            return OutcomeUnknownError(
                f"Creating the token {operation.creates!r} got no answer. {error} "
                "There may be one now, whose secret nobody has: find_orphan(error) looks for it; "
                "revoke what it finds, and create the token again.",
                lost_create=lost,
            )
        error.lost_create = lost
        if getattr(error, "secret", None) is None:
            error.args = (f"{error} find_orphan(error) looks for the token it may have made.",)
        return error

    def _log_try(
        self,
        operation: Operation[T],
        attempts: Attempts,
        begun: float,
        error: SailPointError | None,
    ) -> None:
        if not _log.isEnabledFor(logging.DEBUG):
            return
        status: object = operation.success if error is None else type(error).__name__
        tracking_id = None
        if isinstance(error, APIError):
            # Where `get` finds nothing, the 404 is ours: the listing underneath was answered.
            status = operation.success if error.response is None else error.status_code
            tracking_id = error.tracking_id
        _log.debug(
            "%s %s %s in %.1f ms (try %d, tracking id %s)",
            operation.method,
            operation.path,
            status,
            (clock.monotonic() - begun) * 1000,
            attempts.number,
            tracking_id or "-",
        )

    def _exchange_of(self, issued: IssuedToken) -> Operation[None]:
        """Return the operation that proves a new token: it is exchanged for an access token."""
        credentials = ClientCredentials(issued.id, issued.secret)
        auth = ClientCredentialsAuth(self._settings.origin, credentials)

        def send(*, client: AuthenticatedClient) -> httpx.Response:
            http = client.get_httpx_client()
            call = http.build_request("POST", TOKEN_PATH)
            return http.send(auth.exchange_request(call, credentials), auth=None)

        async def send_async(*, client: AuthenticatedClient) -> httpx.Response:
            http = client.get_async_httpx_client()
            call = http.build_request("POST", TOKEN_PATH)
            return await http.send(auth.exchange_request(call, credentials), auth=None)

        def read(answer: httpx.Response) -> None:
            read_exchange(answer, credentials)

        def explain(_content: bytes) -> NoReturn:
            raise AssertionError("read_exchange raises by itself")

        return Operation("exchange", "POST", TOKEN_PATH, 200, send, send_async, read, explain)

    def _switch(self, old_id: str, issued: IssuedToken) -> None:
        auth = self._auth
        if isinstance(auth, ClientCredentialsAuth) and auth.credentials.client_id == old_id:
            auth.switch(ClientCredentials(issued.id, issued.secret))


def _settings(**given: Any) -> Settings:
    try:
        return find_settings(**given)
    except ConfigurationError as error:
        # The frames in between hold what stands in the file and in the variables.
        problem = error.with_traceback(None)
    raise problem


def delete_order(
    token_ids: Iterable[str],
    check: Callable[[str], object],
    own_id: str | None,
    on_progress: object,
) -> tuple[list[str], list[str]]:
    """Return the ids as given, and the order to delete them in, each once.

    The token that the client itself runs on comes last: after it nothing else could be deleted.

    Raises:
        ValueError: one text instead of several, an id that cannot be sent, or an `on_progress` that
            cannot be called.
    """
    if on_progress is not None and not callable(on_progress):
        raise ValueError(f"on_progress is a function or None, not {on_progress!r}")
    if isinstance(token_ids, str):
        raise ValueError(f"token_ids is a list of ids, not one: [{token_ids!r}]")  # noqa: TRY004
    try:
        each = iter(token_ids)
    except TypeError:
        raise ValueError(f"token_ids is a list of ids, not {token_ids!r}") from None
    ids = list(each)
    for token_id in ids:
        check(token_id)
    once = list(dict.fromkeys(ids))
    return ids, sorted(once, key=lambda token_id: token_id == own_id)


def interrupted_note(results: Iterable[DeleteResult], total: int) -> str:
    """Return what to say of a `delete_many` that did not get to its end."""
    known = [f"{result.id} {result.outcome}" for result in results]
    listed = ", ".join(known) or "none"
    return (
        f"delete_many was interrupted; what became of {len(known)} of {total} tokens is known: "
        f"{listed}."
    )
