"""The config file of the vendor's tool is read as the tool reads it, and errors quote nothing."""

import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sailpoint_pat import ClientCredentials, ConfigurationError, Secret, environments, find_settings
from tests.secrets.hunter import leaks_in
from tests.settings.places import HIDDEN, SECRET, WriteConfig, config_of, file_of


def refused(environment: str | None = None) -> str:
    with pytest.raises(ConfigurationError) as caught:
        find_settings(environment=environment)
    assert leaks_in(caught.value, HIDDEN) == [], "PyYAML quotes the line"
    return str(caught.value)


def names() -> list[str]:
    return [environment.name for environment in environments()]


# --- keys and names as the tool reads them --------------------------------------------------------


def test_keys_and_names_are_read_in_any_case(write_config: WriteConfig) -> None:
    write_config(f"""
activeEnvironment: Prod
Environments:
  DEFAULT: {{BaseURL: https://default.example.com}}
  PROD:
    BaseUrl: https://prod.example.com
    Pat: {{ClientId: An-Id, ClientSecret: {SECRET}}}
""")
    settings = find_settings()
    assert (settings.base_url, settings.environment) == ("https://prod.example.com", "prod")
    assert settings.credentials == ClientCredentials("An-Id", Secret(SECRET))


@pytest.mark.parametrize(
    "written",
    [
        "acme: {prod: {baseurl: 'https://acme.example.com'}}",
        "acme.prod: {baseurl: 'https://acme.example.com'}",
        "Acme: {baseurl: 'https://other.example.com', PROD: {BaseURL: acme.example.com}}",
    ],
)
def test_a_dot_in_a_name_nests(written: str, write_config: WriteConfig) -> None:
    write_config(f"environments: {{{written}}}")
    settings = find_settings(environment="ACME.Prod", needs_credentials=False)
    assert settings.base_url == "https://acme.example.com"


@pytest.mark.parametrize(
    ("written", "listed"),
    [
        ("{acme: {prod: {baseurl: x}}}", ["acme.prod"]),
        ("{acme: {baseurl: x, prod: {baseurl: x}}}", ["acme", "acme.prod"]),
        ("{acme: {baseurl: x, pat: {clientid: x}, oauth: {expiry: x}}}", ["acme"]),
        ("{acme: {pat: {clientid: x}}}", ["acme"]),
        ("{acme: {prod: {pat: {clientid: x}}}}", ["acme.prod"]),
        ("{acme: {}, other: }", ["acme", "other"]),
        ("{no: {}, 7: {}, 2024-13-01: {}}", ["no", "7", "2024-13-01"]),
        ("{}", []),
        ("\nauthtype: pat\n", []),
        ("{acme: {pat: , prod: {}}}", ["acme", "acme.prod"]),
    ],
)
def test_which_environments_there_are(
    written: str, listed: list[str], write_config: WriteConfig
) -> None:
    write_config(f"environments: {written}")
    assert names() == listed


@pytest.mark.parametrize("content", ["", "# nothing\n", "---\n"])
def test_an_empty_file_has_no_environments(content: str, write_config: WriteConfig) -> None:
    write_config(content)
    assert names() == []


@pytest.mark.parametrize(
    "written",
    [
        "clientid: 12345678901234567890123456789012",
        "clientid: '12345678901234567890123456789012'",
        "clientid: !!str 12345678901234567890123456789012",
    ],
)
def test_digits_are_text(written: str, write_config: WriteConfig) -> None:
    write_config(file_of(config_of().replace("clientid: the-files-id", written)))
    credentials = find_settings().credentials
    assert credentials is not None
    assert credentials.client_id == "12345678901234567890123456789012"


def test_anchors_and_merges_are_understood(write_config: WriteConfig) -> None:
    write_config(f"""
shared: &shared
  pat: {{clientid: shared-id, clientsecret: {SECRET}}}
  BaseURL: https://shared.example.com
environments:
  default:
    <<: *shared
    baseurl: https://own.example.com
""")
    settings = find_settings()
    assert settings.base_url == "https://own.example.com"
    assert settings.credentials == ClientCredentials("shared-id", Secret(SECRET))


@pytest.mark.parametrize("nothing", ["", "~", "null", "''", "'  '"])
def test_a_value_that_is_empty_is_none(nothing: str, write_config: WriteConfig) -> None:
    write_config(file_of(config_of().replace("https://acme.example.com", nothing)))
    assert "Missing: which tenant" in refused()


def test_a_byte_order_mark_does_not_matter(write_config: WriteConfig) -> None:
    write_config(file_of().encode("utf-8-sig"))
    assert find_settings().environment == "default"


# --- what is wrong is said with its line, and nothing is quoted -----------------------------------


NO_GROUP = "is not a group of keys and values"
TWICE = "this key appears twice in its group (upper and lower case are the same)"
UTF_16 = (
    "it is in UTF-16, as Windows PowerShell's > writes: save it as UTF-8 (Out-File -Encoding utf8)"
)


