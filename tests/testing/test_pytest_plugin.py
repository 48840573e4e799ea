"""The pytest plugin, used by other suites in processes of their own."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"


def run_suite(folder: Path, *arguments: str) -> tuple[int, str]:
    """Run the suite in a folder as its owner would."""
    options = ("-q", "--strict-markers", "-W", "error")
    # They take longer to load than these suites to run.
    slow = ("-p", "no:schemathesis", "-p", "no:hypothesispytest")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *slow, *arguments],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST")},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.returncode, done.stdout + done.stderr


def test_the_example_is_a_suite_that_passes(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLES / "testing", tmp_path / "suite")
    status, said = run_suite(tmp_path / "suite")
    assert status == 0, said
    assert "10 passed" in said


def test_the_tests_on_the_page_about_testing_pass(tmp_path: Path) -> None:
    page = (EXAMPLES.parent / "docs/testing.md").read_text(encoding="utf-8")
    snippets = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    suites = [snippet for snippet in snippets if "def test_" in snippet]
    for number, suite in enumerate(suites):
        (tmp_path / f"test_snippet_{number}.py").write_text(suite, encoding="utf-8")
    status, said = run_suite(tmp_path)
    assert status == 0, said
    assert "5 passed" in said


SUITE = """
import asyncio, os
import pytest
from sailpoint_pat import AsyncPatClient, PatClient

@pytest.mark.fake_tenant(tokens=20, rate_limit=None)
def test_the_marker_says_what_the_tenant_starts_with(fake_tenant, pat_client):
    assert isinstance(pat_client, PatClient)
    assert len(fake_tenant.tokens) == 21
    assert len(pat_client.list()) == 21

def test_async(fake_tenant, async_pat_client):
    assert isinstance(async_pat_client, AsyncPatClient)

    async def names():
        async with async_pat_client as pats:
            return [token.name for token in await pats.list()]

    assert asyncio.run(names()) == ["FakeTenant"]
    assert fake_tenant.requests[-1].path == "/personal-access-tokens/v1"

@pytest.mark.anyio
async def test_with_a_plugin_for_async_tests(async_pat_client):
    async with async_pat_client as pats:
        assert await pats.list()

IDS = set()

@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_has_a_tenant_of_its_own(fake_tenant, turn):
    IDS.update(fake_tenant.tokens)
    assert len(IDS) == turn

class TestAnotherVersion:
    @pytest.fixture
    def pat_api_version(self):
        return "v2026"

    def test_is_spoken(self, fake_tenant, pat_client):
        pat_client.list()
        assert fake_tenant.requests[-1].path.startswith("/v2026/")
"""


def test_fixtures_and_marker(tmp_path: Path) -> None:
    (tmp_path / "test_suite.py").write_text(SUITE)
    status, said = run_suite(tmp_path, "-p", "no:randomly")
    assert status == 0, said
    assert "7 passed" in said  # with a plugin for async tests: on asyncio and on trio


MISUSE = """
import httpx, pytest

def test_a_request_that_breaks_the_contract(fake_tenant):
    form = {"grant_type": "client_credentials", "client_id": fake_tenant.client_id,
            "client_secret": fake_tenant.client_secret}
    token = httpx.post(f"{fake_tenant.base_url}/oauth/token", data=form).json()
    httpx.post(f"{fake_tenant.base_url}/personal-access-tokens/v1", json={},
               headers={"Authorization": f"Bearer {token['access_token']}"})

@pytest.mark.fake_tenant(200)
def test_an_argument_without_a_name(fake_tenant):
    pass

@pytest.mark.fake_tenant(token=200)
def test_an_argument_that_is_none(fake_tenant):
    pass
"""


def test_misuse_is_an_error_of_the_test(tmp_path: Path) -> None:
    (tmp_path / "test_suite.py").write_text(MISUSE)
    status, said = run_suite(tmp_path)
    assert status == 1, said
    assert "contract was broken: request create: InvalidRequestBody: 'name' is a required" in said
    assert "Name the arguments of the marker: fake_tenant(tokens=200)" in said
    assert "unexpected keyword argument 'token'" in said
    assert "1 passed, 3 errors" in said
