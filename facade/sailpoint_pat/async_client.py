"""The async client: the public methods, with `await`, on asyncio and on trio."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Self, TypeAlias

import anyio

from sailpoint_pat import _operations
from sailpoint_pat._base_client import BaseClient, check_limits, settings_for_client
from sailpoint_pat._drivers._async import AsyncDriver
from sailpoint_pat._flows import IfUnknown, create, find_orphan
from sailpoint_pat._http._clients import AsyncHTTPClient
from sailpoint_pat._pace import RateLimit
from sailpoint_pat._retry import RetryPolicy
from sailpoint_pat._shared import Shared
from sailpoint_pat.client import PatClient
from sailpoint_pat.errors import DeleteResult, NotFoundError
from sailpoint_pat.models import IssuedToken, PersonalAccessToken, hidden

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable, Iterable
    from datetime import datetime

    import httpx

    from sailpoint_pat._auth import AccessTokenSource
    from sailpoint_pat.errors import SailPointError
    from sailpoint_pat.models import Secret

__all__ = ["AsyncPatClient"]

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
        api_version: `v1` for new programs; `v3` unless said here or in the base URL; `v2024`,
            `v2025`, `v2026` or `beta`.
        timeout: for one try, to the last byte; above zero. A third of it is for connecting.
        retry: what is tried again and for how long, or None for one try each.
        rate_limit: the pace the client keeps to by itself, or None; see `RateLimit`.
        transport: an async httpx transport in place of the network; `proxy` and `verify` do
            nothing then, and a request that fails counts as "may have been sent".
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
        check_limits(timeout, retry, rate_limit)
        settings = settings_for_client(
            access_token, client_id, client_secret, tenant, base_url, environment, api_version
        )
        shared = Shared(settings, access_token, rate_limit, anyio.Event, is_async=True)
        http = AsyncHTTPClient(shared, timeout, transport, proxy, verify)
        self._driver: AsyncDriver = AsyncDriver(shared, timeout, retry, http)
        self._generated = _operations.generated_client(http)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections. Calls that are under way in other tasks end in an error."""
        await self._driver.aclose()

    async def list(
        self,
        owner: str | None = None,
        *,
        last_used_before: datetime | None = None,
        never_used: bool = False,
        filters: str | None = None,
    ) -> Tokens:
        """List every matching token: `PatClient.list`, awaited."""
        operation = _operations.list_tokens(
            owner=owner, last_used_before=last_used_before, never_used=never_used, filters=filters
        )
        return await self._driver.run(operation)

    async def get(self, token_id: str, *, owner: str | None = None) -> PersonalAccessToken:
        """Find one token: `PatClient.get`, awaited."""
        return await self._driver.run(_operations.get_token(token_id, owner=owner))

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
        """Create a token for the caller: `PatClient.create`, awaited."""
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
        return await self._driver.drive(create(operation, if_unknown))

    async def find_orphan(self, error: SailPointError) -> PersonalAccessToken | None:
        """Look for what a lost create may have made: `PatClient.find_orphan`, awaited."""
        return await self._driver.drive(find_orphan(error, self._driver.shared.tenant_clock.at))

    async def delete(self, token_id: str, *, missing_ok: bool = False) -> None:
        """Revoke a token: `PatClient.delete`, awaited."""
        try:
            await self._driver.run(_operations.delete_token(token_id))
        except NotFoundError:
            if not missing_ok:
                raise

    async def delete_many(
        self, token_ids: Iterable[str], *, on_progress: Callable[[int, int], object] | None = None
    ) -> DeleteResults:
        """Revoke all tokens it can: `PatClient.delete_many`, awaited."""
        return await self._driver.delete_many(token_ids, on_progress)

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
        """Put a new token in place of an old one: `PatClient.rotate`, awaited."""
        from sailpoint_pat._rotation import rotate  # noqa: PLC0415  most programs never do

        driver = self._driver
        return await driver.drive(
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

    async def create_like(
        self, token_id: str, *, name: str, replace_unused: bool = False
    ) -> IssuedToken:
        """Create a token like one of the caller's own: `PatClient.create_like`, awaited."""
        from sailpoint_pat._rotation import create_like  # noqa: PLC0415  most programs never do

        driver = self._driver
        return await driver.drive(
            create_like(token_id, driver, name=name, replace_unused=replace_unused)
        )

    async def prove(self, client_id: str, client_secret: str | Secret) -> None:
        """See that a pair works: `PatClient.prove`, awaited."""
        client_secret, driver = hidden(client_secret), self._driver
        await driver.drive(driver.prove(client_id, client_secret))


# Arguments, results and errors are documented once, at the sync client.
for _name in (
    "list",
    "get",
    "create",
    "find_orphan",
    "delete",
    "delete_many",
    "rotate",
    "create_like",
    "prove",
):
    getattr(AsyncPatClient, _name).__doc__ = getattr(PatClient, _name).__doc__
