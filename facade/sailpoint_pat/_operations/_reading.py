"""From the decoded JSON of an answer to our models: what is valid is decided here.

Reading is lenient where a person loses nothing by it: a null or a missing field that only describes
a token is None, or has the API's default. What identifies a token (`id`, `name`, `created`) has to
be there, and a date has to be one.
"""

from __future__ import annotations

import functools
import json
import operator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from sailpoint_pat._text import printable
from sailpoint_pat.errors import InvalidRecord, UnexpectedResponseError
from sailpoint_pat.models import IssuedToken, Owner, PersonalAccessToken, Secret

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

T = TypeVar("T")

_DEFAULT_TTL = 43_200
_SHOWN_RECORDS = 5
_JSON_NAMES = {
    type(None): "null",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    str: "a string",
    list: "an array",
    dict: "an object",
}


class _InvalidValueError(Exception):
    """A field of a record is not what the contract says."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(field, reason)
        self.field = field
        self.reason = reason


def _wrong(field: str, expected: str, value: object) -> NoReturn:
    raise _InvalidValueError(field, f"expected {expected}, got {_JSON_NAMES[type(value)]}")


# --- fields ---------------------------------------------------------------------------------------


class _Fields:
    """Takes the fields that we know out of a record; what is left of the record is `extra`."""

    def __init__(self, *names: str) -> None:
        self._names = names
        self._take = operator.itemgetter(*names)

    def values(self, record: dict[str, Any]) -> tuple[Any, ...]:
        """Return the values in the order of the names."""
        try:
            values: tuple[Any, ...] = self._take(record)
        except KeyError:
            for name in self._names:
                record.setdefault(name)  # A field that is missing says the same as a null.
            values = self._take(record)
        return values

    def rest(self, record: dict[str, Any]) -> dict[str, object]:
        """Return what is left of a record whose values were taken; this uses the record up."""
        if len(record) == len(self._names):
            return {}
        for name in self._names:
            del record[name]
        return record


_TOKEN = _Fields(
    "id",
    "name",
    "owner",
    "scope",
    "created",
    "lastUsed",
    "expirationDate",
    "userAwareTokenNeverExpires",
    "accessTokenValiditySeconds",
    "managed",
)
_OWNER = _Fields("id", "name", "type")


def _text(field: str, value: object) -> str:
    if type(value) is not str:
        _wrong(field, "a string", value)
    if not value:
        raise _InvalidValueError(field, "is empty")
    return value


def _flag(field: str, value: object) -> bool:
    if value is None:
        return False
    if type(value) is not bool:
        _wrong(field, "a boolean", value)
    return value


def _moment(field: str, value: object) -> datetime:
    if type(value) is not str:
        _wrong(field, "a date-time", value)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        moment = _unusual_moment(field, value)
    if moment.tzinfo is UTC:
        return moment
    if moment.tzinfo is None:
        raise _InvalidValueError(field, "is not a date-time with an offset")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise _InvalidValueError(field, "is not a date-time that Python knows") from None


def _unusual_moment(field: str, value: str) -> datetime:
    try:
        # The standard allows a small z, and Python only a capital one.
        return datetime.fromisoformat(value.upper())
    except ValueError:
        raise _InvalidValueError(field, "is not a date-time with an offset") from None


def _scopes(value: object) -> tuple[str, ...] | None:
    if value is None:
        return None
    if type(value) is not list:
        _wrong("scope", "an array", value)
    for scope in value:
        if type(scope) is not str:
            _wrong(f"scope[{value.index(scope)}]", "a string", scope)
    return tuple(value)


@functools.lru_cache(maxsize=256)
def _seconds(value: int) -> timedelta:
    return timedelta(seconds=value)


def _ttl(value: Any) -> timedelta:
    if value is None:
        value = _DEFAULT_TTL
    elif type(value) is not int and not (type(value) is float and value.is_integer()):
        _wrong("accessTokenValiditySeconds", "an integer", value)
    try:
        return _seconds(value)
    except OverflowError:
        raise _InvalidValueError("accessTokenValiditySeconds", "is out of range") from None


def _owner(value: object, owners: dict[object, Owner]) -> Owner | None:
    """Return the owner; a person's tokens share one, by `owners`, which saves time and memory."""
    if value is None:
        return None
    if type(value) is not dict:
        _wrong("owner", "an object", value)
    fields = owner_id, name, kind = _OWNER.values(value)
    if not type(owner_id) is type(name) is type(kind) is str:
        for field, found in zip(("id", "name", "type"), fields, strict=True):
            if found is not None and type(found) is not str:
                _wrong(f"owner.{field}", "a string", found)
    if extra := _OWNER.rest(value):
        return Owner(owner_id, name, kind, extra)
    if fields not in owners:
        owners[fields] = Owner(owner_id, name, kind)
    return owners[fields]


# --- records --------------------------------------------------------------------------------------


