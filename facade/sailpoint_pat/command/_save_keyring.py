"""`--save-to-keyring NAME`: where the vendor's tool, and this library, look for a pair."""

from __future__ import annotations

import contextlib
import secrets
import sys
from typing import TYPE_CHECKING, Self

import attrs

from sailpoint_pat import environments
from sailpoint_pat._extras import needs_extra
from sailpoint_pat.command._exits import UsageError
from sailpoint_pat.command._save import SaveFailedError
from sailpoint_pat.command._terminal import say

if TYPE_CHECKING:
    from sailpoint_pat import IssuedToken

_CLIENT_ID = "environments.pat.clientid"
_CLIENT_SECRET = "environments.pat.clientsecret"  # noqa: S105  its place
_TRIED = "sailpoint-pat.tried"


@attrs.frozen
class KeyringSaver:
    """Saves to the system keyring.

    Attributes:
        name: the environment's name, in lower case, as the vendor's tool writes it.
    """

    name: str

    has_printed = False

    @property
    def place(self) -> str:
        """The entry, for people."""
        return f"the system keyring, environment {self.name!r}"

    @classmethod
    def tried(cls, name: str) -> Self:
        """Return the saver, after having stored and deleted a value that means nothing.

        Raises:
            UsageError: there is no keyring, or it does not keep what it is given.
        """
        if not name.strip():
            raise UsageError("--save-to-keyring wants the name of an environment.")
        try:
            import keyring  # noqa: PLC0415  an extra
        except ImportError:
            raise UsageError(needs_extra("--save-to-keyring needs keyring", "cli")) from None
        value = secrets.token_hex(8)
        try:
            keyring.set_password(_TRIED, _TRIED, value)
            kept = keyring.get_password(_TRIED, _TRIED)
            keyring.delete_password(_TRIED, _TRIED)
        except Exception as error:  # noqa: BLE001  each backend has exceptions of its own
            raise UsageError(
                f"The system keyring cannot be used ({type(error).__name__}). Nothing was created."
            ) from None
        if kept != value:
            raise UsageError("The system keyring keeps nothing. Nothing was created.")
        name = name.strip().lower()
        if name not in {environment.name for environment in environments()}:
            say(
                f"Warning: ~/.sailpoint/config.yaml has no environment {name!r}. It needs one with "
                "a base URL, or nobody will look for this entry of the keyring."
            )
        return cls(name)

    def save(self, token: IssuedToken) -> None:
        """Store the id and the secret, both or neither.

        Raises:
            SaveFailedError: it could not; the old pair is there again as far as that was possible.
        """
        import keyring  # noqa: PLC0415  an extra

        places = [_service(_CLIENT_ID, self.name), _service(_CLIENT_SECRET, self.name)]
        before = {}
        try:
            for place, value in zip(places, (token.id, token.secret.reveal()), strict=True):
                before[place] = keyring.get_password(place, self.name)
                keyring.set_password(place, self.name, value)
        except BaseException as error:
            for place, value_before in before.items():
                with contextlib.suppress(Exception):
                    if value_before is None:
                        keyring.delete_password(place, self.name)
                    else:
                        keyring.set_password(place, self.name, value_before)
            if not isinstance(error, Exception):
                raise
            raise SaveFailedError(f"The system keyring refused ({type(error).__name__}).") from None


def _service(service: str, name: str) -> str:
    # On Windows the vendor's tool puts both into one name. It reads another encoding there than
    # Python's keyring writes, so it does not understand this value; this library does.
    return f"{service}:{name}" if sys.platform == "win32" else service
