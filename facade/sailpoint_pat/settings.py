"""Where the base URL and the credentials come from.

First found wins, each value for itself: argument, `SAIL_*` variable, `~/.sailpoint/config.yaml`.
"""

from __future__ import annotations

import importlib.util
import ipaddress
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import attrs
import httpx

from sailpoint_pat.errors import ConfigurationError
from sailpoint_pat.models import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ClientCredentials", "Settings", "find_settings"]

CONFIG_FILE = Path("~/.sailpoint/config.yaml")
DEFAULT_VERSION = "v3"

_TENANT = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?")
# A percent sign stands for a character that no host has, braces for what somebody is to fill in.
_IN_NO_HOST = frozenset("%{}")
_SECRET = re.compile(r"[0-9a-f]{64}")
_VERSION = re.compile(r"v[0-9]+|beta")


@attrs.frozen
class ClientCredentials:
    """The OAuth client id and secret of a personal access token."""

    client_id: str
    client_secret: Secret


@attrs.frozen
class Settings:
    """What a client needs to know before it can make its first call.

    Attributes:
        origin: scheme, host and port, such as `https://acme.api.identitynow.com`.
        version: the path prefix of the API, such as `v3`.
        credentials: the pair, or None where an access token was given instead.
    """

    origin: httpx.URL
    version: str
    credentials: ClientCredentials | None


@attrs.frozen
class _Environment:
    """One environment of the config file; what it does not say is None."""

    name: str = ""
    base_url: str | None = None
    client_id: str | None = None
    client_secret: str | None = None

    def from_file_or_keyring(self, key: str, in_file: str | None) -> str | None:
        # Newer versions of the vendor's tool keep the pair in the system keyring.
        if in_file or not self.name:
            return in_file or None
        return _from_keyring(f"environments.pat.{key}", self.name)


def find_settings(  # noqa: PLR0913  the arguments of the client
    *,
    tenant: str | None,
    base_url: str | None,
    client_id: str | None,
    client_secret: str | Secret | None,
    environment: str | None,
    api_version: str | None,
    needs_credentials: bool,
) -> Settings:
    """Return the settings for a client, from its arguments and from where people keep them.

    A named `environment` is an argument too: the `SAIL_*` variables do not come before it. The pair
    of the config file goes only to the base URL that stands beside it, not to another host.

    Raises:
        ConfigurationError: something is missing, contradictory, or not to be read.
    """
    search = _Search(environment)
    origin, url_version = _find_origin(search, tenant, base_url)
    version = _version(api_version, url_version)
    if not needs_credentials:
        return Settings(origin, version, None)
    if isinstance(client_secret, Secret):
        client_secret = client_secret.reveal()
    return Settings(origin, version, _find_credentials(search, origin, client_id, client_secret))


def _find_origin(
    search: _Search, tenant: str | None, base_url: str | None
) -> tuple[httpx.URL, str | None]:
    if tenant is not None and base_url is not None:
        raise ConfigurationError("tenant and base_url both name the tenant: give one of them")
    if tenant is not None:
        base_url = _url_of_tenant(tenant)
    url = search.find(base_url, "base_url", "SAIL_BASE_URL", "baseurl")
    if url is not None:
        where = "the variable SAIL_BASE_URL" if base_url is None else "the arguments"
        return _parse_base_url(url, where)
    url = search.file.environment.base_url
    if url is None:
        search.missing("which tenant to talk to (tenant or base_url)")
    return _parse_base_url(url, search.file.described)


