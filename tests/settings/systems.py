"""The keyrings of macOS, Windows and Linux: Python's own backends on stand-ins for the system.

Each `…_backend` returns the real backend of the package `keyring` for a system, and what the system
stores: a mapping that a test fills as the keyring library of the vendor's tool does.
"""

import importlib
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import keyring.backend
import pytest


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
