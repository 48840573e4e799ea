"""`whoami`: where the settings came from, and only what was seen."""

import json
from urllib.parse import parse_qs

import pytest

from sailpoint_pat.testing import FakeTenant, faults
from tests.command.conftest import Run
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


def test_it_only_reads(run: Run, acme: FakeTenant) -> None:
    run("whoami")
    assert {request.operation for request in acme.requests} == {"token", "list"}


@pytest.mark.parametrize("rights", [[MINE], []])
def test_rights_that_were_not_seen_are_not_claimed(
    run: Run, acme: FakeTenant, monkeypatch: pytest.MonkeyPatch, rights: list[str]
) -> None:
    token = acme.add_token(acme.add_person("Jane", rights=rights), "Jane's")
    monkeypatch.setenv("SAIL_CLIENT_ID", token.id)
    monkeypatch.setenv("SAIL_CLIENT_SECRET", token.secret)
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


def test_the_rights_of_a_large_tenant_are_seen_without_its_tokens(
    run: Run, acme: FakeTenant
) -> None:
    run("whoami")
    last = acme.requests[-1]
    assert parse_qs(last.query) == {"filters": ["lastUsed le 1970-01-01T00:00:00.000Z"]}


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


def test_what_was_not_seen_is_said_in_words(
    run: Run, acme: FakeTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = acme.add_token(acme.add_person("Jane", rights=[]), "Jane's", never_expires=True)
    monkeypatch.setenv("SAIL_CLIENT_ID", token.id)
    monkeypatch.setenv("SAIL_CLIENT_SECRET", token.secret)
    told = dict(run("whoami").rows)
    assert told["token"] == "not known"
    assert told["can list own"] == "no"


def test_a_failure_on_the_way_is_told(run: Run, acme: FakeTenant) -> None:
    acme.fail("list", faults.Status(400), times=None)
    done = run("whoami")
    assert done.code == 4
    assert ["base url", acme.base_url] in done.rows
