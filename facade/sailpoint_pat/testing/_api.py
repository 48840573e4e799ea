"""The rules of the API: a call comes in, an answer goes out, and the state changes in between."""

from __future__ import annotations

import json
import math
import re
from collections import Counter, deque
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from attrs import frozen
from starlette.datastructures import QueryParams

from sailpoint_pat.testing import _answers
from sailpoint_pat.testing._answers import Answer
from sailpoint_pat.testing._state import (
    ALL_SCOPES,
    LONGEST_ACCESS_TOKEN_TTL,
    MANAGE_ALL,
    MANAGE_MINE,
    READ_ALL,
    READ_MANAGED,
    READ_MINE,
    TOKENS_PER_PERSON,
    State,
    StoredToken,
    as_text,
    to_milliseconds,
)

if TYPE_CHECKING:
    from sailpoint_pat._versions import ApiVersion
    from sailpoint_pat.testing._calls import Call, Operation

SHORTEST_ACCESS_TOKEN_TTL = timedelta(seconds=15)
_FILTER = re.compile(r"\s*lastUsed\s+(?:le\s+(?P<date>\S+)|isnull)\s*")
_FORM = "application/x-www-form-urlencoded"


class Refused(Exception):  # noqa: N818 - an outcome, not an error
    """Ends a call with an error answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


class RateLimiter:
    """So many requests of one client id, with one version of the API, in any window of time."""

    def __init__(self, requests: int, window: timedelta) -> None:
        self._requests = requests
        self._window = window
        self._spent: dict[tuple[str, str], deque[datetime]] = {}

    def seconds_to_wait(self, client_id: str, version: str, now: datetime) -> int | None:
        """Count one request, or return how long to wait where there were too many."""
        spent = self._spent.setdefault((client_id, version), deque())
        while spent and spent[0] <= now - self._window:
            spent.popleft()
        if len(spent) < self._requests:
            spent.append(now)
            return None
        return max(1, math.ceil((spent[0] + self._window - now).total_seconds()))


class Api:
    """The three operations and the token endpoint."""

    def __init__(self, state: State, *, rate_limiter: RateLimiter | None) -> None:
        self._state = state
        self._rate_limiter = rate_limiter

    def admit(self, call: Call, version: ApiVersion) -> StoredToken:
        """The personal access token behind a call, if it may call at all.

        Raises:
            Refused: No access token, a bad one, or too many requests.
        """
        kind, _, text = (call.authorization or "").partition(" ")
        if kind.lower() != "bearer" or not text.strip():
            raise Refused(_answers.unauthorized("JWT is required"))
        access = self._state.find_access_token(text.strip())
        if access is None:
            raise Refused(_answers.unauthorized("JWT validation failed: JWT is not valid"))
        now = self._state.clock.now()
        if access.expires_at <= now:
            raise Refused(_answers.unauthorized("JWT validation failed: JWT is expired"))
        caller = self._state.tokens.get(access.token_id)
        if caller is None:
            raise Refused(_answers.unauthorized("JWT validation failed: JWT is revoked"))
        if self._rate_limiter is not None:
            wait = self._rate_limiter.seconds_to_wait(caller.id, version.name, now)
            if wait is not None:
                raise Refused(_answers.rate_limited(str(wait)))
        return caller

    def perform(
        self, operation: Operation, call: Call, version: ApiVersion, caller: StoredToken
    ) -> Answer:
        """Do what an admitted call asks for.

        Raises:
            Refused: A rule is against it; nothing was done.
        """
        if operation == "list":
            return self._list(call, caller)
        if operation == "create":
            return self._create(call, version, caller)
        return self._delete(call, caller)

    def _list(self, call: Call, caller: StoredToken) -> Answer:
        query = QueryParams(call.query)
        owner = query.get("owner-id")
        if owner == "me":
            _require(caller, READ_MINE)
            owner = caller.owner.id
        else:
            _require(caller, READ_ALL)
        last_used_by, never_used = _parse_filter(query.get("filters"))
        sees_managed = READ_MANAGED in caller.rights
        tokens = [
            token
            for token in self._state.tokens.values()
            if (owner is None or token.owner.id == owner)
            and (sees_managed or not token.managed)
            and (not never_used or token.last_used_at is None)
            and (
                last_used_by is None
                or (token.last_used_at is not None and token.last_used_at <= last_used_by)
            )
        ]
        body = b"[" + b",".join(token.listed for token in tokens) + b"]"
        # A record that a test has altered may say anything.
        records = tuple(token.listed for token in tokens if token.altered is None)
        return Answer(200, body, records=records)

    def _create(self, call: Call, version: ApiVersion, caller: StoredToken) -> Answer:
        _require(caller, MANAGE_MINE, MANAGE_ALL)
        now = to_milliseconds(self._state.clock.now())
        wanted = _parse_new_token(call.body, version, now=now)
        names = [t.name for t in self._state.tokens.values() if t.owner.id == caller.owner.id]
        if wanted.name in names:
            raise _bad_request(f"A personal access token named {wanted.name!r} already exists.")
        if len(names) >= TOKENS_PER_PERSON:
            raise _bad_request(
                f"{caller.owner.name} has {TOKENS_PER_PERSON} personal access tokens already, "
                "which is the limit."
            )
        token = self._state.add_token(
            caller.owner,
            wanted.name,
            scopes=wanted.scopes,
            created_at=now,
            access_token_ttl=wanted.access_token_ttl,
            expires_at=wanted.expires_at,
            never_expires=wanted.never_expires,
        )
        return _answers.of_json(200, token.issued())

    def _delete(self, call: Call, caller: StoredToken) -> Answer:
        _require(caller, MANAGE_MINE, MANAGE_ALL)
        token_id = call.route.token_id
        token = self._state.tokens.get(token_id)
        if token is None:
            raise Refused(_answers.refusal(404, f"There is no personal access token {token_id!r}."))
        if token.owner.id != caller.owner.id:
            _require(caller, MANAGE_ALL)
        del self._state.tokens[token_id]
        return Answer(204, content_type=None)

    def exchange(self, call: Call) -> Answer:
        """Client id and secret for an access token."""
        kind = (call.content_type or "").partition(";")[0].strip().lower()
        if kind != _FORM:
            return _oauth_error("invalid_request", f"The body has to be {_FORM}.")
        try:
            pairs = parse_qsl(call.body.decode(), keep_blank_values=True, strict_parsing=True)
        except ValueError:
            return _oauth_error("invalid_request", "The body is no form.")
        form = dict(pairs)
        twice = [name for name, count in Counter(name for name, _ in pairs).items() if count > 1]
        missing = [n for n in ("grant_type", "client_id", "client_secret") if not form.get(n)]
        if form.get("grant_type", "client_credentials") != "client_credentials":
            return _oauth_error("unsupported_grant_type", "Only client_credentials works here.")
        if twice or missing:
            return _oauth_error(
                "invalid_request", f"Missing: {missing}. Given more than once: {twice}."
            )
        exchanged = self._state.exchange(form["client_id"], form["client_secret"])
        if exchanged is None:
            return _oauth_error("invalid_client", "Invalid client credentials", status=401)
        token, access = exchanged
        body = {
            "access_token": access.text,
            "token_type": "bearer",
            "expires_in": int(access.lifetime.total_seconds()),
            "scope": " ".join((ALL_SCOPES,) if token.scopes is None else token.scopes),
            "tenant_id": "00000000-0000-4000-8000-000000000000",
            "org": "fake-tenant",
            "pod": "loopback",
            "identity_id": token.owner.id,
            "user_name": token.owner.name,
            "jti": access.jti,
        }
        return _answers.of_json(200, body, headers=(("Cache-Control", "no-store"),))


@frozen
class _Wanted:
    """What a create asks for."""

    name: str
    scopes: tuple[str, ...]
    access_token_ttl: timedelta
    expires_at: datetime | None
    never_expires: bool


def _parse_new_token(content: bytes, version: ApiVersion, *, now: datetime) -> _Wanted:
    # With `validate=False` nobody has looked at the body yet, so that nothing is taken for granted.
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        raise _bad_request("The body is not JSON.") from None
    if not isinstance(body, dict):
        raise _bad_request("The body has to be a JSON object.")
    name, never = body.get("name"), body.get("userAwareTokenNeverExpires") or False
    if not isinstance(name, str) or not name:
        raise _bad_request("A name is needed.")
    if not isinstance(never, bool):
        raise _bad_request("userAwareTokenNeverExpires has to be true or false.")
    expires_at = _parse_expiry(body.get("expirationDate"), version, now=now)
    # Versions with a latest date do not understand the acknowledgement, and pass over it.
    never = never and expires_at is None and not version.has_latest_expiry
    if expires_at is None and not never and version.must_state_expiry:
        raise _bad_request(
            "Give an expirationDate, or userAwareTokenNeverExpires: true for a token that never "
            f"expires: {version.name} takes neither for granted."
        )
    return _Wanted(
        name=name,
        scopes=_parse_scopes(body.get("scope")),
        access_token_ttl=_parse_ttl(body.get("accessTokenValiditySeconds")),
        expires_at=expires_at,
        never_expires=never,
    )


def _parse_scopes(value: object) -> tuple[str, ...]:
    if value is None:
        return (ALL_SCOPES,)
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise _bad_request("scope has to be a list of strings.")
    return tuple(value)


def _parse_ttl(value: object) -> timedelta:
    if value is None:
        return LONGEST_ACCESS_TOKEN_TTL
    low = int(SHORTEST_ACCESS_TOKEN_TTL.total_seconds())
    high = int(LONGEST_ACCESS_TOKEN_TTL.total_seconds())
    if not isinstance(value, int) or not low <= value <= high:
        raise _bad_request(f"accessTokenValiditySeconds has to be from {low} to {high}.")
    return timedelta(seconds=value)


def _parse_expiry(value: object, version: ApiVersion, *, now: datetime) -> datetime | None:
    if value is None:
        return None
    expires_at = _parse_date(value)
    if expires_at is None:
        raise _bad_request("expirationDate is no date and time.")
    if expires_at <= now:
        raise _bad_request("expirationDate is in the past.")
    latest = version.latest_expiry(now)
    if latest is not None and to_milliseconds(expires_at) > latest:
        raise _bad_request(
            f"expirationDate is more than six months ahead, the most in {version.name}: give "
            f"{as_text(latest)} or earlier, or leave it out for six months. v1 has no latest date."
        )
    return expires_at


def _parse_filter(text: str | None) -> tuple[datetime | None, bool]:
    """The date until which tokens were last used, and whether only unused ones are wanted."""
    if text is None:
        return None, False
    found = _FILTER.fullmatch(text)
    if found is None:
        raise _bad_request(
            f"The filter {text!r} is not supported: only 'lastUsed le <date>' and "
            "'lastUsed isnull' are."
        )
    if found["date"] is None:
        return None, True
    date = _parse_date(found["date"])
    if date is None:
        raise _bad_request(f"{found['date']!r} is no date and time.")
    return date, False


def _parse_date(value: object) -> datetime | None:
    """A moment, or None for whatever is not one; a date without an offset is not."""
    try:
        # The T and the Z of RFC 3339 may be small, which Python does not take for a date.
        moment = datetime.fromisoformat(value.upper()) if isinstance(value, str) else None
        return moment.astimezone(UTC) if moment is not None and moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _require(caller: StoredToken, *any_of: str) -> None:
    if caller.rights.isdisjoint(any_of):
        raise Refused(_answers.refusal(403, f"This needs the right {' or '.join(any_of)}."))


def _bad_request(text: str) -> Refused:
    return Refused(_answers.refusal(400, text))


def _oauth_error(error: str, description: str, *, status: int = 400) -> Answer:
    return _answers.of_json(status, {"error": error, "error_description": description})