def _token(record: object, owners: dict[object, Owner], make: Callable[..., T]) -> T:
    """Return what `make` makes of the fields of a `PersonalAccessToken`, in their order."""
    if type(record) is not dict:
        _wrong("", "an object", record)
    values = _TOKEN.values(record)
    token_id, name, owner, scope, created, last_used, expires, never_expires, ttl, managed = values
    return make(
        _text("id", token_id),
        _text("name", name),
        _owner(owner, owners),
        _scopes(scope),
        _moment("created", created),
        None if last_used is None else _moment("lastUsed", last_used),
        None if expires is None else _moment("expirationDate", expires),
        _flag("userAwareTokenNeverExpires", never_expires),
        _ttl(ttl),
        _flag("managed", managed),
        _TOKEN.rest(record),  # At the end: the id is still there for an error until then.
    )


def _issued(record: dict[str, Any]) -> IssuedToken:
    rest = dict(record)
    secret = Secret(_text("secret", rest.pop("secret", None)))
    return _token(rest, {}, functools.partial(IssuedToken, secret=secret))


# --- answers --------------------------------------------------------------------------------------


def read_listing(operation: str, answer: httpx.Response) -> list[PersonalAccessToken]:
    """Return the tokens of a listing.

    Raises:
        UnexpectedResponseError: the answer is no listing, or records break the contract; those that
            are fine are on the error.
    """
    body, problem = _decoded(answer.content)
    if problem or type(body) is not list:
        raise broken(operation, problem or f"expected an array, got {_JSON_NAMES[type(body)]}")
    owners: dict[object, Owner] = {}
    invalid: list[InvalidRecord] = []
    # In place, so that a whole tenant is not held twice. It is also faster: the garbage collector
    # looks through everything that is held, again and again.
    for index, record in enumerate(body):
        try:
            body[index] = _token(record, owners, PersonalAccessToken)
        except _InvalidValueError as error:
            invalid.append(InvalidRecord(index, _id_of(record), error.field, error.reason))
    if invalid:
        raise _some_broken(operation, body, invalid)
    return body


def _some_broken(
    operation: str, body: list[Any], invalid: list[InvalidRecord]
) -> UnexpectedResponseError:
    tokens = tuple(each for each in body if isinstance(each, PersonalAccessToken))
    rest = f" The {len(tokens)} that are fine are in this error's `tokens`." if tokens else ""
    shown = "; ".join(_sentence(record) for record in invalid[:_SHOWN_RECORDS])
    more = len(invalid) - _SHOWN_RECORDS
    return UnexpectedResponseError(
        f"{operation}: {len(invalid)} of {len(body)} records break the contract: {shown}"
        f"{f'; and {more} more' if more > 0 else ''}.{rest}",
        invalid=tuple(invalid),
        tokens=tokens,
    )


def read_created(operation: str, answer: httpx.Response, *, undeclared: str) -> IssuedToken:
    """Return the new token in the answer to a create.

    Args:
        operation: the operation, for messages.
        answer: the answer; its status is a success.
        undeclared: what is wrong with the status, or "".

    Raises:
        UnexpectedResponseError: a token was made, and the answer breaks the contract. An id and a
            secret that can be read are on the error, whatever else is wrong.
    """
    body, problem = _decoded(answer.content)
    if problem or type(body) is not dict:
        reason = problem or f"expected an object, got {_JSON_NAMES[type(body)]}"
        raise broken(operation, undeclared or reason)
    token_id, secret = _id_of(body), body.get("secret")
    try:
        if not undeclared:
            return _issued(body)
        wrong = InvalidRecord(None, token_id, "", undeclared)
    except _InvalidValueError as error:
        wrong = InvalidRecord(None, token_id, error.field, error.reason)
    known = Secret(secret) if isinstance(secret, str) and secret else None
    where = "in this error's `secret`" if known else "not in the answer"
    raise UnexpectedResponseError(
        f"{operation}: a token was created, and the answer breaks the contract: "
        f"{_sentence(wrong)}. Its secret is {where}.",
        invalid=(wrong,),
        secret=known,
    )


def broken(operation: str, reason: str) -> UnexpectedResponseError:
    """Return the error for an answer that breaks the contract as a whole."""
    return UnexpectedResponseError(
        f"{operation}: the answer breaks the contract: {reason}.",
        invalid=(InvalidRecord(None, None, "", reason),),
    )


def _decoded(content: bytes) -> tuple[Any, str | None]:
    """Return the body's JSON, or what is wrong with it, without quoting it."""
    if not content.strip():
        return None, "the body is empty"
    try:
        return json.loads(content), None
    except json.JSONDecodeError as error:
        if content.lstrip()[:1] == b"<":
            return None, "the body is HTML or XML, not JSON (does the base URL lead to the API?)"
        return None, f"the body is not JSON, or cut off: {error.msg} at character {error.pos}"
    except (ValueError, RecursionError) as error:
        return None, f"the body is not JSON ({type(error).__name__})"


def _id_of(record: object) -> str | None:
    found = record.get("id") if isinstance(record, dict) else None
    return found if isinstance(found, str) else None


def _sentence(record: InvalidRecord) -> str:
    parts = [] if record.index is None else [f"record {record.index}"]
    if record.id:
        shown = printable(record.id)
        parts = [f"{parts[0]} (id {shown})"] if parts else [f"id {shown}"]
    return ": ".join(filter(None, [*parts, record.field, record.reason]))
