"""A tenant whose variables are set, and the command in this process."""

from collections.abc import Callable

import pytest

from sailpoint_pat.command import main
from sailpoint_pat.testing import FakeTenant
from tests.command.running import Done

Run = Callable[..., Done]


@pytest.fixture
def acme(tenant: FakeTenant, monkeypatch: pytest.MonkeyPatch) -> FakeTenant:
    """A tenant that the variables lead to."""
    monkeypatch.setenv("SAIL_BASE_URL", tenant.base_url)
    monkeypatch.setenv("SAIL_CLIENT_ID", tenant.client_id)
    monkeypatch.setenv("SAIL_CLIENT_SECRET", tenant.client_secret)
    return tenant


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
