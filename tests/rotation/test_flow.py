"""The steps of a rotation by themselves: a generator, with results sent by hand and no network."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sailpoint_pat import (
    AuthenticationError,
    IssuedToken,
    NotFoundError,
    OutcomeUnknownError,
    Owner,
    PersonalAccessToken,
    RotationError,
    Secret,
)
from sailpoint_pat.errors import LostCreate
from sailpoint_pat.flows import Prove, Save, Switch
from sailpoint_pat.operations import Operation
from sailpoint_pat.rotation import rotate

MADE = datetime(2026, 1, 5, tzinfo=UTC)
OWNER = Owner("2c9180867b50d088017b554662fb281e", "Support", "IDENTITY")


FACTS: dict[str, Any] = {
    "owner": OWNER,
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


class Played:
    """A rotation whose steps are answered by hand."""

    def __init__(self, **options: Any) -> None:
        self.flow = rotate("old", save=print, version="v3", **options)
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


def test_without_revoking_the_old_one() -> None:
    played = Played(revoke_old=False)
    for result in ([OLD], [OLD], NEW, None, None):
        played.gets(result)
    assert played.ends(None) is NEW


def test_a_proof_that_fails_is_cleared_up_before_anything_is_saved() -> None:
    played = to_the_create()
    played.gets(NEW)
    played.gets(AuthenticationError("no"))
    played.asks_for("deletePersonalAccessToken")
    assert played.step.path.endswith("/new")
    with pytest.raises(RotationError) as caught:
        played.gets(None)
    assert (caught.value.step, caught.value.new_exists) == ("prove", False)


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


def test_a_lost_create_is_made_up_for() -> None:
    played = to_the_create()
    name = played.step.creates
    orphan = PersonalAccessToken(id="orphan", name=name, **FACTS)
    played.gets(OutcomeUnknownError("lost", lost_create=LostCreate(name, MADE)))
    played.gets([OLD, orphan])
    played.asks_for("deletePersonalAccessToken")
    assert played.step.path.endswith("/orphan")
    # Gone by itself, or by somebody else's hand: that is what was wanted.
    played.gets(NotFoundError("gone", status_code=404))
    played.asks_for("createPersonalAccessToken")
    assert played.gets(NEW) == Prove(NEW)


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
