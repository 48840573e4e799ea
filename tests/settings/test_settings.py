"""Which value counts: arguments, variables, the keyring, the config file."""

from pathlib import Path
from typing import Any

import pytest

from sailpoint_pat import (
    ClientCredentials,
    ConfigurationError,
    Secret,
    environments,
    find_settings,
)
from sailpoint_pat.testing import FakeTenant
from tests.secrets.hunter import leaks_in
from tests.settings.places import (
    HIDDEN,
    SECRET,
    Keys,
    SetVariables,
    WriteConfig,
    config_of,
    file_of,
)
from tests.support.clients import Connect

ADDRESS = "https://acme.example.com"
PAIR: dict[str, Any] = {"client_id": "an-id", "client_secret": SECRET}
FILE = "~/.sailpoint/config.yaml"


def refused(**arguments: Any) -> str:
    """Return what is said of settings that cannot be."""
    with pytest.raises(ConfigurationError) as caught:
        find_settings(**arguments)
    return str(caught.value)


# --- both clients look in the same places ---------------------------------------------------------


def test_a_client_finds_its_settings(
    tenant: FakeTenant, connect: Connect, write_config: WriteConfig
) -> None:
    write_config(file_of(config_of(base_url=tenant.base_url, client_id="revoked")))
    pats = connect(client_id=tenant.client_id, client_secret=tenant.client_secret)
    assert pats.list()


# --- the base URL ---------------------------------------------------------------------------------


@pytest.fixture
def everywhere(set_variables: SetVariables, write_config: WriteConfig, keys: Keys) -> None:
    """Put a base URL and a pair into every place that is looked in."""
    write_config(file_of(config_of(base_url="https://file.example.com")))
    set_variables(
        base_url="https://variable.example.com",
        client_id="the-variables-id",
        client_secret="the-variables-secret",
    )
    keys.store_pair("default", "the-keyrings-id", "the-keyrings-secret")


@pytest.mark.usefixtures("everywhere")
@pytest.mark.parametrize(
    ("arguments", "base_url", "found_in"),
    [
        ({"tenant": "acme"}, "https://acme.api.identitynow.com", "the argument tenant"),
        ({"base_url": ADDRESS}, ADDRESS, "the argument base_url"),
        ({}, "https://variable.example.com", "the variable SAIL_BASE_URL"),
        (
            {"environment": "default"},
            "https://file.example.com",
            f"environment 'default' of {FILE}",
        ),
    ],
)
def test_the_first_place_with_a_base_url_counts(
    arguments: dict[str, Any], base_url: str, found_in: str
) -> None:
    settings = find_settings(**arguments, **PAIR)
    assert (settings.base_url, settings.base_url_from) == (base_url, found_in)


def test_a_tenant_is_named_once() -> None:
    assert refused(tenant="acme", base_url=ADDRESS) == (
        "tenant and base_url both name the tenant: give one of them"
    )


# --- the credentials ------------------------------------------------------------------------------


@pytest.mark.usefixtures("everywhere")
@pytest.mark.parametrize(
    ("arguments", "client_id", "found_in", "environment"),
    [
        (PAIR, "an-id", "the arguments client_id and client_secret", None),
        ({}, "the-variables-id", "the variables SAIL_CLIENT_ID and SAIL_CLIENT_SECRET", None),
        (
            {"environment": "default"},
            "the-keyrings-id",
            "environment 'default' of the system keyring",
            "default",
        ),
    ],
)
def test_the_first_place_with_a_pair_counts(
    arguments: dict[str, Any], client_id: str, found_in: str, environment: str | None
) -> None:
    settings = find_settings(**arguments)
    assert settings.credentials is not None
    assert settings.credentials.client_id == client_id
    assert (settings.credentials_from, settings.environment) == (found_in, environment)


def test_the_pair_of_the_file_comes_last(write_config: WriteConfig) -> None:
    write_config(file_of())
    assert find_settings().credentials == ClientCredentials("the-files-id", Secret(SECRET))
    assert find_settings().credentials_from == f"environment 'default' of {FILE}"


