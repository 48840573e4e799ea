"""From the options before the command to a client."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, TypedDict

import attrs

# Before anything else imports httpx.
from sailpoint_pat.command._httpx import httpx  # isort: skip
from sailpoint_pat import ConfigurationError, PatClient, SailPointError, find_settings
from sailpoint_pat._extras import needs_extra
from sailpoint_pat.command._exits import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sailpoint_pat import Secret, Settings
    from sailpoint_pat.command._where import Where
    from sailpoint_pat.testing import FakeTenant

# The library's own default is older.
_DEFAULT_VERSION = "v1"
_FAKE_TOKENS = 250


class Arguments(TypedDict, total=False):
    """The arguments of a client that say where it connects to."""

    tenant: str | None
    base_url: str | None
    environment: str | None
    api_version: str | None
    client_id: str
    client_secret: Secret | str


@contextlib.contextmanager
def arguments_for(where: Where) -> Iterator[Arguments]:
    """Yield the arguments of a client; a FakeTenant runs for as long."""
    if not where.fake:
        yield Arguments(
            tenant=where.tenant,
            base_url=where.base_url,
            environment=where.environment,
            api_version=where.api_version,
        )
        return
    if where.environment or where.tenant or where.base_url:
        raise UsageError(
            "--fake is a tenant of its own: leave out --environment, --tenant and --base-url."
        )
    with _fake_tenant() as tenant:
        yield Arguments(
            base_url=tenant.base_url,
            client_id=tenant.client_id,
            client_secret=tenant.client_secret,
            api_version=where.api_version,
        )


@attrs.frozen
class Connection:
    """A client, and what it was made from.

    Attributes:
        pats: the client.
        settings: where it connects to, and as whom.
        base_url: the address to save beside a new secret. Where the version of the API comes from
            the address, it is in here as well, so that the next run uses the same.
    """

    pats: PatClient
    settings: Settings
    base_url: str

    @property
    def client_id(self) -> str:
        """The id of the personal access token that the command runs on."""
        if self.settings.credentials is None:
            raise AssertionError("the command always looks for credentials")
        return self.settings.credentials.client_id

    def check_arguments(self, call: Callable[[PatClient], object]) -> None:
        """Have the library check the arguments of a call that is not made: nothing is sent.

        Args:
            call: makes the call with the client that it is given.

        Raises:
            ValueError: a bad argument.
        """
        pair = self.settings.credentials
        pats = PatClient(
            base_url=self.settings.base_url,
            client_id=None if pair is None else pair.client_id,
            client_secret=None if pair is None else pair.client_secret,
            api_version=self.settings.api_version,
            transport=_NothingIsSent(),
            retry=None,
        )
        # The arguments are checked before anything is sent, and sending is what fails here.
        with pats, contextlib.suppress(SailPointError):
            call(pats)


class _NothingIsSent(httpx.BaseTransport):
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nothing is sent", request=request)


@contextlib.contextmanager
def connect(where: Where) -> Iterator[Connection]:
    """Yield a client for a tenant, and close it afterwards.

    Raises:
        UsageError: the options contradict each other.
        ConfigurationError: there are no usable settings.
    """
    with arguments_for(where) as arguments:
        settings = settings_of(arguments)
        arguments["api_version"] = settings.api_version
        base_url = settings.base_url
        if where.api_version is None and settings.api_version != _DEFAULT_VERSION:
            base_url = f"{base_url}/{settings.api_version}"
        with PatClient(**arguments) as pats:
            yield Connection(pats, settings, base_url)


def settings_of(arguments: Arguments) -> Settings:
    """Return the settings for some arguments; the version is v1 where nobody names another.

    Raises:
        ConfigurationError: there are no usable settings.
    """
    if arguments.get("api_version") is not None:
        return find_settings(**arguments)
    try:
        found = find_settings(**arguments | {"api_version": _DEFAULT_VERSION})
    except ConfigurationError:
        # Perhaps the base URL names a version (`https://.../v3`); it counts more than a default.
        return find_settings(**arguments)
    return attrs.evolve(found, api_version_from="the command's default")


def _fake_tenant() -> FakeTenant:
    try:
        from sailpoint_pat.testing import FakeTenant  # noqa: PLC0415  an extra
    except ImportError:
        raise UsageError(needs_extra("--fake needs more packages", "cli")) from None
    # The seed gives the tokens the same ids in every command.
    return FakeTenant(tokens=_FAKE_TOKENS, unreadable=True, seed="sailpoint-pat --fake")
