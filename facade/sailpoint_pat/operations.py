"""The three operations as values: arguments checked, the generated call, the answer as our model.

This is the one module that knows the generated layer.
"""

from __future__ import annotations

import functools
import json
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from urllib.parse import quote

import attrs
import httpx

from sailpoint_pat._clock import clock
from sailpoint_pat.errors import (
    InvalidRecord,
    NotFoundError,
    SailPointError,
    UnexpectedResponseError,
)
from sailpoint_pat.models import (
    IssuedToken,
    Owner,
    OwnerDraft,
    PersonalAccessToken,
    Secret,
    TokenDraft,
    bare,
)
from sailpoint_pat_generated import AuthenticatedClient
from sailpoint_pat_generated.api.personal_access_tokens import (
    create_personal_access_token,
    delete_personal_access_token,
    list_personal_access_tokens,
)
from sailpoint_pat_generated.errors import InvalidResponse, InvalidValue
from sailpoint_pat_generated.models import (
    CreatePersonalAccessTokenRequest,
    CreatePersonalAccessTokenResponse,
    GetPersonalAccessTokenResponse,
    PatOwner,
)
from sailpoint_pat_generated.types import UNSET, Response, Unset

if TYPE_CHECKING:
    from collections.abc import Awaitable

__all__ = [
    "AuthenticatedClient",
    "Operation",
    "create_token",
    "delete_token",
    "expiry_must_be_said",
    "generated_client",
    "get_token",
    "list_tokens",
]

T = TypeVar("T")

LIST = "listPersonalAccessTokens"
CREATE = "createPersonalAccessToken"
DELETE = "deletePersonalAccessToken"

_PATH = "/personal-access-tokens"
_OK = 200
_NO_CONTENT = 204
_DEFAULT_TTL = timedelta(seconds=43_200)
_SHORTEST_TTL, _LONGEST_TTL = timedelta(seconds=15), timedelta(seconds=43_200)
_SHOWN_RECORDS = 5
# httpx builds no URL of more than 65,536 characters, and servers read far less.
_LONGEST_IN_URL = 16_384

# The fields that the models have a place for: wire name to the generated attribute.
_TOKEN_FIELDS = {
    "id": "id",
    "name": "name",
    "scope": "scope",
    "owner": "owner",
    "created": "created",
    "lastUsed": "last_used",
    "managed": "managed",
    "accessTokenValiditySeconds": "access_token_validity_seconds",
    "expirationDate": "expiration_date",
    "userAwareTokenNeverExpires": "user_aware_token_never_expires",
    "secret": "secret",
}
_OWNER_FIELDS = {"id": "id", "name": "name", "type": "type_"}


@attrs.frozen
class Operation(Generic[T]):
    """One call of the API, ready to be sent by either client.

    Attributes:
        name: its operationId in the spec.
        method: the HTTP method.
        path: below the version.
        success: the HTTP status of its success, as the spec declares it.
        send: the generated call for the sync client.
        send_async: the generated call for the async client.
        read: from the generated answer to what the user gets.
        explain: from the body of a broken answer to the error that says what is wrong with it.
        rescue: from an error, and whether an earlier try may have taken effect, to a result after
            all (in a tuple), or None.
        safe_to_repeat: whether doing it twice is the same as doing it once.
        creates: the name of the token that it creates, or None.
    """

    name: str
    method: str
    path: str
    success: int
    send: Callable[..., Any]
    send_async: Callable[..., Awaitable[Any]]
    read: Callable[[Any], T]
    explain: Callable[[bytes], UnexpectedResponseError]
    rescue: Callable[[SailPointError, bool], tuple[T] | None] = lambda _error, _maybe: None
    safe_to_repeat: bool = True
    creates: str | None = None

    def perform(self, client: AuthenticatedClient) -> T:
        """Send it once and read the answer.

        Raises:
            SailPointError: what the client's transport raises, or `UnexpectedResponseError`.
        """
        try:
            return self._perform(client)
        except BaseException as stopped:  # noqa: BLE001  raised again
            raise bare(stopped)  # noqa: B904  it is the same one

    async def perform_async(self, client: AuthenticatedClient) -> T:
        """Do the same with the async client."""
        try:
            return await self._perform_async(client)
        except BaseException as stopped:  # noqa: BLE001  raised again
            raise bare(stopped)  # noqa: B904  it is the same one

    def _perform(self, client: AuthenticatedClient) -> T:
        # What is broken is explained outside of the except block: the frames of the generated
        # layer hold the secret of a new token.
        try:
            answer = self.send(client=client)
        except InvalidResponse as broken:
            content = broken.response.content
        else:
            try:
                return self.read(answer)
            except (InvalidValue, OverflowError):
                content = answer.content
        failure = self.explain(content)
        # It may hold a secret, and tracebacks can be printed with what is in their frames.
        del content
        raise failure

    async def _perform_async(self, client: AuthenticatedClient) -> T:
        try:
            answer = await self.send_async(client=client)
        except InvalidResponse as broken:
            content = broken.response.content
        else:
            try:
                return self.read(answer)
            except (InvalidValue, OverflowError):
                content = answer.content
        failure = self.explain(content)
        del content
        raise failure


