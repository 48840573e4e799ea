"""How a call gets its access token, and where that token goes."""

from __future__ import annotations

import concurrent.futures
import contextlib
import gzip
import json
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import anyio.lowlevel
import httpx
import pytest

from sailpoint_pat import (
    AsyncPatClient,
    AuthenticationError,
    ConfigurationError,
    PatClient,
    PermissionDeniedError,
    RateLimitedError,
    RequestTimeout,
    SailPointError,
    Secret,
    ServerError,
    TransportError,
)
from sailpoint_pat._auth import ClientCredentialsAuth
from sailpoint_pat._exchange import read_exchange
from sailpoint_pat._clock import clock as machine_clock
from sailpoint_pat._settings import ClientCredentials
from sailpoint_pat.testing import FakeTenant, faults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.clients import Connect, Flavour
    from tests.support.clock import MovedClock

AT_ONCE = 200
A_YEAR = 365 * 24 * 3600
PAIR = ClientCredentials("an-id", Secret("an-obviously-fake-secret"))


def answer_of_the_endpoint(status: int, **body: object) -> httpx.Response:
    request = httpx.Request("POST", "https://acme.api.example.com/oauth/token")
    return httpx.Response(status, content=json.dumps(body).encode(), request=request)


def access_token_for(tenant: FakeTenant) -> str:
    """Get an access token the way a program of one's own would."""
    form = {
        "grant_type": "client_credentials",
        "client_id": tenant.client_id,
        "client_secret": tenant.client_secret,
    }
    text: str = httpx.post(f"{tenant.base_url}/oauth/token", data=form).json()["access_token"]
    return text


@pytest.fixture
def elsewhere() -> Iterator[FakeTenant]:
    """Another host."""
    with FakeTenant() as other:
        yield other


def statuses(tenant: FakeTenant) -> list[tuple[str, int | None]]:
    return [(request.operation, request.status) for request in tenant.requests]


# --- the exchange ---------------------------------------------------------------------------------


def test_a_first_call_is_one_exchange_over_the_same_connection(
    tenant: FakeTenant, connect: Connect
) -> None:
    pats = connect(tenant)
    pats.list()
    pats.list()
    assert statuses(tenant) == [("token", 200), ("list", 200), ("list", 200)]
    assert tenant.token_exchanges == 1
    assert tenant.connections == 1


def test_the_token_request_says_who_asks(tenant: FakeTenant, connect: Connect) -> None:
    connect(tenant).list()
    exchange, call = tenant.requests
    assert exchange.path == "/oauth/token"
    assert exchange.headers["user-agent"] == call.headers["user-agent"]
    assert exchange.headers["accept"] == "application/json"


def test_the_token_request_has_the_timeouts_of_the_call_that_needs_it() -> None:
    auth = ClientCredentialsAuth(httpx.URL("https://acme.api.example.com"), PAIR)
    given: list[dict[str, Any]] = [{"timeout": {"read": 7.0}}, {"timeout": {}}]
    for extensions in given:
        call = httpx.Request("GET", "https://acme.api.example.com/x", extensions=extensions)
        assert auth.exchange_request(call, PAIR).extensions == extensions


def test_nothing_is_sent_before_the_first_call(tenant: FakeTenant, connect: Connect) -> None:
    connect(tenant)
    assert tenant.connections == 0


def test_an_access_token_is_kept_until_shortly_before_it_expires(
    tenant: FakeTenant, connect: Connect, clock: MovedClock
) -> None:
    pats = connect(tenant)
    pats.list()
    clock.advance(timedelta(seconds=749 - 60))
    pats.list()
    assert tenant.token_exchanges == 1

    clock.advance(timedelta(seconds=50))
    pats.list()
    assert tenant.token_exchanges == 2
    assert 401 not in [request.status for request in tenant.requests]


@pytest.mark.parametrize("life", [None, "soon", -1, True, 1e400, 0])
def test_an_access_token_of_unknown_life_is_good_for_one_call(
    life: object, tenant: FakeTenant, connect: Connect
) -> None:
    pats = connect(tenant)
    body = {"access_token": access_token_for(tenant), "expires_in": life}
    tenant.clear_log()
    tenant.fail("token", faults.Body(body), times=2)
    pats.list()
    pats.list()
    assert statuses(tenant) == [("token", 200), ("list", 200)] * 2


