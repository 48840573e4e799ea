"""What a base URL looks like."""

from typing import Any

import pytest

from sailpoint_pat import ConfigurationError, Settings, find_settings
from tests.settings.places import HIDDEN, SECRET, SetVariables, WriteConfig, config_of, file_of

ALL_VERSIONS = "v1, v3, v2024, v2025, v2026, beta"


def found(**arguments: Any) -> Settings:
    return find_settings(**arguments, client_id="an-id", client_secret=SECRET)


def refused(**arguments: Any) -> str:
    with pytest.raises(ConfigurationError) as caught:
        found(**arguments)
    assert caught.value.__context__ is None
    return str(caught.value)


@pytest.mark.parametrize(
    ("written", "base_url", "version"),
    [
        ("https://acme.api.identitynow.com", "https://acme.api.identitynow.com", "v3"),
        (" https://acme.api.identitynow.com/ ", "https://acme.api.identitynow.com", "v3"),
        ("HTTPS://ACME.API.IDENTITYNOW.COM", "https://acme.api.identitynow.com", "v3"),
        ("https://acme.example.com:443", "https://acme.example.com", "v3"),
        ("https://acme.example.com/v3", "https://acme.example.com", "v3"),
        ("https://acme.example.com/v2024", "https://acme.example.com", "v2024"),
        ("https://acme.example.com/v2025", "https://acme.example.com", "v2025"),
        ("https://acme.example.com/v2026/", "https://acme.example.com", "v2026"),
        ("https://acme.example.com/beta", "https://acme.example.com", "beta"),
        ("https://acme.example.com/personal-access-tokens/v1", "https://acme.example.com", "v1"),
        ("https://acme.example.com/personal-access-tokens/v1/", "https://acme.example.com", "v1"),
        ("acme.api.identitynow.com", "https://acme.api.identitynow.com", "v3"),
        ("acme", "https://acme.api.identitynow.com", "v3"),
        ("https://acme.api.identitynow-demo.com", "https://acme.api.identitynow-demo.com", "v3"),
        ("https://acme.api.saas.sailpoint.com", "https://acme.api.saas.sailpoint.com", "v3"),
        ("https://identity.acme.example:8443", "https://identity.acme.example:8443", "v3"),
        ("https://acme.example.com:1", "https://acme.example.com:1", "v3"),
        ("https://acme.example.com:65535", "https://acme.example.com:65535", "v3"),
        ("localhost", "https://localhost", "v3"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080", "v3"),
        ("http://127.8.9.1", "http://127.8.9.1", "v3"),
        ("http://localhost", "http://localhost", "v3"),
        ("http://[::1]:8080", "http://[::1]:8080", "v3"),
    ],
)
def test_a_base_url_that_is_understood(written: str, base_url: str, version: str) -> None:
    settings = found(base_url=written)
    assert (settings.base_url, settings.api_version) == (base_url, version)
    assert str(settings.origin).rstrip("/") == base_url


@pytest.mark.parametrize(
    ("base_url", "problem"),
    [
        ("http://acme.api.identitynow.com", "credentials go over https only"),
        ("http://10.0.0.1", "credentials go over https only"),
        ("http://localhost.example.com", "credentials go over https only"),
        ("http://127.0.0.1.example.com", "credentials go over https only"),
        ("https://acme.identitynow.com", "the API is at https://acme.api.identitynow.com"),
        ("acme.identitynow-demo.com", "the API is at https://acme.api.identitynow-demo.com"),
        ("https://acme.api.identitynow.com/v3/personal-access-tokens", "has a path"),
        ("https://acme.api.identitynow.com/cc", "has a path"),
        (f"https://{HIDDEN}@acme.example.com", "carries a user"),
        (f"https://user:{HIDDEN}@acme.example.com", "carries a user"),
        (f"user:{HIDDEN}@acme.example.com", "carries a user"),
        (f"https://user:443/{HIDDEN}@acme.example.com", "has a path"),
        (f"https://user:{HIDDEN}/x@acme.example.com", "no address"),
        (f"https://acme.example.com?secret={HIDDEN}", "a query"),
        (f"https://acme.example.com#{HIDDEN}", "a fragment"),
        (f"ftp://{HIDDEN}.example.com", "no address"),
        ("https://{tenant}.example.com", "no address"),
        (f"https://[{HIDDEN}", "no address"),
        (f"https://acme.example.com:{HIDDEN}", "no address"),
        (f"https://{HIDDEN}:65536", "no address"),
        ("https://acme.example.com:0", "no address"),
        ("https://", "no address"),
        ("https://.", "no address"),
        ("https://xn--/", "no address"),
        (f"https://{HIDDEN} .example.com", "has a blank or a line end in it"),
        (f'"https://{HIDDEN}.example.com"', "begins or ends with a quotation mark"),
        (f"https://acme.example.com\N{ZERO WIDTH SPACE}/{HIDDEN}", "ZERO WIDTH SPACE"),
        (f"\x00{HIDDEN}", "has an invisible character in it (U+0000)"),
    ],
)
def test_a_base_url_that_is_not(base_url: str, problem: str) -> None:
    said = refused(base_url=base_url)
    assert said.startswith("the base URL ")
    assert problem in said
    assert HIDDEN not in said


@pytest.mark.parametrize(
    "path", ["/v1", "/v2", "/v2027", "/v03", "/v99", "/personal-access-tokens/v2"]
)
def test_a_path_with_a_version_that_is_not_understood(path: str) -> None:
    said = refused(base_url=f"https://acme.example.com{path}")
    assert f"give one of {ALL_VERSIONS} as api_version" in said


@pytest.mark.parametrize("version", ["", "3", "v2", "v99", "v2027", "latest", "v03", "V3", "v3/.."])
def test_a_version_that_there_is_not(version: str) -> None:
    said = refused(tenant="acme", api_version=version)
    assert said == f"api_version is one of {ALL_VERSIONS}, not {version!r}"


def test_a_base_url_that_is_not_is_known_by_its_place(
    write_config: WriteConfig, set_variables: SetVariables
) -> None:
    bad = "https://acme.api.identitynow.com/cc"
    whose = "the base URL of acme.api.identitynow.com in"
    write_config(file_of(config_of(base_url=bad)))
    in_file = refused()
    assert in_file.startswith(f"{whose} environment 'default' of ~/.sailpoint/config.yaml has")
    with pytest.raises(ConfigurationError) as caught:
        find_settings("acme")  # Is what is stored there for this tenant?
    assert str(caught.value) == in_file
    set_variables(base_url=bad)
    assert refused().startswith(f"{whose} the variable SAIL_BASE_URL has a path")
    assert refused(base_url=bad).startswith(f"{whose} the argument base_url has a path")


@pytest.mark.parametrize(
    "tenant", ["", "acme.api", "-acme", "acme_", "a b", f"https://u:{HIDDEN}@acme.example.com"]
)
def test_a_tenant_is_a_plain_name(tenant: str) -> None:
    assert refused(tenant=tenant) == (
        "tenant is not the name of a tenant: that is the first part of its address, such as acme; "
        "a whole address goes into base_url"
    )
