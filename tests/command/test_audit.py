"""`audit`: what it prints, how it ends, and several tenants at once."""

import contextlib
import csv
import functools
import io
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from sailpoint_pat.testing import FakeTenant, faults
from tests.command.conftest import Run
from tests.command.records import BROKEN, named, readable
from tests.command.running import Terminal
from tests.settings.places import config_of, file_of

DAY = timedelta(days=1)


@pytest.fixture
def messy(acme: FakeTenant) -> FakeTenant:
    """A tenant with a finding of each severity."""
    now, jane = acme.now, acme.add_person("Jane")
    add = functools.partial(acme.add_token, jane, scopes=["idn:accounts:read"])
    add("gone", created_at=now - 9 * DAY, expires_at=now - DAY, last_used_at=now)
    add("for ever", never_expires=True, last_used_at=now)
    add("never used", created_at=now - 60 * DAY)
    return acme


def test_json(run: Run, messy: FakeTenant) -> None:
    done = run("audit", "-o", "json")
    report = json.loads(done.out)
    assert (done.code, done.err) == (10, "")
    assert report["schema"] == "sailpoint-pat.audit/1"
    (tenant,) = report["tenants"]
    assert tenant["name"] == messy.base_url.removeprefix("http://")
    assert (tenant["base_url"], tenant["status"]) == (messy.base_url, "ok")
    assert len(report["tokens"]) == 4
    assert {each["token"]["name"]: each["kind"] for each in report["findings"]} == {
        "gone": "expired",
        "for ever": "never-expires",
        "never used": "never-used",
        "FakeTenant": "all-scopes",
    }


@pytest.mark.usefixtures("messy")
@pytest.mark.parametrize("output", ["csv", "table"])
def test_rows(run: Run, output: str) -> None:
    done = run("audit", "-o", output)
    dialect = "excel" if output == "csv" else "excel-tab"
    rows = list(csv.DictReader(io.StringIO(done.out), dialect=dialect))
    assert [(row["severity"], row["kind"], row["token_name"]) for row in rows] == [
        ("high", "expired", "gone"),
        ("medium", "never-expires", "for ever"),
        ("medium", "all-scopes", "FakeTenant"),
        ("low", "never-used", "never used"),
    ]
    assert rows[0]["owner_name"] == "Jane"
    assert all(row["message"] for row in rows)


@pytest.mark.usefixtures("messy")
def test_on_a_terminal() -> None:
    with Terminal("audit") as terminal:
        assert terminal.end() == 10
    header = next(line for line in terminal.shown.splitlines() if "SEVERITY" in line)
    assert header.split() == ["SEVERITY", "KIND", "OWNER", "TOKEN", "WHAT", "TO", "DO"]
    assert "4 tokens, 4 findings: 1 high, 2 medium, 1 low; 0 accepted." in terminal.shown


@pytest.mark.usefixtures("acme")
def test_a_listing_without_findings(run: Run, policy: Callable[[str], str]) -> None:
    done = run("audit", "--policy", policy("severity: {all-scopes: off}"))
    assert (done.code, done.rows) == (0, [])


@pytest.fixture
def policy(tmp_path: Path) -> Callable[[str], str]:
    """Write a policy file, and return its path."""

    def policy(text: str) -> str:
        path = tmp_path / "policy.yaml"
        path.write_text(text)
        return str(path)

    return policy


@pytest.mark.usefixtures("messy")
@pytest.mark.parametrize(
    ("fail_on", "without", "code"),
    [
        ("high", "", 10),
        ("high", "expired", 0),
        ("medium", "expired", 10),
        ("low", "expired never-expires all-scopes", 10),
        ("medium", "expired never-expires all-scopes", 0),
        ("never", "", 0),
    ],
)
def test_fail_on_decides_the_exit_code(
    run: Run, policy: Callable[[str], str], fail_on: str, without: str, code: int
) -> None:
    file = policy("severity:\n" + "".join(f"  {kind}: off\n" for kind in without.split()))
    assert run("audit", "--fail-on", fail_on, "--policy", file).code == code


def test_what_is_accepted_is_shown_and_does_not_count(
    run: Run, messy: FakeTenant, policy: Callable[[str], str]
) -> None:
    gone = named(messy, "gone")
    until = (messy.now + 9 * DAY).date()
    accepted = f"{{kind: expired, token: {gone.id}, reason: kept, until: {until}}}"
    done = run("audit", "--policy", policy(f"accepted:\n- {accepted}\n"), "-o", "csv")
    assert done.code == 0
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert [row["accepted_until"] for row in rows if row["accepted"] == "true"] == [str(until)]


def test_since_an_earlier_report(run: Run, messy: FakeTenant, tmp_path: Path) -> None:
    earlier = tmp_path / "earlier.json"
    earlier.write_text(run("audit", "-o", "json").out)
    messy.add_token(messy.person, "new", never_expires=True, scopes=["a"])
    report = json.loads(run("audit", "--since", str(earlier), "-o", "json").out)
    changes = {finding["token"]["name"]: finding["change"] for finding in report["findings"]}
    names = ("gone", "for ever", "never used", "FakeTenant")
    assert changes == dict.fromkeys(names, "stays") | {"new": "new"}


def test_a_file_that_is_no_report(run: Run, acme: FakeTenant, tmp_path: Path) -> None:
    file = tmp_path / "earlier.json"
    file.write_text("[]")
    done = run("audit", "--since", str(file))
    assert (done.code, acme.count()) == (2, 0)
    assert "this is no report with the schema" in done.err


