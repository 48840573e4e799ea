"""From the JSON of an answer to our models: what is lenient, what is not, and what is said."""

import json
import math
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from sailpoint_pat import (
    Owner,
    PatClient,
    PersonalAccessToken,
    Secret,
    UnexpectedResponseError,
)
from sailpoint_pat.testing import FakeTenant, faults
from tests.support.clients import Connect
from tests.support.records import OWNER, SCOPE, SECRET, created, record, without

MOMENT = datetime(2017, 7, 11, 18, 45, 37, 98_000, tzinfo=UTC)


def listed(pats: PatClient, tenant: FakeTenant, *records: object) -> list[PersonalAccessToken]:
    tenant.fail("list", faults.Body(list(records)))
    return pats.list()


def refused(pats: PatClient, tenant: FakeTenant, fault: faults.Fault) -> UnexpectedResponseError:
    tenant.fail("list", fault)
    with pytest.raises(UnexpectedResponseError) as caught:
        pats.list()
    return caught.value


# --- a good record --------------------------------------------------------------------------------


def test_every_field_is_plain_python(tenant: FakeTenant, connect: Connect) -> None:
    (token,) = listed(connect(tenant), tenant, record())
    assert token == PersonalAccessToken(
        id="86f1dc6fe8f54414950454cbb11278fa",
        name="NodeJS Integration",
        owner=Owner("2c9180867b50d088017b554662fb281e", "Support", "IDENTITY"),
        scopes=(SCOPE, "sp:scopes:all"),
        created_at=MOMENT,
        last_used_at=MOMENT + timedelta(days=1),
        expires_at=datetime(2018, 1, 11, 18, 45, 37, tzinfo=UTC),
        never_expires=True,
        access_token_ttl=timedelta(minutes=15),
        managed=True,
    )
    values = attrs.asdict(token, recurse=False)
    assert {type(value) for value in values.values()} == {
        *(str, Owner, tuple, datetime, bool, timedelta, dict)
    }
    moments = [value for value in values.values() if isinstance(value, datetime)]
    assert {moment.tzinfo for moment in moments} == {UTC}


ABSENT = object()


@pytest.mark.parametrize("value", [None, ABSENT], ids=["null", "missing"])
@pytest.mark.parametrize(
    ("field", "attribute", "read"),
    [
        ("owner", "owner", None),
        ("scope", "scopes", None),
        ("lastUsed", "last_used_at", None),
        ("expirationDate", "expires_at", None),
        ("managed", "managed", False),
        ("userAwareTokenNeverExpires", "never_expires", False),
        ("accessTokenValiditySeconds", "access_token_ttl", timedelta(seconds=43_200)),
    ],
)
def test_what_only_describes_a_token_may_be_null_or_missing(
    pats: PatClient, tenant: FakeTenant, field: str, attribute: str, read: object, value: object
) -> None:
    bare = without(field) if value is ABSENT else record(**{field: value})
    (token, other) = listed(pats, tenant, bare, record())
    assert getattr(token, attribute) == read
    assert attrs.evolve(token, **{attribute: getattr(other, attribute)}) == other


def test_the_tokens_of_one_person_share_one_owner(pats: PatClient, tenant: FakeTenant) -> None:
    robot = OWNER | {"email": "r@example.com"}
    a, b, c, d = listed(
        pats, tenant, record(), record(), record(owner=robot), record(owner=OWNER | {"name": "X"})
    )
    assert a.owner is b.owner
    assert a.owner not in (c.owner, d.owner)
    assert c.owner is not None
    assert a.owner == attrs.evolve(c.owner, extra={})


def test_what_one_token_has_extra_is_its_own(pats: PatClient, tenant: FakeTenant) -> None:
    first, second = listed(pats, tenant, record(), record())
    assert first.extra == second.extra == {}
    assert first.extra is not second.extra


