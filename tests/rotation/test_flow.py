"""The steps of a rotation by themselves: a generator, with results sent by hand and no network."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from sailpoint_pat import (
    AuthenticationError,
    IssuedToken,
    NotFoundError,
    OutcomeUnknownError,
    PermissionDeniedError,
    PersonalAccessToken,
    RotationError,
    Secret,
    UnexpectedResponseError,
)
from sailpoint_pat._clock import clock
from sailpoint_pat._flows import Flow, Prove, Save, Switch
from sailpoint_pat._operations import Operation
from sailpoint_pat._rotation import rotate
from sailpoint_pat._versions import VERSIONS, ApiVersion
from sailpoint_pat.errors import InvalidRecord, LostCreate
from tests.support.tokens import SUPPORT

if TYPE_CHECKING:
    from collections.abc import Iterable

MADE = datetime(2026, 1, 5, tzinfo=UTC)
NOW = datetime(2026, 3, 1, 17, 5, 9, tzinfo=UTC)

FACTS: dict[str, Any] = {
    "owner": SUPPORT,
    "scopes": ("a",),
    "created_at": MADE,
    "last_used_at": None,
    "expires_at": MADE + timedelta(days=30),
    "never_expires": False,
    "access_token_ttl": timedelta(minutes=10),
    "managed": False,
}
OLD = PersonalAccessToken(id="old", name="Export", **FACTS)
NEW = IssuedToken(id="new", name="New", secret=Secret("an obviously fake secret"), **FACTS)


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


class TenantOnPaper:
    """What a rotation has to know of the tenant."""

    version: ApiVersion = VERSIONS["v3"]

    def tenant_time(self) -> datetime:
        return NOW

    def lost_create(self, name: str, _begun: float) -> LostCreate:
        return LostCreate(name, MADE)


class Played:
    """A rotation whose steps are answered by hand."""

    def __init__(self, flow: Flow[IssuedToken] | None = None, **options: Any) -> None:
        self.flow = flow or rotate("old", TenantOnPaper(), save=print, **options)
        self.step = next(self.flow)

    def gets(self, result: object) -> Any:
        if isinstance(result, BaseException):
            self.step = self.flow.throw(result)
        else:
            self.step = self.flow.send(result)
        return self.step

    def ends(self, result: object) -> IssuedToken:
        with pytest.raises(StopIteration) as end:
            self.gets(result)
        issued = end.value.value
        assert isinstance(issued, IssuedToken)
        return issued

    def asks_for(self, name: str) -> None:
        assert isinstance(self.step, Operation)
        assert self.step.name == name


def to_the_create() -> Played:
    played = Played()
    played.asks_for("listPersonalAccessTokens")
    played.gets([OLD])
    played.asks_for("listPersonalAccessTokens")
    played.gets([OLD])
    played.asks_for("createPersonalAccessToken")
    return played


def test_the_order_of_the_steps() -> None:
    played = to_the_create()
    assert played.gets(NEW) == Prove(NEW)
    assert played.gets(None) == Save(print, NEW)
    assert played.gets(None) == Switch("old", NEW)
    played.gets(None)
    played.asks_for("deletePersonalAccessToken")
    assert played.step.path.endswith("/old")
    assert played.ends(None) is NEW


def test_an_old_one_that_is_gone_already_is_as_good_as_revoked() -> None:
    played = to_the_create()
    for result in (NEW, None, None, None):
        played.gets(result)
    assert played.ends(NotFoundError("gone", status_code=404)) is NEW


def test_a_lost_create_revokes_only_what_was_not_there_before() -> None:
    played = Played(name="Export 2")
    twin = PersonalAccessToken(id="twin", name="Export 2", **FACTS)
    played.gets([OLD])
    # Somebody else made a token of that name in between.
    played.gets([OLD, twin])
    played.gets(OutcomeUnknownError("lost", lost_create=LostCreate("Export 2", MADE)))
    played.asks_for("listPersonalAccessTokens")
    played.gets([OLD, twin])
    played.asks_for("createPersonalAccessToken")


def test_a_lost_create_that_comes_late_is_not_forgotten() -> None:
    played = to_the_create()
    name = played.step.creates
    lost = LostCreate(name, MADE)
    played.gets(OutcomeUnknownError("lost", lost_create=lost))
    played.gets([OLD])
    played.asks_for("createPersonalAccessToken")
    with pytest.raises(RotationError) as caught:
        played.gets(NotFoundError("the name is taken by now", status_code=400))
    assert caught.value.new_exists is None
    cause = caught.value.__cause__
    assert isinstance(cause, NotFoundError)
    assert cause.lost_create is not None
    assert (cause.lost_create.name, cause.lost_create.sent_at) == (name, MADE)


def test_an_old_one_that_was_made_to_expire_at_once_has_no_lifetime_to_carry_over() -> None:
    played = Played()
    for _ in range(2):
        played.gets([attrs.evolve(OLD, expires_at=MADE)])
    played.asks_for("createPersonalAccessToken")


# --- the name of the new one ----------------------------------------------------------------------


def name_beside(old: PersonalAccessToken, taken: Iterable[str] = ()) -> str:
    """Return the name of the token that takes the place of an old one, beside others."""
    others = [attrs.evolve(OLD, id=name, name=name) for name in taken]
    played = Played()
    for _ in range(2):
        played.gets([*others, old])
    name: str = played.step.creates
    return name


@pytest.mark.parametrize(
    ("numbers_taken", "number"),
    [([], ""), ([""], " 2"), (["", " 2"], " 3"), (["", " 2", " 3"], " 4")],
)
def test_the_name_says_when(numbers_taken: list[str], number: str) -> None:
    taken = [f"Export (rotated 2026-03-01 17:05:09{each})" for each in numbers_taken]
    assert name_beside(OLD, taken) == f"Export (rotated 2026-03-01 17:05:09{number})"


def test_the_name_says_only_the_last_time() -> None:
    again = attrs.evolve(OLD, name="Export (rotated 2026-01-05 08:00:00 3)")
    assert name_beside(again) == "Export (rotated 2026-03-01 17:05:09)"


@pytest.mark.parametrize(("length", "longest"), [(99, 100), (100, 100), (101, 101), (300, 300)])
def test_a_long_name_gives_way_to_the_time(length: int, longest: int) -> None:
    name = name_beside(attrs.evolve(OLD, name="x" * length))
    assert name == "x" * (longest - 30) + " (rotated 2026-03-01 17:05:09)"


# --- what the error says --------------------------------------------------------------------------


def stops(played: Played, result: object) -> RotationError:
    with pytest.raises(RotationError) as caught:
        played.gets(result)
    return caught.value


def test_an_old_one_that_is_not_there() -> None:
    error = stops(Played(), [])
    assert str(error) == (
        "The rotation stopped at the step 'find': the token old is not among the caller's own 0, "
        "and nobody can create a token for somebody else. No new token exists."
    )


def test_a_managed_one() -> None:
    error = stops(Played(), [attrs.evolve(OLD, managed=True)])
    assert str(error) == (
        "The rotation stopped at the step 'find': the token old is managed by the platform "
        "itself. No new token exists."
    )


def test_a_name_that_is_taken() -> None:
    error = stops(Played(name="Export"), [OLD])
    assert (error.old, error.old_exists) == (OLD, True)
    assert str(error) == (
        "The rotation stopped at the step 'find': the name 'Export' is taken, and names are "
        "unique among the owner's tokens. The old token old exists and works; no new token exists."
    )


def test_an_old_one_that_cannot_be_made_again() -> None:
    error = stops(Played(), [attrs.evolve(OLD, scopes=())])
    assert isinstance(error.__cause__, ValueError)
    assert f"'find': no token can be made like the old one: {error.__cause__}. The " in str(error)


def test_a_create_that_was_refused() -> None:
    error = stops(to_the_create(), PermissionDeniedError("It may not.", status_code=403))
    assert (error.step, error.old, error.new) == ("create", OLD, None)
    assert str(error) == (
        "The rotation stopped at the step 'create': PermissionDeniedError: It may not. "
        "The old token old exists and works; no new token exists."
    )


def test_a_create_that_was_lost_for_good() -> None:
    played = to_the_create()
    lost = LostCreate(played.step.creates, MADE)
    for result in (OutcomeUnknownError("Lost.", lost_create=lost), [OLD]):
        played.gets(result)
    error = stops(played, OutcomeUnknownError("Lost again.", lost_create=lost))
    assert str(error) == (
        "The rotation stopped at the step 'create': OutcomeUnknownError: Lost again. "
        "The old token old exists and works; a new token may exist, whose secret nobody has."
    )


def test_a_new_one_that_cannot_be_read_is_revoked() -> None:
    played = to_the_create()
    broken = UnexpectedResponseError(
        "Half of it.", invalid=(InvalidRecord(None, "half", "created", "is missing"),)
    )
    broken.lost_create = LostCreate(played.step.creates, MADE)
    played.gets(broken)
    played.asks_for("deletePersonalAccessToken")
    assert played.step.path.endswith("/half")
    error = stops(played, None)
    assert (error.step, error.new_exists) == ("create", False)
    assert str(error) == (
        "The rotation stopped at the step 'create': UnexpectedResponseError: Half of it. "
        "The old token old exists and works; no new token exists."
    )


def test_a_new_one_that_cannot_be_read_and_cannot_be_revoked() -> None:
    played = to_the_create()
    broken = UnexpectedResponseError("", invalid=(InvalidRecord(None, "half", "", "no"),))
    broken.lost_create = LostCreate(played.step.creates, MADE)
    played.gets(broken)
    # It was not told what it is: whether it exists is as open as before.
    assert stops(played, PermissionDeniedError("no", status_code=403)).new_exists is None


def test_a_new_one_that_nobody_saved() -> None:
    played = to_the_create()
    for result in (NEW, None, OSError("the disk is full")):
        played.gets(result)
    error = stops(played, None)
    assert (error.old, error.new) == (OLD, NEW)
    assert str(error) == (
        "The rotation stopped at the step 'save': OSError. "
        "The old token old exists and works; the new token new does not exist any more."
    )


def test_an_old_one_that_cannot_be_revoked() -> None:
    played = to_the_create()
    for result in (NEW, None, None, None):
        played.gets(result)
    error = stops(played, PermissionDeniedError("It may not.", status_code=403))
    assert (error.old, error.old_exists, error.new, error.new_exists) == (OLD, True, NEW, True)
    assert str(error) == (
        "The rotation stopped at the step 'revoke': PermissionDeniedError: It may not. "
        "The new token is saved: only the old one is left to revoke. "
        "The old token old exists and works; the new token new exists and works."
    )


@pytest.mark.parametrize(
    ("answers", "step", "old_exists", "new_exists"),
    [
        ([], "find", None, False),
        ([[OLD]], "create", True, None),
        ([[OLD], [OLD]], "create", True, None),
        ([[OLD], [OLD], NEW, None, None, None], "revoke", None, True),
    ],
)
def test_what_is_not_known_after_something_else_than_an_error_of_ours(
    answers: list[object], step: str, *, old_exists: bool | None, new_exists: bool | None
) -> None:
    played = Played(name="Next")
    for answer in answers:
        played.gets(answer)
    error = stops(played, LookupError("out of a signal handler"))
    assert (error.step, error.old_exists, error.new_exists) == (step, old_exists, new_exists)
    assert "signal" not in str(error), "what others say may quote a secret"
    assert isinstance(error.__cause__, LookupError)
    # So that find_orphan has something to look for.
    expected = LostCreate("Next", MADE) if step == "create" else None
    assert error.lost_create == expected


def test_clearing_up_that_ends_in_something_else_leaves_it_open() -> None:
    played = to_the_create()
    played.gets(NEW)
    played.gets(AuthenticationError("no"))
    error = stops(played, LookupError("out of a signal handler"))
    assert (error.step, error.new, error.new_exists) == ("prove", NEW, None)


def test_what_an_interrupt_leaves_behind(caplog: pytest.LogCaptureFixture) -> None:
    played = to_the_create()
    for result in (NEW, None, None, None):
        played.gets(result)
    with pytest.raises(KeyboardInterrupt) as caught:
        played.gets(KeyboardInterrupt())
    note = (
        "The rotation was interrupted at the step 'revoke'. "
        "The old token old may exist; the new token new exists and works."
    )
    assert caught.value.__notes__ == caplog.messages == [note]
