"""Faults: what the client gets, and whether the work was done."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from sailpoint_pat.testing import FakeTenant, faults

from .callers import V3, Caller, caller_with, exchange, support_of

LONG = 10  # seconds until something that should have happened has not
HTML = "text/html; charset=utf-8"
JSON = "application/json"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def was_made(tenant: FakeTenant) -> bool:
    return "New" in {token.name for token in tenant.tokens.values()}


@pytest.mark.parametrize(
    ("fault", "status", "content_type", "text"),
    [
        (faults.Status(400), 400, JSON, '"detailCode": "400.1'),
        (faults.Status(401), 401, JSON, "JWT is expired"),
        (faults.Status(403), 403, JSON, '"detailCode": "403 '),
        (faults.Status(404), 404, JSON, '"detailCode": "404 '),
        (faults.Status(429), 429, JSON, " Rate Limit Exceeded "),
        (faults.Status(500), 500, JSON, '"detailCode": "500.0'),
        (faults.Status(502), 502, HTML, "<h1>502 Bad Gateway"),
        (faults.Status(520), 520, HTML, "<h1>520 Unknown"),
        (faults.Status(204), 204, None, ""),
        (faults.Status(503, body=""), 503, "text/plain; charset=utf-8", ""),
        (faults.Status(503, body='{"a": 1}'), 503, JSON, '{"a": 1}'),
        (faults.Html(), 200, HTML, "<h1>200 OK"),
        (faults.Html(418), 418, HTML, "<h1>418 "),
        (faults.Body([{"id": None}]), 200, JSON, '[{"id": null}]'),
        (faults.Body(b"{", content_type="text/json"), 200, "text/json", "{"),
        (faults.Body(b"", content_type=None, status=201), 201, None, ""),
        (faults.RateLimited(), 429, JSON, " Rate Limit Exceeded "),
    ],
)
def test_an_answer_in_place_of_the_work(
    tenant: FakeTenant,
    support: Caller,
    fault: faults.Fault,
    status: int,
    content_type: str | None,
    text: str,
) -> None:
    tenant.fail("create", fault)
    answer = support.create()
    assert (answer.status_code, answer.headers.get("Content-Type")) == (status, content_type)
    assert text in answer.text
    assert tenant.requests[-1].status == status
    assert not was_made(tenant)
    assert support.create().status_code == 200
    assert tenant.violations == []


@pytest.mark.parametrize(
    ("fault", "retry_after"),
    [
        (faults.RateLimited(), "1"),
        (faults.RateLimited("0"), "0"),
        (faults.RateLimited("Wed, 21 Oct 2015 07:28:00 GMT"), "Wed, 21 Oct 2015 07:28:00 GMT"),
        (faults.RateLimited(None), None),
        (faults.Status(429), "1"),
        (faults.Status(429, headers={"retry-after": "7"}), "7"),
        (faults.Status(503, headers={"Retry-After": "9"}), "9"),
    ],
)
def test_retry_after(
    tenant: FakeTenant, support: Caller, fault: faults.Fault, retry_after: str | None
) -> None:
    tenant.fail("list", fault)
    assert support.list().headers.get("Retry-After") == retry_after


def without_expiry(record: dict[str, object]) -> object:
    return {name: value for name, value in record.items() if name != "expires_in"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda answer: answer | {"expires_in": "749"}, "749"),
        (lambda answer: answer | {"expires_in": 10**30}, 10**30),
        (without_expiry, None),
    ],
)
def test_an_altered_answer_of_the_token_endpoint_is_good_but_for_that(
    tenant: FakeTenant, support: Caller, change: Any, said: object
) -> None:
    tenant.fail("token", faults.Altered(change))
    answer = exchange(support.client, tenant.client_id, tenant.client_secret).json()
    assert answer.get("expires_in") == said
    support.send("GET", headers={"Authorization": answer["access_token"]})
    caller = caller_with(support.client, tenant.tokens[tenant.client_id])
    assert caller.list().status_code == 200


def test_an_altered_listing_is_altered_record_by_record(
    tenant: FakeTenant, support: Caller
) -> None:
    tenant.add_token(tenant.person, "Another")
    tenant.fail("list", faults.Altered(lambda record: record["name"]))
    assert support.list().json() == ["FakeTenant", "Another"]


def test_altered_headers(tenant: FakeTenant, support: Caller) -> None:
    date = "Wed, 21 Oct 2015 07:28:00 GMT"
    headers = {"date": date, "Content-Type": None, "X-New": "1", "x-deprecated": "soon"}
    tenant.fail("delete", faults.Altered(lambda _: 1, headers=headers))
    tenant.fail("list", faults.Altered(headers=headers))
    token = tenant.add_token(tenant.person, "Old")
    for answer in (support.delete(token.id), support.list()):
        assert answer.headers.get_list("Date") == [date]
        assert answer.headers.get_list("X-Deprecated") == ["soon"]
        assert answer.headers["X-New"] == "1"
        assert "Content-Type" not in answer.headers
    assert token.id not in tenant.tokens
    tenant.fail("list", faults.Altered(headers={"Date": None, "x-deprecated": None}))
    answer = support.list()
    assert "Date" not in answer.headers
    assert "X-Deprecated" not in answer.headers
    assert tenant.connections == 1


def test_a_function_that_fails_is_told(tenant: FakeTenant, support: Caller) -> None:
    tenant.fail("list", faults.Altered(lambda record: record["no such field"]))
    assert support.list().status_code == 500
    assert tenant.violations == ["The function of Altered failed: KeyError('no such field')"]


@pytest.mark.parametrize(
    ("fault", "error", "done"),
    [
        (faults.Cut(), httpx.RemoteProtocolError, True),
        (faults.Cut(after=0), httpx.RemoteProtocolError, True),
        (faults.Cut(after=1_000_000), httpx.RemoteProtocolError, True),
        (faults.Dropped(), httpx.RemoteProtocolError, True),
        (faults.Raw(b"nonsense\r\n\r\n"), httpx.RemoteProtocolError, False),
        (faults.Raw(lambda body: CHUNKED + body), httpx.RemoteProtocolError, True),
        (faults.Reset(), httpx.ReadError, False),
        (faults.Reset(done=True), httpx.ReadError, True),
        (faults.Hang(), httpx.ReadTimeout, False),
        (faults.Late(60), httpx.ReadTimeout, True),
        (faults.Gate(), httpx.ReadTimeout, False),
        (faults.Gate(after=True), httpx.ReadTimeout, True),
    ],
    ids=lambda value: repr(value).partition(" at 0x")[0],
)
def test_no_answer(
    tenant: FakeTenant, support: Caller, fault: faults.Fault, error: type[Exception], *, done: bool
) -> None:
    tenant.fail("create", fault)
    support.client.timeout = httpx.Timeout(LONG, read=0.1 if error is httpx.ReadTimeout else LONG)
    with pytest.raises(error):
        support.create()
    assert was_made(tenant) == done
    support.client.timeout = httpx.Timeout(LONG)
    assert support.list().status_code == 200
    assert tenant.connections == 2


def test_raw_bytes_may_be_a_good_answer(tenant: FakeTenant, support: Caller) -> None:
    tenant.fail("list", faults.Raw(b"HTTP/1.1 407 Ask the proxy\r\nContent-Length: 0\r\n\r\n"))
    answer = support.list()
    assert (answer.status_code, answer.reason_phrase) == (407, "Ask the proxy")
    assert tenant.requests[-1].status is None


def test_an_answer_without_a_body_is_cut_too(tenant: FakeTenant, support: Caller) -> None:
    token = tenant.add_token(tenant.person, "Old")
    tenant.fail("delete", faults.Cut())
    with pytest.raises(httpx.RemoteProtocolError):
        support.delete(token.id)
    assert token.id not in tenant.tokens


@pytest.mark.parametrize("after", [None, 7])
def test_a_part_of_an_answer_arrives(
    tenant: FakeTenant, support: Caller, after: int | None
) -> None:
    whole = len(support.list().content)
    tenant.fail("list", faults.Cut(after=after))
    got = b""
    headers = {"Authorization": f"Bearer {support.access_token}"}
    with support.client.stream("GET", V3, headers=headers) as answer:
        assert answer.headers["Content-Length"] == str(whole)
        with pytest.raises(httpx.RemoteProtocolError):  # noqa: PT012 - each step may raise
            for piece in answer.iter_raw():
                got += piece
    assert len(got) == (whole // 2 if after is None else after)


def test_late_is_late_by_real_time(tenant: FakeTenant, support: Caller) -> None:
    tenant.fail("list", faults.Late(0.05))
    started = time.monotonic()
    assert support.list().status_code == 200
    assert time.monotonic() - started >= 0.05


@pytest.mark.parametrize("after", [False, True])
def test_a_gate_lets_a_test_step_in_between(
    tenant: FakeTenant, support: Caller, *, after: bool
) -> None:
    gate = faults.Gate(after=after)
    tenant.fail("create", gate, times=2)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(support.create)
        assert gate.reached.wait(LONG)
        assert was_made(tenant) == after
        assert tenant.requests[-1].status is None
        assert not waiting.done()
        gate.open()
        assert waiting.result(LONG).status_code == 200
    assert support.create(name="Newer").status_code == 200


def test_orders_are_served_in_order_and_run_out(tenant: FakeTenant, support: Caller) -> None:
    tenant.fail("list", faults.Status(500), times=2)
    tenant.fail("*", faults.Status(503))
    tenant.fail("list", faults.Status(404))
    assert [support.list().status_code for _ in range(5)] == [500, 500, 503, 404, 200]


def test_a_fault_is_for_its_operation_only(tenant: FakeTenant, support: Caller) -> None:
    tenant.fail("delete", faults.Status(500))
    tenant.fail("token", faults.Status(502))
    assert support.list().status_code == 200
    assert support.create().status_code == 200
    assert support.speaking("v1").delete("x").status_code == 500
    assert exchange(support.client, "x", "y").status_code == 502
    assert exchange(support.client, "x", "y").status_code == 401


@pytest.mark.parametrize("times", [None, float("inf")])
def test_for_ever_until_cleared(tenant: FakeTenant, support: Caller, times: float | None) -> None:
    tenant.fail("*", faults.Status(500), times=times)
    assert {support.list().status_code for _ in range(20)} == {500}
    tenant.clear_faults()
    assert support.list().status_code == 200


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (lambda: ("update", faults.Hang()), "list, create, delete, token"),
        (lambda: ("list", 503), "fault is one of"),
        (lambda: ("list", faults.Hang), "fault is one of"),
        (lambda: ("list", faults.Hang(), 0), "at least once"),
        (lambda: ("list", faults.Status(199)), "199"),
        (lambda: ("list", faults.Html(600)), "600"),
        (lambda: ("list", faults.Altered(headers={"Content-Length": "5"})), "Use Raw"),
    ],
)
def test_orders_that_make_no_sense(tenant: FakeTenant, order: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        tenant.fail(*order())


def test_a_client_that_goes_away_does_not_stay(tenant: FakeTenant, support: Caller) -> None:
    tenant.fail("list", faults.Hang())
    support.client.timeout = httpx.Timeout(0.1)
    with pytest.raises(httpx.ReadTimeout):
        support.list()
    deadline = time.monotonic() + LONG
    while tenant.open_connections and time.monotonic() < deadline:
        threading.Event().wait(0.001)
    assert tenant.open_connections == 0


def test_stopping_ends_whatever_waits() -> None:
    tenant = FakeTenant().start()
    gate = faults.Gate()
    with support_of(tenant) as support:
        tenant.fail("list", gate)
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(support.list)
            assert gate.reached.wait(LONG)
            tenant.stop()
            assert isinstance(waiting.exception(LONG), httpx.TransportError)
    gate.open()  # too late, and harmless