@pytest.mark.parametrize(
    ("life", "used_for"),
    [
        (0.5, 0.45),
        (100, 90),
        (299, 269.1),
        (749, 719),
        (A_YEAR - 1, A_YEAR - 31),
        (A_YEAR, 0),
        (1e400, 0),
    ],
)
def test_how_long_an_access_token_is_used(
    life: float, used_for: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine_clock, "monotonic", lambda: 1000.0)
    token = read_exchange(answer_of_the_endpoint(200, access_token="t", expires_in=life), PAIR)
    assert token.good_until == pytest.approx(1000 + used_for)


def test_a_401_gets_one_fresh_access_token_and_one_repeat(
    tenant: FakeTenant, connect: Connect
) -> None:
    pats = connect(tenant)
    pats.list()
    tenant.clear_log()
    tenant.advance(timedelta(hours=1))
    assert pats.create("Nightly export").name == "Nightly export"
    assert statuses(tenant) == [("create", 401), ("token", 200), ("create", 200)]


def test_a_fresh_access_token_that_is_refused_too_is_the_end(
    tenant: FakeTenant, connect: Connect
) -> None:
    pats = connect(tenant)
    tenant.fail("list", faults.Status(401), times=None)
    with pytest.raises(AuthenticationError, match="JWT is expired") as caught:
        pats.list()
    assert not caught.value.maybe_performed
    assert statuses(tenant) == [("token", 200), ("list", 401)] * 2


def test_a_token_that_was_revoked_elsewhere(tenant: FakeTenant, connect: Connect) -> None:
    pats = connect(tenant)
    pats.list()
    tenant.remove_token(tenant.client_id)
    with pytest.raises(AuthenticationError, match="expired or was revoked"):
        pats.list()


# --- many at once ---------------------------------------------------------------------------------


def call_at_once(
    flavour: Flavour, tenant: FakeTenant, number: int, **options: Any
) -> list[BaseException | None]:
    """Make so many first calls of one client at once; return how each ended."""
    options = {"rate_limit": None, "timeout": timedelta(seconds=60), "retry": None, **options}
    options.setdefault("client_secret", tenant.client_secret)
    options |= {"base_url": tenant.base_url, "client_id": tenant.client_id}
    if flavour == "sync":
        return _threads_at_once(number, options)
    return anyio.run(_tasks_at_once, number, options, backend=flavour)


def _threads_at_once(number: int, options: dict[str, Any]) -> list[BaseException | None]:
    line = threading.Barrier(number)

    def call(pats: PatClient) -> BaseException | None:
        line.wait(30)
        try:
            pats.list()
        except SailPointError as error:
            return error
        return None

    with PatClient(**options) as pats, concurrent.futures.ThreadPoolExecutor(number) as pool:
        return list(pool.map(call, [pats] * number))


async def _tasks_at_once(number: int, options: dict[str, Any]) -> list[BaseException | None]:
    ends: list[BaseException | None] = []

    async def call(pats: AsyncPatClient) -> None:
        try:
            await pats.list()
        except SailPointError as error:
            ends.append(error)
        else:
            ends.append(None)

    async with AsyncPatClient(**options) as pats, anyio.create_task_group() as group:
        for _ in range(number):
            group.start_soon(call, pats)
    return ends


def test_many_first_calls_at_once_are_one_exchange(flavour: Flavour) -> None:
    with FakeTenant(rate_limit=None) as tenant:
        assert call_at_once(flavour, tenant, AT_ONCE) == [None] * AT_ONCE
        assert tenant.token_exchanges == 1
        assert tenant.count("list") == AT_ONCE


def test_many_with_a_wrong_secret_share_the_refusal(flavour: Flavour, tenant: FakeTenant) -> None:
    ends = call_at_once(flavour, tenant, AT_ONCE, client_secret="obviously-wrong")
    assert {type(end) for end in ends} == {AuthenticationError}
    (said,) = {str(end) for end in ends}
    assert "with 401: invalid_client" in said
    assert tenant.count("list") == 0
    # A thread that came only after a refusal may ask for itself.
    assert tenant.token_exchanges < AT_ONCE / 4


