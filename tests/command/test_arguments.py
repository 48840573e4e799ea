"""Command lines that make no sense: exit code 2, a sentence that helps, and nothing is sent."""

from datetime import UTC, datetime

import pytest

from sailpoint_pat.testing import FakeTenant
from tests.command.conftest import Run

CREATE = ("create", "X", "--expires-in", "90d", "--all-scopes")
SHOW = "--show-secret"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "Usage: sailpoint-pat"),
        (("lst",), "Did you mean 'list'?"),
        (("list", "--fake"), "--fake stands before the command"),
        (("list", "more"), "unexpected extra argument"),
        (("list", "--all", "--owner", "me"), "leave out --owner"),
        (("list", "-o", "xml"), "'xml' is not one of"),
        (("list", "--unused-since", "90"), "'90' is no time such as 12h, 90d or 2w"),
        (("list", "--unused-since", "0d"), "'0d' is no time"),
        (("list", "--unused-since", "-1d"), "'-1d' is no time"),
        (("list", "--expires-within", "3m"), "'3m' is no time"),
        (("list", "--expires-within", "99999w"), "longer than a hundred years"),
        (("show",), "Missing argument 'TOKEN'"),
        ((*CREATE[:2], "--all-scopes", SHOW), "--expires-in 90d, --expires-at"),
        ((*CREATE, SHOW, "--never-expires"), "--expires-in 90d, --expires-at"),
        ((*CREATE[:4], SHOW), "--scope SCOPE (any number of times), --all-scopes"),
        ((*CREATE, SHOW, "--scope", "a"), "--scope SCOPE (any number of times), --all-scopes"),
        (CREATE, "--save-to FILE, --save-to-keyring NAME, --save-with COMMAND, --show-secret"),
        ((*CREATE, SHOW, "--save-to", "x"), "where it goes, with one of"),
        ((*CREATE, "--save-with", "x", "--save-timeout", "0"), "value for '--save-timeout'"),
        (("create", "", *CREATE[2:], SHOW), "name"),
        (("create", "X", "--all-scopes", SHOW, "--expires-at", "2020-01-01"), "is in the past"),
        (("create", "X", "--all-scopes", SHOW, "--expires-at", "tomorrow"), "is no date such as"),
        (("create", "X", "--all-scopes", SHOW, "--expires-at", "2099-02-30"), "is no date such as"),
        (
            ("create", "X", "--all-scopes", SHOW, "--expires-at", "2099-01-01T10:00"),
            "has no offset from UTC: write 2099-01-01T10:00Z",
        ),
        (("rotate", SHOW), "with one of: TOKEN ..., --self, --all-mine"),
        (("rotate", "X", "--self", SHOW), "with one of: TOKEN ..., --self, --all-mine"),
        (("rotate", "--self"), "Nothing was sent"),
        (("revoke",), "TOKEN, or --from-file FILE"),
        (("revoke", "--from-file", "/no/such/file"), "No such file or directory"),
        (("audit", "--fail-on", "all"), "'all' is not one of"),
        (("audit", "--policy", "/no/such/file"), "the policy cannot be read"),
        (("audit", "--since", "/no/such/file"), "No such file or directory"),
        (("audit", "--html", "/no/such/folder/report.html"), "No file can be written"),
        (("audit", "--environments", "a", "--all-environments"), "give one of them"),
        (("--tenant", "acme", "audit", "--all-environments"), "leave out --environment"),
        (("audit", "--environments", "prod"), "has no environment prod. It has: none"),
        (("--fake", "--tenant", "acme", "list"), "--fake is a tenant of its own"),
        (("--environment", "nowhere", "list"), "environment"),
        (("--api-version", "v99", "list"), "v2026"),
        (("--base-url", "http://localhost/v2025", "--api-version", "v3", "list"), "says v2025"),
    ],
)
def test_what_makes_no_sense_is_refused(
    run: Run, acme: FakeTenant, arguments: tuple[str, ...], says: str
) -> None:
    done = run(*arguments)
    assert (done.code, done.out) == (2, "")
    assert says in done.err
    assert acme.count() == 0


def test_without_settings_it_says_where_it_looked(run: Run) -> None:
    done = run("list")
    assert (done.code, done.out) == (2, "")
    assert "SAIL_BASE_URL" in done.err
    assert "~/.sailpoint/config.yaml" in done.err


def test_times_are_read(run: Run, acme: FakeTenant) -> None:
    create = ("create", "--all-scopes", SHOW)
    assert run(*create, "A", "--expires-in", "2w").code == 0
    assert run(*create, "B", "--expires-at", "2099-12-31").code == 0
    _, weeks, date = acme.tokens.values()
    assert weeks.expires_at is not None
    assert (weeks.expires_at - weeks.created_at).total_seconds() == pytest.approx(14 * 86_400, 60)
    assert date.expires_at == datetime(2099, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)