@pytest.mark.parametrize(("seconds", "ttl"), [(900, 900), (900.0, 900), (1, 1), (0, 0)])
def test_whole_seconds(pats: PatClient, tenant: FakeTenant, seconds: float, ttl: int) -> None:
    (token,) = listed(pats, tenant, record(accessTokenValiditySeconds=seconds))
    assert token.access_token_ttl == timedelta(seconds=ttl)


# --- a broken one ---------------------------------------------------------------------------------

NO_DATE = "is not a date-time with an offset"
UNKNOWN_TO_PYTHON = "is not a date-time that Python knows"
NO_INTEGER = "expected an integer, got a number"
TTL = "accessTokenValiditySeconds"
NEVER = "userAwareTokenNeverExpires"


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"id": None}, "id", "expected a string, got null"),
        ({"id": 7}, "id", "expected a string, got a number"),
        ({"id": True}, "id", "expected a string, got a boolean"),
        ({"id": ""}, "id", "is empty"),
        ({"name": ["x"]}, "name", "expected a string, got an array"),
        ({"name": None}, "name", "expected a string, got null"),
        ({"scope": "x"}, "scope", "expected an array, got a string"),
        ({"scope": {}}, "scope", "expected an array, got an object"),
        ({"scope": ["a", None]}, "scope[1]", "expected a string, got null"),
        ({"scope": [1.5]}, "scope[0]", "expected a string, got a number"),
        ({"owner": []}, "owner", "expected an object, got an array"),
        ({"owner": 7}, "owner", "expected an object, got a number"),
        ({"owner": OWNER | {"id": False}}, "owner.id", "expected a string, got a boolean"),
        ({"owner": OWNER | {"name": []}}, "owner.name", "expected a string, got an array"),
        ({"owner": {"type": {}}}, "owner.type", "expected a string, got an object"),
        ({"managed": 0}, "managed", "expected a boolean, got a number"),
        ({"managed": "false"}, "managed", "expected a boolean, got a string"),
        ({NEVER: "no"}, NEVER, "expected a boolean, got a string"),
        ({TTL: True}, TTL, "expected an integer, got a boolean"),
        ({TTL: [5]}, TTL, "expected an integer, got an array"),
        *(({TTL: seconds}, TTL, NO_INTEGER) for seconds in (1.5, math.nan, math.inf)),
        *(({TTL: seconds}, TTL, "is out of range") for seconds in (10**300, -(10**300))),
        ({"created": None}, "created", "expected a date-time, got null"),
        ({"created": 1499798737}, "created", "expected a date-time, got a number"),
        ({"lastUsed": False}, "lastUsed", "expected a date-time, got a boolean"),
        *(
            ({"expirationDate": text}, "expirationDate", NO_DATE)
            for text in (
                *("", "6 Months from created date", "2017-07-11", "2017-07-11T18:45:37.098"),
                *("2017-02-30T18:45:37Z", "\ud800-07-11T18:45:37Z", f"{'2' * 400}-01-01T00:00:00Z"),
            )
        ),
        ({"expirationDate": "0001-01-01T00:00:00+14:00"}, "expirationDate", UNKNOWN_TO_PYTHON),
        ({"lastUsed": "9999-12-31T23:59:59-01:00"}, "lastUsed", UNKNOWN_TO_PYTHON),
    ],
)
def test_a_record_that_breaks_the_contract(
    pats: PatClient, tenant: FakeTenant, changes: dict[str, Any], field: str, reason: str
) -> None:
    broken = record(**changes)
    error = refused(pats, tenant, faults.Body([record(id="fine"), broken]))
    (wrong,) = error.invalid
    shown_id = broken["id"] if isinstance(broken["id"], str) else None
    assert (wrong.index, wrong.id, wrong.field, wrong.reason) == (1, shown_id, field, reason)
    assert [token.id for token in error.tokens] == ["fine"]
    whose = f" (id {shown_id})" if shown_id else ""
    assert str(error) == (
        "listPersonalAccessTokens: 1 of 2 records break the contract: "
        f"record 1{whose}: {field}: {reason}. The 1 that are fine are in this error's `tokens`."
    )


