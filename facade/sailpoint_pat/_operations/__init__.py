"""The operations as values: arguments checked, the generated request, the answer as our model.

The generated layer builds the request, of which the contract knows the form; the answer is read
from its JSON by `_reading`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from urllib.parse import quote

import attrs
import httpx

from sailpoint_pat._operations import _arguments
from sailpoint_pat._operations._reading import broken, read_created, read_listing
from sailpoint_pat._text import printable
from sailpoint_pat._versions import SERVICE_PATH
from sailpoint_pat.errors import NotFoundError, SailPointError, UnexpectedResponseError
from sailpoint_pat_generated import AuthenticatedClient as AuthenticatedClient
from sailpoint_pat_generated.api.personal_access_tokens import (
    create_personal_access_token,
    delete_personal_access_token,
    list_personal_access_tokens,
)
from sailpoint_pat_generated.models import CreatePersonalAccessTokenRequest
from sailpoint_pat_generated.types import UNSET

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from sailpoint_pat._versions import ApiVersion
    from sailpoint_pat.models import IssuedToken, PersonalAccessToken

T = TypeVar("T")

LIST = "listPersonalAccessTokens"
CREATE = "createPersonalAccessToken"
DELETE = "deletePersonalAccessToken"

_OK = 200
_NO_CONTENT = 204


@attrs.frozen(eq=False)
class Operation(Generic[T]):
    """One call of the API, ready to be sent by either client.

    Attributes:
        method: the HTTP method, for messages.
        path: its path in the contract, for messages.
        success: the status of its success, as the contract declares it.
        request: what httpx builds the request from. It may hold a secret.
        read: from the answer, which is a success, to what the user gets.
        rescue: from an error, and whether an earlier try may have taken effect, to a result after
            all (in a tuple), or None.
        safe_to_repeat: whether doing it twice is the same as doing it once.
        creates: the name of the token that it creates, or None.
        advice: what to do where the API refuses the request, or "".
    """

    method: str
    path: str
    success: int
    request: Mapping[str, Any] = attrs.field(repr=False)
    read: Callable[[httpx.Response], T]
    rescue: Callable[[SailPointError, bool], tuple[T] | None] = lambda _error, _maybe: None
    safe_to_repeat: bool = True
    creates: str | None = None
    advice: str = ""

    def perform(self, client: httpx.Client, timeout: httpx.Timeout) -> T:
        """Send the request once and read the answer.

        Raises:
            SailPointError: what the client's `send` raises, or `UnexpectedResponseError`.
        """
        return self.read(client.request(timeout=timeout, **self.request))

    async def perform_async(self, client: httpx.AsyncClient, timeout: httpx.Timeout) -> T:
        """Do the same with the async client."""
        return self.read(await client.request(timeout=timeout, **self.request))


def generated_client(http: httpx.Client | httpx.AsyncClient) -> AuthenticatedClient:
    """Return the generated client, on our httpx client, which authenticates by itself."""
    client = AuthenticatedClient(base_url=str(http.base_url), token="")
    if isinstance(http, httpx.Client):
        return client.set_httpx_client(http)
    return client.set_async_httpx_client(http)


# What the generator calls `_get_kwargs` is the part of an endpoint that builds the request without
# sending it. The underscore is the generator's; the package is ours, and made by `make generate`.


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
        filters = f"lastUsed le {_arguments.date_text('last_used_before', last_used_before)}"
    elif never_used:
        filters = "lastUsed isnull"
    request = list_personal_access_tokens._get_kwargs(  # noqa: SLF001  see above
        owner_id=UNSET if owner is None else _arguments.text_in_url("owner", owner),
        filters=UNSET if filters is None else _arguments.text_in_url("filters", filters),
    )

    def read(answer: httpx.Response) -> list[PersonalAccessToken]:
        if answer.status_code != _OK:
            raise broken(LIST, _undeclared(answer))
        return read_listing(LIST, answer)

    return Operation("GET", SERVICE_PATH, _OK, request, read)


def get_token(token_id: str, *, owner: str | None = None) -> Operation[PersonalAccessToken]:
    """Return the operation that finds one token, in a listing: the API has no call for one.

    Raises:
        ValueError: an id or owner that is empty.
    """
    wanted = _arguments.text("token_id", token_id)
    listing = list_tokens(owner=owner)

    def find(tokens: Iterable[PersonalAccessToken]) -> PersonalAccessToken | None:
        return next((token for token in tokens if token.id == wanted), None)

    def read(answer: httpx.Response) -> PersonalAccessToken:
        tokens = listing.read(answer)
        token = find(tokens)
        if token is None:
            whose = "the tenant's tokens" if owner is None else f"the tokens of owner {owner}"
            raise NotFoundError(
                f"No token {printable(wanted)} among {printable(whose)} that this caller may see "
                f"({len(tokens)}).",
                status_code=404,
            )
        return token

    def rescue(error: SailPointError, _maybe: bool) -> tuple[PersonalAccessToken] | None:  # noqa: FBT001
        # Another record being broken does not hide this one.
        token = find(error.tokens) if isinstance(error, UnexpectedResponseError) else None
        return None if token is None else (token,)

    return Operation(listing.method, listing.path, listing.success, listing.request, read, rescue)


def create_token(  # noqa: PLR0913  the fields of the request
    name: str,
    *,
    version: ApiVersion,
    now: datetime,
    scopes: Iterable[str] | None = None,
    expires_in: timedelta | None = None,
    expires_at: datetime | None = None,
    never_expires: bool = False,
    access_token_ttl: timedelta | None = None,
) -> Operation[IssuedToken]:
    """Return the operation that creates a token for the caller.

    Beside the arguments of `PatClient.create` it takes the version of the API, for its rules of
    expiry, and the tenant's time, as far as that is known.

    Raises:
        ValueError: a value outside its range, or an expiry that the version does not take.
    """
    date = _arguments.checked_expiry(version, now, expires_in, expires_at, never_expires)
    if version.must_state_expiry and date is None and not never_expires:
        raise ValueError(
            f"API version {version.name} wants to be told when the token expires: "
            "give expires_in, expires_at or never_expires=True"
        )
    body = CreatePersonalAccessTokenRequest(
        name=_arguments.checked_name(name),
        scope=UNSET if scopes is None else _arguments.scope_list(scopes),
        access_token_validity_seconds=(
            UNSET if access_token_ttl is None else _arguments.ttl_seconds(access_token_ttl)
        ),
        user_aware_token_never_expires=True if never_expires else UNSET,
    )
    request = create_personal_access_token._get_kwargs(body=body)  # noqa: SLF001  see above
    if date is not None:
        # Not through the generated model: it writes microseconds, and the API reads milliseconds.
        request["json"]["expirationDate"] = _arguments.date_text("expires_at", date)
    latest = version.latest_expiry(now)
    too_late = date is not None and latest is not None and date > latest

    def read(answer: httpx.Response) -> IssuedToken:
        # A 201 or 202 may hold the new token all the same.
        undeclared = "" if answer.status_code == _OK else _undeclared(answer)
        return read_created(CREATE, answer, undeclared=undeclared)

    return Operation(
        "POST",
        SERVICE_PATH,
        _OK,
        request,
        read,
        safe_to_repeat=False,
        creates=name,
        advice=(
            f"API version {version.name} lets a token last six months at most: give an earlier "
            "date, or make the client with api_version='v1'."
            if too_late
            else ""
        ),
    )


def delete_token(token_id: str) -> Operation[None]:
    """Return the operation that revokes a token.

    Raises:
        ValueError: an id that cannot be one segment of a path.
    """
    segment = _arguments.text_in_url("token_id", token_id)
    if segment in {".", ".."}:
        raise ValueError(f"token_id {segment!r} is a path, not an id")
    request = delete_personal_access_token._get_kwargs(segment)  # noqa: SLF001  see above

    def read(answer: httpx.Response) -> None:
        if answer.status_code != _NO_CONTENT:
            raise broken(DELETE, _undeclared(answer))

    def rescue(error: SailPointError, maybe_performed: bool) -> tuple[None] | None:  # noqa: FBT001
        # Gone after a try whose answer was lost: that try did it.
        return (None,) if isinstance(error, NotFoundError) and maybe_performed else None

    path = f"{SERVICE_PATH}/{quote(segment, safe='')}"
    return Operation("DELETE", path, _NO_CONTENT, request, read, rescue)


def _undeclared(answer: httpx.Response) -> str:
    return f"the API does not declare the status {answer.status_code}"
