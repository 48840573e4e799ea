"""What a base URL looks like: the address of a tenant's API, perhaps with a version in its path."""

from __future__ import annotations

import ipaddress
import re

import httpx

from sailpoint_pat._pasted import check_pasted, without_blanks
from sailpoint_pat._versions import SERVICE_PATH, VERSIONS, ApiVersion
from sailpoint_pat.errors import ConfigurationError

# Patterns are compiled when they are needed: that takes longer than all the rest of this module.
_TENANT = r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
# A percent sign stands for a character that no host has, braces for what somebody is to fill in.
_IN_NO_HOST = frozenset("%{}")
_LOGIN_DOMAINS = frozenset({"identitynow.com", "identitynow-demo.com"})
_LOOKS_LIKE_A_VERSION = r"/(v[0-9]+|personal-access-tokens/[^/]*)"
_LARGEST_PORT = 65535

# `/v3` in front of the service, `/personal-access-tokens/v1` with the version behind it.
_VERSION_OF_PATH = {
    version.base_path or version.path_of(SERVICE_PATH): version for version in VERSIONS.values()
}


def url_of_tenant(tenant: object) -> str:
    """Return the base URL of a tenant that is given by its name, such as `acme`.

    Raises:
        ConfigurationError: this is not the name of a tenant.
    """
    if not isinstance(tenant, str) or not re.fullmatch(_TENANT, tenant):
        # Not repeated: it may be an address with a password in it.
        raise ConfigurationError(
            "tenant is not the name of a tenant: that is the first part of its address, such as "
            "acme; a whole address goes into base_url"
        )
    return f"https://{tenant}.api.identitynow.com"


def parse_base_url(text: str, where: str) -> tuple[str, ApiVersion | None]:
    """Return a base URL as scheme, host and port, and the version where its path names one.

    Args:
        text: a whole address, one without `https://`, or the name of a tenant.
        where: the place that the text comes from, for messages.

    Raises:
        ConfigurationError: this is no address of an API.
    """
    text = without_blanks(text)
    check_pasted(text, f"the base URL in {where}")
    if "://" not in text:
        is_tenant = re.fullmatch(_TENANT, text) and text.lower() != "localhost"
        text = url_of_tenant(text) if is_tenant else f"https://{text}"
    try:
        url = httpx.URL(text)
        host, port = url.host, url.port
    except (httpx.InvalidURL, ValueError):
        url, host, port = httpx.URL(), "", None
    host_is_valid = host.strip(".") and not set(host) & _IN_NO_HOST
    port_is_valid = port is None or 0 < port <= _LARGEST_PORT
    # The address may carry a password by mistake: from here on only the host is repeated.
    if not host_is_valid or not port_is_valid or url.scheme not in {"https", "http"}:
        raise ConfigurationError(
            f"the base URL in {where} is no address: it looks like https://acme.api.identitynow.com"
        )
    whose = f"the base URL of {host} in {where}"
    if url.userinfo or url.query or url.fragment:
        raise ConfigurationError(
            f"{whose} carries a user, a query or a fragment: "
            f"it is {url.scheme}://{host} and nothing else"
        )
    if url.scheme == "http" and not _is_loopback(host):
        raise ConfigurationError(
            f"{whose} is http: credentials go over https only (http is for loopback addresses)"
        )
    tenant, _, domain = host.partition(".")
    if tenant and domain in _LOGIN_DOMAINS:
        raise ConfigurationError(
            f"{whose} is where people log in: the API is at https://{tenant}.api.{domain}"
        )
    path = url.path.rstrip("/")
    if path and path not in _VERSION_OF_PATH:
        raise ConfigurationError(f"{whose} {_problem_of_path(path)}")
    return f"{url.scheme}://{url.netloc.decode()}", _VERSION_OF_PATH.get(path)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _problem_of_path(path: str) -> str:
    if re.fullmatch(_LOOKS_LIKE_A_VERSION, path):
        return (
            "has a version in its path that is not understood: leave the path out, and give one of "
            f"{', '.join(VERSIONS)} as api_version"
        )
    return "has a path: leave it out (a version, /v3 or /personal-access-tokens/v1, may be there)"


def version_of(name: object) -> ApiVersion:
    """Return a version by its name.

    Raises:
        ConfigurationError: there is no such version. The message names those that there are.
    """
    if isinstance(name, str) and name in VERSIONS:
        return VERSIONS[name]
    raise ConfigurationError(f"api_version is one of {', '.join(VERSIONS)}, not {name!r}")
