"""Which tokens a command line means."""

from datetime import timedelta

import pytest

from sailpoint_pat.testing import FakeTenant, StoredToken, faults
from tests.command.conftest import Run
from tests.command.records import BROKEN, named, readable

DAY = timedelta(days=1)


def add(tenant: FakeTenant, name: str, *, used: int | None = None, left: int = 100) -> StoredToken:
    """Add a token of Support's: used so many days ago, with so many days left."""
    now = tenant.now
    return tenant.add_token(
        tenant.person,
        name,
        created_at=now - 200 * DAY,
        expires_at=now + left * DAY,
        last_used_at=None if used is None else now - used * DAY,
    )


@pytest.fixture
def many(acme: FakeTenant) -> FakeTenant:
    add(acme, "fresh", used=1)
    add(acme, "old", used=100)
    add(acme, "never")
    add(acme, "soon", used=1, left=10)
    add(acme, "gone", used=1, left=-1)
    acme.add_token(acme.person, "for ever", never_expires=True, last_used_at=acme.now)
    acme.add_token(acme.add_person("Jane"), "Jane's", last_used_at=acme.now - 100 * DAY)
    return acme


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ((), "FakeTenant|fresh|old|never|soon|gone|for ever"),
        (("--all",), "FakeTenant|fresh|old|never|soon|gone|for ever|Jane's"),
        (("--owner", "me", "--never-used"), "never"),
        (("--unused-since", "90d"), "old"),
        (("--unused-since", "90d", "--never-used"), "old|never"),
        (("--all", "--unused-since", "90d"), "old|Jane's"),
        (("--expires-within", "30d"), "soon"),
        (("--name", "?o*"), "soon|gone|for ever"),
        (("--name", "s*", "--expires-within", "1d"), ""),
    ],
)
def test_list_filters(run: Run, many: FakeTenant, options: tuple[str, ...], names: str) -> None:
    done = run("list", *options)
    assert (done.code, done.err) == (0, "")
    assert "|".join(row[1] for row in done.rows) == names
    assert many.count("list") == 1


def test_list_of_one_owner(run: Run, many: FakeTenant) -> None:
    jane = named(many, "Jane's").owner
    assert [row[1] for row in run("list", "--owner", jane.id).rows] == ["Jane's"]


@pytest.mark.usefixtures("many")
def test_show_by_name(run: Run) -> None:
    assert run("show", "old").rows[0][1] == "old"


def test_an_id_comes_before_a_name(run: Run, acme: FakeTenant) -> None:
    by_id = add(acme, "first")
    add(acme, by_id.id)
    assert run("show", by_id.id).rows[0][1] == "first"


@pytest.mark.usefixtures("many")
def test_somebody_elses_token_takes_all(run: Run) -> None:
    done = run("show", "Jane's")
    assert (done.code, done.out) == (2, "")
    assert "No token among the caller's own has the id or the name" in done.err
    assert "With --all" in done.err
    assert run("show", "Jane's", "--all").rows[0][3] == "Jane"


def test_a_name_that_fits_several_lists_them(run: Run, many: FakeTenant) -> None:
    other = many.add_token(many.add_person("Joe"), "old")
    done = run("show", "old", "--all")
    assert (done.code, done.out) == (2, "")
    assert "'old' is the name of 2 tokens: give the id" in done.err
    assert f"of Joe, id {other.id}" in done.err


def test_a_broken_record_does_not_hide_the_others(run: Run, acme: FakeTenant) -> None:
    good = readable(acme)
    acme.fail("list", faults.Body([BROKEN, good]))
    done = run("list")
    assert done.code == 1
    assert [row[0] for row in done.rows] == [good["id"]]
    assert f"1 of 2 records of the listing cannot be read. The first is {'f' * 32}" in done.err


def test_a_name_is_not_trusted_beside_a_broken_record(run: Run, acme: FakeTenant) -> None:
    acme.fail("list", faults.Body([BROKEN, readable(acme) | {"name": "Nightly"}]), times=2)
    done = run("show", "Nightly")
    assert (done.code, done.out) == (2, "")
    assert "give the id" in done.err
    assert run("show", acme.client_id).code == 0