@pytest.mark.parametrize(
    ("value", "kind"),
    [(None, "null"), ([], "an array"), ("x", "a string"), (1.5, "a number"), (True, "a boolean")],
)
def test_a_record_that_is_none(
    pats: PatClient, tenant: FakeTenant, value: object, kind: str
) -> None:
    error = refused(pats, tenant, faults.Body([value]))
    assert str(error) == (
        "listPersonalAccessTokens: 1 of 1 records break the contract: "
        f"record 0: expected an object, got {kind}."
    )


def test_an_id_that_would_play_with_a_terminal(pats: PatClient, tenant: FakeTenant) -> None:
    error = refused(pats, tenant, faults.Body([record(id="\x1b[2J\ud800\n", created="soon")]))
    assert r"record 0 (id \x1b[2J\ud800\n): created: is not a date-time" in str(error)
    assert error.invalid[0].id == "\x1b[2J\ud800\n"


def test_good_records_are_on_the_error_for_the_bad_ones(
    tenant: FakeTenant, connect: Connect
) -> None:
    bad = record(id="bad", created="yesterday")
    error = refused(
        connect(tenant), tenant, faults.Body([record(id="a"), bad, record(id="b"), None])
    )
    assert [token.id for token in error.tokens] == ["a", "b"]
    assert [(wrong.index, wrong.id, wrong.field) for wrong in error.invalid] == [
        *((1, "bad", "created"), (3, None, ""))
    ]
    assert "yesterday" not in str(error), "a value may be a secret"
    assert tenant.count("list") == 1, "the same again would be broken again"


@pytest.mark.parametrize(("number", "more"), [(5, ""), (6, "; and 1 more"), (90, "; and 85 more")])
def test_a_few_of_many_broken_records_are_shown(
    pats: PatClient, tenant: FakeTenant, number: int, more: str
) -> None:
    error = refused(pats, tenant, faults.Body([{}] * number))
    assert len(error.invalid) == number
    shown = "; ".join(f"record {index}: id: expected a string, got null" for index in range(5))
    assert f": {shown}{more}." in str(error)
    assert len(str(error)) < 400


NOT_JSON = "the body is not JSON"
HTML = "the body is HTML or XML, not JSON (does the base URL lead to the API?)"


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (faults.Body(b""), "the body is empty"),
        (faults.Body(b" \n"), "the body is empty"),
        (faults.Html(200), HTML),
        (faults.Body(b"\n <html>"), HTML),
        (faults.Body(b'["a'), f"{NOT_JSON}, or cut off: Unterminated string starting at at char"),
        (faults.Body(b"\xff"), f"{NOT_JSON} (UnicodeDecodeError)"),
        (faults.Body(b"[][]"), f"{NOT_JSON}, or cut off: Extra data at char"),
        (faults.Body(b"9" * 5_000), f"{NOT_JSON}"),
        (faults.Body(b"NaN"), "expected an array, got a number"),
        (faults.Body(b"[" * 100_000), f"{NOT_JSON} (RecursionError)"),
        (faults.Body({}), "expected an array, got an object"),
        (faults.Body(b"null"), "expected an array, got null"),
        (faults.Body(b'"x"'), "expected an array, got a string"),
        (faults.Body(b"5"), "expected an array, got a number"),
        (faults.Body([], status=202), "the API does not declare the status 202"),
        (faults.Status(204), "the API does not declare the status 204"),
        (faults.Body([record()], status=206), "the API does not declare the status 206"),
    ],
)
def test_an_answer_that_is_no_listing(
    pats: PatClient, tenant: FakeTenant, fault: faults.Fault, reason: str
) -> None:
    error = refused(pats, tenant, fault)
    assert f"listPersonalAccessTokens: the answer breaks the contract: {reason}" in str(error)
    (wrong,) = error.invalid
    assert (wrong.index, wrong.id, wrong.field) == (None, None, "")
    assert wrong.reason.startswith(reason)
    assert error.tokens == ()


