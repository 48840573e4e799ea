"""`whoami`: where the settings came from, and only what was seen."""

import json
from urllib.parse import parse_qs

import pytest

from sailpoint_pat.testing import FakeTenant, faults
from tests.command.conftest import Run, RunAsJane
from tests.command.running import Terminal

MINE = "idn:my-personal-access-tokens:read"


def test_all_is_told_but_the_secret(run: Run, acme: FakeTenant) -> None:
    done = run("whoami", "-o", "json")
    assert (done.code, done.err) == (0, "")
    told = json.loads(done.out)
    assert told["base_url"] == acme.base_url
    assert told["base_url_from"] == "the variable SAIL_BASE_URL"
    assert told["api_version"] == "v1"
    assert told["api_version_from"] == "the command's default"
    assert told["client_id"] == acme.client_id
    assert "SAIL_CLIENT_ID" in told["credentials_from"]
    assert told["token"]["name"] == "FakeTenant"
    assert told["token"]["owner"]["name"] == "Support"
    assert (told["can_list_own"], told["can_list_all"]) == (True, True)
    assert acme.client_secret not in done.out


@pytest.mark.parametrize("rights", [[MINE], []])
def test_rights_that_were_not_seen_are_not_claimed(
    run: Run, run_as_jane: RunAsJane, rights: list[str]
) -> None:
    run_as_jane(*rights)
    told = json.loads(run("whoami", "-o", "json").out)
    assert (told["can_list_own"], told["can_list_all"]) == (rights == [MINE], False)
    assert (told["token"] is not None) == (rights == [MINE])


def test_who_cannot_get_in_sees_where_the_settings_came_from(
    run: Run, acme: FakeTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAIL_CLIENT_SECRET", "0" * 64)
    done = run("whoami")
    assert done.code == 3
    assert ["client id", acme.client_id] in done.rows
    assert "Error: " in done.err


def test_it_only_reads_and_of_a_large_tenant_no_tokens(run: Run, acme: FakeTenant) -> None:
    run("whoami")
    assert {request.operation for request in acme.requests} == {"token", "list"}
    assert parse_qs(acme.requests[-1].query) == {
        "filters": ["lastUsed le 1970-01-01T00:00:00.000Z"]
    }


@pytest.mark.usefixtures("acme")
def test_for_people() -> None:
    with Terminal("whoami") as terminal:
        assert terminal.end() == 0
    assert "the variable SAIL_BASE_URL\n" in terminal.shown
    shown = dict(line.split("  ", 1) for line in terminal.shown.splitlines() if "  " in line)
    told = {name: value.strip() for name, value in shown.items()}
    assert told["token"].startswith("FakeTenant, of Support, expires 20")
    assert told["can list own"] == "yes"
    assert told["can create, revoke"] == "not tried"


def test_what_was_not_seen_is_said_in_words(run: Run, run_as_jane: RunAsJane) -> None:
    run_as_jane()
    told = dict(run("whoami").rows)
    assert told["token"] == "not known"
    assert told["can list own"] == "no"


def test_a_failure_on_the_way_is_told(run: Run, acme: FakeTenant) -> None:
    acme.fail("list", faults.Status(400), times=None)
    done = run("whoami")
    assert done.code == 4
    assert ["base url", acme.base_url] in done.rows
