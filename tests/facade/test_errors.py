"""One tree of errors, and each says what happened, to which call, and what to do."""

from __future__ import annotations

import json
import pickle
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from sailpoint_pat import (
    APIError,
    AuthenticationError,
    BadRequestError,
    ConfigurationError,
    LostCreate,
    NotFoundError,
    OutcomeUnknownError,
    PatClient,
    PermissionDeniedError,
    RateLimitedError,
    RequestTimeout,
    RotationError,
    SailPointError,
    ServerError,
    TransportError,
    UnexpectedResponseError,
)
from sailpoint_pat._clock import TenantClock
from sailpoint_pat.testing import FakeTenant, faults

if TYPE_CHECKING:
    from sailpoint_pat.testing._app import Target
    from tests.support.clients import Connect
    from tests.support.clock import MovedClock

CAUGHT_BY = {
    ConfigurationError: SailPointError,
    AuthenticationError: SailPointError,
    TransportError: SailPointError,
    RequestTimeout: TransportError,
    APIError: SailPointError,
    BadRequestError: APIError,
    PermissionDeniedError: APIError,
    NotFoundError: APIError,
    RateLimitedError: APIError,
    ServerError: APIError,
    UnexpectedResponseError: SailPointError,
    OutcomeUnknownError: SailPointError,
    RotationError: SailPointError,
}


def failed(
    tenant: FakeTenant, connect: Connect, fault: faults.Fault, method: str = "list"
) -> APIError:
    """Return the error that a fault becomes."""
    tenant.fail("list" if method == "list" else "create", fault, times=None)
    pats = connect(tenant, retry=None)
    with pytest.raises(APIError) as caught:
        pats.list() if method == "list" else pats.create("Nightly export")
    return caught.value


def test_one_tree() -> None:
    for error, parent in CAUGHT_BY.items():
        assert error.__bases__ == (parent,)
    assert SailPointError.__bases__ == (Exception,)


@pytest.mark.parametrize(
    ("status", "error", "maybe_performed"),
    [
        (400, BadRequestError, False),
        (402, APIError, False),
        (403, PermissionDeniedError, False),
        (404, NotFoundError, False),
        (405, APIError, False),
        (409, APIError, False),
        (418, APIError, False),
        (429, RateLimitedError, False),
        (451, APIError, False),
        (499, APIError, False),
        (500, ServerError, True),
        (501, ServerError, True),
        (502, ServerError, True),
        (503, ServerError, True),
        (504, ServerError, True),
        (520, ServerError, True),
        (529, ServerError, True),
        (599, ServerError, True),
        (300, ServerError, True),
        (304, ServerError, True),
    ],
)
def test_every_status_is_an_error_that_can_be_caught(
    status: int,
    error: type[APIError],
    maybe_performed: bool,  # noqa: FBT001  a table
    tenant: FakeTenant,
    connect: Connect,
) -> None:
    caught = failed(tenant, connect, faults.Status(status), method="create")
    assert type(caught) is error
    assert caught.status_code == status
    assert f" answered {status}" in str(caught)
    assert caught.maybe_performed is maybe_performed
    assert (caught.lost_create is not None) is maybe_performed
    assert tenant.count("create") == 1


