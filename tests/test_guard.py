"""Where a client may be used: in its own process, and an async one in its own event loop."""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import anyio
import pytest

from sailpoint_pat import AsyncPatClient, ConfigurationError, PatClient
from sailpoint_pat.testing import FakeTenant, faults
from tests.support.calls import EACH_CALL
from tests.support.clients import Connect
from tests.support.interrupts import PATIENCE

BEFORE_A_FORK = (
    "This client was made before a fork, in another process. "
    "Make a client in each process. Nothing was sent."
)
ANOTHER_LOOP = (
    "This client belongs to another event loop, in which it made its first call. Make a client in "
    "each event loop: inside the function that asyncio.run is given. Nothing was sent."
)


# --- processes ------------------------------------------------------------------------------------


def test_a_client_is_for_the_process_that_made_it(
    tenant: FakeTenant, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    pats = connect(tenant)
    pats.list()
    tenant.clear_log()
    with monkeypatch.context() as patch:
        patch.setattr(os, "getpid", lambda: -1)
        with pytest.raises(ConfigurationError) as caught:
            pats.create("Nightly export")
    assert str(caught.value) == BEFORE_A_FORK
    assert not caught.value.maybe_performed
    assert tenant.count() == 0
    assert pats.list(), "at home it is as good as ever"


def test_the_generated_client_too(
    tenant: FakeTenant, pats: PatClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    pats.list()
    monkeypatch.setattr(os, "getpid", lambda: -1)
    with pytest.raises(ConfigurationError, match="before a fork"):
        pats.generated.get_httpx_client().get("/personal-access-tokens")
    assert tenant.count("list") == 1


def test_what_interrupts_the_very_first_call_of_a_thread_goes_on_as_it_is(
    tenant: FakeTenant, connect_sync: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop() -> int:
        raise KeyboardInterrupt

    pats = connect_sync(tenant)
    caught: list[BaseException] = []

    def create() -> None:
        try:
            pats.create("Nightly export")
        except BaseException as error:  # noqa: BLE001  the main thread looks at it
            caught.append(error)

    with monkeypatch.context() as patch:
        patch.setattr(os, "getpid", stop)
        thread = threading.Thread(target=create)
        thread.start()
        thread.join()
    assert [type(error) for error in caught] == [KeyboardInterrupt]
    assert not hasattr(caught[0], "__notes__")


CHILD_THAT_CLOSES = """
import os, threading
from sailpoint_pat import ConfigurationError, PatClient

pats = PatClient()
pats.list()
found = []
call = threading.Thread(target=lambda: found.append(pats.create("Nightly export")))
call.start()
input()  # The create is on its way.
child = os.fork()
if not child:
    try:
        with pats:
            pats.list()
    except ConfigurationError as error:
        os._exit(0 if "before a fork" in str(error) else 1)
    os._exit(2)
print(os.waitpid(child, 0)[1], flush=True)
call.join()
print(found[0].name)
"""


def test_a_child_that_closes_its_copy_leaves_the_parent_alone(tenant: FakeTenant) -> None:
    gate = faults.Gate(after=True)
    tenant.fail("create", gate)
    with subprocess.Popen(
        [sys.executable, "-c", CHILD_THAT_CLOSES],
        env=os.environ | tenant.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert gate.reached.wait(PATIENCE)
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.stdout.readline() == "0\n"
        gate.open()
        assert process.communicate(timeout=PATIENCE)[0] == "Nightly export\n"


# --- event loops ----------------------------------------------------------------------------------


@pytest.fixture
def client(tenant: FakeTenant) -> AsyncPatClient:
    """A client that has made its first call, in an event loop that has ended."""
    client = AsyncPatClient(
        base_url=tenant.base_url, client_id=tenant.client_id, client_secret=tenant.client_secret
    )
    # The connection ends with its event loop; so that nobody warns of it:
    tenant.fail("list", faults.Altered(headers={"Connection": "close"}))
    tenant.fail("token", faults.Altered(headers={"Connection": "close"}))

    async def first_call() -> None:
        await client.list()

    asyncio.run(first_call())
    tenant.clear_log()
    return client


def generated(client: AsyncPatClient) -> Coroutine[Any, Any, object]:
    return client.generated.get_async_httpx_client().get("/personal-access-tokens")


@pytest.mark.parametrize("call", [*EACH_CALL, generated])
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_in_another_event_loop_nothing_is_sent(
    tenant: FakeTenant,
    client: AsyncPatClient,
    call: Callable[[AsyncPatClient], Coroutine[Any, Any, object]],
    backend: str,
) -> None:
    async def run() -> None:
        await call(client)

    with pytest.raises(ConfigurationError) as caught:
        anyio.run(run, backend=backend)
    assert str(caught.value) == ANOTHER_LOOP
    assert not caught.value.maybe_performed
    assert tenant.requests == []


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_leaving_a_context_in_another_event_loop_hides_no_error(
    client: AsyncPatClient, backend: str
) -> None:
    async def run() -> None:
        async with client:
            await client.list()

    with pytest.raises(ConfigurationError, match="belongs to another event loop"):
        anyio.run(run, backend=backend)


def test_one_that_was_made_outside_belongs_to_where_it_calls_first(tenant: FakeTenant) -> None:
    client = AsyncPatClient(
        base_url=tenant.base_url, client_id=tenant.client_id, client_secret=tenant.client_secret
    )

    async def run() -> int:
        async with client:
            return len(await client.list()) + len(await client.list())

    assert asyncio.run(run()) == 2


def test_to_close_it_from_another_event_loop_does_nothing(tenant: FakeTenant) -> None:
    pats = AsyncPatClient(
        base_url=tenant.base_url, client_id=tenant.client_id, client_secret=tenant.client_secret
    )
    with asyncio.Runner() as home, asyncio.Runner() as elsewhere:
        home.run(pats.list())
        elsewhere.run(pats.aclose())
        assert home.run(pats.list())
        home.run(pats.aclose())
