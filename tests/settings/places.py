"""What stands in the places that settings come from."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import keyring.backend

WriteConfig: TypeAlias = Callable[[str | bytes], Path]
SetVariables: TypeAlias = Callable[..., None]
UseKeyring: TypeAlias = Callable[[keyring.backend.KeyringBackend], None]

SECRET = "5f" * 32
HIDDEN = "5ecre7-5ecre7"


def config_of(
    name: str = "default",
    base_url: str | None = "https://acme.example.com",
    client_id: str | None = "the-files-id",
    client_secret: str | None = SECRET,
) -> str:
    """Return the lines of one environment, as they stand below `environments:`."""
    lines = [f"  {name}:", "    tenanturl: https://acme.identitynow.com"]
    lines += [f"    baseurl: {base_url}"] if base_url else []
    lines += ["    pat:"]
    lines += [f"      clientid: {client_id}"] if client_id else []
    lines += [f"      clientsecret: {client_secret}"] if client_secret else []
    return "\n".join(lines) + "\n"


def file_of(*environments: str, active: str = "default", auth_type: str = "pat") -> str:
    """Return a config file with these environments, each of them made by `config_of`."""
    head = f"authtype: {auth_type}\nactiveenvironment: {active}\nenvironments:\n"
    return head + "".join(environments or [config_of()])


class Keys(keyring.backend.KeyringBackend):
    """A keyring in memory, which stores a value as Python and Go do on Linux."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring has no types here
        self.stored: dict[tuple[str, str], str] = {}
        self.failure: BaseException | None = None

    def get_password(self, service: str, username: str) -> str | None:
        if self.failure is not None:
            raise self.failure
        return self.stored.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.stored[service, username] = password

    def store_pair(
        self, environment: str, client_id: str | None, client_secret: str | None
    ) -> None:
        """Store what there is of a pair where the vendor's tool does."""
        if client_id:
            self.set_password("environments.pat.clientid", environment, client_id)
        if client_secret:
            self.set_password("environments.pat.clientsecret", environment, client_secret)