def test_a_moment_on_ones_own_clock_stays_at_home() -> None:
    lost = LostCreate("x", datetime(2026, 1, 1, tzinfo=UTC), frozenset({"1"}), 5.0)
    elsewhere = pickle.loads(pickle.dumps(lost))  # noqa: S301  made here
    assert (elsewhere.name, elsewhere.sent_at) == (lost.name, lost.sent_at)
    assert elsewhere.known_ids == lost.known_ids
    assert elsewhere.sent_at_monotonic is None


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html>No such page</html>",
        '{"message": "no Route matched"}',
        '{"messages": []}',
        '{"messages": ["x"]}',
        '{"messages": "Not Found"}',
    ],
)
def test_a_404_that_is_not_the_apis_says_nothing_about_a_token(
    body: str, tenant: FakeTenant, connect: Connect
) -> None:
    pats = connect(tenant, retry=None)
    stored = tenant.add_token(tenant.person, "Nightly export")
    tenant.fail("delete", faults.Status(404, body=body), times=None)
    with pytest.raises(APIError, match="Check the base URL and the API version") as caught:
        pats.delete(stored.id, missing_ok=True)
    assert type(caught.value) is APIError
    assert caught.value.status_code == 404
    (result,) = pats.delete_many([stored.id])
    assert result.outcome == "failed"
    # Nor does it after a try whose answer was lost.
    tenant.clear_faults()
    tenant.fail("delete", faults.Status(503))
    tenant.fail("delete", faults.Status(404, body=body))
    with pytest.raises(APIError):
        connect(tenant).delete(stored.id)
    assert stored.id in tenant.tokens


def test_an_answer_that_repeats_the_access_token(tenant: FakeTenant, connect: Connect) -> None:
    token = "an-access-token-of-ones-own"
    body = json.dumps({"messages": [{"text": f"bad token {token}"}]})
    for status in (400, 401, 403, 500):
        tenant.fail("list", faults.Status(status, body=body, headers={"X-Token": token}))
        with pytest.raises(SailPointError) as caught:
            connect(tenant, access_token=token, retry=None).list()
        assert token not in str(caught.value)
        if isinstance(caught.value, APIError):
            assert caught.value.response is not None
            assert token not in caught.value.response.text
            assert caught.value.response.headers["X-Token"] == "********"


@pytest.mark.parametrize("status", [400, 401, 503])
@pytest.mark.parametrize("operation", ["list", "token"])
def test_what_the_api_says_cannot_play_with_a_terminal(
    status: int, operation: Target, tenant: FakeTenant, connect: Connect
) -> None:
    text = "one\ntwo\x1b[31m" + "x" * 5_000
    said = [{"text": f"{number}{text}"} for number in range(1_000)]
    body = json.dumps({"error": text, "messages": said})
    tenant.fail(operation, faults.Status(status, body=body), times=None)
    with pytest.raises(SailPointError) as caught:
        connect(tenant, retry=None).list()
    assert "one two [31mx" in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 12_000


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 503])
@pytest.mark.parametrize("operation", ["create", "token"])
def test_a_header_that_is_not_ascii(
    status: int, operation: Target, tenant: FakeTenant, connect: Connect
) -> None:
    fault = faults.Status(status, headers={"X-Note": "f\xfcr"})
    tenant.fail(operation, fault, times=None)
    with pytest.raises(SailPointError) as caught:
        connect(tenant, retry=None).create("Nightly export")
    if isinstance(caught.value, APIError):
        assert caught.value.response is not None
        assert caught.value.response.headers["X-Note"] == "f\xfcr"


@pytest.mark.parametrize("status", [400, 404, 503])
def test_an_error_that_is_too_large_is_an_error_all_the_same(
    status: int, tenant: FakeTenant, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sailpoint_pat._http._transport.LARGEST_ANSWER_BYTES", 1_000)
    error = failed(tenant, connect, faults.Status(status, body="x" * 100_000), "create")
    assert error.status_code == status
    assert error.maybe_performed is (status == 503)


@pytest.mark.parametrize("status", [300, 301, 304, 307])
@pytest.mark.parametrize("location", ["http://x:99999999/", "http://\x7f/", "/" + "x" * 66_000])
def test_a_location_that_is_no_address(
    status: int, location: str, tenant: FakeTenant, connect: Connect
) -> None:
    error = failed(tenant, connect, faults.Status(status, headers={"Location": location}))
    assert type(error) is ServerError


def test_the_end_of_the_calendar_does_not_hide_a_lost_create(clock: MovedClock) -> None:
    time = TenantClock()
    time.note(httpx.Response(200, headers={"Date": "Fri, 31 Dec 9999 23:59:59 GMT"}))
    clock.advance(timedelta(seconds=5))
    assert time.at(clock.monotonic()) == datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


def test_the_end_of_time(tenant: FakeTenant, connect: Connect) -> None:
    late = {"Retry-After": "Fri, 31 Dec 9999 23:59:59 -0100"}
    error = failed(tenant, connect, faults.Status(429, headers=late))
    assert isinstance(error, RateLimitedError)
    assert error.retry_after is None


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500, 502, 520])
@pytest.mark.parametrize("body", ["", "<html><body>Oops</body></html>", "[]", "null", '{"a"', "7"])
def test_whatever_the_body_is(status: int, body: str, tenant: FakeTenant, connect: Connect) -> None:
    caught = failed(tenant, connect, faults.Status(status, body=body))
    assert caught.status_code == status
    assert caught.messages == ()
    assert (caught.detail_code, caught.tracking_id) == (None, None)
    assert "no explanation that could be read" in str(caught)
    assert "Oops" not in str(caught)
    assert caught.response is not None
    assert caught.response.text == body


