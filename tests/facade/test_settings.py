"""Where the base URL and the credentials come from: argument, variable, file, keyring."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import keyring
import keyring.backend
import keyring.errors
import pytest

from sailpoint_pat import ConfigurationError, PatClient, Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sailpoint_pat.testing import FakeTenant, StoredToken
    from tests.support.clients import Connect

PAIR: dict[str, Any] = {"client_id": "an-id", "client_secret": "obviously-fake"}


@pytest.fixture
def write_config(tmp_path: Path) -> Callable[[str | bytes], Path]:
    """Write `~/.sailpoint/config.yaml`."""

    def write(content: str | bytes) -> Path:
        path = tmp_path / ".sailpoint" / "config.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def config_of(
    *environments: tuple[str, str, str | None, str | None], active: str = "default"
) -> str:
    """Return a file with environments: name, base URL, client id, client secret."""
    lines = ["authtype: pat", f"activeenvironment: {active}", "environments:"]
    for name, base_url, client_id, client_secret in environments:
        lines += [f"  {name}:", "    tenanturl: https://acme.identitynow.com"]
        lines += [f"    baseurl: {base_url}", "    pat:"]
        lines += [f"      clientid: {client_id}"] if client_id else []
        lines += [f"      clientsecret: {client_secret}"] if client_secret else []
    return "\n".join(lines) + "\n"


def use_variables(
    monkeypatch: pytest.MonkeyPatch, base_url: str, client_id: str, client_secret: str
) -> None:
    monkeypatch.setenv("SAIL_BASE_URL", base_url)
    monkeypatch.setenv("SAIL_CLIENT_ID", client_id)
    monkeypatch.setenv("SAIL_CLIENT_SECRET", client_secret)


@pytest.fixture
def tokens(tenant: FakeTenant) -> list[StoredToken]:
    """Three tokens that stand for the three places they are found in."""
    return [tenant.add_token(tenant.person, name) for name in ("argument", "variable", "file")]


def who_called(pats: PatClient) -> str:
    """Return the name of the token that a client authenticates with."""
    return next(token.name for token in pats.list() if token.last_used_at is not None)


# --- first found wins -----------------------------------------------------------------------------


def test_arguments_come_before_variables_before_the_file(
    tenant: FakeTenant,
    tokens: list[StoredToken],
    connect: Connect,
    monkeypatch: pytest.MonkeyPatch,
    write_config: Callable[[str | bytes], Path],
) -> None:
    argument, variable, file = tokens
    write_config(config_of(("default", tenant.base_url, file.id, file.secret)))
    assert who_called(connect()) == "file"

    other = tenant.tokens[file.id]
    tenant.remove_token(file.id)
    use_variables(monkeypatch, tenant.base_url, variable.id, variable.secret)
    assert who_called(connect()) == "variable"

    tenant.remove_token(variable.id)
    given = connect(
        base_url=tenant.base_url, client_id=argument.id, client_secret=Secret(argument.secret)
    )
    assert who_called(given) == "argument"
    assert other.last_used_at is not None


@pytest.mark.parametrize("given", ["client_id", "client_secret", "base_url"])
def test_each_value_is_looked_for_by_itself(
    given: str,
    tenant: FakeTenant,
    connect: Connect,
    monkeypatch: pytest.MonkeyPatch,
    write_config: Callable[[str | bytes], Path],
) -> None:
    right: dict[str, Any] = {
        "base_url": tenant.base_url,
        "client_id": tenant.client_id,
        "client_secret": tenant.client_secret,
    }
    use_variables(monkeypatch, *right.values())
    monkeypatch.setenv(f"SAIL_{given.upper()}", "http://127.0.0.1:9")

    assert connect(**{given: right[given]}).list()

    # The same for the file: a variable that is missing is made up for.
    write_config(
        config_of(("default", right["base_url"], right["client_id"], right["client_secret"]))
    )
    monkeypatch.delenv(f"SAIL_{given.upper()}")
    assert connect().list()


def test_a_variable_that_is_empty_is_as_good_as_none(
    tenant: FakeTenant,
    connect: Connect,
    monkeypatch: pytest.MonkeyPatch,
    write_config: Callable[[str | bytes], Path],
) -> None:
    write_config(config_of(("default", tenant.base_url, tenant.client_id, tenant.client_secret)))
    use_variables(monkeypatch, "", " ", "\n")
    assert connect().list()


def test_space_around_a_variable_is_none_of_it(
    tenant: FakeTenant, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_variables(
        monkeypatch, f"{tenant.base_url}/ ", f" {tenant.client_id}", f"{tenant.client_secret}\n"
    )
    assert connect().list()


def test_a_named_environment_comes_before_the_variables(
    tenant: FakeTenant,
    connect: Connect,
    monkeypatch: pytest.MonkeyPatch,
    write_config: Callable[[str | bytes], Path],
) -> None:
    nowhere = "http://127.0.0.1:9"
    write_config(
        config_of(
            ("prod", nowhere, "another-id", "obviously-fake"),
            ("test", tenant.base_url, tenant.client_id, tenant.client_secret),
            active="prod",
        )
    )
    use_variables(monkeypatch, nowhere, "a-third-id", "obviously-fake")

    assert connect(environment="test").list()
    assert "a-third-id" in repr(connect())
    monkeypatch.delenv("SAIL_CLIENT_ID")
    assert "another-id" in repr(connect())


def test_an_environment_that_is_not_there(write_config: Callable[[str | bytes], Path]) -> None:
    with pytest.raises(ConfigurationError, match="there is no such file"):
        PatClient(environment="test", base_url="https://acme.example.com", **PAIR)

    path = write_config("environments: {prod: {}, 7: {}}")
    with pytest.raises(ConfigurationError, match="no environment 'test', only: 7, prod") as caught:
        PatClient(environment="test", base_url="https://acme.example.com", **PAIR)
    assert str(path) in str(caught.value)


def test_without_an_active_environment_it_is_the_default(
    tenant: FakeTenant, connect: Connect, write_config: Callable[[str | bytes], Path]
) -> None:
    text = config_of(("default", tenant.base_url, tenant.client_id, tenant.client_secret))
    write_config(text.replace("activeenvironment: default\n", ""))
    assert connect().list()


def test_the_pair_of_the_file_goes_to_the_base_url_beside_it_only(
    write_config: Callable[[str | bytes], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "an-obviously-fake-secret"
    write_config(config_of(("default", "https://acme.api.identitynow.com", "the-files-id", secret)))

    assert "the-files-id" in repr(PatClient())
    assert "the-files-id" in repr(PatClient("acme"))
    assert "the-files-id" in repr(PatClient(base_url="https://ACME.api.identitynow.com:443/v3/"))
    for elsewhere in ("https://other.api.identitynow.com", "https://acme.api.identitynow.com:8443"):
        with pytest.raises(ConfigurationError, match="the file's are for another base URL"):
            PatClient(base_url=elsewhere)
    monkeypatch.setenv("SAIL_BASE_URL", "https://evil.example.com")
    with pytest.raises(ConfigurationError, match=r"evil\.example\.com") as caught:
        PatClient(client_id="an-id")
    assert secret not in str(caught.value)


def test_a_pair_without_a_base_url_beside_it_goes_nowhere(
    write_config: Callable[[str | bytes], Path],
) -> None:
    write_config("environments: {default: {pat: {clientid: x, clientsecret: y}}}")
    with pytest.raises(ConfigurationError, match="the file's have no base URL beside them"):
        PatClient("acme")


# --- the keyring ----------------------------------------------------------------------------------


class Keys(keyring.backend.KeyringBackend):
    """A keyring in memory."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring has none here
        self.kept: dict[tuple[str, str], str] = {}
        self.is_locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.is_locked:
            raise keyring.errors.KeyringLocked("nobody is there to unlock it")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