def test_without_the_right_to_the_tenant_it_says_what_else_to_do(
    run: Run, acme: FakeTenant
) -> None:
    acme.fail("list", faults.Status(403))
    done = run("audit")
    assert done.code == 4
    assert "With --owner me, the audit looks at the caller's own tokens alone." in done.err
    assert run("audit", "--owner", "me", "--fail-on", "never").code == 0


def test_a_broken_record_is_a_finding(run: Run, acme: FakeTenant) -> None:
    acme.fail("list", faults.Body([BROKEN, readable(acme)]))
    done = run("audit", "-o", "csv")
    assert done.code == 10
    assert next(csv.DictReader(io.StringIO(done.out)))["kind"] == "unreadable"


def metrics_in(text: str) -> dict[str, list[Sample]]:
    return {family.name: family.samples for family in text_string_to_metric_families(text)}


def test_prometheus(run: Run, messy: FakeTenant) -> None:
    strange = 'a "quoted" \\ name\n'
    messy.add_token(messy.person, strange, last_used_at=messy.now, scopes=["a"])
    done = run("audit", "-o", "prometheus")
    metrics = metrics_in(done.out)
    tenant = messy.base_url.removeprefix("http://")
    expiry = metrics["sailpoint_pat_token_expiry_timestamp_seconds"]
    by_name = {sample.labels["name"]: sample for sample in expiry}
    gone = named(messy, "gone")
    assert gone.expires_at is not None
    assert by_name["gone"].value == gone.expires_at.timestamp()
    assert by_name["gone"].labels == {
        "tenant": tenant,
        "id": gone.id,
        "name": "gone",
        "owner_id": gone.owner.id,
        "owner_name": "Jane",
    }
    assert 'a "quoted" \\ name\\n' in by_name
    assert "for ever" not in by_name
    used = metrics["sailpoint_pat_token_last_used_timestamp_seconds"]
    assert "never used" not in {sample.labels["name"] for sample in used}
    found = {
        (sample.labels["kind"], sample.labels["severity"]): sample.value
        for sample in metrics["sailpoint_pat_audit_findings"]
    }
    assert len(found) == 30
    assert found["expired", "high"] == 1
    assert found["unreadable", "high"] == 0
    (success,) = metrics["sailpoint_pat_audit_success"]
    assert (success.labels, success.value) == ({"tenant": tenant}, 1)
    (audited,) = metrics["sailpoint_pat_audit_timestamp_seconds"]
    assert audited.value == pytest.approx(messy.now.timestamp(), abs=60)


@pytest.fixture
def three() -> Iterator[dict[str, FakeTenant]]:
    """Three tenants in the config file, by environment, and two environments more.

    The environment `copy` is `first` once more; `empty` has no credentials.
    """
    with contextlib.ExitStack() as stack:
        tenants = {name: stack.enter_context(FakeTenant()) for name in ("first", "second", "third")}
        places = {**tenants, "copy": tenants["first"]}
        environments = [
            config_of(name, each.base_url, each.client_id, each.client_secret)
            for name, each in places.items()
        ]
        config = Path("~/.sailpoint/config.yaml").expanduser()
        config.parent.mkdir()
        config.touch(mode=0o600)
        config.write_text(file_of(*environments, config_of("empty", None, None, None)))
        yield tenants


@pytest.mark.usefixtures("clock")
def test_all_environments(run: Run, three: dict[str, FakeTenant]) -> None:
    three["second"].stop()
    done = run("audit", "--all-environments", "-o", "json")
    report = json.loads(done.out)
    assert done.code == 1
    assert {tenant["name"]: tenant["status"] for tenant in report["tenants"]} == {
        "first": "ok",
        "second": "failed",
        "third": "ok",
        "empty": "failed",
    }
    assert "copy has the address and the client id of first: it is read once." in done.err
    assert three["first"].count("list") == 1
    assert [bool(tenant["error"]) for tenant in report["tenants"]] == [False, True, False, True]
    assert "2 of 4 tenants could not be read." in done.err
    assert "second: " in done.err
    assert {finding["tenant"] for finding in report["findings"]} == {"first", "third"}
    for tenant in three.values():
        assert tenant.client_secret not in done.out + done.err


def test_a_tenant_that_could_not_be_read_wins_over_findings(
    run: Run, three: dict[str, FakeTenant]
) -> None:
    three["second"].fail("list", faults.Status(403))
    options = ("--environments", "first,second", "--fail-on", "low", "-o", "prometheus")
    done = run("audit", *options)
    assert done.code == 1
    success = metrics_in(done.out)["sailpoint_pat_audit_success"]
    values = {sample.labels["tenant"]: sample.value for sample in success}
    assert values == {"first": 1, "second": 0}


def test_some_environments(run: Run, three: dict[str, FakeTenant]) -> None:
    done = run("audit", "--environments", "Third, first,third", "-o", "json")
    assert done.code == 0
    assert [tenant["name"] for tenant in json.loads(done.out)["tenants"]] == ["third", "first"]
    assert three["second"].count() == 0
    done = run("audit", "--environments", "first,fourth")
    assert done.code == 2
    assert "has no environment fourth. It has: first, second, third, copy, empty." in done.err


@pytest.mark.usefixtures("three")
def test_several_on_a_terminal() -> None:
    with Terminal("audit", "--environments", "first,third") as terminal:
        assert terminal.end() == 0
    rows = [line.split()[:3] for line in terminal.shown.splitlines() if "FakeTenant" in line]
    assert rows == [["medium", "all-scopes", "first"], ["medium", "all-scopes", "third"]]


@pytest.mark.usefixtures("messy")
def test_html(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    done = run("audit", "--html", str(file), "-o", "json")
    assert done.code == 10
    assert json.loads(done.out)
    assert done.err == f"The page is in {file}.\n"
    assert "for ever" in file.read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".rep")] == []