def test_credentials_that_are_not_needed_are_not_looked_for() -> None:
    settings = find_settings("acme", needs_credentials=False)
    assert (settings.credentials, settings.credentials_from) == (None, None)


def test_blanks_around_a_value_are_none_of_it(set_variables: SetVariables) -> None:
    set_variables(base_url=f"{ADDRESS}/ ", client_id=" an-id", client_secret=f"{SECRET}\r\n")
    settings = find_settings()
    assert settings.base_url == ADDRESS
    assert settings.credentials == ClientCredentials("an-id", Secret(SECRET))
    given = find_settings(base_url=f" {ADDRESS}\n", client_id="an-id ", client_secret=SECRET)
    assert (given.base_url, given.credentials) == (settings.base_url, settings.credentials)


def test_variables_that_are_all_empty_are_as_good_as_none(
    set_variables: SetVariables, write_config: WriteConfig
) -> None:
    write_config(file_of())
    set_variables(base_url="", client_id=" ", client_secret="\n", activeenvironment="")
    assert find_settings().credentials_from == f"environment 'default' of {FILE}"


# --- a pair comes from one place ------------------------------------------------------------------


@pytest.mark.usefixtures("everywhere")
@pytest.mark.parametrize(
    ("given", "missing"),
    [("client_id", "client_secret"), ("client_secret", "client_id")],
)
def test_half_a_pair_in_the_arguments_is_not_completed(given: str, missing: str) -> None:
    assert refused(**{given: PAIR[given]}) == (
        f"the argument {missing} is missing or empty, and the argument {given} is there: id and "
        "secret have to come from the same place"
    )


