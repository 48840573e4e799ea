"""Faults that a `FakeTenant` can be told to answer with, see `FakeTenant.fail`.

Two kinds. Some take the place of the answer, and then **nothing was done**: `Status`, `Html`,
`Body`, `RateLimited`, `Hang`, `Reset` and `Raw` with bytes. The others spoil the answer to work
that **was done**: `Altered`, `Late`, `Cut`, `Dropped`, `Reset(done=True)` and `Raw` with a
function. A `Gate` holds a request at either point, for as long as a test needs.
"""

from __future__ import annotations

import asyncio
import json
import threading
from typing import TYPE_CHECKING, TypeAlias

from attrs import field, frozen, validators

from sailpoint_pat.testing import _answers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sailpoint_pat.testing._state import Record

__all__ = [
    "Altered",
    "Body",
    "Cut",
    "Dropped",
    "Fault",
    "Gate",
    "Hang",
    "Html",
    "Late",
    "RateLimited",
    "Raw",
    "Reset",
    "Status",
]

_a_status = validators.and_(validators.ge(200), validators.le(599))


@frozen
class Status:
    """An answer with this status; nothing was done.

    Args:
        code: The status, 200 to 599; codes that no standard knows (520) are fine.
        body: What to send. Left out: what SailPoint sends with this status, which is JSON up to
            500, and an HTML page for 501 and above, where a gateway answers.
        headers: Headers to send besides.

    Raises:
        ValueError: `code` is outside 200 to 599.
    """

    code: int = field(validator=_a_status)
    body: str | bytes | None = None
    headers: Mapping[str, str] = field(factory=dict)

    def answer(self) -> _answers.Answer:
        """The answer that goes out."""
        return _answers.for_status(self.code, body=self.body, headers=tuple(self.headers.items()))


@frozen
class Html:
    """A page of HTML where JSON belongs, as proxies and login pages send; nothing was done.

    Args:
        status: The status, 200 to 599.

    Raises:
        ValueError: `status` is outside 200 to 599.
    """

    status: int = field(default=200, validator=_a_status)

    def answer(self) -> _answers.Answer:
        """The answer that goes out."""
        return _answers.html(self.status)


@frozen
class Body:
    """Any body at all, to break the contract with; nothing was done.

    Args:
        content: Bytes go out as they are; anything else goes out as JSON.
        status: The status, 200 to 599.
        content_type: The `Content-Type` header; None sends none.

    Raises:
        ValueError: `status` is outside 200 to 599.
    """

    content: object
    status: int = field(default=200, validator=_a_status)
    content_type: str | None = "application/json"

    def answer(self) -> _answers.Answer:
        """The answer that goes out."""
        given = self.content
        body = given if isinstance(given, bytes) else json.dumps(given).encode()
        return _answers.Answer(self.status, body, content_type=self.content_type)


@frozen
class RateLimited:
    """A 429; nothing was done.

    Args:
        retry_after: The `Retry-After` header: seconds, an HTTP date, or nonsense; None sends none.
    """

    retry_after: str | None = "1"

    def answer(self) -> _answers.Answer:
        """The answer that goes out."""
        return _answers.rate_limited(self.retry_after)


@frozen
class Altered:
    """The work is done, and the answer to it is altered: by a gateway, or by a bug of the service.

        tenant.fail("token", Altered(lambda answer: answer | {"expires_in": "749"}))

    Args:
        change: Given the JSON object of the answer (of a listing: each record), returns what goes
            out in its place. Left out: the body stays as it is.
        headers: Headers to send in place of those with the same name, or besides; None leaves the
            header out.

    Raises:
        ValueError: A header says how long the body is; use `Raw` for that.
    """

    change: Callable[[Record], object] | None = None
    headers: Mapping[str, str | None] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        """Refuse what the tenant's HTTP server has to say by itself."""
        if any(name.lower() in {"content-length", "transfer-encoding"} for name in self.headers):
            raise ValueError("Altered keeps the length of a body right. Use Raw for a wrong one.")

    def alter(self, answer: _answers.Answer) -> _answers.Answer:
        """The answer that goes out in place of the right one."""
        body = answer.body
        if self.change is not None and body:
            said = json.loads(body)
            new = (
                [self.change(each) for each in said]
                if isinstance(said, list)
                else self.change(said)
            )
            body = json.dumps(new).encode()
        names = {name.lower() for name in self.headers}
        kept = [(name, value) for name, value in answer.headers if name.lower() not in names]
        others = [(name, value) for name, value in self.headers.items() if value is not None]
        kind = None if "content-type" in names else answer.content_type
        return _answers.Answer(
            answer.status,
            body,
            content_type=kind,
            headers=(*kept, *others),
            has_date="date" not in names,
        )


@frozen
class Raw:
    r"""Bytes on the connection, which is then closed: what breaks HTTP itself.

        chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        tenant.fail("create", Raw(lambda body: chunked + body))  # and no chunks

    Args:
        content: The whole answer, from its status line on; nothing was done. Or a function that
            makes it of the right answer's body; the work was done.
    """

    content: bytes | Callable[[bytes], bytes]


@frozen
class Late:
    """The right answer, late: the work is done at once, and then the answer waits.

    Args:
        seconds: How long, in real seconds (the tenant's clock has no say in it).
    """

    seconds: float = field(validator=validators.ge(0))


@frozen
class Hang:
    """No answer, until the client goes away or the tenant stops; nothing was done."""


@frozen
class Cut:
    """The work is done, and the answer breaks off in the middle.

    Args:
        after: How many bytes of the body go out, at least one too few; None sends half of it.
            An answer without a body breaks off in its status line.
    """

    after: int | None = field(default=None, validator=validators.optional(validators.ge(0)))


@frozen
class Reset:
    """The connection is reset (TCP RST) without an answer.

    Args:
        done: True: the work is done first; False: it is not.
    """

    done: bool = False


@frozen
class Dropped:
    """The work is done, and the connection is then closed without an answer."""


class Gate:
    """Holds requests until a test opens it, to let something else happen in between.

    Args:
        after: True: the work is done, and the answer is held; False: the request is held before
            anything is done.

    Attributes:
        reached: Set as soon as a request stands at the gate. Wait for it with a timeout.
    """

    def __init__(self, *, after: bool = False) -> None:
        self.after: bool = after
        self.reached: threading.Event = threading.Event()
        self._lock = threading.Lock()
        self._is_open = False
        self._waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    def __repr__(self) -> str:
        return f"Gate(after={self.after})"

    def open(self) -> None:
        """Let every request through, those that wait and those that come."""
        with self._lock:
            self._is_open = True
            waiting, self._waiting = self._waiting, []
        for loop, event in waiting:
            # A tenant that stopped in the meantime has let its requests go already.
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)

    async def wait(self) -> None:
        """Stand at the gate until it opens; the tenant calls this."""
        event = asyncio.Event()
        with self._lock:
            if self._is_open:
                event.set()
            else:
                self._waiting.append((asyncio.get_running_loop(), event))
        self.reached.set()
        await event.wait()


Replacement: TypeAlias = Status | Html | Body | RateLimited
"""The faults that are an answer of their own."""

Fault: TypeAlias = Replacement | Altered | Raw | Late | Hang | Cut | Reset | Dropped | Gate
"""What `FakeTenant.fail` takes."""