@pytest.mark.parametrize("environment", [None, "default"])
@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (f"environments:\n  default: {{secret: {HIDDEN}\n", "line 3: this is not YAML"),
        (f"a: b\nb: c: {HIDDEN}", "line 2: this is not YAML"),
        (f"a: b\n\t- {HIDDEN}", "line 2: this is not YAML"),
        (f"a: *{HIDDEN}", "line 1: this is not YAML"),
        (f"a: &{HIDDEN} [*{HIDDEN}]", "line 1: this is not YAML"),
        (f"a: {HIDDEN}\n--- \nb: {HIDDEN}", "line 2: this is not YAML"),
        (f"&{HIDDEN} a: b\nb: *{HIDDEN}\nc: &d {{e: *d}}", "line 3: this is not YAML"),
        (f"a: !!python/object:{HIDDEN}.system x", "line 1: this is not YAML"),
        (f"a: !!float {HIDDEN}", "this is not YAML"),
        (f"a: !!bool {HIDDEN}", "this is not YAML"),
        (f"a: {HIDDEN}\x00", "this is not YAML"),
        (f"{HIDDEN}: {HIDDEN}: {HIDDEN}", "line 1: this is not YAML"),
        (f"\tenvironments: {HIDDEN}", "line 1: this is not YAML"),
        ("[" * 1000 + HIDDEN, "this is not YAML"),
        (f"a: b\n{HIDDEN}: c\n{HIDDEN}: d", f"line 3: {TWICE}"),
        ("environments:\n  a: {x: 1,\n      X: 2}", f"line 3: {TWICE}"),
        (
            "environments: {a.b: {}, a: {b: {}}}",
            "environments.a.b appears twice: with a dot, and as two groups",
        ),
        (f"[{HIDDEN}]", f"the file {NO_GROUP}"),
        (HIDDEN, f"the file {NO_GROUP}"),
        (f"environments: {HIDDEN}", f"environments {NO_GROUP}"),
        (
            f"environments: {{other: {HIDDEN}}}",
            "environments.other is not a group of keys and values",
        ),
        (
            f"environments: {{default: {{baseurl: [{HIDDEN}]}}}}",
            "environments.default.baseurl is not a text",
        ),
        ("activeenvironment: {}", "activeenvironment is not a text"),
        (
            f"environments: {{default: {{pat: {HIDDEN}}}}}",
            f"environments.default.pat {NO_GROUP}",
        ),
        (
            "environments: {default: {pat: {clientid: []}}}",
            "environments.default.pat.clientid is not a text",
        ),
        (
            f"environments: {{default: {{pat: {{clientsecret: [{HIDDEN}]}}}}}}",
            "environments.default.pat.clientsecret is not a text",
        ),
        (HIDDEN.encode("utf-16"), UTF_16),
        (b"\xfe\xff" + HIDDEN.encode("utf-16-be"), UTF_16),
        (f"a: {HIDDEN}ü".encode("latin-1"), "it is not in UTF-8: save it as UTF-8"),
        ("#" * 2_000_000, "it is larger than 1 MiB: this is not the tool's config file"),
    ],
)
def test_a_broken_file(
    content: str | bytes, problem: str, environment: str | None, write_config: WriteConfig
) -> None:
    path = write_config(content)
    assert refused(environment) == f"{path}: {problem}"


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_a_config_file_is_a_regular_file(
    make: Callable[[Path], None], write_config: WriteConfig
) -> None:
    path = write_config("")
    path.unlink()
    make(path)
    assert refused() == f"{path}: it is not a regular file"


def test_a_file_of_a_mebibyte_is_read(write_config: WriteConfig) -> None:
    content = file_of()
    write_config(content + "#" * (1024 * 1024 - len(content)))
    assert names() == ["default"]


@pytest.mark.parametrize(
    ("home", "problem"),
    [
        ("/" + "x" * 300, "x/.sailpoint/config.yaml: it cannot be read (OSError)"),
        ("/dev/null", "no such file"),
        ("no/such/place", "no such file"),
    ],
)
def test_a_home_that_is_no_use_matters_only_where_the_file_is_needed(
    home: str, problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", home)
    find_settings("acme", client_id="an-id", client_secret=SECRET)
    assert problem in refused()


def test_a_user_without_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(_uid: int) -> None:
        raise KeyError("getpwuid(): uid not found: 54321")

    monkeypatch.delenv("HOME")
    monkeypatch.setattr("pwd.getpwuid", nobody)
    assert "no such file" in refused()


# --- a file that others may read ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "secret", "warned"),
    [(0o600, SECRET, 0), (0o640, SECRET, 1), (0o604, SECRET, 1), (0o644, None, 0)],
)
def test_others_may_not_read_a_secret(
    write_config: WriteConfig,
    caplog: pytest.LogCaptureFixture,
    mode: int,
    secret: str | None,
    warned: int,
) -> None:
    path = write_config(file_of(config_of(client_secret=secret)))
    path.chmod(mode)
    for _ in range(3):
        find_settings("acme", needs_credentials=False)
        environments()
    warnings = [record.getMessage() for record in caplog.records]
    said = f"{path} holds a client secret, and others may read it (mode {mode:03o}): chmod 600 "
    assert warnings == [f"{said}{path}"] * warned
    assert {record.levelno for record in caplog.records} <= {logging.WARNING}


# --- what is not needed is not imported -----------------------------------------------------------


@pytest.mark.parametrize(("content", "imported"), [(None, "False"), ("environments: {}", "True")])
def test_only_those_with_a_file_import_pyyaml(
    content: str | None, imported: str, write_config: WriteConfig
) -> None:
    if content is not None:
        write_config(content)
    program = "import sys, sailpoint_pat as s; s.environments(); print('yaml' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == imported