def test_many_with_access_tokens_that_are_good_for_one_call(
    flavour: Flavour, tenant: FakeTenant
) -> None:
    body = {"access_token": access_token_for(tenant), "expires_in": 0}
    tenant.fail("token", faults.Body(body), times=None)
    assert call_at_once(flavour, tenant, 20) == [None] * 20


def test_many_share_an_exchange_that_failed_otherwise(flavour: Flavour, tenant: FakeTenant) -> None:
    tenant.fail("token", faults.Status(500), times=None)
    ends = call_at_once(flavour, tenant, AT_ONCE)
    assert {type(end) for end in ends} == {ServerError, TransportError}
    (said,) = {str(end) for end in ends if isinstance(end, TransportError)}
    assert "the exchange for one, which another call had begun, failed" in said
    assert tenant.token_exchanges < AT_ONCE / 4


def test_many_share_the_refusal_of_a_later_exchange(tenant: FakeTenant, connect: Connect) -> None:
    pats = connect(tenant, rate_limit=None, retry=None)
    for _ in range(2):
        pats.list()
        tenant.advance(timedelta(hours=1))
    tenant.clear_log()
    tenant.remove_token(tenant.client_id)
    # Held until the others stand behind it.
    tenant.fail("token", faults.Late(0.3))
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        ends = [call.exception() for call in [pool.submit(pats.list) for _ in range(20)]]
    assert {type(end) for end in ends} == {AuthenticationError}
    assert tenant.token_exchanges < 10


def test_after_a_refusal_the_next_call_asks_again(tenant: FakeTenant, connect: Connect) -> None:
    pats = connect(tenant)
    tenant.fail("token", faults.Status(401))
    with pytest.raises(AuthenticationError):
        pats.list()
    assert pats.list()


def test_many_with_an_access_token_that_expired_get_one_fresh_one(
    tenant: FakeTenant, connect: Connect
) -> None:
    pats = connect(tenant)
    pats.list()
    tenant.advance(timedelta(hours=1))
    tenant.clear_log()
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda _: pats.list(), range(20)))
    assert tenant.token_exchanges == 1


# --- refusals -------------------------------------------------------------------------------------


def test_a_refusal_names_the_client_id_and_the_host_and_not_the_secret(
    tenant: FakeTenant, connect: Connect
) -> None:
    secret = "obviously-wrong-secret"
    with pytest.raises(AuthenticationError) as caught:
        connect(tenant, client_secret=secret).list()
    assert str(caught.value) == (
        f"The token endpoint refused client id {tenant.client_id} at 127.0.0.1 with 401: "
        "invalid_client: Invalid client credentials. "
        "Check the id and the secret, and whether the token has expired or was revoked."
    )
    assert secret not in repr(caught.value)
    assert not caught.value.maybe_performed
    assert tenant.count() == 1


def test_a_refusal_that_quotes_the_secret_does_not_get_it_into_the_message(
    tenant: FakeTenant, connect: Connect
) -> None:
    body = {"error": "invalid_client", "error_description": f"not {tenant.client_secret}!"}
    tenant.fail("token", faults.Body(body, status=400))
    with pytest.raises(AuthenticationError, match="with 400: invalid_client: not ") as caught:
        connect(tenant).list()
    assert tenant.client_secret not in str(caught.value)


@pytest.mark.parametrize("status", [400, 503])
def test_a_compressed_refusal_is_read(status: int) -> None:
    body = json.dumps({"error": f"not {PAIR.client_secret.reveal()}!"}).encode()
    answer = httpx.Response(
        status,
        headers={"Content-Encoding": "gzip"},
        content=gzip.compress(body),
        request=answer_of_the_endpoint(status).request,
    )
    with pytest.raises(SailPointError, match=rf"{status}.*: not \*{{8}}!\.") as caught:
        read_exchange(answer, PAIR)
    if isinstance(caught.value, ServerError):
        assert caught.value.response is not None
        assert caught.value.response.content == b'{"error": "not ********!"}'


