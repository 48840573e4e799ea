"""Contains some shared types for properties"""

from collections.abc import Mapping, MutableMapping
from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import IO, TYPE_CHECKING, Any, BinaryIO, Generic, Literal, NoReturn, TypeVar

from attrs import define, field

from .errors import InvalidValue

if TYPE_CHECKING:
    from uuid import UUID


class Unset:
    def __bool__(self) -> Literal[False]:
        return False


UNSET: Unset = Unset()


class _NoMore(dict[str, Any]):
    """An empty dict that many models share, and that therefore stays empty"""

    def _refuse(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise TypeError(
            "this dict is shared: set the item on the model, or give the model a dict of its own"
        )

    __setitem__ = __ior__ = setdefault = update = _refuse

    def __reduce__(self) -> str:
        return "NO_MORE"


NO_MORE = _NoMore()

# The types that `httpx.Client(files=)` can accept, copied from that library.
FileContent = IO[bytes] | bytes | str
FileTypes = (
    # (filename, file (or bytes), content_type)
    tuple[str | None, FileContent, str | None]
    # (filename, file (or bytes), content_type, headers)
    | tuple[str | None, FileContent, str | None, Mapping[str, str]]
)
RequestFiles = list[tuple[str, FileTypes]]


@define
class File:
    """Contains information for file uploads"""

    payload: BinaryIO
    file_name: str | None = None
    mime_type: str | None = None

    def to_tuple(self) -> FileTypes:
        """Return a tuple representation that httpx will accept for multipart/form-data"""
        return self.file_name, self.payload, self.mime_type


T = TypeVar("T")


@define
class Response(Generic[T]):
    """A response from an endpoint

    The status is a plain number where HTTP does not know it.
    """

    status_code: HTTPStatus | int
    content: bytes = field(repr=False)
    headers: MutableMapping[str, str]
    parsed: T | None


def known_status(code: int) -> HTTPStatus | int:
    """The status by its name, or the number where it has none"""
    try:
        return HTTPStatus(code)
    except ValueError:
        return code


_JSON_NAMES = {
    type(None): "null",
    bool: "a boolean",
    int: "an integer",
    float: "a number",
    str: "a string",
    list: "an array",
    dict: "an object",
}


def wrong_type(name: str, value: object, expected: str) -> InvalidValue:
    """What to raise for a value of the wrong type"""
    got = _JSON_NAMES.get(type(value), "something else")
    return InvalidValue(name, f"expected {expected}, got {got}")


def index_of(items: list[Any], item: object) -> int:
    """Where an item stands in a list: it itself, and not its equal, as 1 is that of true"""
    return next(index for index, each in enumerate(items) if each is item)


_fromisoformat = datetime.fromisoformat


def parse_date_time(name: str, value: Any) -> datetime:
    """Reads a date and time with an offset (RFC 3339), in UTC"""
    try:
        parsed = _fromisoformat(value)
    except TypeError:
        raise wrong_type(name, value, "a date-time") from None
    except ValueError:
        try:
            # RFC 3339 allows a small z, Python only a capital one.
            parsed = _fromisoformat(value.upper())
        except ValueError:
            raise InvalidValue(name, "is not a date-time with an offset") from None
    if parsed.tzinfo is UTC:
        return parsed
    if parsed.tzinfo is None:
        raise InvalidValue(name, "is not a date-time with an offset")
    try:
        return parsed.astimezone(UTC)
    except OverflowError:
        raise InvalidValue(name, "is not a date-time with an offset") from None


def format_date_time(value: datetime) -> str:
    """Writes a date and time in UTC, cut to the millisecond"""
    if value.tzinfo is None:
        raise ValueError("a date-time needs an offset")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def parse_date(name: str, value: object) -> date:
    """Reads a date (RFC 3339)"""
    if type(value) is not str:
        raise wrong_type(name, value, "a date")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise InvalidValue(name, "is not a date") from None


def parse_uuid(name: str, value: object) -> "UUID":
    """Reads a UUID"""
    # Few contracts have any, and every program would pay for the import.
    from uuid import UUID

    if type(value) is not str:
        raise wrong_type(name, value, "a UUID")
    try:
        return UUID(value)
    except ValueError:
        raise InvalidValue(name, "is not a UUID") from None


__all__ = ["UNSET", "File", "FileTypes", "RequestFiles", "Response", "Unset"]
