"""One tree of errors.

    SailPointError
    ├── ConfigurationError
    ├── AuthenticationError
    ├── TransportError
    │   └── RequestTimeout
    ├── APIError
    │   ├── BadRequestError        400
    │   ├── PermissionDeniedError  403
    │   ├── NotFoundError          404, in the API's own words
    │   ├── RateLimitedError       429
    │   └── ServerError            5xx, and whatever else is neither a success nor a 4xx
    ├── UnexpectedResponseError
    ├── OutcomeUnknownError
    └── RotationError

Bad arguments are a `ValueError`, raised before anything is sent.

No error keeps what it was caused by in the HTTP libraries: their frames hold headers and bodies
with credentials in them, and their messages may quote those. The message tells the class of what
they raised.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import attrs

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    import httpx

    from sailpoint_pat.models import IssuedToken, PersonalAccessToken, Secret

__all__ = [
    "APIError",
    "AuthenticationError",
    "BadRequestError",
    "ConfigurationError",
    "DeleteResult",
    "InvalidRecord",
    "LostCreate",
    "NotFoundError",
    "OutcomeUnknownError",
    "PermissionDeniedError",
    "RateLimitedError",
    "RequestTimeout",
    "RotationError",
    "SailPointError",
    "ServerError",
    "TransportError",
    "UnexpectedResponseError",
]


@attrs.frozen
class LostCreate:
    """A create that was sent and may have made a token whose secret nobody received.

    Attributes:
        name: the name that was asked for.
        sent_at: when it was sent, by the tenant's clock as far as the client knows it, UTC.
        known_ids: ids of tokens that it cannot have made: those that the client itself has made
            lately, and those with that name that were there when it looked before.
        sent_at_monotonic: the same moment on the client's own clock, where the tenant's was not
            known yet; else None.
    """

    name: str
    sent_at: datetime
    known_ids: frozenset[str] = frozenset()
    sent_at_monotonic: float | None = None

    def __reduce__(self) -> tuple[type[LostCreate], tuple[str, datetime, frozenset[str]]]:
        # The client's own clock says nothing in another process, or on another machine.
        return LostCreate, (self.name, self.sent_at, self.known_ids)


class SailPointError(Exception):
    """Everything that this SDK raises, except `ValueError` for bad arguments.

    Attributes:
        maybe_performed: whether the call may have taken effect. False where that is sure not to be:
            no connection was made, the access token could not be had, or the API refused (401 and
            every other 4xx).
        lost_create: after a create that may have taken effect, what `find_orphan` looks for; else
            None.
    """

    def __init__(self, message: str, *, maybe_performed: bool = False) -> None:
        super().__init__(message)
        self.maybe_performed = maybe_performed
        self.lost_create: LostCreate | None = None


class ConfigurationError(SailPointError):
    """The client cannot be set up: no credentials, a bad base URL, a broken file.

    The message lists every place that was looked in.
    """


class AuthenticationError(SailPointError):
    """The token endpoint refused the credentials, or a fresh access token still got a 401.

    The message names the client id and the host, and never the secret.
    """


class TransportError(SailPointError):
    """There was no answer: refused, reset, cut off, or the client was closed."""


class RequestTimeout(TransportError):  # noqa: N818  the name users know from other clients
    """There was no complete answer in time."""


class APIError(SailPointError):
    """The API answered, and the answer is an error. This class itself stands for the other 4xx.

    Attributes:
        status_code: the HTTP status, also one that no standard knows (520).
        detail_code: SailPoint's own code, such as `400.1 Bad Request Content`, or None.
        tracking_id: what SailPoint's support asks for, or None.
        messages: what the API said, in its own words; may be empty.
        retry_after: how long the API asked to wait, or None.
        response: the answer, without the request's headers and body; None where the SDK itself
            found something missing (`get`).
    """

    def __init__(  # noqa: PLR0913  one argument for each documented attribute
        self,
        message: str,
        *,
        status_code: int = 0,
        detail_code: str | None = None,
        tracking_id: str | None = None,
        messages: tuple[str, ...] = (),
        retry_after: timedelta | None = None,
        response: httpx.Response | None = None,
        maybe_performed: bool = False,
    ) -> None:
        super().__init__(message, maybe_performed=maybe_performed)
        self.status_code = status_code
        self.detail_code = detail_code
        self.tracking_id = tracking_id
        self.messages = messages
        self.retry_after = retry_after
        self.response = response


class BadRequestError(APIError):
    """400: the API did not accept the request, for example because the name is taken."""


class PermissionDeniedError(APIError):
    """403: the caller lacks the right."""


class NotFoundError(APIError):
    """404 in the API's own words: there is no such token, or none that the caller may see.

    Any other 404, of a gateway or for an address that is none, says nothing about a token and is an
    `APIError`.
    """


class RateLimitedError(APIError):
    """429: too many requests in the window; `retry_after` says how long to wait."""


class ServerError(APIError):
    """5xx, and whatever else is neither a success nor a 4xx, such as a redirect.

    The answer says nothing about what was done.
    """


@attrs.frozen
class InvalidRecord:
    """One part of an answer that breaks the contract.

    Attributes:
        index: the record's place in a listing, from 0, or None where it is the answer as a whole.
        id: the token's id, where the record has a readable one.
        field: the field's path, such as `owner.name`; empty for the record as a whole.
        reason: what is wrong with it. It never repeats the value.
    """

    index: int | None
    id: str | None
    field: str
    reason: str


class UnexpectedResponseError(SailPointError):
    """The API said yes, and the answer breaks the contract.

    Attributes:
        invalid: every record that could not be read, and why.
        tokens: the records that were fine.
        secret: after a `create`, the new token's secret where the answer had a readable one;
            `invalid[0].id` is its id. An error with a secret cannot be pickled (nor come back from
            another process): a `Secret` refuses that.
    """

    def __init__(
        self,
        message: str,
        *,
        invalid: tuple[InvalidRecord, ...] = (),
        tokens: tuple[PersonalAccessToken, ...] = (),
        secret: Secret | None = None,
        maybe_performed: bool = True,
    ) -> None:
        super().__init__(message, maybe_performed=maybe_performed)
        self.invalid = invalid
        self.tokens = tokens
        self.secret = secret


class OutcomeUnknownError(SailPointError):
    """A create was sent and no answer came: there may be a token whose secret nobody has.

    `find_orphan(error)` looks for it. `lost_create` holds the name and the moment.
    """

    def __init__(self, message: str, *, lost_create: LostCreate | None = None) -> None:
        super().__init__(message, maybe_performed=True)
        self.lost_create = lost_create

    @property
    def name(self) -> str | None:
        """The name that was asked for."""
        return self.lost_create.name if self.lost_create else None

    @property
    def sent_at(self) -> datetime | None:
        """When the create was sent, UTC."""
        return self.lost_create.sent_at if self.lost_create else None


class RotationError(SailPointError):
    """A rotation stopped half-way. At least one token that was saved still works.

    Its `__cause__` is the error of the step that failed. Where the answer to the create got lost,
    `find_orphan(error)` looks for the new token.

    Attributes:
        step: the step that failed.
        old: the token that was to be replaced; it exists unless `old_exists` is False.
        new: the new token, with its secret, if one was made; it exists unless
            `new_exists` is False. An error with a new token cannot be pickled (nor come back from
            another process): a `Secret` refuses that.
        old_exists: whether the old token still exists; None where that is not known.
        new_exists: whether the new token exists; None where that is not known.
    """

    def __init__(  # noqa: PLR0913  one argument for each documented attribute
        self,
        message: str,
        *,
        step: RotationStep = "find",
        old: PersonalAccessToken | None = None,
        new: IssuedToken | None = None,
        old_exists: bool | None = None,
        new_exists: bool | None = None,
    ) -> None:
        super().__init__(message, maybe_performed=new_exists is not False)
        self.step: RotationStep = step
        self.old = old
        self.new = new
        self.old_exists = old_exists
        self.new_exists = new_exists


RotationStep = Literal["find", "create", "prove", "save", "revoke"]


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
