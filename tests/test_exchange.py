"""The exchange of a client id and secret for an access token, and how it is refused."""

import gzip
import json
import logging
from datetime import timedelta
from typing import Any

import httpx
import pytest

from sailpoint_pat import (
    AuthenticationError,
    ClientCredentials,
    PatClient,
    RateLimitedError,
    SailPointError,
    Secret,
    ServerError,
)
from sailpoint_pat._exchange import read_exchange
from sailpoint_pat.testing import FakeTenant, faults
from tests.support.clients import Connect
from tests.support.clock import MovedClock
from tests.support.tenants import access_token_of, answered

LIKE_A_SECRET = "0123456789abcdef" * 4
PAIR = ClientCredentials("an-id", Secret(LIKE_A_SECRET))
A_YEAR = 365 * 24 * 3600


def answer_of_the_endpoint(status: int, body: object, **headers: str) -> httpx.Response:
    request = httpx.Request("POST", "https://acme.api.example.com/oauth/token")
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return httpx.Response(status, content=content, headers=headers, request=request)


# --- how it is sent -------------------------------------------------------------------------------


def test_a_first_call_is_one_exchange_over_the_same_connection(
    tenant: FakeTenant, connect: Connect
) -> None:
    pats = connect(tenant)
    assert tenant.connections == 0, "nothing is sent before the first call"
    pats.list()
    pats.list()
    assert answered(tenant) == [("token", 200), ("list", 200), ("list", 200)]
    assert tenant.connections == 1


@pytest.mark.parametrize(
    "fault", [faults.RateLimited("1"), faults.Status(500), faults.Html(503), faults.Reset()]
)
def test_a_passing_failure_is_repeated_before_the_call_goes_out(
    tenant: FakeTenant, connect_sync: Connect, clock: MovedClock, fault: faults.Fault
) -> None:
    tenant.fail("token", fault, times=2)
    assert connect_sync(tenant).create("Nightly export").name == "Nightly export"
    assert (tenant.count("token"), tenant.count("create")) == (3, 1)
    assert len(clock.pauses) == 2


# --- how long an access token is used -------------------------------------------------------------


@pytest.mark.parametrize(
    ("life", "used_for"),
    [
        *((0.5, 0.45), (100, 90), (299, 269.1), (300, 270), (749, 719)),
        *(("749", 719), ("0.5", 0.45), (A_YEAR - 1, A_YEAR - 31)),
    ],
)
def test_until_shortly_before_it_expires(
    tenant: FakeTenant,
    connect: Connect,
    clock: MovedClock,
    monkeypatch: pytest.MonkeyPatch,
    life: object,
    used_for: float,
) -> None:
    monkeypatch.setattr(clock, "_monotonic", lambda: 1000.0)
    token = access_token_of(tenant)
    tenant.fail("token", faults.Body({"access_token": token, "expires_in": life}))
    pats = connect(tenant, rate_limit=None)
    pats.list()
    clock.advance(timedelta(seconds=used_for - 0.001))
    pats.list()
    assert tenant.token_exchanges == 1
    clock.advance(timedelta(seconds=0.002))
    pats.list()
    assert tenant.token_exchanges == 2
    assert 401 not in [request.status for request in tenant.requests]


@pytest.mark.parametrize(
    "life", [None, "soon", "", -1, 0, "0", True, [749], A_YEAR, 10**400, 1e400, "nan"]
)
def test_until_a_401_where_nothing_usable_is_said(
    tenant: FakeTenant, connect_sync: Connect, clock: MovedClock, life: object
) -> None:
    tenant.fail("token", faults.Body({"access_token": access_token_of(tenant), "expires_in": life}))
    pats = connect_sync(tenant)
    pats.list()
    clock.advance(timedelta(days=300))
    pats.list()
    assert tenant.token_exchanges == 1
    tenant.advance(timedelta(hours=1))
    pats.list()
    assert answered(tenant)[2:] == [("list", 200), ("list", 401), ("token", 200), ("list", 200)]


# --- refusals -------------------------------------------------------------------------------------