@pytest.fixture
def keys() -> Iterator[Keys]:
    before = keyring.get_keyring()
    keys = Keys()
    keyring.set_keyring(keys)
    yield keys
    keyring.set_keyring(before)


def test_the_pair_is_found_in_the_keyring(
    tenant: FakeTenant,
    connect: Connect,
    keys: Keys,
    write_config: Callable[[str | bytes], Path],
) -> None:
    write_config(config_of(("prod", tenant.base_url, None, None), active="prod"))
    keys.set_password("environments.pat.clientid", "prod", tenant.client_id)
    keys.set_password("environments.pat.clientsecret", "prod", tenant.client_secret)

    assert connect().list()
    assert connect(environment="prod").list()
    with pytest.raises(ConfigurationError, match="the file's are for another base URL"):
        connect(base_url="https://other.example.com")


def test_the_file_comes_before_the_keyring(
    keys: Keys, write_config: Callable[[str | bytes], Path]
) -> None:
    keys.set_password("environments.pat.clientid", "default", "the-keyrings-id")
    keys.set_password("environments.pat.clientsecret", "default", "obviously-fake")
    write_config(config_of(("default", "https://acme.example.com", "the-files-id", None)))
    assert "the-files-id" in repr(PatClient())
    write_config(config_of(("default", "https://acme.example.com", None, "obviously-fake")))
    assert "the-keyrings-id" in repr(PatClient())