def test_everything_that_sailpoint_says_is_kept(tenant: FakeTenant, connect: Connect) -> None:
    body = {
        "detailCode": "400.1 Bad Request Content",
        "trackingId": "e7eab60924f64aa284175b9fa3309599",
        "messages": [
            {"locale": "en-US", "localeOrigin": "DEFAULT", "text": " The name is taken. "},
            {"locale": None, "localeOrigin": "SOMETHING_NEW", "text": "The name is taken."},
            {"text": "Choose another"},
            {"text": 7},
            "nonsense",
        ],
        "causes": [],
    }
    caught = failed(tenant, connect, faults.Body(body, status=400), method="create")
    assert type(caught) is BadRequestError
    assert caught.detail_code == "400.1 Bad Request Content"
    assert caught.tracking_id == "e7eab60924f64aa284175b9fa3309599"
    assert caught.messages == ("The name is taken.", "Choose another")
    assert str(caught) == (
        f"POST {tenant.base_url}/v3/personal-access-tokens answered 400 Bad Request: "
        "The name is taken.; Choose another. "
        "Correct the request; sending it again as it is gets the same answer. "
        "Tracking id for SailPoint's support: e7eab60924f64aa284175b9fa3309599."
    )


@pytest.mark.parametrize(
    "body",
    [
        {"messages": "text"},
        {"messages": {"text": "x"}},
        {"messages": [[[]]], "trackingId": 7, "detailCode": ["x"]},
        {"error": {}, "message": None},
    ],
)
def test_a_body_of_the_wrong_shape(body: object, tenant: FakeTenant, connect: Connect) -> None:
    caught = failed(tenant, connect, faults.Body(body, status=403))
    assert (caught.messages, caught.tracking_id, caught.detail_code) == ((), None, None)


def test_the_tracking_id_of_a_gateway_is_in_a_header(tenant: FakeTenant, connect: Connect) -> None:
    fault = faults.Status(502, headers={"SLPT-Request-ID": "e7eab60924f64aa284175b9fa3309599"})
    caught = failed(tenant, connect, fault)
    assert caught.tracking_id == "e7eab60924f64aa284175b9fa3309599"
    assert "e7eab60924f64aa284175b9fa3309599" in str(caught)


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("7", timedelta(seconds=7)),
        ("1.5", timedelta(seconds=1.5)),
        ("0", timedelta(0)),
        ("-1", None),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("", None),
        (None, None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", None),
    ],
)
def test_how_long_to_wait(
    header: str | None, wait: timedelta | None, tenant: FakeTenant, connect: Connect
) -> None:
    caught = failed(tenant, connect, faults.RateLimited(header))
    assert type(caught) is RateLimitedError
    assert caught.retry_after == wait
    assert caught.messages == ("Rate Limit Exceeded",)
    assert ("Retry after" in str(caught)) is (wait is not None)