def test_a_refusal_names_the_id_the_host_and_the_place_and_not_the_secret(
    tenant: FakeTenant, connect: Connect
) -> None:
    secret = LIKE_A_SECRET
    with pytest.raises(AuthenticationError) as caught:
        connect(tenant, client_secret=secret).list()
    assert str(caught.value) == (
        f"The token endpoint refused client id {tenant.client_id} at 127.0.0.1 with 401: "
        "invalid_client: Invalid client credentials. Check the id and the secret, which came from "
        "the arguments client_id and client_secret, and whether the personal access token has "
        "expired or was revoked."
    )
    assert secret not in repr(caught.value)
    assert not caught.value.maybe_performed
    assert tenant.count() == 1


def test_the_place_may_be_the_variables(
    tenant: FakeTenant, connect_sync: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAIL_BASE_URL", tenant.base_url)
    monkeypatch.setenv("SAIL_CLIENT_ID", "an-id")
    monkeypatch.setenv("SAIL_CLIENT_SECRET", LIKE_A_SECRET)
    with pytest.raises(AuthenticationError, match="came from the variables SAIL_CLIENT_ID and"):
        connect_sync().list()


def test_the_place_may_be_a_rotation(tenant: FakeTenant, pats: PatClient) -> None:
    new = pats.rotate(tenant.client_id, save=lambda _: None)
    tenant.remove_token(new.id)
    with pytest.raises(AuthenticationError, match=r"which came from a rotation, and"):
        pats.list()


@pytest.mark.parametrize(
    ("secret", "hint"),
    [
        (LIKE_A_SECRET.upper(), None),
        (LIKE_A_SECRET[:-1], "The client secret is not 64 hexadecimal digits, as SailPoint's are"),
        (LIKE_A_SECRET + "0", "The client secret is not 64 hexadecimal digits"),
        (LIKE_A_SECRET[:-1] + "g", "The client secret is not 64 hexadecimal digits"),
        (LIKE_A_SECRET[:32], "The client secret looks like a client id: was the id given twice?"),
    ],
)
def test_an_unusual_secret_is_worth_a_hint(
    tenant: FakeTenant, connect_sync: Connect, secret: str, hint: str | None
) -> None:
    with pytest.raises(AuthenticationError) as caught:
        connect_sync(tenant, client_secret=secret).list()
    assert secret not in str(caught.value)
    assert str(caught.value).endswith("was revoked.") is (hint is None)
    assert (hint or "") in str(caught.value)


IN_OAUTHS_WORDS: dict[str, Any] = {"error": "invalid_client", "error_description": "No."}
IN_THE_APIS_WORDS: dict[str, Any] = {
    "detailCode": "403 Forbidden",
    "trackingId": "e7eab609",
    "messages": [{"text": "Not from there."}],
}
CHECK = "Check the id and the secret"
NETWORK = "a network rule of the tenant or a firewall"
BASE_URL = "this is not how a SailPoint tenant refuses. Check the base URL."


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (faults.Body(IN_OAUTHS_WORDS, status=400), f"with 400: invalid_client: No. {CHECK}"),
        (faults.Body({"error": "x"}, status=403), f"with 403: x. {CHECK}"),
        (faults.Body(b"", status=400), f"with 400: no explanation. {CHECK}"),
        (faults.Html(401), f"with 401: no explanation. {CHECK}"),
        (
            faults.Body(IN_THE_APIS_WORDS, status=403),
            f"403: Not from there. Tracking id for SailPoint's support: e7eab609. {CHECK}",
        ),
        (faults.Body({"status": 403, "error": "Forbidden"}, status=403), NETWORK),
        (faults.Html(403), NETWORK),
        (faults.Body({"message": "Forbidden"}, status=403), NETWORK),
        (faults.Body(b"", status=403), NETWORK),
        (faults.Body({"status": 404, "error": "Not Found"}, status=404), BASE_URL),
        (faults.Html(404), BASE_URL),
        (faults.Body({"message": "no Route matched with those values"}, status=404), BASE_URL),
        (faults.Status(405, body=""), BASE_URL),
        (faults.Status(418, body=""), BASE_URL),
        (faults.Html(407), "the proxy wants a user and a password"),
        (faults.Body({"error": "no user"}, status=407), "the proxy wants a user and a password"),
    ],
)
def test_what_a_refusal_advises(
    pats: PatClient, tenant: FakeTenant, fault: faults.Fault, said: str
) -> None:
    tenant.fail("token", fault)
    with pytest.raises(AuthenticationError) as caught:
        pats.list()
    assert said in str(caught.value)
    assert ("secret" in str(caught.value)) is (CHECK in said)