def generated_client(http: httpx.Client | httpx.AsyncClient) -> AuthenticatedClient:
    """Return the generated client, on our httpx client, which authenticates by itself."""
    client = AuthenticatedClient(base_url=str(http.base_url), token="")
    if isinstance(http, httpx.Client):
        return client.set_httpx_client(http)
    return client.set_async_httpx_client(http)


def list_tokens(
    *,
    owner: str | None = None,
    last_used_before: datetime | None = None,
    never_used: bool = False,
    filters: str | None = None,
) -> Operation[list[PersonalAccessToken]]:
    """Return the operation that lists every matching token.

    Raises:
        ValueError: an owner or filter that is empty or too long, a naive datetime, or more than one
            way to filter.
    """
    if not isinstance(never_used, bool):
        raise ValueError(f"never_used is True or False, not {never_used!r}")  # noqa: TRY004
    given = [last_used_before is not None, never_used, filters is not None]
    if sum(given) > 1:
        raise ValueError(
            "last_used_before, never_used and filters exclude each other: list once for each"
        )
    if last_used_before is not None:
        filters = f"lastUsed le {_date_text('last_used_before', last_used_before)}"
    elif never_used:
        filters = "lastUsed isnull"
    arguments: dict[str, Any] = {
        "owner_id": UNSET if owner is None else _text_in_url("owner", owner),
        "filters": UNSET if filters is None else _text_in_url("filters", filters),
    }
    return Operation(
        LIST,
        "GET",
        _PATH,
        _OK,
        functools.partial(list_personal_access_tokens.sync_detailed, **arguments),
        functools.partial(list_personal_access_tokens.asyncio_detailed, **arguments),
        _read_listing,
        _explain_listing,
    )


def get_token(token_id: str, *, owner: str | None = None) -> Operation[PersonalAccessToken]:
    """Return the operation that finds one token, in a listing: the API has no call for one.

    Raises:
        ValueError: an id or owner that is empty.
    """
    wanted = _text("token_id", token_id)
    listing = list_tokens(owner=owner)

    def find(tokens: Iterable[PersonalAccessToken]) -> PersonalAccessToken | None:
        return next((token for token in tokens if token.id == wanted), None)

    def read(answer: Response[Any]) -> PersonalAccessToken:
        tokens = listing.read(answer)
        token = find(tokens)
        if token is None:
            whose = "the tenant's tokens" if owner is None else f"the tokens of owner {owner}"
            raise NotFoundError(
                f"No token {wanted} among {whose} that this caller may see ({len(tokens)}).",
                status_code=404,
            )
        return token

    def rescue(error: SailPointError, _maybe: bool) -> tuple[PersonalAccessToken] | None:  # noqa: FBT001
        # Another record being broken does not hide this one.
        token = find(error.tokens) if isinstance(error, UnexpectedResponseError) else None
        return None if token is None else (token,)

    return Operation(
        listing.name,
        listing.method,
        listing.path,
        listing.success,
        listing.send,
        listing.send_async,
        read,
        listing.explain,
        rescue,
    )


def create_token(  # noqa: PLR0913  the fields of the request
    name: str,
    *,
    version: str,
    scopes: Iterable[str] | None = None,
    expires_in: timedelta | None = None,
    expires_at: datetime | None = None,
    never_expires: bool = False,
    access_token_ttl: timedelta | None = None,
) -> Operation[IssuedToken]:
    """Return the operation that creates a token for the caller.

    Raises:
        ValueError: a value outside its range, or two ways to expire at once.
    """
    expiry = _expiry(expires_in, expires_at, never_expires, version)
    body = CreatePersonalAccessTokenRequest(
        name=_text("name", name),
        scope=UNSET if scopes is None else _scopes(scopes),
        access_token_validity_seconds=(
            UNSET if access_token_ttl is None else _ttl_seconds(access_token_ttl)
        ),
        expiration_date=UNSET if expiry is None else expiry,
        user_aware_token_never_expires=True if never_expires else UNSET,
    )
    return Operation(
        CREATE,
        "POST",
        _PATH,
        _OK,
        functools.partial(create_personal_access_token.sync_detailed, body=body),
        functools.partial(create_personal_access_token.asyncio_detailed, body=body),
        _read_issued,
        _explain_issued,
        safe_to_repeat=False,
        creates=name,
    )


