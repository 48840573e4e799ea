"""The clients themselves: how they are made, shared, closed and shown."""

import inspect
import pickle
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from sailpoint_pat import (
    AsyncPatClient,
    ConfigurationError,
    PatClient,
    RateLimit,
    RequestTimeout,
    RetryPolicy,
    ServerError,
    TransportError,
)
from sailpoint_pat.testing import FakeTenant, faults
from tests.secrets.hunter import leaks_in
from tests.support.calls import EACH_CALL
from tests.support.clients import Connect
from tests.support.clock import MovedClock
from tests.support.tenants import access_token_of

PAIR: dict[str, Any] = {"client_id": "an-id", "client_secret": "obviously-fake"}
HIDDEN = "5ecre7-5ecre7"
SECOND = timedelta(seconds=1)


# --- its arguments --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"access_token": "x", "client_id": "y"}, "two ways to authenticate"),
        ({"access_token": "x", "client_secret": "y"}, "two ways to authenticate"),
        ({"base_url": "ftp://acme.example.com", **PAIR}, "the base URL"),
        ({"base_url": "http://acme.example.com", **PAIR}, "credentials go over https only"),
        ({"client_id": " ", "client_secret": HIDDEN}, "the argument client_id is empty"),
        ({"api_version": "x", **PAIR}, "api_version is one of"),
        ({"environment": "none such", **PAIR}, "no such file"),
        ({"access_token": ""}, "the access token is no text"),
        ({"access_token": f"{HIDDEN}\n"}, "the access token is no text"),
        ({"timeout": 30, **PAIR}, "timeout is a timedelta above zero, not 30"),
        ({"timeout": timedelta(0), **PAIR}, "timeout is a timedelta above zero"),
        ({"retry": 3, **PAIR}, "retry is a RetryPolicy or None, not 3"),
        ({"retry": "same", **PAIR}, "retry is a RetryPolicy or None, not 'same'"),
        ({"rate_limit": 3, **PAIR}, "rate_limit is a RateLimit or None, not 3"),
        ({"proxy": f"x://u:{HIDDEN}@p", **PAIR}, r"the proxy cannot be used \(the scheme 'x'\)"),
        ({"proxy": f"http://u:{HIDDEN}@", **PAIR}, r"the proxy cannot be used \(no host\)"),
        ({"proxy": f"http://u:{HIDDEN}/p@p:1", **PAIR}, r"the proxy cannot be used \(no address\)"),
        ({"proxy": f"http://u:12/{HIDDEN}@p:1", **PAIR}, "in the user or the password write / as"),
        ({"proxy": f"http://u:12#{HIDDEN}@p:1", **PAIR}, "in the user or the password write / as"),
        ({"proxy": f"http://u:a@{HIDDEN}/b@p:1", **PAIR}, "in the user or the password write / as"),
        ({"proxy": f"http://u:{HIDDEN}@p:65536", **PAIR}, r"\(no address\): it looks like http"),
        ({"proxy": 5, **PAIR}, "proxy is the address of a proxy"),
        ({"proxy": "", **PAIR}, "proxy is the address of a proxy"),
        ({"verify": "/ca.pem", **PAIR}, "not a path. To trust the certificates in a file: verify="),
        ({"verify": 0, **PAIR}, "verify is True, False or an ssl.SSLContext, not a int"),
        ({"transport": 5, **PAIR}, "transport is an httpx.(Async)?BaseTransport, not a int"),
    ],
)
@pytest.mark.parametrize("client", [PatClient, AsyncPatClient])
def test_arguments_that_cannot_be(
    client: type[PatClient | AsyncPatClient], arguments: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ConfigurationError, match=problem) as caught:
        client(**({"base_url": "https://acme.example.com"} | arguments))
    assert leaks_in(caught.value, HIDDEN, PAIR["client_secret"]) == []


# --- with_options ---------------------------------------------------------------------------------


