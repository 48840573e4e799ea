"""What the tenant knows: people, their tokens, access tokens, and what time it is."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import secrets
import threading
import time
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from attrs import define, evolve, field, frozen

from sailpoint_pat._versions import six_months_after

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

READ_MINE = "idn:my-personal-access-tokens:read"
READ_ALL = "idn:all-personal-access-tokens:read"
READ_MANAGED = "idn:managed-personal-access-tokens:read"
MANAGE_MINE = "sp:my-personal-access-tokens:manage"
MANAGE_ALL = "sp:all-personal-access-tokens:manage"

# A scope of a token lets it use so many of its owner's rights. The name of a right is a scope, too.
_RIGHTS_OF_SCOPE = {
    "sp:my-personal-access-tokens:read": {READ_MINE},
    MANAGE_MINE: {READ_MINE, MANAGE_MINE},
    "sp:all-personal-access-tokens:read": {READ_MINE, READ_ALL, READ_MANAGED},
    MANAGE_ALL: {READ_MINE, READ_ALL, READ_MANAGED, MANAGE_MINE, MANAGE_ALL},
}

ALL_RIGHTS = frozenset({READ_MINE, READ_ALL, READ_MANAGED, MANAGE_MINE, MANAGE_ALL})
"""Every right that the tenant knows."""

ALL_SCOPES = "sp:scopes:all"
"""The scope that stands for every right of a token's owner."""

Record: TypeAlias = dict[str, object]
"""One token in a listing, by the names that the API uses."""

LONGEST_ACCESS_TOKEN_TTL = timedelta(seconds=43200)
TOKENS_PER_PERSON = 10
A_DAY = timedelta(days=1)


