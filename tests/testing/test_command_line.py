"""`python -m sailpoint_pat.testing`."""

import signal
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from sailpoint_pat.testing import FakeTenant
from sailpoint_pat.testing.__main__ import main

from .callers import Caller, exchange

COMMAND = [sys.executable, "-W", "error", "-m", "sailpoint_pat.testing"]


@pytest.fixture
def running() -> Iterator[subprocess.Popen[str]]:
    command = [*COMMAND, "--tokens", "3", "--rate-limit", "2"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_runs_until_it_is_stopped(running: subprocess.Popen[str], how: signal.Signals) -> None:
    assert running.stdout is not None
    assert running.stderr is not None
    lines = "".join(running.stdout.readline() for _ in range(3))
    shell = f'{lines}\nprintf "%s\\n" "$SAIL_BASE_URL" "$SAIL_CLIENT_ID" "$SAIL_CLIENT_SECRET"'
    said = subprocess.run(
        ["/bin/sh", "-eu", "-c", shell], capture_output=True, text=True, check=True, env={}
    )
    base_url, client_id, client_secret = said.stdout.split()
    with httpx.Client(base_url=base_url) as client:
        answer = exchange(client, client_id, client_secret)
        caller = Caller(client, answer.json()["access_token"])
        assert len(caller.list().json()) == 4
        assert [caller.list().status_code for _ in range(2)] == [200, 429]
    running.send_signal(how)
    assert running.wait(10) == 0
    assert running.stdout.read() == ""
    assert running.stderr.read() == "The tenant is running; Ctrl-C stops it.\n"


def test_a_port_that_is_taken(tenant: FakeTenant) -> None:
    port = httpx.URL(tenant.base_url).port
    done = subprocess.run(
        [*COMMAND, "--port", str(port)], capture_output=True, text=True, check=False, timeout=30
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"Cannot listen at port {port}: Address already in use")


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["--help"], 0, "--rate-limit N"),
        (["--port", "70000"], 2, "there is none above 65535"),
        (["--tokens", "-1"], 2, "'-1' is not a whole number from 0 up"),
    ],
)
def test_arguments(
    arguments: list[str], status: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == status
    assert says in "".join(capsys.readouterr())