@pytest.mark.usefixtures("everywhere")
@pytest.mark.parametrize("nothing", ["", " ", None])
@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ("SAIL_CLIENT_ID", "SAIL_CLIENT_SECRET"),
        ("SAIL_CLIENT_SECRET", "SAIL_CLIENT_ID"),
    ],
)
def test_half_a_pair_in_the_variables_is_not_completed(
    given: str, missing: str, nothing: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if nothing is None:
        monkeypatch.delenv(missing)
    else:
        monkeypatch.setenv(missing, nothing)
    said = refused()
    assert f"the variable {missing} is missing or empty" in said
    assert f"the variable {given} is there" in said


@pytest.mark.parametrize(
    ("in_file", "in_keyring", "said"),
    [
        ({}, ("an-id", None), "client secret in environment 'default' of the system keyring"),
        ({}, (None, "a-secret"), "client id in environment 'default' of the system keyring"),
        ({"client_secret": None}, (), f"client secret in environment 'default' of {FILE}"),
        ({"client_id": None}, (), f"client id in environment 'default' of {FILE}"),
    ],
)
def test_half_a_pair_in_an_environment_is_not_completed(
    in_file: dict[str, Any],
    in_keyring: tuple[str | None, str | None],
    said: str,
    write_config: WriteConfig,
    keys: Keys,
) -> None:
    write_config(file_of(config_of(**in_file)))
    if in_keyring:
        keys.store_pair("default", *in_keyring)
    assert refused().startswith(f"the {said} is missing")


# --- whose credentials go where -------------------------------------------------------------------


@pytest.mark.parametrize("written", ["https://ACME.example.com:443/v3/", "acme.example.com"])
def test_stored_credentials_go_to_the_base_url_beside_them(
    written: str, write_config: WriteConfig
) -> None:
    write_config(file_of())
    settings = find_settings(base_url=written)
    assert settings.credentials is not None
    assert settings.environment == "default"


@pytest.mark.parametrize(
    ("stored", "elsewhere", "why"),
    [
        (ADDRESS, "https://evil.example.com", "(its credentials are for another base URL)"),
        (ADDRESS, f"{ADDRESS}:8443", "(its credentials are for another base URL)"),
        (None, ADDRESS, f"'default' of {FILE} (without a base URL)"),
    ],
)
def test_stored_credentials_go_nowhere_else(
    stored: str | None,
    elsewhere: str,
    why: str,
    write_config: WriteConfig,
    keys: Keys,
    set_variables: SetVariables,
) -> None:
    write_config(file_of(config_of(base_url=stored)))
    keys.store_pair("default", "the-keyrings-id", SECRET)
    set_variables(base_url=elsewhere)
    assert why in refused()


# --- which environment ----------------------------------------------------------------------------


@pytest.fixture
def two_environments(write_config: WriteConfig) -> None:
    """A file with a `default` and an active `prod`."""
    default = config_of("default", "https://default.example.com")
    write_config(file_of(default, config_of("Prod", "https://prod.example.com"), active="PROD"))


@pytest.mark.usefixtures("two_environments")
@pytest.mark.parametrize(
    ("argument", "variable", "host"),
    [
        (None, None, "prod"),
        (None, "Default", "default"),
        ("DEFAULT", None, "default"),
        ("prod", "default", "prod"),
    ],
)
def test_the_environment_that_counts(
    argument: str | None, variable: str | None, host: str, set_variables: SetVariables
) -> None:
    if variable is not None:
        set_variables(activeenvironment=variable)
    settings = find_settings(environment=argument)
    assert settings.base_url == f"https://{host}.example.com"
    assert settings.environment == host
    active = [each.name for each in environments() if each.is_active]
    assert active == [(variable or "prod").lower()]


def test_without_an_active_environment_it_is_the_default(write_config: WriteConfig) -> None:
    write_config(file_of().replace("activeenvironment: default\n", ""))
    assert find_settings().environment == "default"


@pytest.mark.usefixtures("two_environments")
def test_an_environment_that_is_named_has_to_be_there() -> None:
    said = refused(environment="test", base_url=ADDRESS, **PAIR)
    assert "no environment 'test'; there are: default, prod" in said


@pytest.mark.usefixtures("two_environments")
def test_an_active_environment_that_is_not_there_is_said(set_variables: SetVariables) -> None:
    set_variables(activeenvironment="test")
    said = "no environment 'test' as SAIL_ACTIVEENVIRONMENT says; there are: default, prod"
    assert said in refused()
    assert find_settings("acme", **PAIR).environment is None


@pytest.mark.usefixtures("two_environments")
def test_the_environments_are_listed() -> None:
    listed = [(each.name, each.base_url, each.is_active) for each in environments()]
    assert listed == [
        ("default", "https://default.example.com", False),
        ("prod", "https://prod.example.com", True),
    ]
    assert SECRET not in repr(environments())


@pytest.mark.parametrize("base_url", [None, f"https://user:{HIDDEN}@acme.example.com"])
def test_an_environment_without_a_good_address_is_listed_without(
    base_url: str | None, write_config: WriteConfig
) -> None:
    write_config(file_of(config_of(base_url=base_url)))
    [environment] = environments()
    assert environment.base_url is None


def test_without_a_file_there_are_no_environments() -> None:
    assert environments() == ()


# --- the version ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "version", "found_in"),
    [
        ({}, "v3", "the default"),
        ({"api_version": "v1"}, "v1", "the argument api_version"),
        ({"base_url": f"{ADDRESS}/v2025"}, "v2025", "the base URL in the argument base_url"),
        (
            {"base_url": f"{ADDRESS}/v2025", "api_version": "v2025"},
            "v2025",
            "the argument api_version",
        ),
    ],
)
def test_the_version_that_counts(arguments: dict[str, Any], version: str, found_in: str) -> None:
    settings = find_settings(**{"base_url": ADDRESS, **arguments, **PAIR})
    assert (settings.api_version, settings.api_version_from) == (version, found_in)
    assert settings.version.name == version


def test_two_versions_are_one_too_many() -> None:
    said = refused(base_url=f"{ADDRESS}/v2024", api_version="v2025", **PAIR)
    assert said == ("the base URL in the argument base_url says v2024 and api_version says v2025")


# --- what is missing ------------------------------------------------------------------------------


def test_without_a_base_url_every_place_is_named() -> None:
    assert refused() == (
        "Missing: which tenant to talk to (tenant or base_url). Looked in the arguments; the "
        f"variable SAIL_BASE_URL; {FILE} (no such file)."
    )


