"""The sync client: the public methods."""

from __future__ import annotations

import inspect
from datetime import timedelta
from typing import TYPE_CHECKING, Self, TypeAlias

from sailpoint_pat import _operations
from sailpoint_pat._base_client import BaseClient, check_limits, settings_for_client
from sailpoint_pat._clock import Latch
from sailpoint_pat._drivers._sync import SyncDriver
from sailpoint_pat._flows import IfUnknown, create, find_orphan
from sailpoint_pat._http._clients import HTTPClient
from sailpoint_pat._pace import RateLimit
from sailpoint_pat._retry import RetryPolicy
from sailpoint_pat._shared import Shared
from sailpoint_pat.errors import DeleteResult, NotFoundError
from sailpoint_pat.models import IssuedToken, PersonalAccessToken, hidden

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable
    from datetime import datetime

    import httpx

    from sailpoint_pat.errors import SailPointError
    from sailpoint_pat.models import Secret

__all__ = ["PatClient"]

# Inside the class the name `list` is the method.
Tokens: TypeAlias = list[PersonalAccessToken]
DeleteResults: TypeAlias = list[DeleteResult]


class PatClient(BaseClient):
    """Lists, creates, rotates and revokes personal access tokens.

    One client serves any number of threads. Use it as a context manager, or `close` it.

    What is not given is looked for in the variables `SAIL_BASE_URL`, `SAIL_CLIENT_ID` and
    `SAIL_CLIENT_SECRET`, then in the system keyring and in `~/.sailpoint/config.yaml`. Id and
    secret come from one place, and stored ones go to the base URL that stands beside them only.

    Args:
        tenant: the tenant's name, such as `acme`, for `https://acme.api.identitynow.com`.
        base_url: the whole address instead, for every other host. https, except on loopback.
        client_id: the id of the personal access token to authenticate with.
        client_secret: its secret, as text or as a `Secret`.
        access_token: instead of the pair: an access token, or a callable that returns one, called
            for each request and once more after a 401.
        environment: an environment of `~/.sailpoint/config.yaml`. Naming one puts it before the
            variables; left out, the file's active one comes after them.
        api_version: `v1` for new programs; `v3` unless said here or in the base URL; `v2024`,
            `v2025`, `v2026` or `beta`.
        timeout: for one try, to the last byte; above zero. A third of it is for connecting.
        retry: what is tried again and for how long, or None for one try each.
        rate_limit: the pace the client keeps to by itself, or None; see `RateLimit`.
        transport: an httpx transport in place of the network; `proxy` and `verify` do nothing
            then, and a request that fails counts as "may have been sent".
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
        check_limits(timeout, retry, rate_limit)
        settings = settings_for_client(
            access_token, client_id, client_secret, tenant, base_url, environment, api_version
        )
        shared = Shared(settings, access_token, rate_limit, Latch, is_async=False)
        http = HTTPClient(shared, timeout, transport, proxy, verify)
        self._driver: SyncDriver = SyncDriver(shared, timeout, retry, http)
        self._generated = _operations.generated_client(http)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections. Calls that are under way in other threads end in an error.

        A connection that is just being made ends with its own timeout, a third of `timeout`.
        """
        self._driver.close()

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
        operation = _operations.list_tokens(
            owner=owner, last_used_before=last_used_before, never_used=never_used, filters=filters
        )
        return self._driver.run(operation)

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
        return self._driver.run(_operations.get_token(token_id, owner=owner))

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
            never_expires: it never does; not in v3, v2024 and beta. Of these three give at most
                one. With none, those versions give six months; in the others one has to be given.
            access_token_ttl: how long its access tokens live: 15 to 43200 whole seconds; left out,
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
        operation = _operations.create_token(
            name,
            version=self._driver.version,
            now=self._driver.tenant_time(),
            scopes=scopes,
            expires_in=expires_in,
            expires_at=expires_at,
            never_expires=never_expires,
            access_token_ttl=access_token_ttl,
        )
        return self._driver.drive(create(operation, if_unknown))

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
        return self._driver.drive(find_orphan(error, self._driver.shared.tenant_clock.at))

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
            self._driver.run(_operations.delete_token(token_id))
        except NotFoundError:
            if not missing_ok:
                raise

    def delete_many(
        self, token_ids: Iterable[str], *, on_progress: Callable[[int, int], object] | None = None
    ) -> DeleteResults:
        """Revoke all tokens it can, several at once; one failure does not stop the others.

        The token that the client itself runs on is revoked last. When it is interrupted (Ctrl-C, a
        cancelled task, or `on_progress` raises), the exception carries a note that says which were
        done, and of which that is not known. `PatClient` waits for the calls that are under way
        first, `timeout` at most.

        Args:
            token_ids: any number of ids; one that comes twice is revoked once.
            on_progress: called after each, in the calling thread, with the number done and of all;
                for the async client plain or async.

        Returns:
            One result for each id, in the order given.

        Raises:
            ValueError: a bad argument; nothing was sent.
        """
        if inspect.iscoroutinefunction(on_progress):
            raise ValueError("on_progress is an async function: use AsyncPatClient")
        return self._driver.delete_many(token_ids, on_progress)

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
            save: stores the new token where the programs that use it will find it; for the async
                client plain or async. When it raises, the new token is revoked and the old one
                stands.
            name: the new one's name; left out, the old one's with the time of the rotation.
            expires_in: when the new one expires, from now; above zero.
            expires_at: the same as a moment in the future, with a time zone.
            never_expires: it never does; not in v3, v2024 and beta. With none of these three it
                lives as long as the old one was made to. Where that was for ever, or would end
                too late for the version, the API gives it six months, with a WARNING in the log.
            revoke_old: False leaves the old one, for programs that still use it.

        Returns:
            The new token, with its secret.

        Raises:
            ValueError: a bad argument; nothing was sent.
            RotationError: a step failed. It says which, and which tokens exist now. After `revoke`
                the new token is saved, and `delete(token_id, missing_ok=True)` finishes the job;
                after any other step calling again does.
        """
        from sailpoint_pat._rotation import rotate  # noqa: PLC0415  most programs never do

        driver = self._driver
        if inspect.iscoroutinefunction(save):
            raise ValueError("save is an async function: use AsyncPatClient")
        return driver.drive(
            rotate(
                token_id,
                driver,
                save=save,
                name=name,
                expires_in=expires_in,
                expires_at=expires_at,
                never_expires=never_expires,
                revoke_old=revoke_old,
            )
        )

    def create_like(self, token_id: str, *, name: str, replace_unused: bool = False) -> IssuedToken:
        """Create a token like one of the caller's own: the first steps of `rotate`, by themselves.

        It is for those who have the steps of a rotation called one by one, as AWS Secrets Manager
        does: `create_like`, store the new one, `prove` it, then `delete` the old one.

        Args:
            token_id: the token to replace; one of the caller's own, not managed by the platform.
            name: the new one's name; not empty.
            replace_unused: whether a token of that name that was never used is revoked first. True
                where only a step like this one makes tokens of that name: then such a token is
                left from an earlier call, and nobody has its secret.

        Returns:
            The new token, with its secret: the same scopes, access token lifetime and lifespan as
            the old one.

        Raises:
            ValueError: a bad argument; nothing was sent.
            RotationError: a step failed, `find` or `create`. It says which tokens exist now.
        """
        from sailpoint_pat._rotation import create_like  # noqa: PLC0415  most programs never do

        driver = self._driver
        return driver.drive(create_like(token_id, driver, name=name, replace_unused=replace_unused))

    def prove(self, client_id: str, client_secret: str | Secret) -> None:
        """Exchange a client id and secret for an access token, to see that the pair works.

        Args:
            client_id: the id of a personal access token of this tenant.
            client_secret: its secret, as text or as a `Secret`; not empty.

        Raises:
            ValueError: an empty argument; nothing was sent.
            AuthenticationError: the token endpoint refused the pair.
            SailPointError: see the tree in `sailpoint_pat.errors`.
        """
        client_secret, driver = hidden(client_secret), self._driver
        driver.drive(driver.prove(client_id, client_secret))