def delete_token(token_id: str) -> Operation[None]:
    """Return the operation that revokes a token.

    Raises:
        ValueError: an id that cannot be one segment of a path.
    """
    segment = _text_in_url("token_id", token_id)
    if segment in {".", ".."}:
        raise ValueError(f"token_id {segment!r} is a path, not an id")

    def rescue(error: SailPointError, maybe_performed: bool) -> tuple[None] | None:  # noqa: FBT001
        # Gone after a try whose answer was lost: that try did it.
        return (None,) if isinstance(error, NotFoundError) and maybe_performed else None

    return Operation(
        DELETE,
        "DELETE",
        f"{_PATH}/{quote(segment, safe='')}",
        _NO_CONTENT,
        functools.partial(delete_personal_access_token.sync_detailed, segment),
        functools.partial(delete_personal_access_token.asyncio_detailed, segment),
        _read_deleted,
        lambda _content: _broken(DELETE, "it is not the 204 that the API declares"),
        rescue,
    )


# --- arguments ------------------------------------------------------------------------------------


def _text(what: str, value: str) -> str:
    if not isinstance(value, str) or not value.strip():
        got = repr(value) if isinstance(value, str) else type(value).__name__
        raise ValueError(f"{what} is a text that is not empty, not {got}")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{what} has a character that UTF-8 cannot carry: {value!r}") from None
    return value


def _text_in_url(what: str, value: str) -> str:
    if len(quote(_text(what, value), safe="")) > _LONGEST_IN_URL:
        raise ValueError(f"{what} is too long for a URL ({len(value)} characters)")
    return value


def _scopes(scopes: Iterable[str]) -> list[str]:
    if isinstance(scopes, str):
        raise ValueError(f"scopes is a list of texts, not one text: [{scopes!r}]")  # noqa: TRY004
    try:
        found = [_text("each of scopes", scope) for scope in scopes]
    except TypeError:
        raise ValueError(f"scopes is a list of texts, not {scopes!r}") from None
    if not found:
        raise ValueError("scopes is empty: leave it out for every right of the owner")
    return found


def _ttl_seconds(ttl: timedelta) -> int:
    if not isinstance(ttl, timedelta) or not _SHORTEST_TTL <= ttl <= _LONGEST_TTL:
        raise ValueError(f"access_token_ttl is a timedelta from 15 to 43200 seconds, not {ttl!r}")
    if ttl.microseconds:
        raise ValueError(f"access_token_ttl is a whole number of seconds, not {ttl!r}")
    return int(ttl.total_seconds())


def _expiry(
    expires_in: timedelta | None,
    expires_at: datetime | None,
    never_expires: bool,  # noqa: FBT001  handed on
    version: str,
) -> datetime | None:
    if not isinstance(never_expires, bool):
        raise ValueError(f"never_expires is True or False, not {never_expires!r}")  # noqa: TRY004
    if sum([expires_in is not None, expires_at is not None, never_expires]) > 1:
        raise ValueError("expires_in, expires_at and never_expires exclude each other: give one")
    says_never = expiry_must_be_said(version)
    if never_expires and says_never is False:
        raise ValueError(
            f"never_expires is understood from API version v2025 on, and this client uses "
            f"{version}: make it with api_version='v2025', or give expires_in or expires_at"
        )
    now = clock.now()
    if expires_in is not None:
        if not isinstance(expires_in, timedelta) or expires_in <= timedelta(0):
            raise ValueError(f"expires_in is a timedelta above zero, not {expires_in!r}")
        try:
            expires_at = now + expires_in
        except OverflowError:
            raise ValueError(f"expires_in goes beyond the year 9999: {expires_in!r}") from None
    if expires_at is None:
        if says_never and not never_expires:
            raise ValueError(
                f"API version {version} wants to be told when the token expires: "
                "give expires_in, expires_at or never_expires=True"
            )
        return None
    if _aware("expires_at", expires_at) <= now:
        raise ValueError(f"expires_at is in the past: {expires_at.isoformat()}")
    return expires_at