def test_without_credentials_every_place_is_named(write_config: WriteConfig) -> None:
    write_config(file_of(config_of(client_id=None, client_secret=None)))
    assert refused() == (
        "Missing: credentials: the client id and secret of a personal access token for "
        f"{ADDRESS}. Looked in the arguments client_id and client_secret; the variables "
        "SAIL_CLIENT_ID and SAIL_CLIENT_SECRET; environment 'default' of the system keyring; "
        f"environment 'default' of {FILE}."
    )


def test_places_that_do_not_count_are_not_named(write_config: WriteConfig) -> None:
    write_config(file_of(config_of(base_url=None, client_id=None, client_secret=None)))
    assert refused(environment="default") == (
        "Missing: which tenant to talk to (tenant or base_url). Looked in the arguments; "
        f"environment 'default' of {FILE}."
    )
    assert refused(environment="default", tenant="acme") == (
        "Missing: credentials: the client id and secret of a personal access token for "
        "https://acme.api.identitynow.com. Looked in the arguments client_id and client_secret; "
        f"environment 'default' of {FILE} (without a base URL)."
    )


@pytest.mark.parametrize(
    ("in_file", "in_variable", "environment", "is_said"),
    [
        ("OAuth", "", None, True),
        ("pat", "OAuth", None, True),
        # The variables do not count where an environment is named.
        ("pat", "OAuth", "default", False),
    ],
)
def test_a_tool_that_is_set_to_oauth_is_said(
    write_config: WriteConfig,
    set_variables: SetVariables,
    in_file: str,
    in_variable: str,
    environment: str | None,
    *,
    is_said: bool,
) -> None:
    write_config(file_of(config_of(client_id=None, client_secret=None), auth_type=in_file))
    set_variables(authtype=in_variable)
    said = refused(environment=environment)
    assert ("OAuth" in said) is is_said
    assert is_said is said.endswith(
        " The vendor's tool is set to OAuth (authtype), and stores no client id and secret then. "
        "Store those of a personal access token (sail set auth pat, sail set pat), or give them in "
        "another way."
    )


def test_a_tool_that_is_set_to_oauth_does_not_matter_to_who_has_a_pair(
    write_config: WriteConfig,
) -> None:
    write_config(file_of(auth_type="oauth"))
    assert find_settings().credentials is not None


@pytest.mark.parametrize("arguments", [{}, {"tenant": "acme"}])
def test_a_file_of_the_vendors_sdk_is_said_and_not_read(
    arguments: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config.json").write_text(f'{{"ClientSecret": "{HIDDEN}"}}')
    monkeypatch.chdir(tmp_path)
    said = refused(**arguments)
    assert "There is a config.json in this folder, which is not read" in said
    assert "SAIL_BASE_URL, SAIL_CLIENT_ID and SAIL_CLIENT_SECRET" in said
    assert HIDDEN not in said


# --- arguments that make no sense -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"base_url": ""}, "the argument base_url is empty"),
        ({"base_url": 5}, "the argument base_url is empty, or not a text"),
        ({"client_id": "", "client_secret": SECRET}, "the argument client_id is empty"),
        ({"client_id": "x", "client_secret": " "}, "the argument client_secret is empty"),
        ({"client_id": "x", "client_secret": 5}, "client_secret is empty, or not a text"),
        ({"environment": ""}, "the argument environment is empty"),
        ({"environment": 5}, "the argument environment is empty, or not a text"),
    ],
)
def test_an_argument_that_says_nothing(arguments: dict[str, Any], problem: str) -> None:
    where = {} if "base_url" in arguments else {"tenant": "acme"}
    assert problem in refused(**where, **arguments)


# --- no secret in an exception (in errors: tests/secrets) -----------------------------------------


def test_an_interrupt_has_no_frames_with_secrets(write_config: WriteConfig, keys: Keys) -> None:
    write_config(file_of(config_of(client_secret=HIDDEN)))

    keys.failure = KeyboardInterrupt()  # Ctrl-C at the prompt that unlocks it
    with pytest.raises(KeyboardInterrupt) as caught:
        find_settings()
    assert leaks_in(caught.value, HIDDEN) == []
