"""What an attack counts, and how what was said is compared with what the tenant really has."""

import re
import time
from collections.abc import Iterable
from typing import ClassVar

from attrs import define, field

from sailpoint_pat import OutcomeUnknownError, RotationError
from sailpoint_pat.testing import FakeTenant, StoredToken
from tests.secrets.hunter import Hunter, chain

PATIENCE = 10.0
_SAID = re.compile(r"token (\w+) (exists and works|does not exist any more|may exist)")
_MEANS = {"exists and works": True, "does not exist any more": False, "may exist": None}
_NEW_ONE_MAY_EXIST = re.compile("(new token|there) may (exist|be one)")


KINDS = ("lie", "lost", "stuck", "leak")


@define
class Figures:
    """The row of one attack in the table.

    Attributes:
        name: of the attack.
        tries: how many calls were interrupted.
        noted: what was found, with its kind: a `lie` is what was said and is not so; a `lost` token
            exists, or is gone, without a word; a call after an interrupt that failed, or took too
            long, is `stuck`; a `leak` is a secret in what an exception shows.
    """

    name: str
    tries: int = 0
    noted: list[tuple[str, str]] = field(factory=list)

    HEAD: ClassVar[str] = f"{'attack':34}{'tries':>8}" + "".join(f"{kind:>8}" for kind in KINDS)

    def __str__(self) -> str:
        kinds = [kind for kind, _ in self.noted]
        counts = (self.tries, *(kinds.count(kind) for kind in KINDS))
        return f"{self.name:34}" + "".join(f"{count:8}" for count in counts)

    def note(self, kind: str, *found: str) -> None:
        self.noted += [(kind, each) for each in found]

    def found(self) -> list[str]:
        return list(dict.fromkeys(f"{kind}: {each}" for kind, each in self.noted))


def settle(tenant: FakeTenant) -> None:
    """Wait until the tenant has read and done all that was sent: no connection is open."""
    until = time.monotonic() + PATIENCE
    while tenant.open_connections and time.monotonic() < until:
        time.sleep(0.0005)
    time.sleep(0.002)


def hunt(tenant: FakeTenant, error: BaseException, stored: Iterable[StoredToken]) -> list[str]:
    """Return which secrets of tokens, and which access tokens, an exception shows."""
    hunter = Hunter()
    for token in stored:
        hunter.know("a client secret", token.secret)
    for access_token in list(tenant._state._access_tokens):
        hunter.know("an access token", access_token)
    hunter.exception(type(error).__name__, error)
    return hunter.leaks()


def words_in(error: BaseException) -> str:
    """Return all that an exception tells a person: messages and notes of the whole chain."""
    return "\n".join(
        text for each in chain(error) for text in (str(each), *getattr(each, "__notes__", ()))
    )


def judge_create(figures: Figures, error: BaseException, *, exists: bool) -> None:
    """Compare what a create that failed has said with whether there is a token."""
    words = words_in(error)
    told = isinstance(error, OutcomeUnknownError) or _NEW_ONE_MAY_EXIST.search(words) is not None
    if exists and not told:
        figures.note("lost", f"create: a token exists, and nobody was told: {words!r}")
    if exists and "was not sent" in words:
        figures.note("lie", f"create: a token exists, and it says {words!r}")


def judge_rotation(
    figures: Figures, error: BaseException, old_id: str, before: set[str], after: set[str]
) -> None:
    """Compare what a rotation that stopped has said with which tokens there are."""
    words = words_in(error)
    said = {token_id: _MEANS[what] for token_id, what in _SAID.findall(words)}
    for token_id, exists in said.items():
        if exists is not None and exists is not (token_id in after):
            figures.note("lie", f"rotate: {token_id} {exists=} is not so: {words!r}")
    if isinstance(error, RotationError):
        told = error.new.id if error.new else None
        if error.new_exists is not None and error.new_exists is not bool(after - before):
            figures.note("lie", f"rotate: {error.new_exists=} is not so: {words!r}")
        if error.new_exists is None and told is None and error.lost_create is None:
            figures.note("lost", f"rotate: nothing to look for: {words!r}")
    may_exist = _NEW_ONE_MAY_EXIST.search(words)
    if [each for each in after - before if each not in said] and not may_exist:
        figures.note("lost", f"rotate: a new token exists, and nobody was told: {words!r}")
    if old_id not in after and old_id not in said:
        figures.note("lost", f"rotate: the old token is gone, and nobody was told: {words!r}")


def judge_deletes(
    figures: Figures, error: BaseException, ids: Iterable[str], after: set[str]
) -> None:
    """Compare what a `delete_many` that was interrupted has said with which tokens are gone."""
    words = words_in(error)
    unknown = re.search("It is not known of: (.*?)\\.", words)
    not_known = set(unknown[1].split(", ")) if unknown else set()
    deleted = set(re.findall(r"(\w+) deleted", words))
    for token_id in ids:
        gone = token_id not in after
        if token_id in deleted and not gone:
            figures.note("lie", f"delete_many: said to be deleted, and is there: {words!r}")
        if gone and token_id not in deleted | not_known:
            figures.note("lost", f"delete_many: gone, and nobody was told: {words!r}")
