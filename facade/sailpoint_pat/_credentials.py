"""The client id and secret of a personal access token, and how they are checked."""

from __future__ import annotations

import attrs

from sailpoint_pat._pasted import check_pasted
from sailpoint_pat.errors import ConfigurationError
from sailpoint_pat.models import Secret

_HEX_DIGITS = frozenset("0123456789abcdefABCDEF")


def _looks_like_a_secret(text: str) -> bool:
    return len(text) == 64 and _HEX_DIGITS.issuperset(text)  # noqa: PLR2004  digits of SailPoint's


@attrs.frozen
class ClientCredentials:
    """The OAuth client id and secret of a personal access token.

    Attributes:
        client_id: the token's id.
        client_secret: its secret.
    """

    client_id: str
    client_secret: Secret

    @property
    def hint(self) -> str | None:
        """What is unusual about the secret, for a message that it was refused; None if nothing."""
        secret = self.client_secret.reveal()
        if _looks_like_a_secret(secret):
            return None
        if len(secret) == 32 and _HEX_DIGITS.issuperset(secret):  # noqa: PLR2004  as an id
            return "The client secret looks like a client id: was the id given twice?"
        return (
            "The client secret is not 64 hexadecimal digits, as SailPoint's are: was it copied as "
            "a whole?"
        )


@attrs.frozen(eq=False)
class CredentialPlace:
    """A place where credentials may be.

    Attributes:
        name: what the place is called.
        client_id: what the id is called there, and the id, if there is one.
        client_secret: what the secret is called there, and the secret, if there is one.
        environment: the environment of the config file that the place belongs to, or None.
    """

    name: str
    client_id: tuple[str, str | None] = ("", None)
    client_secret: tuple[str, str | None] = attrs.field(default=("", None), repr=False)
    environment: str | None = None

    def credentials(self) -> ClientCredentials | None:
        """Return the id and the secret, or None where there is neither.

        Raises:
            ConfigurationError: there is one without the other, or one of them cannot be right.
        """
        (id_name, the_id), (secret_name, the_secret) = self.client_id, self.client_secret
        if not the_id and not the_secret:
            return None
        if not the_id or not the_secret:
            missing, there = (secret_name, id_name) if the_id else (id_name, secret_name)
            raise ConfigurationError(
                f"{missing} is missing or empty, and {there} is there: id and secret have to come "
                "from the same place"
            )
        check_pasted(the_id, id_name)
        check_pasted(the_secret, secret_name)
        if _looks_like_a_secret(the_id):
            # Whatever is taken for the id is shown in messages.
            raise ConfigurationError(f"{id_name} looks like a client secret: are the two swapped?")
        return ClientCredentials(the_id, Secret(the_secret))
