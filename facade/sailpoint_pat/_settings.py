"""Where the base URL, the version and the credentials come from.

The base URL: arguments, the variable `SAIL_BASE_URL`, the config file of the vendor's tool. The
credentials: arguments, variables, the system keyring, the config file; id and secret always come
from the same place. Where an environment of the config file is named, the variables do not count.
"""

from __future__ import annotations

import functools
import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import attrs
import httpx

from sailpoint_pat._base_url import parse_base_url, url_of_tenant, version_of
from sailpoint_pat._boundary import without_frames
from sailpoint_pat._credentials import ClientCredentials, CredentialPlace
from sailpoint_pat._pasted import without_blanks
from sailpoint_pat._versions import DEFAULT_VERSION, VERSIONS, ApiVersion
from sailpoint_pat.errors import ConfigurationError
from sailpoint_pat.models import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sailpoint_pat._config_file import ConfigFile, Entry

P = ParamSpec("P")
T = TypeVar("T")

CONFIG_FILE = "~/.sailpoint/config.yaml"
_SDK_FILE = "config.json"


@attrs.frozen
class Settings:
    """What a client needs to know before it can make its first call, and where that came from.

    Attributes:
        base_url: scheme, host and port, such as `https://acme.api.identitynow.com`.
        base_url_from: where the base URL came from, such as `the variable SAIL_BASE_URL`.
        api_version: the version of the API, such as `v3`.
        api_version_from: where the version came from.
        credentials: the client id and secret, or None where they were not asked for.
        credentials_from: where the credentials came from, or None where there are none.
        environment: the environment of the config file that the base URL or the credentials came
            from, or None.
    """

    base_url: str
    base_url_from: str
    api_version: str
    api_version_from: str
    credentials: ClientCredentials | None = None
    credentials_from: str | None = None
    environment: str | None = None

    @property
    def origin(self) -> httpx.URL:
        """The base URL as httpx has it."""
        return httpx.URL(self.base_url)

    @property
    def version(self) -> ApiVersion:
        """The version's addresses and rules."""
        return VERSIONS[self.api_version]


@attrs.frozen
class Environment:
    """One environment of the config file of the vendor's tool.

    Attributes:
        name: what to give as `environment`.
        base_url: scheme, host and port; None where there is no base URL, or one that cannot be
            used.
        is_active: whether it is the one that is used where none is named.
    """

    name: str
    base_url: str | None
    is_active: bool


def _raises_without_frames(function: Callable[P, T]) -> Callable[P, T]:
    """Have a function raise without the frames of what it called: secrets are in them."""

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return function(*args, **kwargs)
        except BaseException as error:  # noqa: BLE001  raised again below
            problem = without_frames(error)
        del args, kwargs
        raise problem

    return call


@_raises_without_frames
def find_settings(  # noqa: PLR0913  the arguments of the client
    tenant: str | None = None,
    *,
    base_url: str | None = None,
    client_id: str | None = None,
    client_secret: str | Secret | None = None,
    environment: str | None = None,
    api_version: str | None = None,
    needs_credentials: bool = True,
) -> Settings:
    """Return what a client would use that is made with these arguments. Nothing is sent.

    Args:
        tenant: the tenant's name, such as `acme`, for `https://acme.api.identitynow.com`.
        base_url: the whole address instead; https, except on loopback.
        client_id: the id of the personal access token to authenticate with.
        client_secret: its secret, as text or as a `Secret`. Give both or neither.
        environment: an environment of `~/.sailpoint/config.yaml`, in upper or lower case. Where one
            is named, the variables do not count.
        api_version: one of v1, v3, v2024, v2025, v2026 and beta; left out, the one that the base
            URL names, or v3.
        needs_credentials: whether to look for credentials. False where an access token is there
            already.

    Raises:
        ConfigurationError: a value is missing, contradictory or malformed. The message says where
            it was looked for, and never repeats a secret.
    """
    search = _Search(environment)
    url, base_url_from, version_in_url = search.base_url(tenant, base_url)
    version, version_from = _version(api_version, version_in_url, base_url_from)
    pair, pair_from = None, None
    if needs_credentials:
        pair, pair_from = search.credentials(url, client_id, client_secret)
    return Settings(
        base_url=url,
        base_url_from=base_url_from,
        api_version=version.name,
        api_version_from=version_from,
        credentials=pair,
        credentials_from=pair_from,
        environment=search.used,
    )