def _find_credentials(
    search: _Search, origin: httpx.URL, client_id: str | None, client_secret: str | None
) -> ClientCredentials:
    search.looked.clear()
    the_id = search.find(client_id, "client_id", "SAIL_CLIENT_ID", "pat.clientid")
    the_secret = search.find(
        client_secret, "client_secret", "SAIL_CLIENT_SECRET", "pat.clientsecret"
    )
    if the_id is None or the_secret is None:
        pair = search.file.environment
        beside = pair.base_url and _parse_base_url(pair.base_url, search.file.described)[0]
        if pair.name and beside != origin:
            whose = "are for another base URL" if pair.base_url else "have no base URL beside them"
            search.missing(f"credentials for {origin.host} (the file's {whose})")
        the_id = the_id or pair.from_file_or_keyring("clientid", pair.client_id)
        the_secret = the_secret or pair.from_file_or_keyring("clientsecret", pair.client_secret)
    if the_id is None or the_secret is None:
        search.missing(
            "credentials: the client id and secret of a personal access token", keyring=True
        )
    if _SECRET.fullmatch(the_id):
        # Whatever is taken for the id is shown in messages.
        raise ConfigurationError("the client id looks like a client secret: are the two swapped?")
    try:
        f"{the_id}{the_secret}".encode()
        can_be_sent = True
    except UnicodeEncodeError:
        # Raised outside of the except block: this error holds the text.
        can_be_sent = False
    if not can_be_sent:
        raise ConfigurationError(
            "the client id or secret has a character that UTF-8 cannot carry: is it cut off?"
        )
    return ClientCredentials(the_id, Secret(the_secret))


class _Search:
    """Looks for one value after the other, and remembers where it looked in vain."""

    def __init__(self, environment: str | None) -> None:
        if environment is not None and (not isinstance(environment, str) or not environment):
            raise ConfigurationError("the argument environment is empty, or not a text")
        self.file = _File(environment)
        self.looked: list[str] = []
        self._use_variables = environment is None

    def find(self, argument: str | None, what: str, variable: str, in_file: str) -> str | None:
        if argument is not None:
            if not isinstance(argument, str) or not argument.strip():
                raise ConfigurationError(f"the argument {what} is empty, or not a text")
            return argument.strip()
        if self._use_variables and os.environ.get(variable, "").strip():
            return os.environ[variable].strip()
        variables = f"the variable {variable}, " if self._use_variables else ""
        self.looked.append(f"{what} in the arguments, {variables}and {in_file}")
        return None

    def missing(self, what: str, *, keyring: bool = False) -> NoReturn:
        # Only now is it known what is in the file.
        looked = "; ".join(f"{places} in {self.file.described}" for places in self.looked)
        if keyring and self.file.environment.name:
            if importlib.util.find_spec("keyring"):
                looked += "; then in the system keyring"
            else:
                looked += '; not in the system keyring: pip install "sailpoint-pat[cli]" for that'
        raise ConfigurationError(f"Missing: {what}. Looked for {looked}.")


def _url_of_tenant(tenant: str) -> str:
    if not isinstance(tenant, str) or not _TENANT.fullmatch(tenant):
        # Not repeated: it may be an address with a password in it.
        raise ConfigurationError(
            "tenant is not the name of a tenant: that is the first part of its address, such as "
            "acme; a whole address goes into base_url"
        )
    return f"https://{tenant}.api.identitynow.com"


def _parse_base_url(text: str, where: str) -> tuple[httpx.URL, str | None]:
    """Return the origin, and the version where the path names one; `where` it was found."""
    text = text.strip()
    if _TENANT.fullmatch(text) and text.lower() != "localhost":
        text = _url_of_tenant(text)
    elif "://" not in text:
        text = f"https://{text}"
    try:
        url = httpx.URL(text)
        host_is_valid = bool(url.host.strip(".")) and not set(url.host) & _IN_NO_HOST
        port_is_valid = url.port is None or 0 < url.port < 65536  # noqa: PLR2004
    except (httpx.InvalidURL, ValueError):
        url, host_is_valid, port_is_valid = httpx.URL(), False, False
    # The address may carry a password by mistake: from here on only the host is repeated.
    if not host_is_valid or not port_is_valid or url.scheme not in {"https", "http"}:
        raise ConfigurationError(
            f"the base URL in {where} is no address: it looks like https://acme.api.identitynow.com"
        )
    whose = f"the base URL of {url.host} in {where}"
    if url.userinfo or url.query or url.fragment:
        raise ConfigurationError(
            f"{whose} carries a user, a query or a fragment: "
            f"it is {url.scheme}://{url.host} and nothing else"
        )
    if url.scheme == "http" and not _is_loopback(url.host):
        raise ConfigurationError(
            f"{whose} is http: credentials go over https only (http is for loopback addresses)"
        )
    if re.fullmatch(r"[^.]+\.identitynow(-demo)?\.com", url.host):
        tenant, _, domain = url.host.partition(".")
        raise ConfigurationError(
            f"{whose} is where people log in: the API is at https://{tenant}.api.{domain}"
        )
    path = url.path.strip("/")
    if path and not _VERSION.fullmatch(path):
        raise ConfigurationError(
            f"{whose} has a path: leave it out (an API version such as /v3 is understood)"
        )
    return url.copy_with(raw_path=b"/"), path or None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _version(argument: str | None, in_url: str | None) -> str:
    if argument is not None and not (isinstance(argument, str) and _VERSION.fullmatch(argument)):
        raise ConfigurationError(f"api_version looks like v3, v2025 or beta, not {argument!r}")
    if argument is not None and in_url is not None and argument != in_url:
        raise ConfigurationError(f"the base URL says {in_url} and api_version says {argument}")
    return argument or in_url or DEFAULT_VERSION


