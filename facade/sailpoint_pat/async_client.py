"""The async client: `PatClient` with `await`, on asyncio and on trio."""

from __future__ import annotations

import contextlib
import inspect
import math
from datetime import timedelta
from typing import TYPE_CHECKING, Self, TypeAlias, TypeVar

import anyio

from sailpoint_pat._base import DELETES_AT_ONCE, BaseClient, delete_order, interrupted_note
from sailpoint_pat._clock import clock
from sailpoint_pat.errors import NotFoundError, RequestTimeout, SailPointError, TransportError
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
from sailpoint_pat.transport import async_http_client, sent

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
    from datetime import datetime
    from types import TracebackType

    import httpx
    from anyio.abc import TaskGroup

    from sailpoint_pat.auth import AccessTokenSource
    from sailpoint_pat.models import Secret

__all__ = ["AsyncPatClient"]

T = TypeVar("T")

# Inside the class the name `list` is the method.
Tokens: TypeAlias = list[PersonalAccessToken]
DeleteResults: TypeAlias = list[DeleteResult]


class AsyncPatClient(BaseClient):
    """Lists, creates, rotates and revokes personal access tokens, without blocking.

    The methods, arguments, results and errors are those of `PatClient`, with `await`; so are the
    places where what is not given is looked for. One client serves any number of tasks of one
    event loop. Use it with `async with`, or `aclose` it.

    Args:
        tenant: the tenant's name, such as `acme`, for `https://acme.api.identitynow.com`.
        base_url: the whole address instead, for every other host. https, except on loopback.
        client_id: the id of the personal access token to authenticate with.
        client_secret: its secret, as text or as a `Secret`.
        access_token: instead of the pair: an access token, or a callable, plain or async, that
            returns one, called for each request and once more after a 401.
        environment: an environment of `~/.sailpoint/config.yaml`. Naming one puts it before the
            variables; left out, the file's active one comes after them.
        api_version: `v3` unless said here or in the base URL; `v2024`, `v2025`, `v2026` or `beta`.
        timeout: for one try, from connecting to the last byte; above zero. A third of it is for
            connecting.
        retry: what is tried again and for how long, or None for one try each.
        rate_limit: the pace the client keeps to by itself, or None.
        transport: an async httpx transport to use in place of the network; `proxy` and `verify` do
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
        access_token: str | Secret | AccessTokenSource | None = None,
        environment: str | None = None,
        api_version: str | None = None,
        timeout: timedelta = timedelta(seconds=30),
        retry: RetryPolicy | None = RetryPolicy(),  # noqa: B008  frozen
        rate_limit: RateLimit | None = RateLimit(),  # noqa: B008  frozen
        transport: httpx.AsyncBaseTransport | None = None,
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
        self._http = async_http_client(
            self._settings,
            self._auth,
            self._tenant_clock,
            timeout=self._timeout,
            transport=transport,
            proxy=proxy,
            verify=verify,
        )
        self._generated = generated_client(self._http)
        self._closed = False
        self._under_way: set[anyio.CancelScope] = set()
        # Made in the event loop that first needs it.
        self._places: anyio.Semaphore | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections. Calls that are under way in other tasks end in an error."""
        self._closed = True
        for scope in list(self._under_way):
            scope.cancel()
        await self._http.aclose()

    @property
    def generated(self) -> AuthenticatedClient:
        """The generated client, authenticated and ready, for the low level and raw answers.

        It stands on the same connections. Errors are the ones of this SDK; nothing is retried. What
        its `with_headers`, `with_cookies` and `with_timeout` return is not authenticated.
        """
        return self._generated

    async def list(
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
        return await self._run(
            list_tokens(
                owner=owner,
                last_used_before=last_used_before,
                never_used=never_used,
                filters=filters,
            )
        )

    async def get(self, token_id: str, *, owner: str | None = None) -> PersonalAccessToken:
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
        return await self._run(get_token(token_id, owner=owner))

    async def create(  # noqa: PLR0913  the fields of the request
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
        return await self._drive(create(operation, if_unknown))

    async def find_orphan(self, error: SailPointError) -> PersonalAccessToken | None:
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
        return await self._drive(find_orphan(error, self._tenant_clock.at))

    async def delete(self, token_id: str, *, missing_ok: bool = False) -> None:
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
            await self._run(delete_token(token_id))
        except NotFoundError:
            if not missing_ok:
                raise

    async def delete_many(
        self,
        token_ids: Iterable[str],
        *,
        on_progress: Callable[[int, int], object] | None = None,
    ) -> DeleteResults:
        """Revoke all tokens it can, several at once; one failure does not stop the others.

        The token that the client itself runs on is revoked last. When cancelled, or when
        `on_progress` raises, the exception carries a note that says which were done; what was under
        way may be done too.

        Args:
            token_ids: any number of ids; one that comes twice is revoked once.
            on_progress: called after each, plain or async, with the number done and of all.

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
        total = len(order) + (last is not None)

        async def delete_one(token_id: str) -> None:
            results[token_id] = await self._delete_one(token_id)
            if on_progress is not None:
                called = on_progress(len(results), total)
                if inspect.isawaitable(called):
                    await called

        try:
            await _each(delete_one, order)
            if last is not None:
                await delete_one(last)
        except BaseException as interrupt:
            interrupt.add_note(interrupted_note(results.values(), total))
            raise
        return [results[token_id] for token_id in ids]

    async def rotate(  # noqa: PLR0913  all documented
        self,
        token_id: str,
        *,
        save: Callable[[IssuedToken], Awaitable[object] | object],
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
            save: stores the new token where the programs that use it will find it; plain or async.
                When it raises, the new token is revoked and the old one stands.
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

        return await self._drive(
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

    async def _drive(self, flow: Flow[T]) -> T:
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
                result = await self._step(step)
            except BaseException as caught:  # noqa: BLE001  the flow decides
                error = caught

    async def _step(self, step: object) -> object:
        match step:
            case Operation():
                return await self._run(step)
            case Prove(issued):
                await self._run(self._exchange_of(issued))
            case Switch(old_id, issued):
                self._switch(old_id, issued)
            case Save(function, issued):
                saved = function(issued)
                if inspect.isawaitable(saved):
                    await saved
            case _:
                raise AssertionError(f"no such step: {step!r}")
        return None

    async def _run(self, operation: Operation[T]) -> T:
        """Send an operation, and again where that is worth while and safe."""
        attempts = self._attempts(operation)
        while True:
            await self._wait(attempts.pause(), attempts)
            async with self._place(attempts):
                seconds = attempts.begin()
                begun = clock.monotonic()
                try:
                    result = await self._try(operation, seconds)
                    return self._after_success(operation, attempts, begun, result)
                except SailPointError as error:
                    failure = error
                except BaseException as interrupt:
                    self._note_interrupt(operation, begun, interrupt)
                    raise
            rescued = self._after_failure(operation, attempts, begun, failure, closed=self._closed)
            if rescued is not None:
                return rescued[0]

    async def _try(self, operation: Operation[T], seconds: float) -> T:
        with self._ends_with_close(seconds) as scope:
            result = await operation.perform_async(self._generated)
        if not scope.cancelled_caught:
            return result
        what = f"{operation.method} {operation.path}"
        if self._closed:
            raise TransportError(
                f"{what} got no answer (the client was closed meanwhile).",
                maybe_performed=sent.get() == "call",
            )
        raise RequestTimeout(
            f"{what} got no complete answer in {seconds:g} s.", maybe_performed=sent.get() == "call"
        )

    @contextlib.asynccontextmanager
    async def _place(self, attempts: Attempts) -> AsyncIterator[None]:
        """Wait until the rate limit lets a call go out, and take its place."""
        if self._limit is not None and self._places is None:
            self._places = anyio.Semaphore(self._limit.calls)
        async with self._places or contextlib.nullcontext():
            place = self._pace.take()
            used = False
            try:
                while True:
                    pause = self._pace.pause(place)
                    attempts.may_wait(pause)
                    if not pause:
                        break
                    await self._wait(pause, attempts)
                if self._closed:
                    raise self._closed_error(attempts)
                used = True
                yield
            finally:
                self._pace.give_back(place, used=used)

    async def _wait(self, seconds: float, attempts: Attempts) -> None:
        if seconds > 0 and not self._closed:
            with self._ends_with_close():
                await clock.wait_async(seconds)
        if self._closed:
            raise self._closed_error(attempts)

    @contextlib.contextmanager
    def _ends_with_close(self, seconds: float = math.inf) -> Iterator[anyio.CancelScope]:
        with anyio.move_on_after(seconds) as scope:
            self._under_way.add(scope)
            try:
                yield scope
            finally:
                self._under_way.discard(scope)

    async def _delete_one(self, token_id: str) -> DeleteResult:
        try:
            await self._run(delete_token(token_id))
        except NotFoundError:
            return DeleteResult(token_id, "missing")
        except SailPointError as error:
            return DeleteResult(token_id, "failed", error)
        return DeleteResult(token_id, "deleted")


async def _each(function: Callable[[str], Awaitable[None]], items: Iterable[str]) -> None:
    """Call a function for each item, a few at a time; the first exception ends it, as it is."""
    waiting = iter(items)
    failures: list[Exception] = []

    async def worker(group: TaskGroup) -> None:
        try:
            for item in waiting:
                await function(item)
        except Exception as error:  # noqa: BLE001  raised below, without the group's wrapping
            failures.append(error)
            group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        for _ in range(DELETES_AT_ONCE):
            group.start_soon(worker, group)
    if failures:
        raise failures[0]