def test_a_denied_call_is_told_which_right_it_takes(tenant: FakeTenant, connect: Connect) -> None:
    reader = tenant.add_person("Reader", rights={"idn:my-personal-access-tokens:read"})
    token = tenant.add_token(reader, "theirs")
    pats = connect(tenant, client_id=token.id, client_secret=token.secret)
    assert [each.name for each in pats.list("me")] == ["theirs"]
    with pytest.raises(PermissionDeniedError, match="idn:all-personal-access-tokens:read"):
        pats.list()
    with pytest.raises(PermissionDeniedError, match="sp:my-personal-access-tokens:manage"):
        pats.create("x")


@pytest.mark.parametrize(
    "fault",
    [
        faults.Status(400),
        faults.Status(403),
        faults.Status(404),
        faults.Status(409),
        faults.Status(429),
        faults.Status(500),
        faults.Html(502),
        faults.Status(520, body=""),
        faults.Html(418),
    ],
)
def test_a_message_is_a_few_clear_sentences(
    fault: faults.Fault, tenant: FakeTenant, connect: Connect
) -> None:
    message = str(failed(tenant, connect, fault))
    assert message.startswith(f"GET {tenant.base_url}/v3/personal-access-tokens answered ")
    assert message.endswith(".")
    assert not re.search(r"\.\.|\?\.|  |\n|None|<|\bUnset\b", message)


def test_the_answer_is_kept_without_the_requests_credentials(
    tenant: FakeTenant, connect: Connect
) -> None:
    fault = faults.Status(403, headers={"Set-Cookie": "session=hunter2"})
    caught = failed(tenant, connect, fault, method="create")
    assert caught.response is not None
    assert caught.response.json()["detailCode"] == "403 Forbidden"
    assert "authorization" not in caught.response.request.headers
    assert caught.response.request.content == b""
    assert "hunter2" not in repr(caught.response.headers)
    assert (caught.__cause__, caught.__context__) == (None, None)


def test_errors_survive_the_way_to_another_process(tenant: FakeTenant, connect: Connect) -> None:
    error = failed(tenant, connect, faults.RateLimited("7"))
    again = pickle.loads(pickle.dumps(error))  # noqa: S301  our own
    assert type(again) is RateLimitedError
    assert str(again) == str(error)
    assert (again.status_code, again.retry_after) == (429, timedelta(seconds=7))
    assert again.response is not None
    assert again.response.json() == {"message": " Rate Limit Exceeded "}

    tenant.clear_faults()
    tenant.fail("create", faults.Dropped())
    with pytest.raises(OutcomeUnknownError) as caught:
        connect(tenant).create("Nightly export")
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301  our own
    assert isinstance(again.lost_create, LostCreate)
    assert (again.name, again.sent_at) == ("Nightly export", caught.value.sent_at)
    assert again.maybe_performed


@pytest.mark.parametrize("error", [*CAUGHT_BY, SailPointError])
def test_every_error_can_be_made_by_whoever_tests_their_own_program(
    error: type[SailPointError],
) -> None:
    made = error("what happened")
    again = pickle.loads(pickle.dumps(made))  # noqa: S301  our own
    assert type(again) is error
    assert str(again) == "what happened"
    assert again.__dict__ == made.__dict__
    assert "what happened" in repr(made)


def test_an_unreachable_host_is_named(connect: Connect) -> None:
    pats: PatClient = connect(
        base_url="http://127.0.0.1:9", client_id="an-id", client_secret="obviously-fake", retry=None
    )
    with pytest.raises(TransportError) as caught:
        pats.list()
    assert re.fullmatch(
        r"POST http://127\.0\.0\.1:9/oauth/token \(to authenticate GET "
        r"http://127\.0\.0\.1:9/v3/personal-access-tokens\) was not sent: "
        r"no connection to 127\.0\.0\.1 \(ConnectError: .*\)\. "
        r"Check the base URL, the network, and whether a proxy or a certificate is needed\.",
        str(caught.value),
    )
