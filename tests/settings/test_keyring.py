"""The pair in the system keyring is read as the vendor's tool has written it, on every system."""

import base64
import importlib
import sys
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import keyring.backend
import keyring.errors
import pytest

from sailpoint_pat import ClientCredentials, ConfigurationError, Secret, find_settings
from tests.settings.places import HIDDEN, SECRET, Keys, UseKeyring, WriteConfig, config_of, file_of

# --- Python's own backends for each system, on stand-ins for it -----------------------------------
# Each `…_backend` returns the real backend of the package `keyring`, and what the system stores: a
# mapping that a test fills as the keyring library of the vendor's tool does.


def macos_backend(
    monkeypatch: pytest.MonkeyPatch,
) -> tuple[keyring.backend.KeyringBackend, dict[tuple[str, str], bytes]]:
    """Return the backend of macOS; a password is stored by service and account."""
    stored: dict[tuple[str, str], bytes] = {}

    class Error(Exception):
        pass

    class NotFound(Error):  # noqa: N818  the names of keyring
        pass

    class KeychainDenied(Error):  # noqa: N818
        pass

    def find_generic_password(_keychain: str | None, service: str, account: str) -> str:
        if (service, account) not in stored:
            raise NotFound
        return stored[service, account].decode()

    module = importlib.import_module("keyring.backends.macOS")
    api = SimpleNamespace(
        Error=Error,
        NotFound=NotFound,
        KeychainDenied=KeychainDenied,
        find_generic_password=find_generic_password,
    )
    monkeypatch.setattr(module, "api", api, raising=False)
    return module.Keyring(), stored


def windows_backend(
    monkeypatch: pytest.MonkeyPatch,
) -> tuple[keyring.backend.KeyringBackend, dict[str, tuple[str, bytes]]]:
    """Return the backend of Windows; a user's name and a password are stored by target."""
    stored: dict[str, tuple[str, bytes]] = {}

    class WindowsError(Exception):
        winerror = 1168  # there is no such credential
        funcname = "CredRead"

    def read_credential(Type: int, TargetName: str) -> dict[str, Any]:  # noqa: N803  Windows' names
        if TargetName not in stored:
            raise WindowsError
        user, password = stored[TargetName]
        return {"Type": Type, "UserName": user, "CredentialBlob": password}

    pywintypes, win32cred = ModuleType("pywintypes"), ModuleType("win32cred")
    vars(pywintypes)["error"] = WindowsError
    vars(win32cred).update(CRED_TYPE_GENERIC=1, CredRead=read_credential)
    pywin32 = ModuleType("win32ctypes.pywin32")
    vars(pywin32).update(pywintypes=pywintypes, win32cred=win32cred)
    monkeypatch.setitem(sys.modules, "win32ctypes", ModuleType("win32ctypes"))
    monkeypatch.setitem(sys.modules, "win32ctypes.pywin32", pywin32)
    # Imported anew: without Windows' modules it was imported before.
    monkeypatch.delitem(sys.modules, "keyring.backends.Windows", raising=False)
    return importlib.import_module("keyring.backends.Windows").WinVaultKeyring(), stored


def linux_backend(
    monkeypatch: pytest.MonkeyPatch,
) -> tuple[keyring.backend.KeyringBackend, dict[tuple[str, str], bytes]]:
    """Return the backend of the Secret Service; a password is stored by service and user name."""
    stored: dict[tuple[str, str], bytes] = {}

    class Collection:
        connection = SimpleNamespace(close=lambda: None)

        def is_locked(self) -> bool:
            return False

        def search_items(self, attributes: dict[str, str]) -> list[Any]:
            key = attributes["service"], attributes["username"]
            if key not in stored:
                return []
            item = SimpleNamespace(
                unlock=lambda: None, is_locked=lambda: False, get_secret=lambda: stored[key]
            )
            return [item]

    module = importlib.import_module("keyring.backends.SecretService")
    secretstorage = SimpleNamespace(
        dbus_init=lambda: None, get_default_collection=lambda _bus: Collection()
    )
    monkeypatch.setattr(module, "secretstorage", secretstorage)
    return module.Keyring(), stored


CLIENT_ID = "86f1dc6fe8f54414950454cbb11278fa"
ID_AT, SECRET_AT = "environments.pat.clientid", "environments.pat.clientsecret"
PAIR = ClientCredentials(CLIENT_ID, Secret(SECRET))


