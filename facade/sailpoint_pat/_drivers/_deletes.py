"""Many revocations at once: their order, and what is known of them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TypeAlias

import attrs

from sailpoint_pat._flows import Flow, do
from sailpoint_pat._operations import delete_token
from sailpoint_pat._text import printable
from sailpoint_pat.errors import DeleteResult, NotFoundError, SailPointError

DELETES_AT_ONCE = 8

ProgressFunction: TypeAlias = Callable[[int, int], object]

_log = logging.getLogger("sailpoint_pat")


def delete_one(token_id: str) -> Flow[DeleteResult]:
    """Revoke one token, and return what became of it."""
    try:
        yield from do(delete_token(token_id))
    except NotFoundError:
        return DeleteResult(token_id, "missing")
    except SailPointError as error:
        return DeleteResult(token_id, "failed", error)
    return DeleteResult(token_id, "deleted")


@attrs.define(eq=False)
class Deletes:
    """The tokens of one `delete_many`, and what became of them so far.

    Attributes:
        ids: as they were given.
        order: what to revoke, each once.
        last: the token that the client itself runs on, if it is one of them. It is revoked after
            all others: nothing could be done after it.
        begun: the ids whose request may have been sent.
        results: what became of those that are done.
    """

    ids: list[str]
    order: list[str]
    last: str | None
    begun: set[str] = attrs.field(factory=set)
    results: dict[str, DeleteResult] = attrs.field(factory=dict)

    @classmethod
    def of(cls, token_ids: Iterable[str], own_id: str | None, on_progress: object) -> Deletes:
        """Check the arguments of `delete_many` and put the ids into order.

        Raises:
            ValueError: one text instead of several, an id that cannot be sent, or an `on_progress`
                that cannot be called.
        """
        if on_progress is not None and not callable(on_progress):
            raise ValueError(f"on_progress is a function or None, not {on_progress!r}")
        if isinstance(token_ids, str):
            raise ValueError(f"token_ids is a list of ids, not one: [{token_ids!r}]")  # noqa: TRY004
        try:
            ids = list(token_ids)
        except TypeError:
            raise ValueError(f"token_ids is a list of ids, not {token_ids!r}") from None
        for token_id in ids:
            delete_token(token_id)
        order = [token_id for token_id in dict.fromkeys(ids) if token_id != own_id]
        return cls(ids, order, own_id if own_id in ids else None)

    @property
    def total(self) -> int:
        """How many there are, each once."""
        return len(self.order) + (self.last is not None)

    def in_order_given(self) -> list[DeleteResult]:
        """Return one result for each id."""
        return [self.results[token_id] for token_id in self.ids]

    def note_on(self, interrupt: BaseException) -> None:
        """Say with an exception what became of the tokens so far, and in the log too.

        A caller that only cancels a task never sees the exception.
        """
        note = self._note()
        interrupt.add_note(note)
        _log.warning("%s", note)

    def _note(self) -> str:
        # A thread may still add to both: what it has begun by now is not taken for "not sent".
        begun = self.begun.copy()
        known = self.results.copy()
        done = [f"{printable(result.id)} {result.outcome}" for result in known.values()]
        open_ones = [printable(token_id) for token_id in begun - known.keys()]
        maybe = f" It is not known of: {', '.join(sorted(open_ones))}." if open_ones else ""
        rest = self.total - len(done) - len(open_ones)
        return (
            f"delete_many was interrupted; what became of {len(done)} of {self.total} tokens is "
            f"known: {', '.join(done) or 'none'}.{maybe} Of the other {rest} no request was sent."
        )
