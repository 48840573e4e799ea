"""What differs between the versions of the API: addresses, expiry, and the rate limit of each."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest

from sailpoint_pat.testing import FakeTenant

from .callers import Caller, caller_with, support_of

LEGACY = ("v3", "v2024", "v2025", "v2026", "beta")
SIX_MONTHS = "2027-07-31T12:00:00.000Z"


@pytest.mark.parametrize(
    ("path", "deprecated"),
    [
        *((f"/{version}/personal-access-tokens", "true") for version in LEGACY),
        ("/personal-access-tokens/v1", None),
    ],
)
def test_each_version_has_its_address(
    tenant: FakeTenant, support: Caller, path: str, deprecated: str | None
) -> None:
    date = (tenant.now + timedelta(days=90)).isoformat()
    made = support.send("POST", path, json={"name": "New", "expirationDate": date})
    token_id = made.json()["id"]
    answers = [
        made,
        support.send("GET", path),
        support.send("GET", path, params={"filters": "nonsense"}),
        support.send("DELETE", f"{path}/{token_id}"),
        support.send("DELETE", f"{path}/{token_id}"),
        support.send("GET", path, headers={"Authorization": ""}),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 400, 204, 404, 401]
    assert {answer.headers.get("X-Deprecated") for answer in answers} == {deprecated}
    assert tenant.violations == []


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/personal-access-tokens", "/v1/personal-access-tokens"),
        *("/personal-access-tokens/v2", "/personal-access-tokens/v3", "/v2/personal-access-tokens"),
        *("/v3/personal-access-tokens/", "/personal-access-tokens/v1/a/b", "/v3"),
    ],
)
def test_at_other_addresses_a_gateway_answers(
    tenant: FakeTenant, support: Caller, path: str
) -> None:
    answer = support.send("GET", path)
    assert (answer.status_code, answer.headers["Content-Type"][:9]) == (404, "text/html")
    assert tenant.requests[-1].operation == "other"


NEVER = {"userAwareTokenNeverExpires": True}
LONG = {"expirationDate": "2099-01-01T00:00:00.000Z"}
AT_LIMIT = {"expirationDate": SIX_MONTHS}
BEYOND = {"expirationDate": "2027-07-31T12:00:00.001Z"}
OLD = ("v3", "v2024", "beta")


@pytest.mark.parametrize("version", [*LEGACY, "v1"])
@pytest.mark.parametrize(
    ("body", "on_old_ones", "on_new_ones"),
    [
        ({}, SIX_MONTHS, "Give an expirationDate, or userAware"),
        ({"expirationDate": None}, SIX_MONTHS, "Give an expirationDate, or userAware"),
        ({"userAwareTokenNeverExpires": False}, SIX_MONTHS, "Give an expirationDate, or userAware"),
        (NEVER, SIX_MONTHS, None),
        (NEVER | {"expirationDate": None}, SIX_MONTHS, None),
        (NEVER | AT_LIMIT, SIX_MONTHS, SIX_MONTHS),
        (AT_LIMIT, SIX_MONTHS, SIX_MONTHS),
        (BEYOND, f"give {SIX_MONTHS} or earlier", BEYOND["expirationDate"]),
        (LONG, f"give {SIX_MONTHS} or earlier", LONG["expirationDate"]),
    ],
)
@pytest.mark.usefixtures("at_noon")
def test_rules_of_expiry(
    tenant: FakeTenant,
    support: Caller,
    version: str,
    body: dict[str, object],
    on_old_ones: str | None,
    on_new_ones: str | None,
) -> None:
    expected = on_old_ones if version in OLD else on_new_ones
    answer = support.speaking(version).create(**body)
    if expected is None or expected[0] == "2":
        made = answer.json()
        assert (made["expirationDate"], made["userAwareTokenNeverExpires"]) == (
            expected,
            expected is None,
        )
        assert made["created"] == "2027-01-31T12:00:00.000Z"
    else:
        assert answer.status_code == 400
        assert expected in answer.json()["messages"][0]["text"]
        assert len(tenant.tokens) == 1
    assert tenant.violations == []


@pytest.mark.parametrize(
    ("date", "kept"),
    [
        ("2027-02-01T00:00:00.0015+01:00", "2027-01-31T23:00:00.001Z"),
        ("2027-02-01t00:00:00z", "2027-02-01T00:00:00.000Z"),
        ("2027-01-31T12:00:00Z", None),
        ("2001-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59-12:00", None),
    ],
)
@pytest.mark.usefixtures("at_noon")
def test_dates_are_read_as_rfc_3339_and_lie_ahead(
    support: Caller, date: str, kept: str | None
) -> None:
    answer = support.create(expirationDate=date)
    assert answer.status_code == (200 if kept else 400)
    assert answer.json().get("expirationDate") == kept


@pytest.fixture
def limited() -> Iterator[FakeTenant]:
    with FakeTenant(rate_limit=3, rate_window=timedelta(seconds=10)) as tenant:
        tenant.freeze()
        yield tenant


def test_the_rate_limit_is_for_a_client_id_and_a_version(limited: FakeTenant) -> None:
    with support_of(limited) as support, support_of(limited) as again:
        callers = [support, again]  # two access tokens
        another = limited.add_token(limited.person, "Another pair")
        other = caller_with(support.client, another)
        answers = [callers[n % 2].list().status_code for n in range(4)]
        assert answers == [200, 200, 200, 429]
        v1 = [callers[n % 2].speaking("v1").list().status_code for n in range(4)]
        assert v1 == [200, 200, 200, 429]
        assert callers[0].speaking("v2024").list().status_code == 200
        assert other.list().status_code == 200
    assert limited.violations == []


def test_the_rate_limit_slides(limited: FakeTenant) -> None:
    with support_of(limited) as support:
        answers = []
        for seconds in (0, 1, 3.5, 0, 5.4, 0.1, 0):
            limited.advance(timedelta(seconds=seconds))
            answer = support.list()
            answers.append((answer.status_code, answer.headers.get("Retry-After")))
        assert answers == [
            (200, None),  # at 0 s
            (200, None),  # at 1 s
            (200, None),  # at 4.5 s
            (429, "6"),  # the first one leaves the window in 5.5 s
            (429, "1"),  # at 9.9 s, in 0.1 s
            (200, None),  # at 10 s
            (429, "1"),  # at 10 s, in 1 s
        ]
        assert support.list().json() == {"message": " Rate Limit Exceeded "}


def test_a_hundred_requests_in_ten_seconds(tenant: FakeTenant, support: Caller) -> None:
    tenant.freeze()
    counted = Counter(support.list().status_code for _ in range(101))
    assert counted == {200: 100, 429: 1}


def test_the_rate_limit_can_be_off() -> None:
    with FakeTenant(rate_limit=None) as tenant, support_of(tenant) as caller:
        assert {caller.list().status_code for _ in range(101)} == {200}
