"""The part of a driver that does not depend on how it waits: how a call is tried and judged."""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import attrs

from sailpoint_pat._auth import ClientCredentialsAuth
from sailpoint_pat._clock import clock
from sailpoint_pat._credentials import ClientCredentials
from sailpoint_pat._exchange import exchange_form, read_exchange
from sailpoint_pat._flows import Flow, note_interrupted_create
from sailpoint_pat._http._clients import timeouts
from sailpoint_pat._operations import Operation
from sailpoint_pat._retry import RetryPolicy, Tries
from sailpoint_pat._sending import Sending, current_sending
from sailpoint_pat._shared import Shared
from sailpoint_pat._versions import TOKEN_PATH
from sailpoint_pat.errors import (
    APIError,
    BadRequestError,
    LostCreate,
    OutcomeUnknownError,
    RateLimitedError,
    SailPointError,
    TransportError,
    UnexpectedResponseError,
)
from sailpoint_pat.models import IssuedToken, Secret

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    import httpx

    from sailpoint_pat._pace import Place
    from sailpoint_pat._versions import ApiVersion

T = TypeVar("T")

_log = logging.getLogger("sailpoint_pat")


class Send(NamedTuple):
    """A step: send an operation once."""

    operation: Operation[Any]
    timeout: httpx.Timeout


class Wait(NamedTuple):
    """A step: wait so many seconds, or until the client is closed."""

    seconds: float


@attrs.frozen(eq=False)
class Driver:
    """Runs operations and flows for a client.

    Attributes:
        shared: what the client shares with those made of it.
        timeout: for one try.
        policy: what is tried again and for how long, or None.
    """

    shared: Shared
    timeout: timedelta
    policy: RetryPolicy | None

    @property
    def version(self) -> ApiVersion:
        """The version of the API that the client speaks."""
        return self.shared.version

    def tenant_time(self) -> datetime:
        """Return the tenant's time, as far as it is known."""
        return self.shared.tenant_clock.now()

    @property
    def is_stopped(self) -> bool:
        """Whether nothing is sent any more: the client is closed."""
        raise NotImplementedError

    def stopped_error(self, tries: Tries) -> BaseException:
        """Return what to raise for a call that cannot go on."""
        what = "was not sent again" if tries.number else "was not sent"
        return TransportError(
            f"The call {what}: this client is closed. Make a new one.",
            maybe_performed=tries.maybe_performed,
        )

    def prove(self, client_id: str, client_secret: Secret | str) -> Flow[None]:
        """Exchange a pair, to see that it works: a flow.

        Raises:
            ValueError: the id or the secret is empty.
        """
        if not client_id or not isinstance(client_secret, Secret):
            raise ValueError("client_id and client_secret are texts that are not empty")
        pair = ClientCredentials(client_id, client_secret)
        address = self.shared.origin.copy_with(path=TOKEN_PATH)

        def read(answer: httpx.Response) -> None:
            read_exchange(answer, pair, "the caller")

        yield Operation(
            method="POST",
            path=TOKEN_PATH,
            success=200,
            request={"method": "POST", "url": address, "data": exchange_form(pair), "auth": None},
            read=read,
        )

    def switch(self, old_id: str, issued: IssuedToken) -> None:
        """Go on with a new token, if the client runs on the old one."""
        auth = self.shared.auth
        if isinstance(auth, ClientCredentialsAuth) and auth.credentials.client_id == old_id:
            auth.switch(ClientCredentials(issued.id, issued.secret))

    def tries_of(self, operation: Operation[T]) -> Flow[T]:
        """Send an operation, and again where that is worth while and safe: a flow of its own."""
        _nothing_was_sent()
        self.shared.guard.check()
        timeout = self.timeout.total_seconds()
        tries = Tries(self.policy, safe_to_repeat=operation.safe_to_repeat, timeout=timeout)
        while True:
            place = self.shared.pace.join()
            try:
                yield from self._wait_for(place, tries)
                _nothing_was_sent()
                seconds, begun = tries.begin(), clock.monotonic()
                try:
                    result: T = yield Send(operation, timeouts(seconds))
                except SailPointError as error:
                    failure = error
                else:
                    self._log_try(operation, tries, begun, None)
                    if isinstance(result, IssuedToken):
                        self.shared.made_lately.append(result.id)
                    return result
            finally:
                self.shared.pace.leave(place)
            self._log_try(operation, tries, begun, failure)
            rescued = operation.rescue(failure, tries.maybe_performed)
            if rescued is not None:
                return rescued[0]
            pause = self._record_failure(failure, tries)
            if pause is None or self.is_stopped:
                raise self._final(operation, tries, begun, failure)
            _log.warning(
                "%s %s: trying again in %.2f s (%s)",
                operation.method,
                operation.path,
                pause,
                type(failure).__name__,
            )
            yield from self._wait(pause, tries)

    def _wait_for(self, place: Place, tries: Tries) -> Flow[None]:
        """Wait until the rate limit lets a call go out."""
        while (pause := self.shared.pace.pause(place)) > 0:
            overdue = tries.overdue(pause)
            if overdue is not None:
                raise tries.final(overdue)
            yield from self._wait(pause, tries)
        self._check_open(tries)

    def _wait(self, seconds: float, tries: Tries) -> Flow[None]:
        self._check_open(tries)
        yield Wait(seconds)
        self._check_open(tries)

    def _check_open(self, tries: Tries) -> None:
        if self.is_stopped:
            raise self.stopped_error(tries)

    def _record_failure(self, error: SailPointError, tries: Tries) -> float | None:
        """Record a failed try; return the pause before the next one, or None for the end."""
        if isinstance(error, UnexpectedResponseError) and error.secret is not None:
            # This token's secret is on the error: it is not lost, and nobody has to look for it.
            self.shared.made_lately.extend(each.id for each in error.invalid if each.id)
        if not error.maybe_performed:
            _nothing_was_sent()
        asked = error.retry_after if isinstance(error, RateLimitedError) else None
        # Where no call of this client could wait so long, the others are not held up either.
        if asked and asked < (self.policy or RetryPolicy()).total_time:
            self.shared.pace.hold(asked.total_seconds())
        return tries.pause_after(error)

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

    def lost_create(self, name: str, begun: float) -> LostCreate:
        """Return what is known of a create whose token may exist."""
        tenant_clock = self.shared.tenant_clock
        return LostCreate(
            name,
            tenant_clock.at(begun),
            frozenset(self.shared.made_lately),
            None if tenant_clock.is_known else begun,
        )

    def note_interrupt(self, step: object, interrupt: BaseException) -> None:
        """Add a note to an exception that has interrupted a create: there may be a token now.

        It is not an error of ours: Ctrl-C, a cancelled task, what a signal handler raises, or what
        the user's own function raises. It may also have come after the answer, before the flow that
        waits for it had its token.
        """
        name = step.creates if isinstance(step, Operation) else None
        if name is None:
            return
        sending = current_sending.get(None)
        if sending is None or not sending.maybe_performed:
            return
        since = self.shared.tenant_clock.at(sending.begun)
        note_interrupted_create(interrupt, name, since)

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


def _nothing_was_sent() -> None:
    """Note that of the call which begins, or is tried again, nothing was sent yet.

    `note_interrupt` reads it.
    """
    current_sending.set(Sending(math.inf))