@pytest.fixture(autouse=True)
def prod_without_a_pair(write_config: WriteConfig) -> None:
    """A file as newer versions of the tool leave it: the pair is in the keyring alone."""
    write_config(file_of(config_of("prod", client_id=None, client_secret=None), active="prod"))


def refused() -> str:
    with pytest.raises(ConfigurationError) as caught:
        find_settings()
    assert caught.value.__context__ is None
    return str(caught.value)


# --- as the tool writes it ------------------------------------------------------------------------


def test_the_pair_is_found_on_linux(
    monkeypatch: pytest.MonkeyPatch, use_keyring: UseKeyring
) -> None:
    backend, stored = linux_backend(monkeypatch)
    use_keyring(backend)
    stored[ID_AT, "prod"] = CLIENT_ID.encode()
    stored[SECRET_AT, "prod"] = SECRET.encode()
    assert find_settings().credentials == PAIR
    assert find_settings(environment="PROD").credentials == PAIR


def as_base64(text: str) -> bytes:
    return b"go-keyring-base64:" + base64.b64encode(text.encode())


def as_hex(text: str) -> bytes:
    return f"go-keyring-encoded:{text.encode().hex()}".encode()


@pytest.mark.parametrize("encoded", [as_base64, as_hex, str.encode])
def test_the_pair_is_found_on_macos(
    encoded: Callable[[str], bytes], monkeypatch: pytest.MonkeyPatch, use_keyring: UseKeyring
) -> None:
    backend, stored = macos_backend(monkeypatch)
    use_keyring(backend)
    stored[ID_AT, "prod"] = encoded(CLIENT_ID)
    stored[SECRET_AT, "prod"] = encoded(SECRET)
    assert find_settings().credentials == PAIR


@pytest.mark.parametrize("more", ["", "-"])
@pytest.mark.parametrize("stored_by", ["the tool", "Python"])
def test_the_pair_is_found_on_windows(
    stored_by: str, more: str, monkeypatch: pytest.MonkeyPatch, use_keyring: UseKeyring
) -> None:
    backend, stored = windows_backend(monkeypatch)
    use_keyring(backend)
    client_id, secret = CLIENT_ID + more, SECRET + more
    if stored_by == "the tool":
        stored[f"{ID_AT}:prod"] = ("prod", client_id.encode())
        stored[f"{SECRET_AT}:prod"] = ("prod", secret.encode())
    else:
        stored[ID_AT] = ("prod", client_id.encode("utf-16-le"))
        stored[f"prod@{SECRET_AT}"] = ("prod", secret.encode("utf-16-le"))
    assert find_settings().credentials == ClientCredentials(client_id, Secret(secret))


# --- what cannot be read --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "damaged", ["go-keyring-base64:hunter2", "go-keyring-encoded:hunter2", "go-keyring-base64:////"]
)
def test_a_value_that_cannot_be_decoded_is_said(damaged: str, keys: Keys) -> None:
    keys.store_pair("prod", "an-id", damaged)
    assert refused() == (
        f"the system keyring has a value for {SECRET_AT} that cannot be decoded: store it again "
        "with the vendor's tool (sail set pat)"
    )


@pytest.mark.parametrize(
    "failure",
    [keyring.errors.KeyringLocked(HIDDEN), keyring.errors.NoKeyringError(HIDDEN), OSError(HIDDEN)],
)
def test_a_keyring_that_cannot_be_read_has_nothing_in_it(
    failure: Exception, keys: Keys, write_config: WriteConfig
) -> None:
    keys.failure = failure
    said = refused()
    assert f"of the system keyring (it cannot be read: {type(failure).__name__})" in said
    assert HIDDEN not in said

    write_config(file_of())
    assert find_settings().credentials_from == "environment 'default' of ~/.sailpoint/config.yaml"


def test_without_the_package_keyring_there_is_nothing_in_it(
    monkeypatch: pytest.MonkeyPatch, write_config: WriteConfig
) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert "of the system keyring (the Python package keyring is not installed)" in refused()

    write_config(file_of())
    assert find_settings().credentials_from == "environment 'default' of ~/.sailpoint/config.yaml"


def test_a_value_of_another_encoding_is_taken_as_it_is(keys: Keys) -> None:
    keys.store_pair("prod", "an-id", "pässwörd")
    assert find_settings().credentials == ClientCredentials("an-id", Secret("pässwörd"))
