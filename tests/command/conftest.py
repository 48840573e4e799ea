"""A tenant whose variables are set, and the command in this process."""

from collections.abc import Callable

import pytest

from sailpoint_pat.command import main
from sailpoint_pat.testing import FakeTenant, StoredToken
from tests.command.running import Done

Run = Callable[..., Done]
RunAsJane = Callable[..., StoredToken]


@pytest.fixture
def acme(tenant: FakeTenant, monkeypatch: pytest.MonkeyPatch) -> FakeTenant:
    """A tenant that the variables lead to."""
    for name, value in tenant.environment.items():
        monkeypatch.setenv(name, value)
    return tenant


@pytest.fixture
def run_as_jane(acme: FakeTenant, monkeypatch: pytest.MonkeyPatch) -> RunAsJane:
    """Let the command run on a token of somebody who has these rights."""

    def run_as_jane(*rights: str) -> StoredToken:
        token = acme.add_token(acme.add_person("Jane", rights=rights), "Jane's")
        monkeypatch.setenv("SAIL_CLIENT_ID", token.id)
        monkeypatch.setenv("SAIL_CLIENT_SECRET", token.secret)
        return token

    return run_as_jane


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """Run the command in this process, which is ten times as fast as in one of its own."""

    def run(*arguments: str) -> Done:
        capfd.readouterr()
        try:
            code = main(arguments)
        except SystemExit as end:  # A request of a shell's completion.
            code = int(end.code or 0)
        shown = capfd.readouterr()
        return Done(code, shown.out, shown.err)

    return run
