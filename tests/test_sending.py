"""Was it sent? One mechanism tells, and where it cannot tell, it says "it may have been".

Here its eyes are shut in two ways: httpcore's pool does not use the network that it is given, as
another release may do; and a transport of the user's own tells nothing.
"""

import math
import socket
from typing import Any

import httpcore
import httpx
import pytest

from sailpoint_pat import OutcomeUnknownError, PatClient, ServerError, TransportError
from sailpoint_pat._sending import Sending
from sailpoint_pat.testing import FakeTenant, faults
from tests.support.calls import NAME, call_of
from tests.support.clients import Connect, Flavour
from tests.support.clock import MovedClock
from tests.support.interrupts import Asked
from tests.support.tenants import access_token_of


def test_each_request_begins_with_nothing_seen() -> None:
    call, exchange = (httpx.Request("POST", f"https://acme.example.com/{it}") for it in "ce")
    sending = Sending(math.inf, exchange, opened=True, wrote=True)
    sending.begin(call)
    assert (sending.request, sending.opened, sending.wrote) == (call, False, False)


@pytest.fixture(params=["another httpcore", "a transport of the user's"])
def blind(
    request: pytest.FixtureRequest, flavour: Flavour, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    """Options for a client that sees nothing of what goes out."""
    if request.param == "another httpcore":
        for name in ("ConnectionPool", "AsyncConnectionPool"):
            monkeypatch.setattr(httpcore, name, _without_our_network(getattr(httpcore, name)))
        return {}
    # To load the certificates of every authority takes longer than the whole test.
    own = httpx.HTTPTransport if flavour == "sync" else httpx.AsyncHTTPTransport
    return {"transport": own(verify=False)}


def _without_our_network(pool: type) -> Any:
    def make(**options: Any) -> object:
        options.pop("network_backend", None)
        return pool(**options)

    return make


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("fault", [faults.Dropped(), faults.Reset()])
def test_a_create_whose_connection_breaks_is_not_sent_again(
    tenant: FakeTenant,
    connect: Connect,
    clock: MovedClock,
    blind: dict[str, Any],
    fault: faults.Fault,
    *,
    is_first: bool,
) -> None:
    pats = connect(tenant, **blind)
    if not is_first:
        pats.list()
    tenant.fail("create", fault)
    with pytest.raises(OutcomeUnknownError) as caught:
        pats.create(NAME)
    assert caught.value.maybe_performed
    assert tenant.count("create") == 1
    assert clock.pauses == []
    found = pats.find_orphan(caught.value)
    made = [token.id for token in tenant.tokens.values() if token.name == NAME]
    assert ([found.id] if found else []) == made


def test_a_create_that_is_refused_by_the_network_counts_as_sent_too(
    connect: Connect, clock: MovedClock, blind: dict[str, Any]
) -> None:
    with FakeTenant() as gone:
        access_token = access_token_of(gone)
    # Nobody has seen that no connection was made.
    with pytest.raises(OutcomeUnknownError):
        connect(gone, access_token=access_token, **blind).create(NAME)
    assert clock.pauses == []


def test_a_failed_exchange_leaves_no_doubt_even_so(
    tenant: FakeTenant, connect: Connect, clock: MovedClock, blind: dict[str, Any]
) -> None:
    tenant.fail("token", faults.Dropped())
    assert connect(tenant, **blind).create(NAME).name == NAME
    assert (tenant.count("token"), tenant.count("create")) == (2, 1)
    assert len(clock.pauses) == 1


@pytest.mark.parametrize("operation", ["list", "delete"])
def test_what_is_safe_to_repeat_is_repeated(
    tenant: FakeTenant,
    connect: Connect,
    clock: MovedClock,
    blind: dict[str, Any],
    operation: Asked,
) -> None:
    tenant.fail(operation, faults.Dropped())
    call_of(operation, tenant)(connect(tenant, **blind))
    assert tenant.count(operation) == 2
    assert len(clock.pauses) == 1


def test_an_answer_is_an_answer(
    tenant: FakeTenant, connect: Connect, blind: dict[str, Any]
) -> None:
    tenant.fail("create", faults.Status(503))
    with pytest.raises(ServerError, match="answered 503"):
        connect(tenant, **blind).create(NAME)


# --- a transport of the user's own that fails -----------------------------------------------------


class Failing(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport that raises, having told nobody how far it got."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def handle_request(self, _request: httpx.Request) -> httpx.Response:
        raise self._error

    async def handle_async_request(self, _request: httpx.Request) -> httpx.Response:
        raise self._error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (httpx.ConnectError("quotes hunter2"), "(ConnectError)"),
        (httpx.ReadTimeout("quotes hunter2"), "no complete answer in time (ReadTimeout)"),
        (OSError("quotes hunter2"), "(OSError)"),
        (LookupError("quotes hunter2"), "(LookupError)"),
        (socket.gaierror("quotes hunter2"), "(gaierror)"),
    ],
)
def test_its_exceptions_become_ours_and_are_not_quoted(
    connect: Connect, clock: MovedClock, error: Exception, said: str
) -> None:
    pats: PatClient = connect(
        base_url="http://127.0.0.1", access_token="x", transport=Failing(error)
    )
    with pytest.raises(OutcomeUnknownError) as caught:
        pats.create(NAME)
    assert said in str(caught.value)
    assert "hunter2" not in repr(caught.value)
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    with pytest.raises(TransportError, match="gave up after 5 tries"):
        pats.list()
    assert len(clock.pauses) == 4


class Closable(httpx.HTTPTransport):
    """A transport of one's own that says whether it was closed."""

    is_closed = False

    def close(self) -> None:
        self.is_closed = True
        super().close()


def test_it_is_closed_with_the_client(tenant: FakeTenant) -> None:
    transport = Closable(verify=False)
    with PatClient(
        base_url=tenant.base_url,
        client_id=tenant.client_id,
        client_secret=tenant.client_secret,
        transport=transport,
    ) as pats:
        pats.list()
        assert not transport.is_closed
    assert transport.is_closed