# --- a new token ----------------------------------------------------------------------------------


WHERE = {True: "in this error's `secret`", False: "not in the answer"}


@pytest.mark.parametrize(
    ("body", "reason", "is_known"),
    [
        (created(created="soon"), f"created: {NO_DATE}", True),
        (created(owner=7), "owner: expected an object, got a number", True),
        (created(name=None), "name: expected a string, got null", True),
        (created(scope=7, lastUsed=7), "scope: expected an array, got a number", True),
        (record(), "secret: expected a string, got null", False),
        (created() | {"secret": ""}, "secret: is empty", False),
        (created() | {"secret": [SECRET]}, "secret: expected a string, got an array", False),
    ],
)
def test_a_secret_that_can_be_read_is_never_lost(
    tenant: FakeTenant, connect_sync: Connect, body: dict[str, Any], reason: str, is_known: bool
) -> None:
    tenant.fail("create", faults.Body(body))
    with pytest.raises(UnexpectedResponseError) as caught:
        connect_sync(tenant).create("NodeJS Integration")
    error = caught.value
    assert str(error) == (
        "createPersonalAccessToken: a token was created, and the answer breaks the contract: "
        f"id {record()['id']}: {reason}. Its secret is {WHERE[is_known]}."
        + ("" if is_known else " find_orphan(error) looks for the token it may have made.")
    )
    assert error.secret == (Secret(SECRET) if is_known else None)
    assert error.invalid[0].id == record()["id"]
    assert SECRET not in repr(error)
    assert error.maybe_performed
    assert tenant.count("create") == 1


def test_a_secret_without_an_id_is_kept_too(pats: PatClient, tenant: FakeTenant) -> None:
    tenant.fail("create", faults.Body(created(id=7)))
    with pytest.raises(UnexpectedResponseError, match="contract: id: expected a str") as caught:
        pats.create("NodeJS Integration")
    assert caught.value.secret == Secret(SECRET)
    assert caught.value.invalid[0].id is None


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (faults.Body(b""), "the body is empty"),
        (faults.Html(200), HTML),
        (faults.Body([]), "expected an object, got an array"),
        (faults.Body(json.dumps(created()).encode()[:-9]), f"{NOT_JSON}, or cut off: Unterm"),
        (faults.Html(202), "the API does not declare the status 202"),
    ],
)
def test_an_answer_that_is_no_new_token(
    pats: PatClient, tenant: FakeTenant, fault: faults.Fault, reason: str
) -> None:
    tenant.fail("create", fault)
    with pytest.raises(UnexpectedResponseError) as caught:
        pats.create("NodeJS Integration")
    said = f"createPersonalAccessToken: the answer breaks the contract: {reason}"
    assert str(caught.value).startswith(said)
    assert "find_orphan(error) looks for the token" in str(caught.value)
    assert caught.value.secret is None


@pytest.mark.parametrize("status", [201, 202, 299])
def test_a_new_token_with_a_status_that_is_not_declared(
    pats: PatClient, tenant: FakeTenant, status: int
) -> None:
    tenant.fail("create", faults.Body(created(), status=status))
    with pytest.raises(UnexpectedResponseError) as caught:
        pats.create("NodeJS Integration")
    assert f"id {record()['id']}: the API does not declare the status {status}." in str(
        caught.value
    )
    assert caught.value.secret == Secret(SECRET)


# --- an answer to a delete ------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [faults.Status(200, body="{}"), faults.Html(200)])
def test_a_delete_that_is_not_answered_as_declared(
    pats: PatClient, tenant: FakeTenant, fault: faults.Fault
) -> None:
    tenant.fail("delete", fault)
    with pytest.raises(UnexpectedResponseError) as caught:
        pats.delete("86f1dc6fe8f54414950454cbb11278fa")
    assert str(caught.value) == (
        "deletePersonalAccessToken: the answer breaks the contract: "
        "the API does not declare the status 200."
    )
