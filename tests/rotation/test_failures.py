"""Whatever fails in a rotation, a saved token works, and the error says what exists.

Each test breaks one step in one way, compares what the error says with what the tenant has, proves
by an exchange that a saved pair works, and then finishes the job.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import anyio
import pytest

from sailpoint_pat import AuthenticationError, IssuedToken, RotationError
from sailpoint_pat.testing import faults
from tests.support.interrupts import PATIENCE, cancelled, raised_by

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sailpoint_pat.errors import RotationStep
    from sailpoint_pat.testing import FakeTenant, StoredToken
    from tests.rotation.conftest import Vault
    from tests.support.clients import Connect, Flavour
    from tests.support.interrupts import Asked, Interrupter

FINE = faults.Late(0)

own_and_another = pytest.mark.parametrize("old", ["own", "another"], indirect=True)

# One of each kind; which failure is of which kind is held by tests/test_retry.py.
REFUSALS: list[faults.Fault] = [faults.Status(403), faults.Status(401)]
# No answer, or one that says nothing; the work was done, or was not.
LOSSES: list[faults.Fault] = [
    faults.Dropped(),
    faults.Reset(),
    faults.Status(500),
    faults.Status(302, headers={"Location": "https://elsewhere.example.com/"}),
]
UNREADABLE: list[faults.Fault] = [faults.Html(), faults.Body({})]
# A 429 that asks for a day is not waited for, also not by the call that clears up.
A_DAY = faults.RateLimited("86400")


def order(tenant: FakeTenant, operation: Asked, *ordered: faults.Fault) -> None:
    """Order faults, each once, and the last one for ever."""
    for fault in ordered[:-1]:
        tenant.fail(operation, fault)
    tenant.fail(operation, ordered[-1], times=None)


def stops(
    rotator: Interrupter, old: StoredToken, vault: Vault, step: RotationStep, **options: Any
) -> RotationError:
    """Rotate; return the error, which is to come from this step."""
    with pytest.raises(RotationError) as caught:
        rotator.pats.rotate(old.id, save=options.pop("save", vault.save), **options)
    assert caught.value.step == step
    assert repr(step) in str(caught.value)
    return caught.value


def holds(tenant: FakeTenant, vault: Vault, old: StoredToken, error: RotationError) -> None:
    """Check the promise: a saved token works, and the error is right about what exists."""
    tenant.clear_faults()
    assert any(vault.works(token_id) for token_id in vault.saved)
    assert vault.works(vault.newest)
    if error.old is not None:
        assert error.old.id == old.id
    if error.old_exists is not None:
        assert error.old_exists is (old.id in tenant.tokens)
    others = unknown_to(vault, tenant)
    if error.new_exists is False:
        assert not others
        assert error.new is None or error.new.id not in tenant.tokens
    if error.new_exists is True:
        assert error.new is not None
        assert error.new.id in tenant.tokens


def unknown_to(vault: Vault, tenant: FakeTenant) -> list[str]:
    """Tokens that nobody has the secret of."""
    return [i for i in tenant.tokens if i not in vault.saved and i != tenant.client_id]


def finishes(tenant: FakeTenant, rotator: Interrupter, old: StoredToken, vault: Vault) -> None:
    """Call again, as the docs say; afterwards only the new token is in use, and it works."""
    issued = rotator.pats.rotate(old.id, save=vault.save)
    assert vault.newest == issued.id
    assert vault.works(issued.id)
    assert old.id not in tenant.tokens
    assert issued.id in {token.id for token in rotator.pats.list("me")}


# --- each step against each failure ---------------------------------------------------------------


@pytest.mark.parametrize("fault", [*REFUSALS, *LOSSES, *UNREADABLE, A_DAY])
def test_find_fails(
    tenant: FakeTenant,
    sync_rotator: Interrupter,
    old: StoredToken,
    vault: Vault,
    fault: faults.Fault,
) -> None:
    order(tenant, "list", fault)
    error = stops(sync_rotator, old, vault, "find")
    assert (error.old_exists, error.new_exists, error.new) == (None, False, None)
    assert not error.maybe_performed
    assert error.lost_create is None
    assert list(tenant.tokens) == [old.id]
    holds(tenant, vault, old, error)
    finishes(tenant, sync_rotator, old, vault)


@pytest.mark.parametrize("fault", [*REFUSALS, *LOSSES, *UNREADABLE, A_DAY])
def test_the_look_before_the_create_fails(
    tenant: FakeTenant,
    sync_rotator: Interrupter,
    old: StoredToken,
    vault: Vault,
    fault: faults.Fault,
) -> None:
    order(tenant, "list", FINE, fault)
    error = stops(sync_rotator, old, vault, "create")
    # Nothing was sent that makes a token, so there is nothing to be unsure about.
    assert (error.old_exists, error.new_exists, error.new) == (True, False, None)
    assert error.lost_create is None
    assert tenant.count("create") == 0
    assert list(tenant.tokens) == [old.id]
    holds(tenant, vault, old, error)
    finishes(tenant, sync_rotator, old, vault)


@pytest.mark.parametrize("fault", [*REFUSALS, A_DAY])
def test_create_is_refused(
    tenant: FakeTenant,
    sync_rotator: Interrupter,
    old: StoredToken,
    vault: Vault,
    fault: faults.Fault,
) -> None:
    order(tenant, "create", fault)
    error = stops(sync_rotator, old, vault, "create")
    assert (error.old_exists, error.new_exists, error.new) == (True, False, None)
    assert not error.maybe_performed
    assert list(tenant.tokens) == [old.id]
    holds(tenant, vault, old, error)
    finishes(tenant, sync_rotator, old, vault)


@pytest.mark.parametrize("fault", [*LOSSES, *UNREADABLE])
def test_create_is_lost_for_good(
    tenant: FakeTenant,
    sync_rotator: Interrupter,
    old: StoredToken,
    vault: Vault,
    fault: faults.Fault,
) -> None:
    order(tenant, "create", fault)
    error = stops(sync_rotator, old, vault, "create")
    assert (error.old_exists, error.new_exists, error.new) == (True, None, None)
    assert error.maybe_performed
    assert "may exist" in str(error)
    orphans = unknown_to(vault, tenant)
    assert len(orphans) <= 1
    holds(tenant, vault, old, error)
    orphan = sync_rotator.pats.find_orphan(error)
    assert ([orphan.id] if orphan else []) == orphans
    finishes(tenant, sync_rotator, old, vault)


@pytest.mark.parametrize("fault", LOSSES)
def test_create_is_lost_once(
    tenant: FakeTenant,
    sync_rotator: Interrupter,
    old: StoredToken,
    vault: Vault,
    fault: faults.Fault,
) -> None:
    tenant.fail("create", fault)
    issued = sync_rotator.pats.rotate(old.id, save=vault.save)
    assert vault.newest == issued.id
    assert vault.works(issued.id)
    assert tenant.count("create") == 2
    assert list(tenant.tokens) == [issued.id]


@pytest.mark.parametrize("fault", [*REFUSALS, *LOSSES, *UNREADABLE, A_DAY])
def test_proof_fails(
    tenant: FakeTenant,
    sync_rotator: Interrupter,
    old: StoredToken,
    vault: Vault,
    fault: faults.Fault,
) -> None:
    order(tenant, "token", fault)
    error = stops(sync_rotator, old, vault, "prove")
    assert (error.old_exists, error.new_exists) == (True, False)
    assert error.new is not None
    assert list(tenant.tokens) == [old.id]
    holds(tenant, vault, old, error)
    finishes(tenant, sync_rotator, old, vault)


def fails(_new: IssuedToken) -> None:
    raise OSError("the disk is full")


def fails_as_one_of_ours(_new: IssuedToken) -> None:
    raise AuthenticationError("the vault stands behind SailPoint too")


@pytest.mark.parametrize(
    ("save", "cause"), [(fails, OSError), (fails_as_one_of_ours, AuthenticationError)]
)
def test_save_fails(  # noqa: PLR0913, PLR0917  a table
    tenant: FakeTenant,
    rotator: Interrupter,
    old: StoredToken,
    vault: Vault,
    save: Callable[[IssuedToken], None],
    cause: type[Exception],
) -> None:
    error = stops(rotator, old, vault, "save", save=save)
    assert (error.old_exists, error.new_exists) == (True, False)
    assert isinstance(error.__cause__, cause)
    assert "the disk is full" not in str(error)
    assert list(tenant.tokens) == [old.id]
    holds(tenant, vault, old, error)
    finishes(tenant, rotator, old, vault)


@pytest.mark.parametrize("step", ["prove", "save"])
@pytest.mark.parametrize(
    ("fault", "still_there"),
    [
        (faults.Status(403), True),
        (A_DAY, True),
        (faults.Status(500), None),
        (faults.Reset(), None),
        (faults.Dropped(), None),
        (faults.Status(404), False),
    ],
)
def test_the_new_token_cannot_be_cleared_up(  # noqa: PLR0913, PLR0917  a table
    tenant: FakeTenant,
    sync_rotator: Interrupter,
    old: StoredToken,
    vault: Vault,
    step: RotationStep,
    fault: faults.Fault,
    *,
    still_there: bool | None,
) -> None:
    if step == "prove":
        order(tenant, "token", faults.Status(400))
    order(tenant, "delete", fault)
    error = stops(sync_rotator, old, vault, step, save=fails)
    assert (error.old_exists, error.new_exists) == (True, still_there)
    assert error.new is not None
    assert error.new.id in str(error)
    if fault == faults.Status(404):
        # Somebody else was faster, says the tenant; so let it be true.
        tenant.remove_token(error.new.id)
    holds(tenant, vault, old, error)
    finishes(tenant, sync_rotator, old, vault)


@own_and_another
@pytest.mark.parametrize(
    ("fault", "still_there"),
    [
        (faults.Status(403), True),
        (faults.Html(404), True),
        (A_DAY, True),
        (faults.Status(500), None),
        (faults.Reset(), None),
        (faults.Html(), None),
    ],
)
def test_revoke_fails(  # noqa: PLR0913  a table
    tenant: FakeTenant,
    sync_rotator: Interrupter,
    old: StoredToken,
    vault: Vault,
    fault: faults.Fault,
    *,
    still_there: bool | None,
) -> None:
    order(tenant, "delete", fault)
    error = stops(sync_rotator, old, vault, "revoke")
    assert (error.old_exists, error.new_exists) == (still_there, True)
    assert "The new token is saved: only the old one is left to revoke" in str(error)
    assert error.new is not None
    assert vault.newest == error.new.id
    holds(tenant, vault, old, error)
    # The new token is saved: there is one thing left to do.
    sync_rotator.pats.delete(old.id, missing_ok=True)
    assert old.id not in tenant.tokens
    assert vault.works(error.new.id)
    assert error.new.id in {token.id for token in sync_rotator.pats.list("me")}


@own_and_another
@pytest.mark.parametrize("fault", [faults.Dropped(), faults.Cut()])
def test_the_answer_to_the_revocation_is_lost_once(
    tenant: FakeTenant, rotator: Interrupter, old: StoredToken, vault: Vault, fault: faults.Fault
) -> None:
    tenant.fail("delete", fault)
    issued = rotator.pats.rotate(old.id, save=vault.save)
    assert old.id not in tenant.tokens
    assert vault.works(issued.id)


@own_and_another
def test_calling_again_after_a_failed_revocation(
    tenant: FakeTenant, rotator: Interrupter, old: StoredToken, vault: Vault
) -> None:
    order(tenant, "delete", faults.Status(403))
    holds(tenant, vault, old, stops(rotator, old, vault, "revoke"))
    finishes(tenant, rotator, old, vault)


# --- interrupted ----------------------------------------------------------------------------------


def note_of(interrupt: BaseException) -> str:
    # A create that was interrupted adds its own.
    (note,) = (each for each in interrupt.__notes__ if each.startswith("The rotation "))
    return note


def is_right(note: str, tenant: FakeTenant, said: Iterable[str]) -> None:
    """Compare a note with what the tenant has, for every token that it is sure of."""
    for part in said:
        assert part in note
    for token_id in tenant.tokens:
        assert f"{token_id} does not exist any more" not in note


@own_and_another
@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize(
    ("operation", "step", "said"),
    [
        ("list", "find", ["No new token exists"]),
        ("create", "create", ["a new token may exist, whose secret nobody has"]),
        ("token", "prove", ["exists and works; the new token", "exists and works."]),
        ("delete", "revoke", ["may exist; the new token", "exists and works."]),
    ],
)
def test_interrupted_at_a_request(  # noqa: PLR0913, PLR0917  fixtures
    tenant: FakeTenant,
    rotator: Interrupter,
    old: StoredToken,
    vault: Vault,
    operation: Asked,
    step: RotationStep,
    said: list[str],
    done: bool,  # noqa: FBT001  a row of the table
    caplog: pytest.LogCaptureFixture,
) -> None:
    interrupt = rotator.at_request(
        operation, lambda pats: pats.rotate(old.id, save=vault.save), done=done
    )
    note = note_of(interrupt)
    assert note in caplog.text
    assert f"interrupted at the step {step!r}" in note
    is_right(note, tenant, said)
    assert vault.works(vault.newest)
    if step != "revoke":
        assert vault.newest == old.id
        finishes(tenant, rotator, old, vault)
    else:
        rotator.pats.delete(old.id, missing_ok=True)
        assert old.id not in tenant.tokens
        assert vault.newest in {token.id for token in rotator.pats.list("me")}


@pytest.mark.parametrize("saved_before", [False, True])
def test_interrupted_in_save(  # noqa: PLR0913, PLR0917  fixtures
    tenant: FakeTenant,
    rotator: Interrupter,
    old: StoredToken,
    vault: Vault,
    flavour: Flavour,
    saved_before: bool,  # noqa: FBT001  a row of the table
) -> None:
    reached = threading.Event()

    def save(new: IssuedToken) -> None:
        if saved_before:
            vault.save(new)
        raise KeyboardInterrupt

    async def save_async(new: IssuedToken) -> None:
        if saved_before:
            vault.save(new)
        reached.set()
        await anyio.sleep(PATIENCE)

    if flavour == "sync":
        interrupt = raised_by(lambda: rotator.pats.rotate(old.id, save=save))
    else:
        interrupt = cancelled(
            rotator.pats, lambda pats: pats.rotate(old.id, save=save_async), reached
        )
    note = note_of(interrupt)
    assert "interrupted at the step 'save'" in note
    # Nobody knows whether it was saved: both stay.
    is_right(note, tenant, [f"The old token {old.id} exists and works; the new token"])
    assert all(vault.works(token_id) for token_id in vault.saved)
    assert tenant.count("delete") == 0
    finishes(tenant, rotator, old, vault)


@pytest.mark.parametrize("done", [False, True])
def test_interrupted_while_clearing_up(
    tenant: FakeTenant,
    rotator: Interrupter,
    old: StoredToken,
    vault: Vault,
    done: bool,  # noqa: FBT001  a row of the table
) -> None:
    interrupt = rotator.at_request(
        "delete", lambda pats: pats.rotate(old.id, save=fails), done=done
    )
    note = note_of(interrupt)
    is_right(note, tenant, [f"The old token {old.id} exists and works"])
    # The revocation was under way: whether it was carried out is not known.
    assert note.endswith("may exist.")
    assert vault.works(old.id)
    finishes(tenant, rotator, old, vault)


def test_broken_records_of_a_listing_are_never_revoked(
    connect: Connect, tenant: FakeTenant
) -> None:
    tenant.add_token(tenant.person, "Nightly export")
    there = set(tenant.tokens)
    pats = connect(tenant, retry=None)
    whole, broken = faults.Altered(), faults.Altered(lambda record: record | {"owner": 7})
    tenant.fail("list", whole)
    tenant.fail("list", broken)  # The look before the create.
    with pytest.raises(RotationError) as caught:
        pats.rotate(tenant.client_id, save=print)
    assert caught.value.step == "create"
    assert (caught.value.old_exists, caught.value.new_exists) == (True, False)
    assert set(tenant.tokens) == there
    assert tenant.count("delete") == 0


@pytest.mark.parametrize("odd", ["b\x1b[2J\nFAKE LOG LINE", "b\ud800"])
def test_an_odd_id_is_printable_in_what_it_says(
    connect: Connect, tenant: FakeTenant, caplog: pytest.LogCaptureFixture, odd: str
) -> None:
    tenant.fail("create", faults.Altered(lambda answer: answer | {"id": odd}))
    with pytest.raises(RotationError) as caught:
        connect(tenant, retry=None).rotate(tenant.client_id, save=print)
    assert caught.value.step == "prove"
    assert caught.value.old_exists is True
    assert str(caught.value).isprintable()
    assert all(line.isprintable() for line in caplog.messages)