@_raises_without_frames
def environments() -> tuple[Environment, ...]:
    """Return the environments in `~/.sailpoint/config.yaml`, in the order of the file.

    Where there is no such file, there are none. What is returned holds no secrets.

    Raises:
        ConfigurationError: the file cannot be read or understood.
    """
    search = _Search(None)
    entries = search.file.entries.values() if search.file else ()
    return tuple(
        Environment(entry.name, _address_or_none(entry), entry is search.entry) for entry in entries
    )


class _Search:
    """Looks for one value after the other.

    Attributes:
        used: the environment of the config file that something was found in, or None.
    """

    def __init__(self, environment: str | None) -> None:
        self.used: str | None = None
        self._named = (_argument(environment, "environment") or "").lower()
        if self._named and self.entry is None:
            # Asked for by name: it has to be there, whatever else is given.
            raise ConfigurationError(f"Missing: the environment. Looked in {self._file_name}.")

    @cached_property
    def file(self) -> ConfigFile | None:
        """The config file, read when it is first needed."""
        from sailpoint_pat._config_file import read_config_file  # noqa: PLC0415  few need it

        return read_config_file(CONFIG_FILE)

    @property
    def entry(self) -> Entry | None:
        """What the config file says about the environment to use."""
        return self.file.entries.get(self._wanted) if self.file else None

    @property
    def _wanted(self) -> str:
        active = self.file.active if self.file else "default"
        return self._named or _variable("SAIL_ACTIVEENVIRONMENT").lower() or active

    @property
    def _file_name(self) -> str:
        if self.file is None:
            return f"{CONFIG_FILE} (no such file)"
        if self.entry is None:
            there_are = ", ".join(self.file.entries) or "none"
            chosen = not self._named and _variable("SAIL_ACTIVEENVIRONMENT")
            by = " as SAIL_ACTIVEENVIRONMENT says" if chosen else ""
            return f"{CONFIG_FILE} (no environment {self._wanted!r}{by}; there are: {there_are})"
        return f"environment {self.entry.name!r} of {CONFIG_FILE}"

    def base_url(
        self, tenant: str | None, base_url: str | None
    ) -> tuple[str, str, ApiVersion | None]:
        """Return the base URL, the place where it was found, and the version that it names."""
        if tenant is not None and base_url is not None:
            raise ConfigurationError("tenant and base_url both name the tenant: give one of them")
        found = "" if self._named else _variable("SAIL_BASE_URL")
        place = "the variable SAIL_BASE_URL"
        if tenant is not None:
            found, place = url_of_tenant(tenant), "the argument tenant"
        elif base_url is not None:
            found, place = _argument(base_url, "base_url") or "", "the argument base_url"
        elif not found and self.entry is not None and self.entry.base_url:
            found, place = self.entry.base_url, self._file_name
            self.used = self.entry.name
        if not found:
            variable = "" if self._named else f"{place}; "
            raise ConfigurationError(
                "Missing: which tenant to talk to (tenant or base_url). Looked in the arguments; "
                f"{variable}{self._file_name}.{_about_sdk_file()}"
            )
        url, version = parse_base_url(found, place)
        return url, place, version

    def credentials(
        self, base_url: str, client_id: str | None, client_secret: str | Secret | None
    ) -> tuple[ClientCredentials, str]:
        """Return the credentials for a base URL, and the place where they were found."""
        looked = []
        for place in self._places(base_url, client_id, client_secret):
            found = place.credentials()
            if found is not None:
                self.used = place.environment or self.used
                return found, place.name
            looked.append(place.name)
        raise ConfigurationError(
            "Missing: credentials: the client id and secret of a personal access token for "
            f"{base_url}. Looked in {'; '.join(looked)}.{self._about_auth_type()}"
            f"{_about_sdk_file()}"
        )

    def _places(
        self, base_url: str, client_id: str | None, client_secret: str | Secret | None
    ) -> Iterator[CredentialPlace]:
        """Yield the places that may have credentials for a base URL, in the order of their rank."""
        yield CredentialPlace(
            "the arguments client_id and client_secret",
            ("the argument client_id", _argument(client_id, "client_id")),
            ("the argument client_secret", _argument(client_secret, "client_secret")),
        )
        if not self._named:
            yield CredentialPlace(
                "the variables SAIL_CLIENT_ID and SAIL_CLIENT_SECRET",
                ("the variable SAIL_CLIENT_ID", _variable("SAIL_CLIENT_ID")),
                ("the variable SAIL_CLIENT_SECRET", _variable("SAIL_CLIENT_SECRET")),
            )
        entry, file = self.entry, self._file_name
        if entry is None or not entry.base_url:
            yield CredentialPlace(f"{file} (without a base URL)" if entry else file)
        elif parse_base_url(entry.base_url, file)[0] != base_url:
            # What is stored for one tenant does not go to another one.
            yield CredentialPlace(f"{file} (its credentials are for another base URL)")
        else:
            from sailpoint_pat._keyring import read_keyring  # noqa: PLC0415  few need it

            kept = read_keyring(entry.name)
            keyring = f"environment {entry.name!r} of the system keyring{kept.problem}"
            for name, stored in ((keyring, kept), (file, entry)):
                yield CredentialPlace(
                    name,
                    (f"the client id in {name}", stored.client_id),
                    (f"the client secret in {name}", stored.client_secret),
                    entry.name,
                )

    def _about_auth_type(self) -> str:
        auth_type = "" if self._named else _variable("SAIL_AUTHTYPE")
        if not auth_type and self.file:
            auth_type = self.file.auth_type
        if auth_type.lower() != "oauth":
            return ""
        return (
            " The vendor's tool is set to OAuth (authtype), and stores no client id and secret "
            "then. Store those of a personal access token (sail set auth pat, sail set pat), or "
            "give them in another way."
        )


