"""The sync client: a thin driver for operations and flows."""

from __future__ import annotations

import concurrent.futures
import contextlib
import inspect
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Self, TypeAlias, TypeVar

from sailpoint_pat._base import DELETES_AT_ONCE, BaseClient, delete_order, interrupted_note
from sailpoint_pat._clock import clock
from sailpoint_pat.errors import NotFoundError, SailPointError
from sailpoint_pat.flows import (
    Flow,
    IfUnknown,
    Prove,
    Save,
    Switch,
    create,
    find_orphan,
)
from sailpoint_pat.models import DeleteResult, IssuedToken, PersonalAccessToken, hidden
from sailpoint_pat.operations import (
    AuthenticatedClient,
    Operation,
    create_token,
    delete_token,
    generated_client,
    get_token,
    list_tokens,
)
from sailpoint_pat.retry import Attempts, RateLimit, RetryPolicy
from sailpoint_pat.transport import http_client

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from types import TracebackType

    import httpx

    from sailpoint_pat.models import Secret

__all__ = ["PatClient"]

T = TypeVar("T")

# Inside the class the name `list` is the method.
Tokens: TypeAlias = list[PersonalAccessToken]
DeleteResults: TypeAlias = list[DeleteResult]


class PatClient(BaseClient):
    """Lists, creates, rotates and revokes personal access tokens.

    One client serves any number of threads. Use it as a context manager, or `close` it.

    What is not given is looked for in the variables `SAIL_BASE_URL`, `SAIL_CLIENT_ID` and
    `SAIL_CLIENT_SECRET`, then in `~/.sailpoint/config.yaml`; first found wins, each value for
    itself. The pair of the file is only used with the base URL that stands beside it.

    Args:
        tenant: the tenant's name, such as `acme`, for `https://acme.api.identitynow.com`.
        base_url: the whole address instead, for every other host. https, except on loopback.
        client_id: the id of the personal access token to authenticate with.
        client_secret: its secret, as text or as a `Secret`.
        access_token: instead of the pair: an access token, or a callable that returns one, called
            for each request and once more after a 401 (for the authorization code flow).
        environment: an environment of `~/.sailpoint/config.yaml`. Naming one puts it before the
            variables; left out, the file's active one comes after them.
        api_version: `v3` unless said here or in the base URL; `v2024`, `v2025`, `v2026` or `beta`.
        timeout: for one try, from connecting to the last byte; above zero. A third of it is for
            connecting.
        retry: what is tried again and for how long, or None for one try each.
        rate_limit: the pace the client keeps to by itself, or None.
        transport: an httpx transport to use in place of the network; `proxy` and `verify` do
            nothing then.
        proxy: the address of a proxy, as text or as a `Secret`; left out, the usual variables
            (`HTTPS_PROXY`) count.
        verify: True, or an `ssl.SSLContext` that trusts a private certificate authority. False
            switches the check of certificates off, with a warning.

    Raises:
        ConfigurationError: a value is missing, contradictory or malformed; the message says where
            it was looked for.
    """

    def __init__(  # noqa: PLR0913  all optional, all documented
        self,
        tenant: str | None = None,
        *,
        base_url: str | None = None,
        client_id: str | None = None,
        client_secret: str | Secret | None = None,
        access_token: str | Secret | Callable[[], str | Secret] | None = None,
        environment: str | None = None,
        api_version: str | None = None,
        timeout: timedelta = timedelta(seconds=30),
        retry: RetryPolicy | None = RetryPolicy(),  # noqa: B008  frozen
        rate_limit: RateLimit | None = RateLimit(),  # noqa: B008  frozen
        transport: httpx.BaseTransport | None = None,
        proxy: str | Secret | None = None,
        verify: bool | ssl.SSLContext = True,
    ) -> None:
        client_secret, access_token = hidden(client_secret), hidden(access_token)
        proxy = hidden(proxy)  # It may carry a password.
        super().__init__(
            tenant=tenant,
            base_url=base_url,
            client_id=client_id,
            client_secret=client_secret,
            access_token=access_token,
            environment=environment,
            api_version=api_version,
            timeout=timeout,
            retry=retry,
            rate_limit=rate_limit,
        )
        self._http = http_client(
            self._settings,
            self._auth,
            self._tenant_clock,
            timeout=self._timeout,
            transport=transport,
            proxy=proxy,
            verify=verify,
        )
        self._generated = generated_client(self._http)
        self._closed = threading.Event()
        self._stops: set[threading.Event] = set()
        self._places: contextlib.AbstractContextManager[object] = (
            threading.BoundedSemaphore(rate_limit.calls) if rate_limit else contextlib.nullcontext()
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections. Calls that are under way in other threads end in an error.

        A connection that is just being made ends with its own timeout, a third of `timeout`.
        """
        self._closed.set()
        for stop in list(self._stops):
            stop.set()
        self._http.ends = True
        # In another process, after a fork, the connections are still the parent's.
        if self._http.wire is not None and self._is_at_home:
            self._http.wire.shut_down()
        self._http.close()

    @property
    def generated(self) -> AuthenticatedClient:
        """The generated client, authenticated and ready, for the low level and raw answers.

        It stands on the same connections. Errors are the ones of this SDK; nothing is retried. What
        its `with_headers`, `with_cookies` and `with_timeout` return is not authenticated.
        """
        return self._generated

    def list(
        self,
        owner: str | None = None,
        *,
        last_used_before: datetime | None = None,
        never_used: bool = False,
        filters: str | None = None,
    ) -> Tokens:
        """List every matching token (`listPersonalAccessTokens`). There is no paging.

        Args:
            owner: an identity's id, or `me`; left out, every token of the tenant, which takes the
                right `idn:all-personal-access-tokens:read`.
            last_used_before: only those last used at or before this moment; with a time zone.
            never_used: only those that were never used.
            filters: a filter in SailPoint's own syntax instead.

        Returns:
            The tokens, in the API's order.

        Raises:
            ValueError: a bad argument; nothing was sent.
            UnexpectedResponseError: records break the contract; those that are fine are on it.
            SailPointError: see the tree in `sailpoint_pat.errors`.
        """
        return self._run(
            list_tokens(
                owner=owner,
                last_used_before=last_used_before,
                never_used=never_used,
                filters=filters,
            )
        )

    def get(self, token_id: str, *, owner: str | None = None) -> PersonalAccessToken:
        """Find one token. The API has no call for that: a listing is underneath.

        Args:
            token_id: the token's id; not empty.
            owner: whose tokens to look through, an identity's id or `me`; left out, the tenant's.

        Returns:
            The token.

        Raises:
            ValueError: a bad argument; nothing was sent.
            NotFoundError: it is not among them.
            SailPointError: see the tree in `sailpoint_pat.errors`.
        """
        return self._run(get_token(token_id, owner=owner))

    def create(  # noqa: PLR0913  the fields of the request
        self,
        name: str,
        *,
        scopes: Iterable[str] | None = None,
        expires_in: timedelta | None = None,
        expires_at: datetime | None = None,
        never_expires: bool = False,
        access_token_ttl: timedelta | None = None,
        if_unknown: IfUnknown = "raise",
    ) -> IssuedToken:
        """Create a token for the caller (`createPersonalAccessToken`).

        Args:
            name: unique among the caller's tokens; not empty.
            scopes: the rights to limit it to; left out, every right of the caller.
            expires_in: when it expires, from now; above zero.
            expires_at: when it expires, as a moment in the future, with a time zone.
            never_expires: it never does; from API version v2025 on. Of these three give at most
                one. With none, v3 gives six months; from v2025 on one has to be given.
            access_token_ttl: how long its access tokens live, 15 to 43200 whole seconds; left out,
                43200.
            if_unknown: what to do when the answer is lost: `raise`, or `replace`: look for the
                token that may have been made, revoke it, and create once more.

        Returns:
            The token with its secret, which SailPoint shows this once.

        Raises:
            ValueError: a bad argument; nothing was sent.
            BadRequestError: the name is taken, or the caller has ten tokens already.
            OutcomeUnknownError: it was sent and no answer came; see `find_orphan`.
            UnexpectedResponseError: a token was made, and the answer breaks the contract; the
                secret is on the error, where it could be read.
            SailPointError: see the tree in `sailpoint_pat.errors`.
        """
        operation = create_token(
            name,
            version=self._settings.api_version,
            scopes=scopes,
            expires_in=expires_in,
            expires_at=expires_at,
            never_expires=never_expires,
            access_token_ttl=access_token_ttl,
        )
        return self._drive(create(operation, if_unknown))

    def find_orphan(self, error: SailPointError) -> PersonalAccessToken | None:
        """Look for the token that a create with an unknown outcome may have made. Reads only.

        Args:
            error: what `create` or `rotate` raised: an `OutcomeUnknownError`, or another error
                whose `lost_create` is set.

        Returns:
            The token, whose secret nobody has, or None.

        Raises:
            ValueError: the error is not from such a create.
            SailPointError: the listing failed.
        """
        return self._drive(find_orphan(error, self._tenant_clock.at))

    def delete(self, token_id: str, *, missing_ok: bool = False) -> None:
        """Revoke a token (`deletePersonalAccessToken`). Safe to repeat.

        Args:
            token_id: the token's id; not empty.
            missing_ok: whether a token that is not there counts as done.

        Raises:
            ValueError: a bad id; nothing was sent.
            NotFoundError: it is not there, and `missing_ok` is False.
            SailPointError: see the tree in `sailpoint_pat.errors`.
        """
        try:
            self._run(delete_token(token_id))
        except NotFoundError:
            if not missing_ok:
                raise

    def delete_many(
        self,
        token_ids: Iterable[str],
        *,
        on_progress: Callable[[int, int], object] | None = None,
    ) -> DeleteResults:
        """Revoke all tokens it can, several at once; one failure does not stop the others.

        The token that the client itself runs on is revoked last. When interrupted (Ctrl-C, or
        `on_progress` raises), it waits for the calls that are under way, `timeout` at most, and the
        exception carries a note that says which were done.

        Args:
            token_ids: any number of ids; one that comes twice is revoked once.
            on_progress: called after each in the calling thread, with the number done and of all.

        Returns:
            One result for each id, in the order given.

        Raises:
            ValueError: a bad argument; nothing was sent.
        """
        own = self._credentials
        ids, order = delete_order(
            token_ids, delete_token, own.client_id if own else None, on_progress
        )
        results: dict[str, DeleteResult] = {}
        last = order.pop() if own and order and order[-1] == own.client_id else None

        def done(result: DeleteResult) -> None:
            results[result.id] = result
            if on_progress is not None:
                on_progress(len(results), len(order) + (last is not None))

        pool = concurrent.futures.ThreadPoolExecutor(DELETES_AT_ONCE, "sailpoint-pat-delete")
        # Ends the pauses of the other threads; what they have sent is waited for.
        stop = threading.Event()
        self._stops.add(stop)
        futures: list[concurrent.futures.Future[DeleteResult]] = []
        try:
            futures.extend(pool.submit(self._delete_one, token_id, stop) for token_id in order)
            for future in concurrent.futures.as_completed(futures):
                done(future.result())
            if last is not None:
                done(self._delete_one(last))
        except BaseException as first:  # noqa: BLE001  raised again
            stop.set()
            interrupt = first
            try:
                pool.shutdown(cancel_futures=True)
            except BaseException as second:  # noqa: BLE001  Ctrl-C again: it does not wait
                interrupt = second
            for future in futures:
                if future.done() and not future.cancelled() and future.exception() is None:
                    results[future.result().id] = future.result()
            interrupt.add_note(interrupted_note(results.values(), len(set(ids))))
            raise interrupt  # noqa: B904  the first, or the second
        else:
            pool.shutdown()
        finally:
            self._stops.discard(stop)
        return [results[token_id] for token_id in ids]

    def rotate(  # noqa: PLR0913  all documented
        self,
        token_id: str,
        *,
        save: Callable[[IssuedToken], object],
        name: str | None = None,
        expires_in: timedelta | None = None,
        expires_at: datetime | None = None,
        never_expires: bool = False,
        revoke_old: bool = True,
    ) -> IssuedToken:
        """Put a new token in place of one of the caller's own.

        The new one has the old one's scopes and access token lifetime. It is made, proven by an
        exchange, and saved; only then is the old one revoked. If the client itself runs on the old
        one, it goes on with the new one.

        Args:
            token_id: the token to replace; one of the caller's own, not managed by the platform.
            save: stores the new token where the programs that use it will find it. When it raises,
                the new token is revoked and the old one stands.
            name: the new one's name; left out, the old one's with the time of the rotation.
            expires_in: when the new one expires, from now; above zero.
            expires_at: the same as a moment in the future, with a time zone.
            never_expires: it never does; from API version v2025 on. With none of these three it
                lives as long as the old one was made to; where that was for ever, v3 gives it six
                months, with a WARNING in the log.
            revoke_old: False leaves the old one, for programs that still use it.

        Returns:
            The new token, with its secret.

        Raises:
            ValueError: a bad argument; nothing was sent.
            RotationError: a step failed. It says which, and which tokens exist now. After `revoke`
                the new token is saved, and `delete(token_id, missing_ok=True)` finishes the job;
                after any other step calling again does.
        """
        from sailpoint_pat.rotation import rotate  # noqa: PLC0415  most programs never do

        if inspect.iscoroutinefunction(save):
            raise ValueError("save is an async function: use AsyncPatClient")
        return self._drive(
            rotate(
                token_id,
                save=save,
                version=self._settings.api_version,
                name=name,
                expires_in=expires_in,
                expires_at=expires_at,
                never_expires=never_expires,
                revoke_old=revoke_old,
            )
        )

    # --- the driver -------------------------------------------------------------------------------

    def _drive(self, flow: Flow[T]) -> T:
        """Run a flow: carry out each step and send it the result."""
        result: object = None
        error: BaseException | None = None
        while True:
            try:
                step = flow.send(result) if error is None else flow.throw(error)
            except StopIteration as end:
                value: T = end.value
                return value
            result = error = None
            try:
                result = self._step(step)
            except BaseException as caught:  # noqa: BLE001  the flow decides
                error = caught

    def _step(self, step: object) -> object:
        match step:
            case Operation():
                return self._run(step)
            case Prove(issued):
                self._run(self._exchange_of(issued))
            case Switch(old_id, issued):
                self._switch(old_id, issued)
            case Save(function, issued):
                saved = function(issued)
                if inspect.isawaitable(saved):
                    if inspect.iscoroutine(saved):
                        saved.close()
                    raise TypeError("save is an async function: use AsyncPatClient")
            case _:
                raise AssertionError(f"no such step: {step!r}")
        return None

    def _run(self, operation: Operation[T], stop: threading.Event | None = None) -> T:
        """Send an operation, and again where that is worth while and safe; `stop` ends a pause."""
        attempts = self._attempts(operation)
        while True:
            self._wait(attempts.pause(), attempts, stop)
            with self._place(attempts, stop):
                seconds = attempts.begin()
                begun = clock.monotonic()
                try:
                    with (
                        self._http.wire.within(seconds)
                        if self._http.wire
                        else contextlib.nullcontext()
                    ):
                        result = operation.perform(self._generated)
                    return self._after_success(operation, attempts, begun, result)
                except SailPointError as error:
                    failure = error
                except BaseException as interrupt:
                    self._note_interrupt(operation, begun, interrupt)
                    raise
            over = self._closed.is_set() or (stop is not None and stop.is_set())
            rescued = self._after_failure(operation, attempts, begun, failure, closed=over)
            if rescued is not None:
                return rescued[0]

    @contextlib.contextmanager
    def _place(self, attempts: Attempts, stop: threading.Event | None) -> Iterator[None]:
        """Wait until the rate limit lets a call go out, and take its place."""
        with self._places:
            place = self._pace.take()
            used = False
            try:
                while True:
                    pause = self._pace.pause(place)
                    attempts.may_wait(pause)
                    if not pause:
                        break
                    self._wait(pause, attempts, stop)
                if self._closed.is_set():
                    raise self._closed_error(attempts)
                used = True
                yield
            finally:
                self._pace.give_back(place, used=used)

    def _wait(self, seconds: float, attempts: Attempts, stop: threading.Event | None) -> None:
        if seconds > 0:
            clock.wait(seconds, stop or self._closed)
        if self._closed.is_set():
            raise self._closed_error(attempts)
        if stop is not None and stop.is_set():
            raise concurrent.futures.CancelledError

    def _delete_one(self, token_id: str, stop: threading.Event | None = None) -> DeleteResult:
        try:
            self._run(delete_token(token_id), stop)
        except NotFoundError:
            return DeleteResult(token_id, "missing")
        except SailPointError as error:
            return DeleteResult(token_id, "failed", error)
        return DeleteResult(token_id, "deleted")