def test_a_refusal_is_kept_without_what_was_true_on_its_way_only() -> None:
    answer = answer_of_the_endpoint(503)
    answer.headers.update({"Transfer-Encoding": "chunked", "SLPT-Request-ID": "t1"})
    with pytest.raises(ServerError) as caught:
        read_exchange(answer, PAIR)
    kept = caught.value.response
    assert kept is not None
    assert "transfer-encoding" not in kept.headers
    assert kept.headers["slpt-request-id"] == caught.value.tracking_id == "t1"
    assert "No access token for client id an-id at acme.api.example.com" in str(caught.value)


@pytest.mark.parametrize(
    ("fault", "error", "said"),
    [
        (faults.Status(400), AuthenticationError, "with 400: no explanation"),
        (faults.Html(401), AuthenticationError, "with 401: no explanation"),
        (faults.Html(403), AuthenticationError, "with 403: no explanation"),
        (faults.Status(418), AuthenticationError, "with 418"),
        (faults.RateLimited("7"), RateLimitedError, "Retry after 7 s"),
        (faults.Status(500), ServerError, "answered 500 Internal Server Error"),
        (faults.Html(502), ServerError, "answered 502 Bad Gateway"),
        (faults.Status(520, body=""), ServerError, "answered 520"),
        (faults.Status(302, headers={"Location": "https://login.example.com/x"}), ServerError, ""),
        (
            faults.Html(200),
            AuthenticationError,
            "token: is the base URL that of a SailPoint tenant?",
        ),
        (faults.Status(204), AuthenticationError, "answered 204"),
        (faults.Body(b""), AuthenticationError, "without an access token"),
        (faults.Body([]), AuthenticationError, "without an access token"),
        (faults.Body({"token_type": "bearer"}), AuthenticationError, "without an access token"),
        (faults.Body({"access_token": ""}), AuthenticationError, "without an access token"),
        (faults.Body({"access_token": 7}), AuthenticationError, "without an access token"),
        (faults.Body({"access_token": "a\nb"}), AuthenticationError, "without an access token"),
        (faults.Body({"access_token": "é"}), AuthenticationError, "without an access token"),
    ],
)
def test_whatever_the_token_endpoint_says_the_call_was_not_sent(
    fault: faults.Fault,
    error: type[SailPointError],
    said: str,
    tenant: FakeTenant,
    connect: Connect,
) -> None:
    tenant.fail("token", fault)
    with pytest.raises(error) as caught:
        connect(tenant, retry=None).create("Nightly export")
    assert type(caught.value) is error
    assert said in str(caught.value)
    assert tenant.client_id in str(caught.value) or "redirects" in str(caught.value)
    assert tenant.client_secret not in repr(caught.value)
    assert not caught.value.maybe_performed
    assert caught.value.lost_create is None
    assert tenant.count("create") == 0


@pytest.mark.parametrize(
    "fault", [faults.RateLimited("1"), faults.Status(500), faults.Html(503), faults.Reset()]
)
def test_a_token_request_that_fails_for_the_moment_is_repeated(
    fault: faults.Fault, tenant: FakeTenant, connect: Connect, clock: MovedClock
) -> None:
    tenant.fail("token", fault, times=2)
    assert connect(tenant).create("Nightly export").name == "Nightly export"
    assert tenant.token_exchanges == 3
    assert tenant.count("create") == 1
    assert clock.pauses


# --- an access token that was given ---------------------------------------------------------------


@pytest.mark.parametrize("wrap", [str, Secret])
def test_an_access_token_that_was_given(
    wrap: Callable[[str], object], tenant: FakeTenant, connect: Connect
) -> None:
    token = access_token_for(tenant)
    tenant.clear_log()
    pats = connect(tenant, access_token=wrap(token))
    assert pats.list()
    assert token not in repr(pats)
    assert "a given access token" in repr(pats)
    assert statuses(tenant) == [("list", 200)]


def test_an_access_token_that_was_given_and_has_expired(
    tenant: FakeTenant, connect: Connect
) -> None:
    pats = connect(tenant, access_token=access_token_for(tenant))
    tenant.advance(timedelta(hours=1))
    tenant.clear_log()
    with pytest.raises(AuthenticationError, match="JWT is expired"):
        pats.list()
    assert statuses(tenant) == [("list", 401)], "the same one again would be refused again"


