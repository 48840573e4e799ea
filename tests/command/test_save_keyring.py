"""`--save-to-keyring NAME`: both values or neither, where they are looked for."""

from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.errors import KeyringLocked, PasswordDeleteError

from sailpoint_pat import find_settings
from sailpoint_pat.testing import FakeTenant
from tests.command.conftest import Run
from tests.command.records import named
from tests.settings.places import Keys

CREATE = ("create", "Nightly", "--expires-in", "90d", "--all-scopes", "--save-to-keyring", "Prod")
ID = ("environments.pat.clientid", "prod")
SECRET = ("environments.pat.clientsecret", "prod")


class Keyring(Keys):
    """A keyring that can be told to refuse, or to forget what it is given."""

    refused = ""
    forgets = False

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.refused and self.refused in service:
            raise KeyringLocked(password)
        if not self.forgets:
            super().set_password(service, username, password)

    def delete_password(self, service: str, username: str) -> None:
        if self.stored.pop((service, username), None) is None and not self.forgets:
            raise PasswordDeleteError(service)


@pytest.fixture
def keys() -> Iterator[Keyring]:
    before = keyring.get_keyring()
    keys = Keyring()
    keyring.set_keyring(keys)
    yield keys
    keyring.set_keyring(before)


def test_what_is_saved_is_what_the_library_reads(run: Run, acme: FakeTenant, keys: Keyring) -> None:
    done = run(*CREATE)
    new = named(acme, "Nightly")
    assert done.code == 0
    assert keys.stored == {ID: new.id, SECRET: new.secret}
    assert "went to the system keyring, environment 'prod'" in done.err
    assert "Warning: ~/.sailpoint/config.yaml has no environment 'prod'." in done.err
    config = Path("~/.sailpoint/config.yaml").expanduser()
    config.parent.mkdir()
    config.write_text(f"environments:\n  prod:\n    baseurl: {acme.base_url}\n")
    settings = find_settings(environment="prod")
    assert settings.credentials is not None
    assert settings.credentials.client_id == new.id
    assert settings.credentials.client_secret.reveal() == new.secret


@pytest.mark.parametrize("before", [{}, {ID: "old id", SECRET: "old secret"}])
def test_half_a_pair_is_never_left(
    run: Run, acme: FakeTenant, keys: Keyring, before: dict[tuple[str, str], str]
) -> None:
    keys.stored.update(before)
    keys.refused = "clientsecret"
    done = run(*CREATE)
    assert done.code == 1
    assert "The system keyring refused (KeyringLocked)" in done.err
    assert list(acme.tokens) == [acme.client_id]
    assert keys.stored == before


@pytest.mark.parametrize(
    ("refused", "says"),
    [
        ("sailpoint-pat", "The system keyring cannot be used (KeyringLocked)"),
        ("", "The system keyring keeps nothing."),
    ],
)
def test_a_keyring_is_tried_before_anything_is_sent(
    run: Run, acme: FakeTenant, keys: Keyring, refused: str, says: str
) -> None:
    keys.refused, keys.forgets = refused, not refused
    done = run(*CREATE)
    assert done.code == 2
    assert says in done.err
    assert acme.count() == 0


@pytest.mark.usefixtures("keys", "acme")
def test_it_wants_a_name(run: Run) -> None:
    assert run(*CREATE[:-1], " ").code == 2
