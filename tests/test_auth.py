"""How a call gets its access token, where that token goes, and who shares an exchange."""

import concurrent.futures
import contextlib
import math
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import anyio
import anyio.lowlevel
import httpx
import pytest

from sailpoint_pat import (
    AuthenticationError,
    ClientCredentials,
    ConfigurationError,
    PatClient,
    RateLimitedError,
    RequestTimeout,
    SailPointError,
    Secret,
    ServerError,
    TransportError,
)
from sailpoint_pat._auth import ClientCredentialsAuth
from sailpoint_pat._clock import Latch
from sailpoint_pat._sending import Sending, current_sending
from sailpoint_pat.testing import FakeTenant, faults
from tests.support.calls import call_of, giving
from tests.support.clients import Connect, Portalled, async_only
from tests.support.clock import MovedClock
from tests.support.interrupts import PATIENCE, Asked
from tests.support.tenants import access_token_of, answered

AT_ONCE = 100
EXPIRED = timedelta(hours=1)
HOST = "https://acme.api.example.com"
IDP = httpx.Request("POST", "https://idp.example.com")


@pytest.fixture
def elsewhere() -> Iterator[FakeTenant]:
    with FakeTenant() as other:
        yield other


# --- a 401 ----------------------------------------------------------------------------------------


def test_a_401_gets_one_fresh_access_token_and_one_repeat(
    tenant: FakeTenant, connect: Connect
) -> None:
    pats = connect(tenant)
    pats.list()
    tenant.clear_log()
    tenant.advance(EXPIRED)
    assert pats.create("Nightly export").name == "Nightly export"
    assert answered(tenant) == [("create", 401), ("token", 200), ("create", 200)]


def test_a_fresh_access_token_that_is_refused_too_is_the_end(
    tenant: FakeTenant, connect: Connect
) -> None:
    tenant.fail("create", faults.Status(401), times=None)
    with pytest.raises(AuthenticationError) as caught:
        connect(tenant).create("Nightly export")
    assert str(caught.value) == (
        f"POST {tenant.base_url}/v3/personal-access-tokens answered 401: JWT validation failed: "
        "JWT is expired. The access token was refused, also a fresh one where there is a way to "
        "get one: check that the personal access token exists and that its owner is active."
    )
    assert not caught.value.maybe_performed
    assert answered(tenant) == [("token", 200), ("create", 401)] * 2


# --- an access token that was given ---------------------------------------------------------------


@pytest.mark.parametrize("wrap", [str, Secret])
def test_an_access_token_that_was_given(
    tenant: FakeTenant, connect_sync: Connect, wrap: Callable[[str], object]
) -> None:
    token = access_token_of(tenant)
    pats = connect_sync(tenant, access_token=wrap(token))
    assert pats.list()
    assert token not in repr(pats)
    assert "a given access token" in repr(pats)
    assert answered(tenant) == [("list", 200)]


def test_one_that_has_expired_is_not_sent_again(tenant: FakeTenant, connect: Connect) -> None:
    pats = connect(tenant, access_token=access_token_of(tenant))
    tenant.advance(EXPIRED)
    with pytest.raises(AuthenticationError, match="JWT is expired"):
        pats.list()
    assert answered(tenant) == [("list", 401)]


def test_a_function_is_called_for_each_call_and_once_more_after_a_401(
    tenant: FakeTenant, connect: Connect
) -> None:
    good = access_token_of(tenant)
    pats = connect(tenant, access_token=giving(good, good, "refused", good))
    for _ in range(3):
        pats.list()
    assert answered(tenant) == [("list", 200), ("list", 200), ("list", 401), ("list", 200)]


SEALED = LookupError("the vault is sealed")


@pytest.mark.parametrize(
    ("given", "sent", "error_type"),
    [
        # The same again would be refused again.
        (["refused", "refused"], 1, AuthenticationError),
        # Two are enough: a third is not asked for.
        (["refused", "refused-too", "another"], 2, AuthenticationError),
        (["refused", SEALED], 1, LookupError),
        ([SEALED], 0, LookupError),
    ],
)
def test_a_function_that_gives_nothing_better_after_a_401(
    tenant: FakeTenant,
    connect: Connect,
    given: list[str | Exception],
    sent: int,
    error_type: type[Exception],
) -> None:
    with pytest.raises(error_type) as caught:
        connect(tenant, access_token=giving(*given)).create("Nightly export")
    assert answered(tenant) == [("create", 401)] * sent
    assert not hasattr(caught.value, "__notes__")
    assert not getattr(caught.value, "maybe_performed", False)


