"""What the page on environments shows does what the page says."""

import asyncio
import logging
from typing import Any

import httpx
import pytest

from sailpoint_pat.testing import FakeTenant
from tests.docs.snippets import TOP, snippets_of

PAGE = snippets_of(TOP / "docs" / "environments.md")

pytestmark = pytest.mark.usefixtures("user")


def names_of(part: str) -> dict[str, Any]:
    """Run the program of the page that has this text in it; return its names."""
    [snippet] = [snippet for snippet in PAGE if part in snippet.text]
    return snippet.run()


def test_the_log_has_the_lines_of_this_package_alone(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    names_of("StreamHandler")
    lines = capsys.readouterr().err.splitlines()
    assert any("DEBUG GET" in line for line in lines)
    assert not [line for line in lines if "httpx" in line or "HTTP Request" in line]
    others = {record.name for record in caplog.records}
    assert "httpx" in others, "other libraries do log"
    assert "sailpoint_pat" not in others, "each line once"


def test_the_company_is_trusted_beside_the_usual_authorities() -> None:
    authorities = names_of("load_verify_locations")["trust"].get_ca_certs()
    assert "trustme" in str(authorities)
    assert len(authorities) > 50


def test_an_asynchronous_web_service_lists() -> None:
    names = names_of("Starlette")

    async def visit() -> object:
        async with names["lifespan"](names["app"]) as state:

            async def served(scope: Any, receive: Any, send: Any) -> None:
                await names["app"](scope | {"state": state}, receive, send)

            web = httpx.ASGITransport(served)
            async with httpx.AsyncClient(transport=web, base_url="http://web") as browser:
                return (await browser.get("/names")).json()

    assert asyncio.run(visit()) == ["FakeTenant"]


def test_a_synchronous_web_service_lists() -> None:
    names = names_of("start_response")
    statuses: list[str] = []
    answers = [
        names["application"]({}, lambda status, _headers: statuses.append(status)) for _ in "12"
    ]
    assert answers == [[b"FakeTenant"]] * 2
    assert statuses == ["200 OK"] * 2
    names["pats"]().close()


def test_a_function_in_the_cloud_keeps_its_access_token(tenant: FakeTenant) -> None:
    names = names_of("def handler")
    for _ in range(3):
        assert names["handler"]({}, None) == {"names": ["FakeTenant"]}
    assert tenant.count("token") == 1
    names["pats"].close()


def test_a_task_may_run_twice(tenant: FakeTenant) -> None:
    token = tenant.add_token(tenant.person, "Nightly export")
    names = names_of("def revoke")
    for _ in range(2):
        names["revoke"](token.id)
    assert token.id not in tenant.tokens
    names["pats"]().close()