class _File:
    """The config file of the vendor's command line tool, read when it is first needed."""

    def __init__(self, wanted: str | None) -> None:
        self._path = Path(os.path.expanduser(CONFIG_FILE))  # noqa: PTH111  Path's wants a home
        self._wanted = wanted
        self._environment: _Environment | None = None
        self.described = str(CONFIG_FILE)
        if wanted is not None:
            # Asked for by name: it has to be there, whatever else is given.
            self._environment = self._read()

    @property
    def environment(self) -> _Environment:
        if self._environment is None:
            self._environment = self._read()
        return self._environment

    def _read(self) -> _Environment:
        try:
            text = self._path.read_text(encoding="utf-8")
            problem = None
        except (FileNotFoundError, NotADirectoryError):
            if self._wanted is None:
                self.described = f"{CONFIG_FILE} (no such file)"
                return _Environment()
            text, problem = "", "there is no such file"
        except (OSError, UnicodeDecodeError) as error:
            text, problem = "", f"it cannot be read ({type(error).__name__})"
        if problem:
            self._broken(problem)
        document = self._parse(text)
        environments = self._mapping(document, "environments")
        name = self._wanted or self._string(document, "activeenvironment", "") or "default"
        if name not in environments:
            if self._wanted is None:
                self.described = f"{CONFIG_FILE} (no environment {name!r})"
                return _Environment()
            self._broken(
                f"it has no environment {name!r}, only: {', '.join(sorted(map(str, environments)))}"
            )
        self.described = f"{CONFIG_FILE}, environment {name!r}"
        where = f"environments.{name}"
        entry = self._mapping(environments, name, where)
        pair = self._mapping(entry, "pat", f"{where}.pat")
        return _Environment(
            name,
            self._string(entry, "baseurl", f"{where}."),
            self._string(pair, "clientid", f"{where}.pat."),
            self._string(pair, "clientsecret", f"{where}.pat."),
        )

    def _parse(self, text: str) -> Mapping[str, object]:
        import yaml  # noqa: PLC0415  only those with a file pay for it

        problem = None
        try:
            document = yaml.safe_load(text)
        except yaml.MarkedYAMLError as error:
            # Not the error's own text: it quotes the line, and there may be a secret on it.
            mark = error.problem_mark or error.context_mark
            line = f"line {mark.line + 1}: " if mark else ""
            problem = f"{line}this is not YAML"
        except Exception:  # noqa: BLE001  PyYAML reads "2024-13-01" as a date, and lets that fail
            problem = "this is not YAML"
        if problem:
            self._broken(problem)
        if document is None:
            return {}
        if not isinstance(document, dict):
            self._broken("line 1: there are no keys and values in it")
        return document

    def _mapping(
        self, parent: Mapping[str, object], key: str, where: str | None = None
    ) -> Mapping[str, object]:
        value = parent.get(key)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self._broken(f"{where or key} is not a group of keys and values")
        return value

    def _string(self, parent: Mapping[str, object], key: str, where: str) -> str | None:
        value = parent.get(key)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            self._broken(f"{where}{key} is not a text: put it in quotes")
        return value

    def _broken(self, problem: str) -> NoReturn:
        raise ConfigurationError(f"{self._path}: {problem}")


def _from_keyring(service: str, environment: str) -> str | None:
    try:
        import keyring  # noqa: PLC0415  an extra
        import keyring.errors  # noqa: PLC0415
    except ImportError:
        return None
    try:
        return keyring.get_password(service, environment)
    except keyring.errors.KeyringError:
        return None
