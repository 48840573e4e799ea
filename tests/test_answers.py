"""What an error answer says, and which error it becomes."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from sailpoint_pat import (
    APIError,
    BadRequestError,
    NotFoundError,
    PatClient,
    PermissionDeniedError,
    RateLimitedError,
    SailPointError,
    ServerError,
)
from sailpoint_pat.testing import FakeTenant, faults
from sailpoint_pat.testing._app import Target
from tests.support.clients import Connect
from tests.support.tenants import access_token_of

TRACKING_ID = "e7eab60924f64aa284175b9fa3309599"


def refused(pats: PatClient, tenant: FakeTenant, fault: faults.Fault) -> APIError:
    """Return the error that a create ends in which is answered so."""
    tenant.fail("create", fault)
    with pytest.raises(APIError) as caught:
        pats.create("Nightly export")
    return caught.value


# --- the status -----------------------------------------------------------------------------------

STATUSES = [
    *((400, BadRequestError), (402, APIError), (403, PermissionDeniedError), (404, NotFoundError)),
    *((405, APIError), (409, APIError), (418, APIError), (429, RateLimitedError), (451, APIError)),
    *((499, APIError), (500, ServerError), (501, ServerError), (502, ServerError)),
    *((503, ServerError), (504, ServerError), (520, ServerError), (529, ServerError)),
    *((599, ServerError), (300, ServerError), (304, ServerError)),
]


@pytest.mark.parametrize(("status", "error_type"), STATUSES)
def test_every_status_has_its_error(
    pats: PatClient, tenant: FakeTenant, status: int, error_type: type[APIError]
) -> None:
    error = refused(pats, tenant, faults.Status(status))
    assert type(error) is error_type
    assert error.status_code == status
    assert f" answered {status}" in str(error)
    # A 4xx is a refusal; everything else says nothing about what was done.
    unknown = error_type is ServerError
    assert error.maybe_performed is unknown
    assert (error.lost_create is not None) is unknown
    assert ("find_orphan(error)" in str(error)) is unknown


@pytest.mark.parametrize(
    ("method", "advice"), [("list", "Try again later."), ("delete", "The call may have taken eff")]
)
def test_a_5xx_advises_by_what_the_call_does(
    pats: PatClient, tenant: FakeTenant, method: Any, advice: str
) -> None:
    tenant.fail(method, faults.Status(500))
    with pytest.raises(ServerError, match=advice):
        pats.list() if method == "list" else pats.delete("0" * 32)


@pytest.mark.parametrize(
    "body",
    [
        *("", "<html>No such page</html>", '{"message": "no Route matched"}', '{"messages": []}'),
        *('{"messages": ["x"]}', '{"messages": "Not Found"}'),
    ],
)
def test_a_404_that_is_not_the_apis_says_nothing_about_a_token(
    pats: PatClient, tenant: FakeTenant, body: str
) -> None:
    tenant.fail("delete", faults.Status(404, body=body))
    with pytest.raises(APIError, match="Check the base URL and api_version") as caught:
        pats.delete(tenant.client_id, missing_ok=True)
    assert type(caught.value) is APIError
    assert caught.value.status_code == 404
    assert tenant.client_id in tenant.tokens


def test_a_foreign_404_after_a_lost_answer_does_not_say_that_a_token_is_gone(
    tenant: FakeTenant, connect_sync: Connect
) -> None:
    tenant.fail("delete", faults.Status(503))
    tenant.fail("delete", faults.Html(404))
    with pytest.raises(APIError):
        connect_sync(tenant).delete(tenant.client_id)
    assert tenant.client_id in tenant.tokens


def test_a_denied_call_is_told_what_it_takes(tenant: FakeTenant, connect_sync: Connect) -> None:
    reader = tenant.add_person("Reader", rights={"idn:my-personal-access-tokens:read"})
    token = tenant.add_token(reader, "theirs")
    pats = connect_sync(tenant, client_id=token.id, client_secret=token.secret)
    assert [each.name for each in pats.list("me")] == ["theirs"]
    with pytest.raises(PermissionDeniedError) as caught:
        pats.list()
    for told in (
        "idn:my-personal-access-tokens:read",
        "idn:all-personal-access-tokens:read",
        "sp:my-personal-access-tokens:manage",
        "sp:all-personal-access-tokens:manage",
        "An API client without a person behind it is always refused",
    ):
        assert told in str(caught.value)


# --- what it says ---------------------------------------------------------------------------------


def test_everything_that_sailpoint_says_is_kept(pats: PatClient, tenant: FakeTenant) -> None:
    body = {
        "detailCode": "400.1 Bad Request Content",
        "trackingId": TRACKING_ID,
        "messages": [
            {"locale": "en-US", "localeOrigin": "DEFAULT", "text": " The name is taken. "},
            {"locale": None, "localeOrigin": "SOMETHING_NEW", "text": "The name is taken."},
            {"text": "Choose another"},
            {"text": 7},
        ],
        "causes": [],
    }
    error = refused(pats, tenant, faults.Body(body, status=400))
    assert type(error) is BadRequestError
    assert error.detail_code == "400.1 Bad Request Content"
    assert error.tracking_id == TRACKING_ID
    assert error.messages == ("The name is taken.", "Choose another")
    assert str(error) == (
        f"POST {tenant.base_url}/v3/personal-access-tokens answered 400 Bad Request: "
        "The name is taken.; Choose another. "
        "Correct the request; sending it again as it is gets the same answer. "
        f"Tracking id for SailPoint's support: {TRACKING_ID}."
    )


@pytest.mark.parametrize(
    "body",
    [
        *("", "<html><body>Oops</body></html>", "[]", "null", '{"a"', "7", '{"messages": "Oops"}'),
        *('{"messages": {"text": "Oops"}}', '{"messages": [[[]]]}', '{"messages": ["x"]}'),
        *('{"trackingId": 7, "detailCode": ["x"]}', '{"error": {}, "message": null}'),
    ],
)
def test_a_body_that_says_nothing(pats: PatClient, tenant: FakeTenant, body: str) -> None:
    error = refused(pats, tenant, faults.Status(403, body=body))
    assert (error.messages, error.detail_code, error.tracking_id) == ((), None, None)
    assert "no explanation that could be read" in str(error)
    assert "Oops" not in str(error)
    assert error.response is not None
    assert error.response.text == body


def test_a_detail_code_is_better_than_nothing(pats: PatClient, tenant: FakeTenant) -> None:
    error = refused(pats, tenant, faults.Body({"detailCode": "403 Forbidden"}, status=403))
    assert "answered 403 Forbidden: 403 Forbidden. The person" in str(error)


def test_the_tracking_id_of_a_gateway_is_in_a_header(pats: PatClient, tenant: FakeTenant) -> None:
    fault = faults.Status(502, headers={"SLPT-Request-ID": TRACKING_ID})
    error = refused(pats, tenant, fault)
    assert error.tracking_id == TRACKING_ID
    assert TRACKING_ID in str(error)


@pytest.mark.parametrize("status", [401, 503])
@pytest.mark.parametrize("operation", ["create", "token"])
def test_what_the_api_says_is_short_and_printable(
    pats: PatClient, tenant: FakeTenant, operation: Target, status: int
) -> None:
    text = "one\ntwo\x1b[31m\ud800" + "x" * 5_000
    said = [{"text": f"{number}{text}"} for number in range(1_000)]
    body = json.dumps({"error": text, "messages": said})
    tenant.fail(operation, faults.Status(status, body=body), times=None)
    with pytest.raises(SailPointError) as caught:
        pats.create("Nightly export")
    assert r"0one\ntwo\x1b[31m\ud800x" in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 12_000


@pytest.mark.parametrize(
    "fault",
    [
        *(faults.Status(status) for status in (400, 403, 404, 409, 429, 500)),
        *(faults.Html(502), faults.Status(520, body=""), faults.Html(418), faults.Html(404)),
    ],
)
def test_a_message_is_a_few_clear_sentences(
    pats: PatClient, tenant: FakeTenant, fault: faults.Fault
) -> None:
    message = str(refused(pats, tenant, fault))
    assert message.startswith(f"POST {tenant.base_url}/v3/personal-access-tokens answered ")
    assert message.endswith(".")
    assert not re.search(r"\.\.|\?\.|  |\n|None|<|\bUnset\b", message)


# --- its headers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        *(("7", 7.0), ("1.5", 1.5), ("0", 0.0), ("9" * 30, 365 * 86400.0)),
        *((value, None) for value in ("-1", "soon", "nan", "inf", "1e999", "", None, "1s")),
        ("Wed, 21 Oct 2015 07:28:00 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 365 * 86400.0),
        ("Fri, 31 Dec 9999 23:59:59 -0100", None),
    ],
)
def test_how_long_the_api_asks_to_wait(
    pats: PatClient, tenant: FakeTenant, header: str | None, seconds: float | None
) -> None:
    error = refused(pats, tenant, faults.RateLimited(header))
    assert type(error) is RateLimitedError
    assert error.messages == ("Rate Limit Exceeded",)
    asked = None if seconds is None else timedelta(seconds=seconds)
    assert error.retry_after == asked
    assert ("Retry after" in str(error)) is (asked is not None)


@pytest.mark.parametrize("status", [301, 308])
@pytest.mark.parametrize(
    ("to", "named"),
    [
        ("https://elsewhere.example.com/x?secret=hunter2", "elsewhere.example.com"),
        ("/login?secret=hunter2", "another place"),
    ],
)
def test_a_redirect_names_the_other_host_only(
    pats: PatClient, tenant: FakeTenant, status: int, to: str, named: str
) -> None:
    error = refused(pats, tenant, faults.Status(status, headers={"Location": to}))
    assert f"redirects to {named}, and redirects are not followed" in str(error)
    assert "Check the base URL" in str(error)
    assert "hunter2" not in str(error)


@pytest.mark.parametrize("status", [401, 403, 503])
@pytest.mark.parametrize("operation", ["create", "token"])
def test_a_header_that_is_not_ascii(
    pats: PatClient, tenant: FakeTenant, operation: Target, status: int
) -> None:
    tenant.fail(operation, faults.Status(status, headers={"X-Note": "f\xfcr"}), times=None)
    with pytest.raises(SailPointError) as caught:
        pats.create("Nightly export")
    if isinstance(caught.value, APIError):
        assert caught.value.response is not None
        assert caught.value.response.headers["X-Note"] == "f\xfcr"


# --- what is kept of it ---------------------------------------------------------------------------


def test_the_answer_is_kept_without_credentials(pats: PatClient, tenant: FakeTenant) -> None:
    error = refused(pats, tenant, faults.Status(403, headers={"Set-Cookie": "session=hunter2"}))
    assert error.response is not None
    assert error.response.json()["detailCode"] == "403 Forbidden"
    assert "authorization" not in error.response.request.headers
    assert error.response.request.content == b""
    assert "hunter2" not in repr(error.response.headers)
    assert (error.__cause__, error.__context__) == (None, None)


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize(
    ("secret", "written"),
    [
        ("an-access-token-of-ones-own", "an-access-token-of-ones-own"),
        ('with"quotes/and+more', r"with\"quotes/and+more"),
        ("with/slashes+and=more", "with%2Fslashes%2Band%3Dmore"),
        ("with/slashes+and=more", r"with\/slashes\u002Band=more"),
    ],
)
def test_an_answer_that_repeats_the_access_token_is_masked(
    connect_sync: Connect, tenant: FakeTenant, status: int, secret: str, written: str
) -> None:
    body = f'{{"messages": [{{"text": "bad token {written}!"}}]}}'
    tenant.fail("list", faults.Status(status, body=body, headers={"X-Token": secret}))
    with pytest.raises(SailPointError, match=r"bad token \*{8}!") as caught:
        connect_sync(tenant, access_token=secret, retry=None).list()
    if isinstance(caught.value, APIError):
        assert caught.value.response is not None
        assert written not in caught.value.response.text
        assert caught.value.response.headers["X-Token"] == "********"


def test_a_former_access_token_is_masked_too(connect: Connect, tenant: FakeTenant) -> None:
    good = access_token_of(tenant)
    given = iter(["a-former-access-token", good, good])
    pats = connect(tenant, access_token=lambda: next(given), retry=None)
    pats.list()
    tenant.fail(
        "list", faults.Status(403, body='{"messages": [{"text": "a-former-access-token"}]}')
    )
    with pytest.raises(PermissionDeniedError, match=r"403 Forbidden: \*{8}\."):
        pats.list()


def test_a_former_client_secret_is_masked_too(pats: PatClient, tenant: FakeTenant) -> None:
    former = tenant.client_secret
    pats.rotate(tenant.client_id, save=lambda _: None)
    tenant.fail("list", faults.Status(403, body=f'{{"messages": [{{"text": "{former}"}}]}}'))
    with pytest.raises(PermissionDeniedError, match=r"403 Forbidden: \*{8}\."):
        pats.list()


@pytest.mark.parametrize("status", [400, 404, 503])
def test_an_error_that_is_too_large_is_an_error_all_the_same(
    tenant: FakeTenant, connect: Connect, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setattr("sailpoint_pat._http._reuse.LARGEST_ANSWER_BYTES", 1_000)
    pats = connect(tenant, retry=None)
    error = refused(pats, tenant, faults.Status(status, body="x" * 100_000))
    assert error.status_code == status
    assert error.maybe_performed is (status == 503)
    # Its connection is free again.
    assert pats.list()
    assert tenant.connections == 1