def expiry_must_be_said(version: str) -> bool | None:
    """Return whether a version of the API wants an expiry or `never_expires`; None if unknown."""
    year = re.fullmatch(r"v(\d+)", version)
    return int(year[1]) >= 2025 if year else None  # noqa: PLR2004


def _aware(what: str, value: datetime) -> datetime:
    if not isinstance(value, datetime) or value.utcoffset() is None:
        raise ValueError(f"{what} is a datetime with a time zone, not {value!r}")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{what} is at the very edge of the calendar: {value!r}") from None


def _date_text(what: str, value: datetime) -> str:
    utc = _aware(what, value).replace(tzinfo=None)
    return utc.isoformat(timespec="milliseconds") + "Z"


# --- answers --------------------------------------------------------------------------------------


def _extra_of(model: type, known: Mapping[str, str]) -> Callable[[Any], dict[str, object]]:
    """Return how to collect what a generated model holds and ours has no place for."""
    attributes = {field.name for field in attrs.fields(model)}
    if attributes <= {*known.values(), "additional_properties"}:
        return operator.attrgetter("additional_properties")
    # The spec has grown since this was written: what it added is named there now.
    return lambda record: {k: v for k, v in record.to_dict().items() if k not in known}


_listed_extra = _extra_of(GetPersonalAccessTokenResponse, _TOKEN_FIELDS)
_issued_extra = _extra_of(CreatePersonalAccessTokenResponse, _TOKEN_FIELDS)
_owner_extra = _extra_of(PatOwner, _OWNER_FIELDS)


@functools.lru_cache(maxsize=256)
def _ttl(seconds: int | Unset | None) -> timedelta:
    if seconds is None or isinstance(seconds, Unset):
        return _DEFAULT_TTL
    return timedelta(seconds=seconds)


def _or_none(text: str | Unset | None) -> str | None:
    return None if isinstance(text, Unset) else text


def _owner(owner: PatOwner) -> Owner:
    draft = OwnerDraft.__new__(OwnerDraft)
    draft.id = _or_none(owner.id)
    draft.name = _or_none(owner.name)
    draft.type = _or_none(owner.type_)
    draft.extra = _owner_extra(owner)
    draft.__class__ = Owner
    return draft  # type: ignore[return-value]  # it is one now


def _shared_owner(wire: PatOwner, owners: dict[str | None, Owner]) -> Owner:
    """Return our model of an owner; `owners` has those seen so far: a person's tokens share one."""
    owner_id = _or_none(wire.id)
    owner = owners.get(owner_id)
    if (
        owner is None
        or owner.name != _or_none(wire.name)
        or owner.type != _or_none(wire.type_)
        or owner.extra != _owner_extra(wire)
    ):
        owner = owners[owner_id] = _owner(wire)
    return owner


def _token(
    record: GetPersonalAccessTokenResponse, owners: dict[str | None, Owner]
) -> PersonalAccessToken:
    """Return our model of a record; see `_shared_owner` for `owners`."""
    owner = _shared_owner(record.owner, owners) if record.owner else None
    # Past __init__, and `or` for Unset, which is false: this runs once for each of 10,000 records.
    draft = TokenDraft.__new__(TokenDraft)
    draft.id = record.id
    draft.name = record.name
    draft.owner = owner
    draft.scopes = None if record.scope is None else tuple(record.scope)
    draft.created_at = record.created
    draft.last_used_at = record.last_used or None
    draft.expires_at = record.expiration_date or None
    draft.never_expires = record.user_aware_token_never_expires or False
    draft.access_token_ttl = _ttl(record.access_token_validity_seconds)
    draft.managed = record.managed or False
    draft.extra = _listed_extra(record)
    draft.__class__ = PersonalAccessToken
    return draft  # type: ignore[return-value]  # it is one now


def _issued(record: CreatePersonalAccessTokenResponse) -> IssuedToken:
    if not record.secret:
        raise InvalidValue("secret", "is empty")
    return IssuedToken(
        id=record.id,
        name=record.name,
        owner=_owner(record.owner) if record.owner else None,
        scopes=None if record.scope is None else tuple(record.scope),
        created_at=record.created,
        last_used_at=None,
        expires_at=record.expiration_date or None,
        never_expires=record.user_aware_token_never_expires or False,
        access_token_ttl=_ttl(record.access_token_validity_seconds),
        managed=False,
        extra=_issued_extra(record),
        secret=Secret(record.secret),
    )