class Clock:
    """The tenant's clock: real time, moved by whoever tests."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._start = datetime.now(UTC)
        self._started = time.monotonic()
        self._moved = timedelta()
        self._frozen_at: datetime | None = None

    def now(self) -> datetime:
        """The time, which never goes back by itself."""
        with self._lock:
            return self._now()

    def advance(self, by: timedelta) -> None:
        """Move the clock."""
        with self._lock:
            self._moved += by

    def freeze(self) -> None:
        """Stop the clock; it still moves by `advance`."""
        with self._lock:
            self._frozen_at = self._now() - self._moved

    def _now(self) -> datetime:
        running = self._start + timedelta(seconds=time.monotonic() - self._started)
        return (self._frozen_at or running) + self._moved


@frozen
class Person:
    """Somebody who owns tokens.

    Attributes:
        id: The identity's id, 32 hex digits.
        name: What people call them.
        rights: What they may do; a token of theirs may do no more.
    """

    id: str
    name: str
    rights: frozenset[str]


@frozen
class StoredToken:
    """A personal access token, as the tenant keeps it.

    Attributes:
        id: The client id, 32 hex digits.
        name: Its name.
        owner: The person it acts for.
        scopes: What it may do; None and `sp:scopes:all` both mean all that its owner may.
        created_at: When it was made, in UTC.
        expires_at: When it stops working, in UTC; None for never.
        last_used_at: When it was last exchanged for an access token, to the day; None for never.
        managed: Whether the platform made it for itself.
        access_token_ttl: The most that one of its access tokens lives.
        never_expires: Whether its maker asked for a token that never expires.
        altered: What listings say in place of its record, given that record; None for no change.
        secret: The client secret. Left out of the repr.
    """

    id: str
    name: str
    owner: Person
    scopes: tuple[str, ...] | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    managed: bool
    access_token_ttl: timedelta
    never_expires: bool
    altered: Callable[[Record], object] | None = field(repr=False)
    secret: str = field(repr=False)

    @property
    def rights(self) -> frozenset[str]:
        """What it may do."""
        if self.scopes is None or ALL_SCOPES in self.scopes:
            return self.owner.rights
        usable = {right for scope in self.scopes for right in _RIGHTS_OF_SCOPE.get(scope, {scope})}
        return self.owner.rights & usable

    @cached_property
    def listed(self) -> bytes:
        """Itself as one record of a listing, in JSON: made once, since listings are long."""
        record = self._record() | {"lastUsed": as_text(self.last_used_at), "managed": self.managed}
        return json.dumps(self.altered(record) if self.altered else record).encode()

    def issued(self) -> Record:
        """Itself as the answer that made it, with the secret."""
        return self._record() | {"secret": self.secret}

    def _record(self) -> Record:
        return {
            "id": self.id,
            "name": self.name,
            "scope": None if self.scopes is None else list(self.scopes),
            "owner": {"type": "IDENTITY", "id": self.owner.id, "name": self.owner.name},
            "created": as_text(self.created_at),
            "accessTokenValiditySeconds": int(self.access_token_ttl.total_seconds()),
            "expirationDate": as_text(self.expires_at),
            "userAwareTokenNeverExpires": self.never_expires,
        }


@define
class AccessToken:
    """A bearer token."""

    text: str
    jti: str
    token_id: str
    lifetime: timedelta
    expires_at: datetime


class State:
    """Everything the tenant remembers. Its lock is for whoever reads or writes `tokens`."""

    def __init__(self, *, access_token_ttl: timedelta, seed: str | None) -> None:
        self._seed = secrets.token_hex() if seed is None else seed
        self.lock = threading.RLock()
        self.clock = Clock()
        self.tokens: dict[str, StoredToken] = {}
        self._access_token_ttl = access_token_ttl
        self._access_tokens: dict[str, AccessToken] = {}
        self._made = itertools.count(1)

    def new_person(self, name: str, rights: Iterable[str]) -> Person:
        """A person with an id of their own."""
        return Person("2c918086" + self._digest("person")[:24], name, frozenset(rights))

    def add_token(  # noqa: PLR0913 - a token has that many properties
        self,
        owner: Person,
        name: str,
        *,
        scopes: Iterable[str] | None = (ALL_SCOPES,),
        created_at: datetime | None = None,
        expires_at: datetime | None = None,
        last_used_at: datetime | None = None,
        managed: bool = False,
        access_token_ttl: timedelta = LONGEST_ACCESS_TOKEN_TTL,
        never_expires: bool = False,
        altered: Callable[[Record], object] | None = None,
    ) -> StoredToken:
        """Keep a new token. No rule is checked here: tests set up states that the API refuses."""
        created_at = to_milliseconds(created_at or self.clock.now())
        if expires_at is None and not never_expires:
            expires_at = six_months_after(created_at)
        token = StoredToken(
            id=self._digest("token")[:32],
            name=name,
            owner=owner,
            scopes=None if scopes is None else tuple(scopes),
            created_at=created_at,
            expires_at=expires_at and to_milliseconds(expires_at),
            last_used_at=last_used_at and to_milliseconds(last_used_at),
            managed=managed,
            access_token_ttl=access_token_ttl,
            never_expires=never_expires,
            altered=altered,
            secret=self._digest("an obviously fake secret"),
        )
        with self.lock:
            self.tokens[token.id] = token
        return token

    def exchange(
        self, client_id: str, client_secret: str
    ) -> tuple[StoredToken, AccessToken] | None:
        """A new access token, or None where the pair is wrong or no longer good."""
        with self.lock:
            now = self.clock.now()
            token = self.tokens.get(client_id)
            if token is None or token.secret != client_secret:
                return None
            if token.expires_at is not None and token.expires_at <= now:
                return None
            if token.last_used_at is None or now - token.last_used_at >= A_DAY:
                token = evolve(token, last_used_at=to_milliseconds(now))
                self.tokens[client_id] = token
            lifetime = min(self._access_token_ttl, token.access_token_ttl)
            jti = self._digest("access token")[:32]
            claims = {"jti": jti, "identity_id": token.owner.id, "issuer": "FakeTenant"}
            text = f"{_segment({'alg': 'none', 'typ': 'JWT'})}.{_segment(claims)}.not-a-signature"
            access = AccessToken(text, jti, token.id, lifetime, now + lifetime)
            self._access_tokens[text] = access
            return token, access

    def find_access_token(self, text: str) -> AccessToken | None:
        """The access token with this text, if there ever was one."""
        return self._access_tokens.get(text)

    def _digest(self, what: str) -> str:
        text = f"FakeTenant {self._seed}, {what} {next(self._made)}"
        return hashlib.sha256(text.encode()).hexdigest()


def to_milliseconds(moment: datetime) -> datetime:
    """The same moment in UTC, as precise as the API is."""
    moment = moment.astimezone(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def as_text(moment: datetime | None) -> str | None:
    """A moment as the API writes it."""
    if moment is None:
        return None
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _segment(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
