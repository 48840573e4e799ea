"""Whatever fails in a rotation, a saved token works, and the error says what exists.

Each test breaks one step in one way, compares what the error says with what the tenant has, proves
by an exchange that a saved pair works, and then finishes the job.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import anyio
import pytest

from sailpoint_pat import AuthenticationError, IssuedToken, RotationError
from sailpoint_pat.errors import RotationStep
from sailpoint_pat.testing import FakeTenant, faults
from tests.rotation.conftest import Scene
from tests.support.calls import giving
from tests.support.clients import Connect
from tests.support.interrupts import PATIENCE, Asked, cancelled, raised_by
from tests.support.records import record
from tests.support.tenants import access_token_of

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
ALL = [*REFUSALS, *LOSSES, *UNREADABLE, A_DAY]


# --- each step against each failure ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "ordered", "step"),
    [
        *(("list", [fault], "find") for fault in ALL),
        # The look before the create: nothing was sent that makes a token.
        *(("list", [FINE, fault], "create") for fault in ALL),
        *(("create", [fault], "create") for fault in [*REFUSALS, A_DAY]),
        *(("token", [fault], "prove") for fault in ALL),
    ],
)
def test_no_new_token_is_left(
    sync_scene: Scene, operation: Asked, ordered: list[faults.Fault], step: RotationStep
) -> None:
    sync_scene.order(operation, *ordered)
    error = sync_scene.stops(step)
    old_id, tenant = sync_scene.old.id, sync_scene.tenant
    assert (error.old_exists, error.new_exists) == (None if step == "find" else True, False)
    assert (error.new is not None) is (step == "prove")
    assert error.lost_create is None
    assert not error.maybe_performed
    assert (tenant.count("create") > 0) is (operation != "list")
    assert list(tenant.tokens) == [old_id]
    told = {
        "find": "No new token exists.",
        "create": f"The old token {old_id} exists and works; no new token exists.",
        "prove": f"The old token {old_id} exists and works; the new token "
        f"{error.new and error.new.id} does not exist any more.",
    }
    assert str(error).endswith(f". {told[step]}")
    assert ".." not in str(error)
    sync_scene.holds(error)
    sync_scene.finishes()


@pytest.mark.parametrize(
    "ordered",
    # The first may come late, and be what the second one is refused for.
    [*([fault] for fault in [*LOSSES, *UNREADABLE]), [faults.Reset(), faults.Status(400)]],
)
def test_create_is_lost_for_good(sync_scene: Scene, ordered: list[faults.Fault]) -> None:
    sync_scene.order("create", *ordered)
    error = sync_scene.stops("create")
    assert (error.old_exists, error.new_exists, error.new) == (True, None, None)
    assert error.maybe_performed
    assert str(error).endswith("; a new token may exist, whose secret nobody has.")
    orphans = sync_scene.orphans()
    assert len(orphans) <= 1
    sync_scene.holds(error)
    orphan = sync_scene.pats.find_orphan(error)
    assert ([orphan.id] if orphan else []) == orphans
    sync_scene.finishes()


@pytest.mark.parametrize("fault", LOSSES)
def test_create_is_lost_once(sync_scene: Scene, fault: faults.Fault) -> None:
    sync_scene.tenant.fail("create", fault)
    issued = sync_scene.rotate()
    assert sync_scene.vault.newest == issued.id
    assert sync_scene.vault.works(issued.id)
    assert sync_scene.tenant.count("create") == 2
    assert list(sync_scene.tenant.tokens) == [issued.id]


@pytest.mark.parametrize("can_be_revoked", [True, False])
def test_a_new_one_that_cannot_be_read(sync_scene: Scene, *, can_be_revoked: bool) -> None:
    sync_scene.order("create", faults.Altered(lambda answer: answer | {"created": None}))
    if not can_be_revoked:
        sync_scene.order("delete", faults.Status(403))
    error = sync_scene.stops("create")
    assert error.new_exists is (False if can_be_revoked else None)
    sync_scene.holds(error)
    assert len(sync_scene.orphans()) == (not can_be_revoked)


def fails(_new: IssuedToken) -> None:
    raise OSError("the disk is full")


def fails_as_one_of_ours(_new: IssuedToken) -> None:
    raise AuthenticationError("the vault stands behind SailPoint too")


@pytest.mark.parametrize(
    ("save", "cause", "said"),
    [
        (fails, OSError, "'save': OSError. The"),
        (
            fails_as_one_of_ours,
            AuthenticationError,
            "'save': AuthenticationError: the vault stands behind SailPoint too. The",
        ),
    ],
)
def test_save_fails(
    scene: Scene, save: Callable[[IssuedToken], None], cause: type[Exception], said: str
) -> None:
    error = scene.stops("save", save=save)
    assert (error.old_exists, error.new_exists) == (True, False)
    assert isinstance(error.__cause__, cause)
    assert error.__cause__.__traceback__ is None, "its frames hold what `save` was given"
    assert said in str(error)
    assert list(scene.tenant.tokens) == [scene.old.id]
    scene.holds(error)
    scene.finishes()


@pytest.mark.parametrize("step", ["prove", "save"])
@pytest.mark.parametrize(
    ("fault", "still_there"),
    [
        *((faults.Status(403), True), (A_DAY, True), (faults.Status(404), False)),
        *((faults.Status(500), None), (faults.Reset(), None), (faults.Dropped(), None)),
    ],
)
def test_the_new_token_cannot_be_cleared_up(
    sync_scene: Scene, step: RotationStep, fault: faults.Fault, *, still_there: bool | None
) -> None:
    if step == "prove":
        sync_scene.order("token", faults.Status(400))
    sync_scene.order("delete", fault)
    error = sync_scene.stops(step, save=fails)
    assert (error.old_exists, error.new_exists) == (True, still_there)
    assert error.new is not None
    assert error.new.id in str(error)
    if still_there is False:
        # Somebody else was faster, says the tenant; so let it be true.
        sync_scene.tenant.remove_token(error.new.id)
    sync_scene.holds(error)
    sync_scene.finishes()


@own_and_another
@pytest.mark.parametrize(
    ("fault", "still_there"),
    [
        *((faults.Status(403), True), (faults.Html(404), True), (A_DAY, True)),
        *((faults.Status(500), None), (faults.Reset(), None), (faults.Html(), None)),
    ],
)
def test_revoke_fails(sync_scene: Scene, fault: faults.Fault, *, still_there: bool | None) -> None:
    sync_scene.order("delete", fault)
    error = sync_scene.stops("revoke")
    old_id = sync_scene.old.id
    assert (error.old_exists, error.new_exists) == (still_there, True)
    assert error.new is not None
    assert sync_scene.vault.newest == error.new.id
    assert f"'revoke': {type(error.__cause__).__name__}: {error.__cause__}"[:-1] in str(error)
    assert str(error).endswith(
        ". The new token is saved: only the old one is left to revoke. "
        f"The old token {old_id} {'exists and works' if still_there else 'may exist'}; "
        f"the new token {error.new.id} exists and works."
    )
    sync_scene.holds(error)
    # The new token is saved: there is one thing left to do.
    sync_scene.pats.delete(old_id, missing_ok=True)
    assert old_id not in sync_scene.tenant.tokens
    assert sync_scene.vault.works(error.new.id)
    assert error.new.id in {token.id for token in sync_scene.pats.list("me")}


@own_and_another
@pytest.mark.parametrize("fault", [faults.Dropped(), faults.Cut()])
def test_the_answer_to_the_revocation_is_lost_once(scene: Scene, fault: faults.Fault) -> None:
    scene.tenant.fail("delete", fault)
    issued = scene.rotate()
    assert scene.old.id not in scene.tenant.tokens
    assert scene.vault.works(issued.id)


@own_and_another
def test_calling_again_after_a_failed_revocation(scene: Scene) -> None:
    scene.order("delete", faults.Status(403))
    scene.holds(scene.stops("revoke"))
    scene.finishes()


# --- interrupted ----------------------------------------------------------------------------------


def note_of(interrupt: BaseException, tenant: FakeTenant) -> str:
    """Return what an interrupt says; no token is said to be gone that the tenant has."""
    # A create that was interrupted adds its own.
    (note,) = (each for each in interrupt.__notes__ if each.startswith("The rotation "))
    for token_id in tenant.tokens:
        assert f"{token_id} does not exist any more" not in note
    return note


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
def test_interrupted_at_a_request(
    scene: Scene,
    caplog: pytest.LogCaptureFixture,
    operation: Asked,
    step: RotationStep,
    said: list[str],
    *,
    done: bool,
) -> None:
    note = note_of(scene.interrupted(operation, done=done), scene.tenant)
    assert note in caplog.messages
    assert f"interrupted at the step {step!r}. " in note
    assert all(part in note for part in said)
    vault = scene.vault
    assert vault.works(vault.newest)
    if step != "revoke":
        assert vault.newest == scene.old.id
        scene.finishes()
    else:
        scene.pats.delete(scene.old.id, missing_ok=True)
        assert scene.old.id not in scene.tenant.tokens
        assert vault.newest in {token.id for token in scene.pats.list("me")}


@pytest.mark.parametrize("saved_before", [False, True])
def test_interrupted_in_save(scene: Scene, connect: Connect, *, saved_before: bool) -> None:
    reached = threading.Event()

    def save(new: IssuedToken) -> None:
        if saved_before:
            scene.vault.save(new)
        reached.set()
        if connect.flavour == "sync":
            raise KeyboardInterrupt

    async def save_async(new: IssuedToken) -> None:
        save(new)
        await anyio.sleep(PATIENCE)

    if connect.flavour == "sync":
        interrupt = raised_by(lambda: scene.rotate(save=save))
    else:
        interrupt = cancelled(
            scene.pats, lambda pats: pats.rotate(scene.old.id, save=save_async), reached
        )
    note = note_of(interrupt, scene.tenant)
    assert "interrupted at the step 'save'" in note
    # Nobody knows whether it was saved: both stay.
    assert f"The old token {scene.old.id} exists and works; the new token" in note
    assert all(scene.vault.works(token_id) for token_id in scene.vault.saved)
    assert scene.tenant.count("delete") == 0
    scene.finishes()


@pytest.mark.parametrize("done", [False, True])
def test_interrupted_while_clearing_up(scene: Scene, *, done: bool) -> None:
    note = note_of(scene.interrupted("delete", done=done, save=fails), scene.tenant)
    assert f"The old token {scene.old.id} exists and works" in note
    # The revocation was under way: whether it was carried out is not known.
    assert note.endswith("may exist.")
    assert scene.vault.works(scene.old.id)
    scene.finishes()


def test_broken_records_of_a_listing_are_never_revoked(
    connect: Connect, tenant: FakeTenant
) -> None:
    # One that the look before the create names, and the listing before it did not.
    theirs = tenant.add_token(tenant.add_person("Somebody else"), "Nightly export")
    there = set(tenant.tokens)
    pats = connect(tenant, retry=None)
    tenant.fail("list", FINE)
    tenant.fail("list", faults.Body([record(id=theirs.id, owner=7)]))
    with pytest.raises(RotationError) as caught:
        pats.rotate(tenant.client_id, save=print)
    assert caught.value.step == "create"
    assert (caught.value.old_exists, caught.value.new_exists) == (True, False)
    assert set(tenant.tokens) == there
    assert tenant.count("delete") == 0


# With the second one no request can be made that would revoke it.
@pytest.mark.parametrize(("odd", "exists"), [("b\x1b[2J\nFAKE LINE", False), ("b\ud800", True)])
def test_an_odd_id_is_printable_in_what_it_says(
    connect: Connect,
    tenant: FakeTenant,
    caplog: pytest.LogCaptureFixture,
    odd: str,
    *,
    exists: bool,
) -> None:
    tenant.fail("create", faults.Altered(lambda answer: answer | {"id": odd}))
    with pytest.raises(RotationError) as caught:
        connect(tenant, retry=None).rotate(tenant.client_id, save=print)
    assert caught.value.step == "prove"
    assert caught.value.old_exists is True
    assert caught.value.new_exists is exists
    assert str(caught.value).isprintable()
    assert all(line.isprintable() for line in caplog.messages)


def test_one_that_somebody_made_before_the_create_is_not_taken_for_its_token(
    sync_scene: Scene,
) -> None:
    first_look = faults.Gate(after=True)
    sync_scene.tenant.fail("list", first_look)
    sync_scene.order("create", faults.Reset())
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(sync_scene.stops, "create", name="Next")
        assert first_look.reached.wait(PATIENCE)
        sync_scene.tenant.add_token(sync_scene.tenant.person, "Next")
        first_look.open()
        error = running.result()
    assert error.new_exists is None
    assert sync_scene.pats.find_orphan(error) is None


def test_a_create_that_an_error_of_somebody_else_ended_can_be_looked_for(
    tenant: FakeTenant, connect: Connect
) -> None:
    token = access_token_of(tenant)
    # It finds the old token, looks for the name, and is about to create.
    function = giving(token, token, LookupError("the vault is sealed"))
    pats = connect(tenant, access_token=function, retry=None)
    with pytest.raises(RotationError, match="'create': LookupError") as caught:
        pats.rotate(tenant.client_id, save=print, name="Next")
    assert caught.value.new_exists is None
    assert caught.value.lost_create is not None
    assert caught.value.lost_create.name == "Next"