def _read_listing(answer: Response[Any]) -> list[PersonalAccessToken]:
    if answer.status_code != _OK or not isinstance(answer.parsed, list):
        raise _broken(LIST, _undeclared(answer))
    records: list[Any] = answer.parsed
    owners: dict[str | None, Owner] = {}
    # In place, so that a whole tenant is not held twice. It is also a third faster: the garbage
    # collector looks through everything that is held, again and again.
    for index, record in enumerate(records):
        records[index] = _token(record, owners)
    return records


def _read_issued(answer: Response[Any]) -> IssuedToken:
    if not isinstance(answer.parsed, CreatePersonalAccessTokenResponse):
        # A 201 or 202 may hold the new token all the same.
        raise _explain_issued(answer.content, _undeclared(answer))
    return _issued(answer.parsed)


def _read_deleted(answer: Response[Any]) -> None:
    if answer.status_code != _NO_CONTENT:
        raise _broken(DELETE, _undeclared(answer))


def _undeclared(answer: Response[Any]) -> str:
    return f"the API does not declare the status {int(answer.status_code)}"


def _broken(operation: str, reason: str) -> UnexpectedResponseError:
    return UnexpectedResponseError(
        f"{operation}: the answer breaks the contract: {reason}.",
        invalid=(InvalidRecord(None, None, "", reason),),
    )


def _decoded(content: bytes) -> tuple[object, str | None]:
    """Return the body's JSON, or what is wrong with it. Not more: it may hold a secret."""
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


def _one(
    index: int | None, record: object, read: Callable[[Any], T]
) -> tuple[T | None, InvalidRecord | None]:
    """Return what a record says, or what is wrong with it."""
    try:
        return read(record), None
    except InvalidValue as error:
        return None, InvalidRecord(index, _id_of(record), error.field, error.reason)
    except OverflowError:
        field = "accessTokenValiditySeconds"
        return None, InvalidRecord(index, _id_of(record), field, "is out of range")


def _id_of(record: object) -> str | None:
    found = record.get("id") if isinstance(record, dict) else None
    return found if isinstance(found, str) else None


def _explain_listing(content: bytes) -> UnexpectedResponseError:
    body, problem = _decoded(content)
    if problem or not isinstance(body, list):
        return _broken(LIST, problem or f"expected an array, got {_kind(body)}")
    tokens: list[PersonalAccessToken] = []
    invalid: list[InvalidRecord] = []
    for index, record in enumerate(body):
        token, wrong = _one(
            index, record, lambda data: _token(GetPersonalAccessTokenResponse.from_dict(data), {})
        )
        if token is not None:
            tokens.append(token)
        if wrong is not None:
            invalid.append(wrong)
    rest = f" The {len(tokens)} that are fine are in this error's `tokens`." if tokens else ""
    shown = "; ".join(_sentence(wrong) for wrong in invalid[:_SHOWN_RECORDS])
    more = len(invalid) - _SHOWN_RECORDS
    return UnexpectedResponseError(
        f"{LIST}: {len(invalid)} of {len(body)} records break the contract: {shown}"
        f"{f'; and {more} more' if more > 0 else ''}.{rest}",
        invalid=tuple(invalid),
        tokens=tuple(tokens),
    )


def _explain_issued(content: bytes, undeclared: str = "") -> UnexpectedResponseError:
    body, problem = _decoded(content)
    if problem or not isinstance(body, dict):
        return _broken(CREATE, undeclared or problem or f"expected an object, got {_kind(body)}")
    _, wrong = _one(
        None, body, lambda data: _issued(CreatePersonalAccessTokenResponse.from_dict(data))
    )
    if undeclared:
        wrong = InvalidRecord(None, _id_of(body), "", undeclared)
    text = body.get("secret")
    secret = Secret(text) if isinstance(text, str) and text else None
    where = "in this error's `secret`" if secret else "not in the answer"
    reason = _sentence(wrong) if wrong else "it cannot be read"
    return UnexpectedResponseError(
        f"{CREATE}: a token was created, and the answer breaks the contract: {reason}. "
        f"Its secret is {where}.",
        invalid=(wrong,) if wrong else (),
        secret=secret,
    )


def _kind(body: object) -> str:
    return {dict: "an object", list: "an array", str: "a text", type(None): "null"}.get(
        type(body), "a number or boolean"
    )


def _sentence(wrong: InvalidRecord) -> str:
    where = "" if wrong.index is None else f"record {wrong.index}"
    if wrong.id:
        where += f" (id {wrong.id})" if where else f"id {wrong.id}"
    return ": ".join(part for part in (where, wrong.field, wrong.reason) if part)