def test_a_locked_keyring_is_one_with_nothing_in_it(
    keys: Keys, write_config: Callable[[str | bytes], Path]
) -> None:
    keys.is_locked = True
    write_config(config_of(("default", "https://acme.example.com", None, None)))
    with pytest.raises(ConfigurationError, match="then in the system keyring"):
        PatClient()


# --- what is wrong is said, and what is in the file is not ----------------------------------------


HIDDEN = "hunter2"


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (f"environments:\n  default: {{secret: {HIDDEN}\n", "line 3: this is not YAML"),
        (f"a: b\nb: c: {HIDDEN}", "line 2: this is not YAML"),
        (f"a: b\n\t- {HIDDEN}", "line 2: this is not YAML"),
        (f"a: *{HIDDEN}", "line 1: this is not YAML"),
        (f"a: !!python/object:{HIDDEN}.system x", "line 1: this is not YAML"),
        (f"a: !!float {HIDDEN}", "this is not YAML"),
        (f"a: !!bool {HIDDEN}", "this is not YAML"),
        (f"a: 2024-13-01\nb: {HIDDEN}", "this is not YAML"),
        (f"a: {HIDDEN}\x00", "this is not YAML"),
        (f"[{HIDDEN}]", "line 1: there are no keys and values in it"),
        (HIDDEN, "line 1: there are no keys and values in it"),
        ("[" * 1000 + HIDDEN, "this is not YAML"),
        (HIDDEN.encode("utf-16"), "it cannot be read (UnicodeDecodeError)"),
        (f"environments: {HIDDEN}", "environments is not a group of keys and values"),
        (f"environments: {{default: {HIDDEN}}}", "environments.default is not a group"),
        (f"environments: {{default: {{baseurl: [{HIDDEN}]}}}}", "environments.default.baseurl is"),
        ("activeenvironment: 7", "activeenvironment is not a text: put it in quotes"),
        (
            f"environments: {{default: {{baseurl: https://a.example.com, pat: {HIDDEN}}}}}",
            "environments.default.pat is not a group of keys and values",
        ),
        (
            "environments: {default: {baseurl: https://a.example.com, pat: {clientid: 7}}}",
            "environments.default.pat.clientid is not a text: put it in quotes",
        ),
    ],
)
def test_a_broken_file(
    content: str | bytes, where: str, write_config: Callable[[str | bytes], Path]
) -> None:
    path = write_config(content)
    with pytest.raises(ConfigurationError) as caught:
        PatClient()
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    said = message.removeprefix(f"{path}: ")
    assert where in said
    assert HIDDEN not in said
    assert caught.value.__context__ is None, "PyYAML quotes the line"


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / ".sailpoint" / "config.yaml").mkdir(parents=True)
    with pytest.raises(ConfigurationError, match=r"config\.yaml: it cannot be read"):
        PatClient()