def test_what_a_status_line_quotes_is_not_logged(
    pats: PatClient, tenant: FakeTenant, caplog: pytest.LogCaptureFixture
) -> None:
    tenant.fail("token", faults.Raw(b"HTTP/1.1 403 what=was-sent\r\nContent-Length: 0\r\n\r\n"))
    with caplog.at_level(logging.INFO), pytest.raises(AuthenticationError):
        pats.list()
    assert "HTTP/1.1 403 Forbidden" in caplog.text
    assert "was-sent" not in caplog.text


NO_TOKEN = "without an access token: is the base URL that of a SailPoint tenant?"


@pytest.mark.parametrize(
    ("fault", "error_type", "said"),
    [
        (faults.Status(400), AuthenticationError, "with 400"),
        (faults.RateLimited("7"), RateLimitedError, "Retry after 7 s"),
        (faults.Status(500), ServerError, "answered 500 Internal Server Error"),
        (faults.Html(502), ServerError, "answered 502 Bad Gateway"),
        (faults.Status(520, body=""), ServerError, "answered 520"),
        (faults.Status(302, headers={"Location": "https://login.example.com/x"}), ServerError, ""),
        (faults.Html(200), AuthenticationError, NO_TOKEN),
        (faults.Status(204), AuthenticationError, NO_TOKEN),
        (faults.Body(b""), AuthenticationError, NO_TOKEN),
        (faults.Body([]), AuthenticationError, NO_TOKEN),
        (faults.Body({"token_type": "bearer"}), AuthenticationError, NO_TOKEN),
        (faults.Body({"access_token": ""}), AuthenticationError, NO_TOKEN),
        (faults.Body({"access_token": 7}), AuthenticationError, NO_TOKEN),
        (faults.Body({"access_token": "a\nb"}), AuthenticationError, NO_TOKEN),
        (faults.Body({"access_token": "a "}), AuthenticationError, NO_TOKEN),
        (faults.Body({"access_token": "é"}), AuthenticationError, NO_TOKEN),
    ],
)
def test_whatever_the_token_endpoint_says_the_call_was_not_sent(
    pats: PatClient,
    tenant: FakeTenant,
    fault: faults.Fault,
    error_type: type[SailPointError],
    said: str,
) -> None:
    tenant.fail("token", fault)
    with pytest.raises(error_type) as caught:
        pats.create("Nightly export")
    assert type(caught.value) is error_type
    assert said in str(caught.value)
    assert tenant.client_id in str(caught.value) or "redirects" in str(caught.value)
    assert not caught.value.maybe_performed
    assert caught.value.lost_create is None
    assert tenant.count("create") == 0


def test_a_compressed_refusal_is_read_and_masked() -> None:
    body = gzip.compress(json.dumps({"error": f"not {LIKE_A_SECRET}!"}).encode())
    sent = answer_of_the_endpoint(503, body, **{"Content-Encoding": "gzip"})
    with pytest.raises(ServerError, match=r"503.*: not \*{8}!\. No access token for") as caught:
        read_exchange(sent, PAIR, "somewhere")
    assert caught.value.response is not None
    assert caught.value.response.content == b'{"error": "not ********!"}'


def test_a_refusal_is_kept_without_what_was_true_on_its_way_only() -> None:
    headers = {"Transfer-Encoding": "chunked", "SLPT-Request-ID": "t1"}
    with pytest.raises(ServerError, match="No access token for client id an-id at acme") as caught:
        read_exchange(answer_of_the_endpoint(503, {}, **headers), PAIR, "somewhere")
    kept = caught.value.response
    assert kept is not None
    assert "transfer-encoding" not in kept.headers
    assert kept.headers["slpt-request-id"] == caught.value.tracking_id == "t1"
