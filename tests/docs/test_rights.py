"""What the page on rights and scopes says, against a tenant that enforces it."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TypeAlias

import pytest

from sailpoint_pat import PatClient, PermissionDeniedError, RotationError
from sailpoint_pat.command import main
from sailpoint_pat.testing import FakeTenant, StoredToken
from tests.docs.snippets import TOP

Call: TypeAlias = Callable[[PatClient, StoredToken, StoredToken], object]


MINE, ALL = "sp:my-personal-access-tokens", "sp:all-personal-access-tokens"

READ_MINE, READ_ALL = {f"{MINE}:read"}, {f"{ALL}:read"}
MANAGE, MANAGE_ALL = {f"{MINE}:manage", f"{ALL}:manage"}, {f"{ALL}:manage"}
DAY = timedelta(days=1)

# A call, where the page has it, and the scopes that are just enough.
CALLS: list[tuple[Call, str, set[str]]] = [
    (lambda pats, *_: pats.list(owner="me"), '`list(owner="me")`', READ_MINE),
    (lambda pats, own, _: pats.get(own.id, owner="me"), '`get(…, owner="me")`', READ_MINE),
    (lambda pats, *_: pats.list(), "`list()`", READ_ALL),
    (lambda pats, _, other: pats.list(owner=other.owner.id), "`list(owner=…)`", READ_ALL),
    (lambda pats, _, other: pats.get(other.id), "`get(…)`", READ_ALL),
    (lambda pats, *_: pats.create("New", expires_in=DAY), "`create`", MANAGE),
    (lambda pats, own, _: pats.create_like(own.id, name="New"), "`create_like`", MANAGE),
    (lambda pats, own, _: pats.rotate(own.id, save=lambda _new: None), "`rotate`", MANAGE),
    (lambda pats, own, _: pats.delete(own.id), "`delete`, `delete_many` of one's own", MANAGE),
    (
        lambda pats, _, other: pats.delete(other.id),
        "`delete`, `delete_many` of other people's",
        MANAGE_ALL,
    ),
]
SCOPES = [f"{whose}:{what}" for whose in (MINE, ALL) for what in ("read", "manage")]
# A scope that is enough makes these enough, too.
MORE = {
    f"{MINE}:read": {f"{MINE}:read", f"{MINE}:manage", f"{ALL}:read", f"{ALL}:manage"},
    f"{ALL}:read": {f"{ALL}:read", f"{ALL}:manage"},
}


def row_of(call: str) -> str:
    page = (TOP / "docs" / "rights.md").read_text(encoding="utf-8")
    [row] = [row for row in page.splitlines() if re.search(rf"^\|[^|]*{re.escape(call)}", row)]
    return row


@pytest.fixture
def own(tenant: FakeTenant) -> StoredToken:
    return tenant.add_token(tenant.person, "Own", scopes=[f"{MINE}:read"])


@pytest.fixture
def other(tenant: FakeTenant) -> StoredToken:
    return tenant.add_token(tenant.add_person("Sales"), "Other")


@pytest.fixture
def pats(tenant: FakeTenant, scope: str) -> Iterator[PatClient]:
    token = tenant.add_token(tenant.person, "Caller", scopes=[scope])
    with PatClient(
        base_url=tenant.base_url, client_id=token.id, client_secret=token.secret, api_version="v1"
    ) as pats:
        yield pats


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize(("call", "shown", "enough"), CALLS, ids=[each[1] for each in CALLS])
def test_a_scope_is_enough_or_not(
    pats: PatClient,
    own: StoredToken,
    other: StoredToken,
    scope: str,
    call: Call,
    shown: str,
    enough: set[str],
) -> None:
    assert all(f"`{each}`" in row_of(shown) for each in enough)
    if scope in set().union(*(MORE.get(each, {each}) for each in enough)):
        call(pats, own, other)
        return
    with pytest.raises((PermissionDeniedError, RotationError)) as caught:
        call(pats, own, other)
    is_rotation = isinstance(caught.value, RotationError)
    refusal = caught.value.__cause__ if is_rotation else caught.value
    assert isinstance(refusal, PermissionDeniedError)


@pytest.mark.parametrize("scope", ["idn:accounts:read"])
def test_proving_a_pair_takes_nothing(pats: PatClient, own: StoredToken) -> None:
    pats.prove(own.id, own.secret)


# --- the commands ---------------------------------------------------------------------------------

NOTHING = "idn:accounts:read"
NEW = ["--expires-in", "1d", "--scope", NOTHING, "--show-secret"]

# A command, where the page has it, a scope that is just enough, and one that is not.
COMMANDS = [
    (["list"], "`list`", f"{MINE}:read", NOTHING),
    (["show", "Caller"], "`show`", f"{MINE}:read", NOTHING),
    (["audit", "--owner", "me"], "`audit --owner me`", f"{MINE}:read", NOTHING),
    (["list", "--all"], "`list --all`", f"{ALL}:read", f"{MINE}:read"),
    (["audit"], "`audit`", f"{ALL}:read", f"{MINE}:read"),
    (["create", "New", *NEW], "`create`", f"{MINE}:manage", f"{ALL}:read"),
    (["rotate", "--self", "--show-secret", "--yes"], "`rotate`", f"{MINE}:manage", NOTHING),
    (["revoke", "OWN", "--yes"], "`revoke ID`", f"{MINE}:manage", f"{ALL}:read"),
]


@pytest.mark.parametrize("is_enough", [True, False], ids=["enough", "too-little"])
@pytest.mark.parametrize(
    ("arguments", "shown", "enough", "too_little"),
    COMMANDS,
    ids=[" ".join(each[0][:2]) for each in COMMANDS],
)
def test_a_command_takes_what_the_page_says(
    tenant: FakeTenant,
    own: StoredToken,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    arguments: list[str],
    shown: str,
    enough: str,
    too_little: str,
    *,
    is_enough: bool,
) -> None:
    page = (TOP / "docs" / "rights.md").read_text(encoding="utf-8")
    assert any(shown in row and f"`{enough}`" in row for row in page.splitlines())
    scope = enough if is_enough else too_little
    caller = tenant.add_token(tenant.person, "Caller", scopes=[scope])
    monkeypatch.setenv("SAIL_BASE_URL", tenant.base_url)
    monkeypatch.setenv("SAIL_CLIENT_ID", caller.id)
    monkeypatch.setenv("SAIL_CLIENT_SECRET", caller.secret)
    code = main([own.id if word == "OWN" else word for word in arguments])
    said = capfd.readouterr().err
    # 4 says that the API refused; a rotation that stops, that it stopped.
    assert (code in {0, 10}) is is_enough, said
    assert ("right" in said) is not is_enough
