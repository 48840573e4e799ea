"""What the SDK gives back: tokens, their owners, and secrets that do not print.

Everything here is plain Python (`str`, `datetime`, `timedelta`, `tuple`, `None`) and frozen.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Literal, NoReturn, TypeVar, final

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from sailpoint_pat.errors import SailPointError

__all__ = [
    "DeleteResult",
    "IssuedToken",
    "Owner",
    "PersonalAccessToken",
    "Secret",
    "bare",
    "hidden",
]

_MASK = "********"

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


def bare(stopped: BaseException) -> BaseException:
    """Return an exception to raise again; Ctrl-C and a cancelled task without what they met.

    They come at any moment, also while a secret is being sent or read in the clear: frames show it,
    and so does an exception that was just being handled.
    """
    if not isinstance(stopped, Exception):
        stopped.__traceback__ = stopped.__context__ = stopped.__cause__ = None
    return stopped


# A frozen attrs class sets its fields one by one past its own guard, which takes five times as long
# as an assignment. A listing makes ten thousand of them, so it fills one of these and then makes a
# frozen one of it, by its `__class__`: the fields are the same.


@attrs.define(eq=False, repr=False)
class OwnerDraft:
    """The fields of an `Owner`, not frozen yet."""

    id: str | None
    name: str | None
    type: str | None
    extra: Mapping[str, object] = attrs.field(factory=dict, hash=False, repr=False)


@attrs.define(eq=False, repr=False)
class TokenDraft:
    """The fields of a `PersonalAccessToken`, not frozen yet."""

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
    extra: Mapping[str, object] = attrs.field(factory=dict, hash=False, repr=False)


@attrs.frozen
class Owner(OwnerDraft):
    """The person a token acts for.

    Attributes:
        id: the identity's id.
        name: the identity's display name.
        type: `IDENTITY` today; a value that SailPoint adds later passes through.
        extra: fields of the answer that this version does not know, by their wire name.
    """


@attrs.frozen
class PersonalAccessToken(TokenDraft):
    """A personal access token as the API lists it; its secret is never part of this.

    Attributes:
        id: the token's id, which is also its OAuth client id.
        name: unique among the owner's tokens.
        owner: the person it acts for, or None where the API named nobody.
        scopes: the rights it is limited to, or None where the API gave none.
            `sp:scopes:all` stands for every right of the owner.
        created_at: when it was made, UTC.
        last_used_at: when it was last exchanged for an access token, UTC, or None if never.
            SailPoint updates this at most once a day.
        expires_at: when it stops working, UTC, or None if the API gave no date.
        never_expires: whether it was made to last for ever.
        access_token_ttl: how long each access token made from it lives.
        managed: made by the platform itself, and hidden in its user interface.
        extra: fields of the answer that this version does not know, by their wire name.
    """


@attrs.frozen
class IssuedToken(PersonalAccessToken):
    """A token that was made just now: all of a `PersonalAccessToken`, and its secret, this once.

    Attributes:
        secret: the OAuth client secret. SailPoint shows it in this one answer and never again.
    """

    secret: Secret = attrs.field(kw_only=True)


@attrs.frozen
class DeleteResult:
    """What became of one token in `delete_many`.

    Attributes:
        id: the token's id.
        outcome: `deleted`; `missing` where it was not there; or `failed`.
        error: why it failed, else None.
    """

    id: str
    outcome: Literal["deleted", "missing", "failed"]
    error: SailPointError | None = None