def _about_sdk_file() -> str:
    if not Path(_SDK_FILE).exists():
        return ""
    return (
        f" There is a {_SDK_FILE} in this folder, which is not read: if it is the one of the "
        "vendor's SDK, put its values into the variables SAIL_BASE_URL, SAIL_CLIENT_ID and "
        "SAIL_CLIENT_SECRET."
    )


def _variable(name: str) -> str:
    return without_blanks(os.environ.get(name, ""))


def _argument(value: str | Secret | None, name: str) -> str | None:
    if value is None:
        return None
    text = value.reveal() if isinstance(value, Secret) else value
    if not isinstance(text, str) or not without_blanks(text):
        raise ConfigurationError(f"the argument {name} is empty, or not a text")
    return without_blanks(text)


def _address_or_none(entry: Entry) -> str | None:
    try:
        return entry.base_url and parse_base_url(entry.base_url, CONFIG_FILE)[0]
    except ConfigurationError:
        return None


def _version(
    argument: str | None, in_url: ApiVersion | None, url_from: str
) -> tuple[ApiVersion, str]:
    if argument is None:
        if in_url is None:
            return VERSIONS[DEFAULT_VERSION], "the default"
        return in_url, f"the base URL in {url_from}"
    version = version_of(argument)
    if in_url is not None and in_url != version:
        raise ConfigurationError(
            f"the base URL in {url_from} says {in_url.name} and api_version says {argument}"
        )
    return version, "the argument api_version"
