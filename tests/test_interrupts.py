"""An exception out of a signal handler, as a worker's soft time limit is: no lie, no lost token.

It comes between any two steps of a call of the sync client, and is none of ours. What Ctrl-C and
cancelled tasks leave behind is held beside each call that has something to say of it.
"""

import signal
from collections.abc import Iterator

import pytest

from sailpoint_pat import PatClient, RotationError
from sailpoint_pat.errors import RotationStep
from sailpoint_pat.testing import FakeTenant
from tests.support.calls import NAME, call_of
from tests.support.interrupts import Asked, interrupt_at


class SoftTimeLimitError(Exception):
    """What a worker's signal handler raises."""


@pytest.fixture(autouse=True)
def worker() -> Iterator[None]:
    """Have the signal raise what a worker's does."""

    def handler(_number: int, _frame: object) -> None:
        raise SoftTimeLimitError("quotes hunter2")

    before = signal.signal(signal.SIGINT, handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("operation", ["list", "create", "delete", "token"])
def test_only_a_create_says_that_there_may_be_a_token(
    tenant: FakeTenant, pats: PatClient, operation: Asked
) -> None:
    call = call_of(operation, tenant)
    error = interrupt_at(operation, tenant, pats, call, raises=SoftTimeLimitError)
    notes = " ".join(getattr(error, "__notes__", []))
    told = "there may be one with that name, whose secret nobody has" in notes
    assert told is (operation == "create")
    assert bool(notes) is told
    assert NAME in [token.name for token in pats.list("me")] or not told, "the next call works"


@pytest.mark.parametrize(
    ("operation", "step", "old_exists", "new_exists"),
    [
        ("create", "create", True, None),
        ("token", "prove", True, False),
        ("delete", "revoke", None, True),
    ],
)
def test_a_rotation_says_what_is_not_known(
    tenant: FakeTenant,
    pats: PatClient,
    operation: Asked,
    step: RotationStep,
    *,
    old_exists: bool,
    new_exists: bool | None,
) -> None:
    pats.list("me")  # The next exchange is the new token's.
    old = tenant.add_token(tenant.person, "Old")
    there = set(tenant.tokens)
    error = interrupt_at(
        operation,
        tenant,
        pats,
        lambda it: it.rotate(old.id, save=lambda _new: None),
        raises=RotationError,
    )
    assert isinstance(error, RotationError)
    assert isinstance(error.__cause__, SoftTimeLimitError)
    assert "hunter2" not in str(error), "what others say may quote a secret"
    assert (error.step, error.old_exists, error.new_exists) == (step, old_exists, new_exists)
    made = [token_id for token_id in tenant.tokens if token_id not in there]
    if step == "create":
        orphan = pats.find_orphan(error)
        assert orphan is not None
        assert [orphan.id] == made
    else:
        assert error.new is not None
        assert made == ([error.new.id] if new_exists else [])
    assert (old.id in tenant.tokens) is (step != "revoke")