def test_a_callable_is_asked_for_each_call_and_once_more_after_a_401(
    tenant: FakeTenant, connect: Connect
) -> None:
    first, expired = access_token_for(tenant), "one-that-is-refused"
    given = iter([first, first, expired, access_token_for(tenant)])
    tenant.clear_log()
    pats = connect(tenant, access_token=lambda: next(given))
    for _ in range(3):
        pats.list()
    assert statuses(tenant) == [("list", 200), ("list", 200), ("list", 401), ("list", 200)]
    assert list(given) == []


def test_a_callable_that_gives_the_same_again_after_a_401(
    tenant: FakeTenant, connect: Connect
) -> None:
    given = iter(["one-that-is-refused"] * 2)
    with pytest.raises(AuthenticationError):
        connect(tenant, access_token=lambda: next(given)).list()
    assert statuses(tenant) == [("list", 401)]
    assert list(given) == []


def test_a_callable_that_raises_is_heard(tenant: FakeTenant, connect: Connect) -> None:
    def give() -> str:
        raise LookupError("the vault is sealed")

    with pytest.raises(LookupError, match="the vault is sealed"):
        connect(tenant, access_token=give).list()
    assert tenant.count() == 0


def test_a_callable_that_gets_no_answer_itself_leaves_nothing_open(
    tenant: FakeTenant, connect: Connect
) -> None:
    given = iter([access_token_for(tenant)])

    def give() -> str:
        for token in given:
            return token
        raise httpx.ReadTimeout("late", request=httpx.Request("POST", "https://idp.example.com"))

    pats = connect(tenant, access_token=give, retry=None)
    pats.list()
    with pytest.raises(RequestTimeout, match=r"idp\.example\.com") as caught:
        pats.create("Nightly export")
    assert not caught.value.maybe_performed
    assert caught.value.lost_create is None


def test_a_create_whose_time_was_over_before_it_went_out_leaves_nothing_open(
    tenant: FakeTenant, clock: MovedClock
) -> None:
    token = access_token_for(tenant)
    # Sync only: an async call ends where the event loop's own clock says so.
    late = iter([0, 60])

    def give() -> str:
        clock.advance(timedelta(seconds=next(late)))
        return token

    with PatClient(base_url=tenant.base_url, access_token=give, retry=None) as pats:
        pats.list()
        with pytest.raises(RequestTimeout) as caught:
            pats.create("Nightly export")
    assert not caught.value.maybe_performed
    assert tenant.count("create") == 0


def test_more_401s_than_connections_leave_one_for_the_exchange(connect: Connect) -> None:
    many = 300  # httpx has a hundred connections
    with FakeTenant(rate_limit=None, validate=False) as tenant:
        pats = connect(tenant, rate_limit=None, retry=None)
        pats.list()
        tenant.advance(timedelta(hours=13))
        tenant.clear_log()
        # All are on their way before the first is refused.
        gate = faults.Gate()
        tenant.fail("list", gate, times=100)
        with concurrent.futures.ThreadPoolExecutor(many) as pool:
            calls = [pool.submit(pats.list) for _ in range(many)]
            assert gate.reached.wait(20)
            gate.open()
            assert all(call.result(60) for call in calls)
        assert tenant.count("token") == 1


def test_a_refusal_of_another_server_points_to_the_base_url(
    tenant: FakeTenant, connect: Connect
) -> None:
    for fault in (faults.Html(404), faults.Status(405, body="")):
        tenant.fail("token", fault)
        with pytest.raises(AuthenticationError, match="Check the base URL") as caught:
            connect(tenant).list()
        assert "secret" not in str(caught.value)
    tenant.fail("token", faults.Status(401))
    with pytest.raises(AuthenticationError, match="Check the id and the secret"):
        connect(tenant).list()


