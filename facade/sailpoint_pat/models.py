"""What the SDK gives back: tokens, their owners, and secrets that do not print.

Everything here is plain Python (`str`, `datetime`, `timedelta`, `tuple`, `None`) and frozen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, TypeVar, final

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

__all__ = ["IssuedToken", "Owner", "PersonalAccessToken", "Secret", "hidden"]

_MASK = "********"
_SHOWN_NAME = 24

T = TypeVar("T")


@final
class Secret:
    """A secret that shows itself only to `reveal`.

    It prints as `********` everywhere: `str`, `repr`, f-strings, logs, tracebacks with locals.
    Comparison takes the same time wherever two secrets differ, and pickling is refused, because
    a pickle is a file with the secret in it.

    Args:
        value: the secret in the clear; not empty.

    Raises:
        ValueError: `value` is not a string, or is empty. The message does not repeat it.
    """

    __slots__ = ("_value",)

    _value: str

    def __init__(self, value: str) -> None:
        if not isinstance(value, str) or not value:
            raise ValueError("a secret is a string that is not empty")
        object.__setattr__(self, "_value", value)

    def reveal(self) -> str:
        """Return the secret in the clear. This is the one way to it."""
        return self._value

    def __repr__(self) -> str:
        return _MASK

    def __format__(self, _spec: str) -> str:
        return _MASK

    def __setattr__(self, name: str, _value: object) -> NoReturn:
        raise AttributeError(f"a Secret cannot be changed (tried to set {name!r})")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        import hmac  # noqa: PLC0415  few programs compare secrets

        return hmac.compare_digest(
            self._value.encode(errors="surrogatepass"), other._value.encode(errors="surrogatepass")
        )

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, _memo: object) -> Secret:
        return self

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        raise TypeError("a Secret is not pickled: reveal() it where it has to be stored")


def hidden(value: T) -> T | Secret:
    """Return a text as a `Secret`, and anything else as it is.

    What a user hands in as a text goes through this first, so that no frame of a traceback shows
    it.
    """
    return Secret(value) if isinstance(value, str) and value else value


@attrs.frozen
class Owner:
    """The person a token acts for. What SailPoint does not say is None.

    Attributes:
        id: the identity's id.
        name: the identity's display name.
        type: `IDENTITY` today; a value that SailPoint adds later passes through.
        extra: fields of the answer that this version does not know, by their wire name.
    """

    id: str | None
    name: str | None
    type: str | None
    extra: Mapping[str, object] = attrs.field(factory=dict, hash=False, repr=False)


@attrs.frozen(repr=False)
class PersonalAccessToken:
    """A personal access token as the API lists it; its secret is never part of this.

    Attributes:
        id: the token's id, which is also its OAuth client id.
        name: unique among the owner's tokens.
        owner: the person it acts for, or None: they have left, or the platform made it.
        scopes: what it is limited to, or None where the API gave none. `sp:scopes:all` stands for
            every right of the owner.
        created_at: when it was made, UTC.
        last_used_at: when it was last exchanged for an access token, UTC, or None if never.
            SailPoint updates this at most once a day.
        expires_at: when it stops working, UTC, or None if the API gave no date.
        never_expires: whether it was made to last for ever.
        access_token_ttl: how long each access token made from it lives.
        managed: made by the platform itself, and hidden in its user interface.
        extra: fields of the answer that this version does not know, by their wire name.
    """

    id: str
    name: str
    owner: Owner | None
    scopes: tuple[str, ...] | None
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    never_expires: bool
    access_token_ttl: timedelta
    managed: bool
    extra: Mapping[str, object] = attrs.field(factory=dict, hash=False)

    def __repr__(self) -> str:
        name = self.name if len(self.name) <= _SHOWN_NAME else f"{self.name[:_SHOWN_NAME]}..."
        token_id = self.id if self.id.isprintable() else repr(self.id)
        return f"<{type(self).__name__} {token_id} {name!r}>"

    def as_dict(self) -> dict[str, object]:
        """Return the token as plain data, of which JSON can hold all.

        Returns:
            A dict with the keys `id`, `name`, `owner` (a dict with `id`, `name` and `type`, or
            None), `scopes` (a list, or None), `created_at`, `last_used_at`, `expires_at` (ISO 8601
            in UTC, or None), `never_expires`, `access_token_ttl_seconds`, `managed` and `extra`.
            Never a secret.
        """
        owner = self.owner
        return {
            "id": self.id,
            "name": self.name,
            "owner": owner and {"id": owner.id, "name": owner.name, "type": owner.type},
            "scopes": None if self.scopes is None else list(self.scopes),
            "created_at": _iso(self.created_at),
            "last_used_at": _iso(self.last_used_at),
            "expires_at": _iso(self.expires_at),
            "never_expires": self.never_expires,
            "access_token_ttl_seconds": int(self.access_token_ttl.total_seconds()),
            "managed": self.managed,
            "extra": dict(self.extra),
        }


def _iso(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@attrs.frozen(repr=False)
class IssuedToken(PersonalAccessToken):
    """A token that was made just now: all of a `PersonalAccessToken`, and its secret, this once.

    Attributes:
        secret: the OAuth client secret. SailPoint shows it in this one answer and never again.
    """

    secret: Secret = attrs.field(kw_only=True)