@pytest.mark.parametrize("home", ["/" + "x" * 300, "/dev/null", "no/such/place"])
def test_a_home_that_is_no_use_does_not_matter_to_who_does_not_need_it(
    home: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", home)
    PatClient("acme", **PAIR)
    with pytest.raises(ConfigurationError):
        PatClient()


def test_a_user_without_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(_uid: int) -> None:
        raise KeyError("getpwuid(): uid not found: 54321")

    monkeypatch.delenv("HOME")
    monkeypatch.setattr("pwd.getpwuid", nobody)
    PatClient("acme", **PAIR)
    with pytest.raises(ConfigurationError, match="no such file"):
        PatClient()


def test_every_place_that_was_looked_in_is_listed(
    keys: Keys, write_config: Callable[[str | bytes], Path]
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        PatClient()
    assert str(caught.value) == (
        "Missing: which tenant to talk to (tenant or base_url). Looked for base_url in the "
        "arguments, the variable SAIL_BASE_URL, and baseurl in "
        "~/.sailpoint/config.yaml (no such file)."
    )

    with pytest.raises(ConfigurationError) as caught:
        PatClient("acme")
    assert str(caught.value) == (
        "Missing: credentials: the client id and secret of a personal access token. Looked for "
        "client_id in the arguments, the variable SAIL_CLIENT_ID, and pat.clientid in "
        "~/.sailpoint/config.yaml (no such file); "
        "client_secret in the arguments, the variable SAIL_CLIENT_SECRET, and pat.clientsecret in "
        "~/.sailpoint/config.yaml (no such file)."
    )

    write_config(config_of(("default", "https://acme.example.com", "an-id", None)))
    with pytest.raises(ConfigurationError) as caught:
        PatClient(client_id="an-id", environment="default")
    assert str(caught.value) == (
        "Missing: credentials: the client id and secret of a personal access token. Looked for "
        "client_secret in the arguments, and pat.clientsecret in "
        "~/.sailpoint/config.yaml, environment 'default'; then in the system keyring."
    )
    assert not keys.kept


# --- what a base URL looks like -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base_url", "host", "version"),
    [
        ("https://acme.api.identitynow.com", "acme.api.identitynow.com", "v3"),
        (" https://acme.api.identitynow.com/ ", "acme.api.identitynow.com", "v3"),
        ("HTTPS://ACME.API.IDENTITYNOW.COM", "acme.api.identitynow.com", "v3"),
        ("https://acme.api.identitynow.com/v2025", "acme.api.identitynow.com", "v2025"),
        ("https://acme.api.identitynow.com/v2026/", "acme.api.identitynow.com", "v2026"),
        ("https://acme.api.identitynow.com/beta", "acme.api.identitynow.com", "beta"),
        ("acme.api.identitynow.com", "acme.api.identitynow.com", "v3"),
        ("acme", "acme.api.identitynow.com", "v3"),
        ("https://acme.api.identitynow-demo.com", "acme.api.identitynow-demo.com", "v3"),
        ("https://acme.api.saas.sailpoint.com", "acme.api.saas.sailpoint.com", "v3"),
        ("https://identity.acme.example", "identity.acme.example", "v3"),
        ("https://identity.acme.example:8443", "identity.acme.example", "v3"),
        ("http://127.0.0.1:8080", "127.0.0.1", "v3"),
        ("http://127.8.9.1", "127.8.9.1", "v3"),
        ("http://localhost", "localhost", "v3"),
        ("http://[::1]:8080", "::1", "v3"),
    ],
)
def test_a_base_url_that_is_understood(base_url: str, host: str, version: str) -> None:
    assert repr(PatClient(base_url=base_url, **PAIR)) == (
        f"<PatClient {host}/{version} with client id an-id>"
    )


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
        (f"https://{HIDDEN} .example.com", "no address"),
        (f"https://[{HIDDEN}", "no address"),
        (f"https://acme.example.com:{HIDDEN}", "no address"),
        (f"https://{HIDDEN}:70000", "no address"),
        ("https://acme.example.com:0", "no address"),
        ("https://", "no address"),
        ("https://.", "no address"),
        ("https://xn--/", "no address"),
        (f"\x00{HIDDEN}", "no address"),
        ("", "base_url is empty"),
        ("  ", "base_url is empty"),
    ],
)
def test_a_base_url_that_is_not(base_url: str, problem: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        PatClient(base_url=base_url, **PAIR)
    assert problem in str(caught.value)
    assert HIDDEN not in str(caught.value)
    assert HIDDEN not in repr(caught.value.__context__)


def test_a_base_url_that_is_not_is_known_by_its_place(
    write_config: Callable[[str | bytes], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def said(**arguments: Any) -> str:
        with pytest.raises(ConfigurationError) as caught:
            PatClient(**arguments)
        return str(caught.value)

    bad = "https://acme.api.identitynow.com/cc"
    problem = "has a path: leave it out (an API version such as /v3 is understood)"
    whose = "the base URL of acme.api.identitynow.com in"
    write_config(config_of(("default", bad, "x", "y")))
    assert said() == f"{whose} ~/.sailpoint/config.yaml, environment 'default' {problem}"
    assert said(tenant="acme") == said(), "the pair of the file is for what stands beside it"
    monkeypatch.setenv("SAIL_BASE_URL", bad)
    assert said() == f"{whose} the variable SAIL_BASE_URL {problem}"
    assert said(base_url=bad) == f"{whose} the arguments {problem}"


@pytest.mark.parametrize(
    "tenant", ["", "acme.api", "-acme", "acme_", "a b", f"https://u:{HIDDEN}@acme.example.com"]
)
def test_a_tenant_is_a_plain_name(tenant: str) -> None:
    with pytest.raises(ConfigurationError, match="not the name of a tenant") as caught:
        PatClient(tenant, **PAIR)
    assert HIDDEN not in str(caught.value)


def test_the_version_is_said_once() -> None:
    address = "https://acme.example.com"
    assert "/v2025 " in repr(PatClient(base_url=address, api_version="v2025", **PAIR))
    assert "/v2025 " in repr(PatClient(base_url=f"{address}/v2025", api_version="v2025", **PAIR))
    with pytest.raises(ConfigurationError, match="says v2024 and api_version says v2025"):
        PatClient(base_url=f"{address}/v2024", api_version="v2025", **PAIR)
    for nonsense in ("", "3", "v3/..", "V3"):
        with pytest.raises(ConfigurationError, match="api_version looks like v3"):
            PatClient(base_url=address, api_version=nonsense, **PAIR)


@pytest.mark.parametrize("version", ["v3", "v2024", "v2025", "v2026", "beta"])
def test_every_version_is_a_prefix(version: str, tenant: FakeTenant, connect: Connect) -> None:
    connect(tenant, api_version=version).list()
    assert [request.path for request in tenant.requests] == [
        "/oauth/token",
        f"/{version}/personal-access-tokens",
    ]


# --- arguments that contradict or make no sense ---------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"tenant": "acme", "base_url": "https://acme.example.com"}, "give one of them"),
        ({"tenant": "acme", "access_token": "x", "client_id": "y"}, "two ways to authenticate"),
        ({"tenant": "acme", "access_token": "x", "client_secret": "y"}, "two ways to authenticate"),
        ({"tenant": "acme", "access_token": ""}, "the access token is no text"),
        ({"tenant": "acme", "access_token": f"{HIDDEN}\n"}, "the access token is no text"),
        ({"tenant": "acme", "client_id": ""}, "client_id is empty"),
        ({"tenant": "acme", "client_id": "x", "client_secret": " "}, "client_secret is empty"),
        (
            {"tenant": "acme", "client_id": "x", "client_secret": f"{HIDDEN}\udcff"},
            "a character that UTF-8 cannot carry",
        ),
        ({"tenant": "acme", "timeout": 30, **PAIR}, "timeout is a timedelta above zero"),
        ({"tenant": "acme", "retry": 3, **PAIR}, "retry is a RetryPolicy or None"),
        ({"tenant": "acme", "rate_limit": 3, **PAIR}, "rate_limit is a RateLimit or None"),
        ({"tenant": "acme", "proxy": f"x://u:{HIDDEN}@p", **PAIR}, "the proxy cannot be used"),
        ({"tenant": "acme", "proxy": 5, **PAIR}, "proxy is the address of a proxy"),
        ({"tenant": "acme", "proxy": "", **PAIR}, "proxy is the address of a proxy"),
        ({"tenant": "acme", "verify": "/ca.pem", **PAIR}, "verify is True, False or an ssl"),
        ({"tenant": "acme", "verify": 0, **PAIR}, "verify is True, False or an ssl"),
        ({"tenant": "acme", "transport": 5, **PAIR}, "transport is an httpx.BaseTransport"),
        ({"tenant": "acme", "environment": "", **PAIR}, "environment is empty"),
        ({"base_url": "https://{tenant}.example.com", **PAIR}, "is no address"),
        (
            {"tenant": "acme", "client_id": "5f" * 32, "client_secret": HIDDEN},
            "are the two swapped",
        ),
    ],
)
def test_arguments_that_cannot_be(arguments: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem) as caught:
        PatClient(**arguments)
    assert HIDDEN not in str(caught.value)
    assert HIDDEN not in repr(caught.value.__context__)


# --- what is not needed is not imported -----------------------------------------------------------


def test_pyyaml_is_imported_by_those_with_a_file_only(
    tmp_path: Path, write_config: Callable[[str | bytes], Path]
) -> None:
    program = """
import sys
from sailpoint_pat import ConfigurationError, PatClient

PatClient("acme", client_id="an-id", client_secret="obviously-fake")
try:
    PatClient()
except ConfigurationError:
    pass
print("yaml" in sys.modules, "keyring" in sys.modules)
"""

    def run() -> str:
        return subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "HOME": str(tmp_path)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()

    assert run() == "False False"
    write_config("environments: {}")
    assert run() == "True False"