def test_another_timeout_for_one_call(tenant: FakeTenant, connect: Connect) -> None:
    pats = connect(tenant, retry=None)
    pats.list()
    tenant.fail("list", faults.Hang())
    with pytest.raises(RequestTimeout):
        pats.with_options(timeout=0.1 * SECOND).list()
    assert pats.list(), "the first client keeps its own"


def test_another_policy_for_one_call(
    tenant: FakeTenant, connect: Connect, clock: MovedClock
) -> None:
    pats = connect(tenant, retry=RetryPolicy(tries=4))
    tenant.fail("list", faults.Status(503), times=None)
    with pytest.raises(ServerError):
        pats.with_options(retry=RetryPolicy(tries=2)).list()
    assert (tenant.count("list"), len(clock.pauses)) == (2, 1)
    with pytest.raises(ServerError):
        pats.with_options(retry=None).list()
    assert tenant.count("list") == 3
    with pytest.raises(ServerError):
        pats.with_options(timeout=SECOND).list()
    assert tenant.count("list") == 7, "what is left out stays as it is"


def test_everything_else_is_shared(tenant: FakeTenant, connect: Connect, clock: MovedClock) -> None:
    pats = connect(tenant, rate_limit=RateLimit(2, per=10 * SECOND))
    other = pats.with_options(timeout=SECOND, retry=None)
    pats.list()
    other.list()
    assert (tenant.connections, tenant.token_exchanges) == (1, 1)
    assert repr(other) == repr(pats)
    assert clock.pauses == []
    pats.list()
    assert sum(clock.pauses) == pytest.approx(10, abs=1), "the pace is one"
    other.close()
    with pytest.raises(TransportError, match="this client is closed"):
        pats.list()


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"timeout": timedelta(0)}, "timeout is a timedelta above zero"),
        ({"retry": 3}, "retry is a RetryPolicy or None"),
    ],
)
def test_options_that_cannot_be(pats: PatClient, options: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        pats.with_options(**options)


# --- closing --------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", EACH_CALL)
def test_a_closed_client_says_so(
    tenant: FakeTenant, connect: Connect, clock: MovedClock, call: Callable[[PatClient], object]
) -> None:
    pats = connect(tenant)
    pats.list()
    pats.close()
    pats.close()
    tenant.clear_log()
    with pytest.raises(TransportError, match="was not sent: this client is closed") as caught:
        call(pats)
    assert not caught.value.maybe_performed
    assert tenant.requests == []
    assert clock.pauses == []


def test_delete_many_of_a_closed_client(tenant: FakeTenant, connect: Connect) -> None:
    pats = connect(tenant)
    pats.close()
    (result,) = pats.delete_many(["0" * 32])
    assert isinstance(result.error, TransportError)
    assert tenant.requests == []


def test_a_transport_of_ones_own_is_told_the_timeouts_of_each_request(
    tenant: FakeTenant, connect_sync: Connect
) -> None:
    told = []

    class Transport(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            told.append(request.extensions["timeout"])
            return super().handle_request(request)

    connect_sync(tenant, transport=Transport(), timeout=30 * SECOND).list()
    once = {"connect": 10.0, "read": 30.0, "write": 30.0, "pool": 30.0}
    assert told == [once, once], "an exchange and a listing"


def test_a_client_that_is_closed_before_its_call_is_sent_sends_nothing(
    tenant: FakeTenant, connect_sync: Connect
) -> None:
    def give() -> str:
        pats.close()
        return token

    token = access_token_of(tenant)
    pats = connect_sync(tenant, access_token=give, transport=httpx.HTTPTransport())
    with pytest.raises(TransportError, match="was not sent: this client is closed"):
        pats.create("Nightly export")
    assert tenant.count("create") == 0


def test_one_that_could_not_be_made_has_a_repr() -> None:
    assert repr(PatClient.__new__(PatClient)) == "<PatClient that could not be made>"


def test_what_the_generated_client_leads_to(tenant: FakeTenant, connect_sync: Connect) -> None:
    other = connect_sync(tenant, api_version="v2026").generated.with_headers({})
    assert str(other.get_httpx_client().base_url) == f"{tenant.base_url}/v2026/"


def test_the_generated_client_is_closed_too(tenant: FakeTenant, connect_sync: Connect) -> None:
    pats = connect_sync(tenant)
    pats.close()
    with pytest.raises(TransportError, match="this client is closed"):
        pats.generated.get_httpx_client().get("/personal-access-tokens")


def test_leaving_the_context_closes(tenant: FakeTenant, connect: Connect) -> None:
    pats: Any = connect(tenant)
    if connect.flavour == "sync":
        with pats as inside:
            inside.list()
    else:

        async def leave() -> None:
            async with pats.client as inside:
                await inside.list()

        connect.portal.call(leave)
    with pytest.raises(TransportError, match="this client is closed"):
        pats.list()


# --- what it shows --------------------------------------------------------------------------------


def test_a_repr_says_where_and_as_whom(tenant: FakeTenant, connect: Connect) -> None:
    kind = "PatClient" if connect.flavour == "sync" else "AsyncPatClient"
    shown = f"<{kind} 127.0.0.1/v3 with client id {tenant.client_id}>"
    assert repr(connect(tenant)) == shown
    assert tenant.client_secret not in shown


def test_a_client_is_not_pickled(pats: PatClient) -> None:
    with pytest.raises(TypeError, match="a client is not pickled: it holds connections and secr"):
        pickle.dumps(pats)


def test_an_unreachable_host_is_named(connect: Connect) -> None:
    pats = connect(base_url="http://127.0.0.1:9", retry=None, **PAIR)
    with pytest.raises(TransportError) as caught:
        pats.list()
    assert re.fullmatch(
        r"POST http://127\.0\.0\.1:9/oauth/token \(the exchange for an access token\) was not sent:"
        r" no connection to 127\.0\.0\.1 \([\w ]+\)\. "
        r"Check the base URL, the network, and whether a proxy is needed\.",
        str(caught.value),
    )
    assert not caught.value.maybe_performed


# --- the two are one ------------------------------------------------------------------------------

TWINS = {"aclose": "close", "__aenter__": "__enter__", "__aexit__": "__exit__"}


def public(client: type) -> list[str]:
    """Return what a client offers, in the order it is written in."""
    names = [TWINS.get(name, name) for name in vars(client)]
    return [name for name in names if not name.startswith("_") or name in TWINS.values()]


def both(name: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    twin = next((theirs for theirs, ours in TWINS.items() if ours == name), name)
    return getattr(PatClient, name), getattr(AsyncPatClient, twin)


METHODS = public(PatClient)
CALLS = [name for name in METHODS if not name.startswith("__") and name != "close"]


def test_the_same_methods_in_the_same_order() -> None:
    assert public(AsyncPatClient) == METHODS
    assert {"list", "get", "create", "find_orphan", "delete", "delete_many", "rotate"} < set(CALLS)


@pytest.mark.parametrize("name", ["__init__", "with_options", *METHODS])
def test_the_same_parameters(name: str) -> None:
    ours, theirs = (list(inspect.signature(each).parameters.values()) for each in both(name))
    assert [(p.name, p.kind, p.default) for p in ours] == [
        (p.name, p.kind, p.default) for p in theirs
    ]


@pytest.mark.parametrize("name", METHODS)
def test_one_is_awaited_and_the_other_is_not(name: str) -> None:
    ours, theirs = both(name)
    assert not inspect.iscoroutinefunction(ours)
    assert inspect.iscoroutinefunction(theirs)


@pytest.mark.parametrize("name", ["with_options", *CALLS])
def test_each_argument_is_documented_and_both_say_the_same(name: str) -> None:
    ours, theirs = both(name)
    text = inspect.getdoc(ours) or ""
    assert inspect.getdoc(theirs) == text
    found = re.search(r"Args:\n((?:    .*\n|\n)+)", text + "\n")
    documented = re.findall(r"^    (\w+):", found[1], re.MULTILINE) if found else []
    assert documented == [each for each in inspect.signature(ours).parameters if each != "self"]
    assert "Raises:\n" in text