def test_a_client_is_for_the_process_that_made_it(
    tenant: FakeTenant, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    pats = connect(tenant)
    pats.list()
    monkeypatch.setattr("os.getpid", lambda: -1)
    with pytest.raises(ConfigurationError, match="before a fork"):
        pats.list()


def test_no_cookie_is_kept(tenant: FakeTenant, connect: Connect) -> None:
    # One that is not ASCII would break every call after it.
    cookie = {"Set-Cookie": "who=Jos\xe9; Path=/", "Content-Type": "application/json"}
    tenant.fail("list", faults.Status(200, body="[]", headers=cookie))
    pats = connect(tenant)
    assert pats.list() == []
    assert pats.list()
    assert all("cookie" not in request.headers for request in tenant.requests)


@pytest.mark.parametrize("given", [None, "", 7, "a\r\nb: c", "a ", "é", b"bytes"])
def test_a_callable_that_gives_no_access_token(
    given: object, tenant: FakeTenant, connect: Connect
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        connect(tenant, access_token=lambda: given).list()
    assert str(caught.value) == (
        "the access token is no text that fits into a header: it is empty, or has blanks or line "
        "ends in it (or the callable gave none)"
    )
    assert tenant.count() == 0


def test_an_async_callable(tenant: FakeTenant, connect: Connect) -> None:
    async def give() -> str:
        await anyio.lowlevel.checkpoint()
        return access_token_for(tenant)

    pats = connect(tenant, access_token=give)
    if connect.flavour == "sync":
        with pytest.raises(ConfigurationError, match=r"^access_token is .* use AsyncPatClient$"):
            pats.list()
    else:
        assert pats.list()


def test_an_app_without_a_person_behind_it_is_refused(tenant: FakeTenant, connect: Connect) -> None:
    nobody = tenant.add_token(tenant.add_person("Nobody", rights=()), "app")
    with pytest.raises(PermissionDeniedError):
        connect(tenant, client_id=nobody.id, client_secret=nobody.secret).list()


# --- where the access token goes ------------------------------------------------------------------


def get(connect: Connect, pats: PatClient, url: str, **options: Any) -> httpx.Response:
    """Send a request on the low level."""
    generated = pats.generated
    if connect.flavour == "sync":
        return generated.get_httpx_client().get(url, **options)

    async def send() -> httpx.Response:
        return await generated.get_async_httpx_client().get(url, **options)

    answer: httpx.Response = connect.portal.call(send)
    return answer


@pytest.mark.parametrize("options", [{}, {"access_token": "one-that-was-given"}])
def test_the_access_token_goes_to_the_tenant_only(
    options: dict[str, Any], tenant: FakeTenant, elsewhere: FakeTenant, connect: Connect
) -> None:
    pats = connect(tenant, **options)
    for url in (
        f"{elsewhere.base_url}/v3/personal-access-tokens",
        f"{tenant.base_url}/v3/personal-access-tokens".replace("127.0.0.1", "localhost"),
        f"{tenant.base_url}/v3/personal-access-tokens".replace("http:", "https:"),
    ):
        with pytest.raises(ConfigurationError, match=r"is for 127\.0\.0\.1: it is not sent to"):
            get(connect, pats, url)
    assert elsewhere.count() == tenant.count() == 0


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_error_and_not_followed(
    status: int, tenant: FakeTenant, elsewhere: FakeTenant, connect: Connect
) -> None:
    target = f"{elsewhere.base_url}/v3/personal-access-tokens?secret=hunter2"
    tenant.fail("list", faults.Status(status, headers={"Location": target}), times=None)
    with pytest.raises(ServerError, match=r"redirects to 127\.0\.0\.1") as caught:
        connect(tenant).list()
    assert "hunter2" not in str(caught.value)
    assert tenant.count("list") == 1
    assert elsewhere.connections == 0


def test_a_redirect_that_is_followed_on_purpose_leaves_the_access_token_behind(
    tenant: FakeTenant, elsewhere: FakeTenant, connect: Connect
) -> None:
    target = f"{elsewhere.base_url}/v3/personal-access-tokens"
    tenant.fail("list", faults.Status(307, headers={"Location": target}), times=None)
    with contextlib.suppress(SailPointError):
        get(connect, connect(tenant), "/personal-access-tokens", follow_redirects=True)
    assert elsewhere.count() > 0
    assert {request.access_token for request in elsewhere.requests} == {None}


def test_a_redirect_of_the_token_endpoint_does_not_take_the_secret_along(
    tenant: FakeTenant, elsewhere: FakeTenant, connect: Connect
) -> None:
    target = f"{elsewhere.base_url}/oauth/token"
    tenant.fail("token", faults.Status(307, headers={"Location": target}), times=None)
    with pytest.raises(ServerError, match="redirects to"):
        connect(tenant).list()
    assert elsewhere.connections == 0