def test_a_401_that_is_cut_off_leads_to_a_fresh_access_token(
    tenant: FakeTenant, connect: Connect, clock: MovedClock
) -> None:
    pats = connect(tenant)
    tenant.fail("list", faults.Raw(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 99\r\n\r\n{"))
    assert pats.list()
    assert tenant.count("token") == 2
    assert len(clock.pauses) == 1


def test_a_401_that_cannot_be_decoded_leads_to_a_fresh_access_token(
    tenant: FakeTenant, connect_sync: Connect, clock: MovedClock
) -> None:
    odd = b"HTTP/1.1 401 No\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"
    tenant.fail("list", faults.Raw(odd))
    assert connect_sync(tenant).list()
    assert tenant.count("token") == 2
    assert len(clock.pauses) == 1


def test_an_async_function(tenant: FakeTenant, connect: Connect) -> None:
    token = access_token_of(tenant)

    async def give() -> str:
        await anyio.lowlevel.checkpoint()
        return token

    pats = connect(tenant, access_token=give)
    if connect.flavour != "sync":
        assert pats.list()
        return
    with pytest.raises(ConfigurationError, match=r"^access_token is .* use AsyncPatClient$"):
        pats.list()
    assert tenant.count() == 0


def test_a_function_that_has_no_more_to_give(tenant: FakeTenant, connect: Connect) -> None:
    given = iter([access_token_of(tenant)])
    pats = connect(tenant, access_token=given.__next__, retry=None)
    tenant.fail("create", faults.Status(401))
    for _ in ("after a 401", "before anything is sent"):
        with pytest.raises(ConfigurationError, match="it has no more to give"):
            pats.create("Nightly export")
    assert tenant.count("create") == 1


@pytest.mark.parametrize("operation", ["create", "list", "delete"])
def test_a_401_whose_body_is_cut_off_is_a_refusal(
    tenant: FakeTenant, connect: Connect, operation: Asked
) -> None:
    call = call_of(operation, tenant)
    tenant.fail(operation, faults.Raw(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 99\r\n\r\n{"))
    with pytest.raises(TransportError, match="was refused with 401, and the rest of") as caught:
        call(connect(tenant, retry=None))
    assert not caught.value.maybe_performed
    assert caught.value.lost_create is None


def test_a_function_that_gets_no_answer_itself_leaves_nothing_open(
    tenant: FakeTenant, connect: Connect
) -> None:
    given = giving(access_token_of(tenant), httpx.ReadTimeout("late", request=IDP))
    pats = connect(tenant, access_token=given, retry=None)
    pats.list()
    try:
        next(iter(()))
    except StopIteration:  # What the caller handles meanwhile has nothing to do with the error.
        with pytest.raises(TransportError) as caught:
            pats.create("Nightly export")
    assert str(caught.value) == (
        f"POST {tenant.base_url}/v3/personal-access-tokens was not sent: the function for the "
        "access token failed (ReadTimeout)."
    )
    assert not caught.value.maybe_performed
    assert caught.value.lost_create is None


@pytest.mark.parametrize("fails", ["the call", "the function"])
def test_what_a_function_says_of_calls_of_its_own_does_not_hold_for_this_one(
    tenant: FakeTenant, connect: Connect, connect_sync: Connect, fails: str
) -> None:
    other = connect_sync(tenant, retry=None)
    if fails == "the call":
        tenant.fail("list", faults.Altered(lambda record: record | {"owner": 7}))

    def give() -> str:
        other.list()
        raise SEALED

    with pytest.raises(TransportError if fails == "the call" else LookupError) as caught:
        connect(tenant, access_token=give, retry=None).create("Nightly export")
    assert not getattr(caught.value, "maybe_performed", False)
    assert getattr(caught.value, "lost_create", None) is None
    assert not hasattr(caught.value, "__notes__")


@async_only
def test_an_async_function_gets_no_longer_than_the_call(
    tenant: FakeTenant, connect: Connect
) -> None:
    async def give() -> str:
        await anyio.sleep(PATIENCE)
        return "too late"

    pats = connect(tenant, access_token=give, retry=None, timeout=timedelta(milliseconds=50))
    with pytest.raises(RequestTimeout, match="the function for the access token was not done"):
        pats.list()
    assert tenant.count() == 0


def test_a_function_that_takes_too_long_leaves_nothing_open(
    tenant: FakeTenant, connect: Connect, clock: MovedClock
) -> None:
    token = access_token_of(tenant)
    late = iter([0, 60])

    def give() -> str:
        clock.advance(timedelta(seconds=next(late)))
        return token

    pats = connect(tenant, access_token=give, retry=None)
    pats.list()
    with pytest.raises(RequestTimeout, match="was not sent: the time for the call was over") as it:
        pats.create("Nightly export")
    assert not it.value.maybe_performed
    assert tenant.count("create") == 0


@pytest.mark.parametrize("given", [None, "", 7, "a\r\nb: c", "a ", "é", b"bytes"])
def test_a_function_that_gives_no_access_token(
    tenant: FakeTenant, connect_sync: Connect, given: object
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        connect_sync(tenant, access_token=lambda: given).list()
    assert str(caught.value) == (
        "the access token is no text that fits into a header: it is empty, or has blanks or line "
        "ends in it (or the callable gave none)"
    )
    assert tenant.count() == 0


# --- where the access token goes ------------------------------------------------------------------


def get(connect: Connect, pats: PatClient, url: str, **options: Any) -> httpx.Response:
    generated = pats.generated
    if connect.flavour == "sync":
        return generated.get_httpx_client().get(url, **options)

    async def send() -> httpx.Response:
        return await generated.get_async_httpx_client().get(url, **options)

    answer: httpx.Response = connect.portal.call(send)
    return answer


@pytest.mark.parametrize("options", [{}, {"access_token": "one-that-was-given"}])
@pytest.mark.parametrize(
    ("ours", "other"), [("", ""), ("127.0.0.1", "localhost"), ("http:", "https:")]
)
def test_the_access_token_goes_to_the_tenant_only(
    tenant: FakeTenant,
    elsewhere: FakeTenant,
    connect: Connect,
    options: dict[str, Any],
    ours: str,
    other: str,
) -> None:
    host = tenant.base_url.replace(ours, other) if ours else elsewhere.base_url
    with pytest.raises(ConfigurationError, match=r"is for 127\.0\.0\.1: it is not sent to"):
        get(connect, connect(tenant, **options), f"{host}/v3/personal-access-tokens")
    assert elsewhere.connections == tenant.connections == 0


def test_a_redirect_that_is_followed_on_purpose_leaves_the_access_token_behind(
    tenant: FakeTenant, elsewhere: FakeTenant, connect: Connect
) -> None:
    target = f"{elsewhere.base_url}/v3/personal-access-tokens"
    tenant.fail("list", faults.Status(307, headers={"Location": target}), times=None)
    with contextlib.suppress(SailPointError):
        get(connect, connect(tenant), "/personal-access-tokens", follow_redirects=True)
    assert elsewhere.count() > 0
    assert {request.access_token for request in elsewhere.requests} == {None}


def test_no_cookie_is_kept(tenant: FakeTenant, connect: Connect) -> None:
    # One that is not ASCII would break every call after it.
    cookie = {"Set-Cookie": "who=Jos\xe9; Path=/", "Content-Type": "application/json"}
    tenant.fail("list", faults.Status(200, body="[]", headers=cookie))
    pats = connect(tenant)
    assert pats.list() == []
    assert pats.list()
    assert all("cookie" not in request.headers for request in tenant.requests)


# --- many at once ---------------------------------------------------------------------------------


def at_once(pats: PatClient, number: int = AT_ONCE) -> list[SailPointError | None]:
    """Make so many calls of one client at once; return how each ended."""
    line = threading.Barrier(number)

    def call(_number: int) -> SailPointError | None:
        line.wait(30)
        try:
            pats.list()
        except SailPointError as error:
            return error
        return None

    with concurrent.futures.ThreadPoolExecutor(number) as pool:
        return list(pool.map(call, range(number)))


# What a hundred first calls may be given: time, and no limit.
FIRST: dict[str, Any] = {"rate_limit": None, "timeout": timedelta(seconds=60), "retry": None}


def test_many_first_calls_are_one_exchange_and_all_are_answered(connect: Connect) -> None:
    with FakeTenant(rate_limit=None, validate=False) as tenant:
        number = 2 * AT_ONCE  # More than httpx has connections by default.
        assert at_once(connect(tenant, **FIRST), number) == [None] * number
        assert tenant.token_exchanges == 1
        assert tenant.count("list") == number


def test_many_with_a_wrong_secret_share_the_refusal(connect: Connect, tenant: FakeTenant) -> None:
    # Held until the others stand behind it.
    tenant.fail("token", faults.Late(0.2))
    ends = at_once(connect(tenant, client_secret="obviously-wrong", **FIRST))
    assert {type(end) for end in ends} == {AuthenticationError}
    (said,) = {str(end) for end in ends}
    assert "with 401: invalid_client" in said
    assert tenant.count("list") == 0
    # A thread that came only after a refusal may ask for itself.
    assert tenant.token_exchanges < AT_ONCE / 4


@pytest.mark.parametrize(
    ("fault", "error_type"),
    [(faults.Status(500), ServerError), (faults.RateLimited("1"), RateLimitedError)],
)
def test_many_share_whatever_the_endpoint_answers(
    connect: Connect, tenant: FakeTenant, fault: faults.Fault, error_type: type[SailPointError]
) -> None:
    tenant.fail("token", fault, times=None)
    ends = at_once(connect(tenant, **FIRST))
    assert {type(end) for end in ends} == {error_type}
    assert len({id(end) for end in ends}) == AT_ONCE, "an error is one call's own"
    assert tenant.token_exchanges < AT_ONCE / 4


def test_where_the_network_fails_one_the_next_one_tries(
    connect: Connect, tenant: FakeTenant
) -> None:
    tenant.fail("token", faults.Reset())
    ends = at_once(connect(tenant, **FIRST), 20)
    assert [type(end) for end in ends if end is not None] == [TransportError]
    assert tenant.token_exchanges == 2


def test_many_401s_are_one_exchange(tenant: FakeTenant, connect: Connect) -> None:
    pats = connect(tenant, retry=None)
    pats.list()
    tenant.advance(EXPIRED)
    tenant.clear_log()
    # All are on their way before the first is refused.
    gate = faults.Gate()
    tenant.fail("list", gate, times=20)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        ends = pool.submit(at_once, pats, 20)
        assert gate.reached.wait(PATIENCE)
        gate.open()
        assert ends.result(PATIENCE) == [None] * 20
    assert tenant.token_exchanges == 1


class Behind:
    """A call that has begun the exchange, held at a gate, and another one behind it."""

    def __init__(self, tenant: FakeTenant, pats: PatClient) -> None:
        self.gate = faults.Gate()
        tenant.fail("token", self.gate)
        self._pool = concurrent.futures.ThreadPoolExecutor(2)
        self.first = self._pool.submit(pats.list)
        assert self.gate.reached.wait(PATIENCE)

    def call(self, function: Callable[[], Any]) -> concurrent.futures.Future[Any]:
        """Begin a call that finds the exchange under way."""
        return self._pool.submit(function)

    def end(self) -> None:
        self.gate.open()
        self._pool.shutdown()


def test_a_wait_for_somebody_elses_exchange_ends_with_ones_own_time(
    tenant: FakeTenant, connect: Connect
) -> None:
    pats = connect(tenant, retry=None)
    behind = Behind(tenant, pats)
    quick = pats.with_options(timeout=timedelta(seconds=0.1))
    error = behind.call(lambda: quick.create("Nightly export")).exception(PATIENCE)
    # Now nobody waits for the first one's any more.
    assert behind.call(pats.list).result(PATIENCE)
    behind.end()
    assert isinstance(error, RequestTimeout)
    assert str(error) == (
        "The call was not sent: it waited for an access token, and the exchange for one, which "
        "another call had begun, was not over in time."
    )
    assert not error.maybe_performed
    assert behind.first.result()


def test_a_call_without_a_deadline_waits_too(tenant: FakeTenant, connect: Connect) -> None:
    pats = connect(tenant, retry=None)
    behind = Behind(tenant, pats)
    call = behind.call(lambda: get(connect, pats, "/personal-access-tokens", timeout=None))
    behind.end()
    assert call.result(PATIENCE).status_code == 200
    assert tenant.token_exchanges == 1


def test_a_shared_refusal_says_of_each_call_only_what_is_true_of_it() -> None:
    released, waiting = threading.Event(), threading.Event()

    class LateToWake(Latch):
        def wait(self, _seconds: float) -> None:
            waiting.set()
            released.wait(PATIENCE)

    pair = ClientCredentials("an-id", Secret("obviously-fake"))
    auth = ClientCredentialsAuth(httpx.URL(HOST), pair, "somewhere", LateToWake)
    current_sending.set(Sending(math.inf))
    leader = auth.sync_auth_flow(httpx.Request("DELETE", f"{HOST}/1"))
    exchange = next(leader)

    def follow() -> None:
        current_sending.set(Sending(math.inf))
        next(auth.sync_auth_flow(httpx.Request("POST", HOST)))

    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        follower = pool.submit(follow)
        assert waiting.wait(PATIENCE)
        with pytest.raises(AuthenticationError) as caught:
            leader.send(httpx.Response(401, request=exchange))
        # What only the leader knows: an earlier try of it may have taken effect.
        caught.value.maybe_performed = True
        released.set()
        error = follower.exception(PATIENCE)
    assert isinstance(error, AuthenticationError)
    assert str(error) == str(caught.value)
    assert not error.maybe_performed


@async_only
def test_a_cancelled_leader_does_not_fail_the_others(tenant: FakeTenant, connect: Connect) -> None:
    pats = connect(tenant, retry=None)
    assert isinstance(pats, Portalled)
    client = pats.client
    gate = faults.Gate()
    tenant.fail("token", gate)

    async def race() -> list[int]:
        found: list[int] = []

        async def follow() -> None:
            found.append(len(await client.list()))

        async with anyio.create_task_group() as group:
            with anyio.CancelScope() as leader:
                group.start_soon(follow)

                async def cancel() -> None:
                    await anyio.to_thread.run_sync(gate.reached.wait, PATIENCE)
                    leader.cancel()

                group.start_soon(cancel)
                await client.list()
            gate.open()
        return found

    assert connect.portal.call(race) == [1]
