"""The places that settings come from: the config file, the variables, the keyring."""

from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest

from tests.settings.places import Keys, SetVariables, UseKeyring, WriteConfig


@pytest.fixture
def write_config(tmp_path: Path) -> WriteConfig:
    """Write `~/.sailpoint/config.yaml`; return where it is."""

    def write(content: str | bytes) -> Path:
        path = tmp_path / ".sailpoint" / "config.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        path.chmod(0o600)
        return path

    return write


@pytest.fixture
def set_variables(monkeypatch: pytest.MonkeyPatch) -> SetVariables:
    """Set `SAIL_*` variables, named without their prefix and in lower case."""

    def set_all(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"SAIL_{name.upper()}", value)

    return set_all


@pytest.fixture
def use_keyring() -> Iterator[UseKeyring]:
    """Put a backend in place of the system's, until the test ends."""
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)


@pytest.fixture
def keys(use_keyring: UseKeyring) -> Keys:
    """A keyring in memory, in place of the system's."""
    keys = Keys()
    use_keyring(keys)
    return keys
