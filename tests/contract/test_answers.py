"""What the facade reads: all that the API may say, unchanged; else it says what is wrong."""

from __future__ import annotations

import json
import traceback
from datetime import UTC, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sailpoint_pat import IssuedToken, PersonalAccessToken, Secret, UnexpectedResponseError
from tests.contract.contract import CONTRACT
from tests.contract.drawn import CREATED, KNOWN, LISTED, encoded, examples, moment_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.contract.contract import Json
    from tests.contract.line import Line

LISTED_EXAMPLE = CONTRACT.answer("listPersonalAccessTokens")["example"][0]
CREATED_EXAMPLE = CONTRACT.answer("createPersonalAccessToken")["example"]

TESTS = str(Path(__file__).parents[1])

FALSE = dict.fromkeys(("managed", "userAwareTokenNeverExpires"), False)
DEFAULTS: dict[str, Json] = FALSE | {"accessTokenValiditySeconds": 43_200}


def says(record: dict[str, Json], token: PersonalAccessToken) -> None:
    """Hold a model to a record: every value of it, and nothing else."""
    said: dict[str, Json] = {name: record.get(name) for name in KNOWN}
    said |= {name: DEFAULTS[name] for name in DEFAULTS if said[name] is None}
    owner, scopes = said["owner"], said["scope"]
    dates = [said[name] and moment_of(said[name]) for name in ("created", "lastUsed")]
    assert token.expires_at == (said["expirationDate"] and moment_of(said["expirationDate"]))
    assert [token.created_at, token.last_used_at] == dates
    assert token.created_at.tzinfo is UTC
    assert (token.id, token.name) == (said["id"], said["name"])
    assert token.scopes == (None if scopes is None else tuple(scopes))
    assert token.managed is said["managed"]
    assert token.never_expires is said["userAwareTokenNeverExpires"]
    assert token.access_token_ttl == timedelta(seconds=said["accessTokenValiditySeconds"])
    assert same(token.extra, {name: record[name] for name in record if name not in KNOWN})
    assert (token.owner is None) == (owner is None)
    if token.owner is not None:
        fields = {name: getattr(token.owner, name) for name in ("id", "name", "type")}
        assert fields == {name: owner.get(name) for name in fields}
        assert same(token.owner.extra, {k: v for k, v in owner.items() if k not in fields})
    if isinstance(token, IssuedToken):
        assert token.secret.reveal() == record["secret"]
        assert record["secret"] not in f"{token!r}{token}{token.as_dict()}"


def same(found: Mapping[str, Json], sent: Mapping[str, Json]) -> bool:
    """Whether two are the same JSON: to Python, True is 1, and 1.0 as well."""
    return json.dumps(found, sort_keys=True) == json.dumps(sent, sort_keys=True)


def answer_of(content: bytes, status: int = 200) -> Callable[[httpx.Request], httpx.Response]:
    headers = {"Content-Type": "application/json"}
    return lambda _request: httpx.Response(status, content=content, headers=headers)


def listed(line: Line, content: bytes, status: int = 200) -> list[PersonalAccessToken]:
    with line.answering(answer_of(content, status)):
        return line.client().list()


def created(line: Line, content: bytes, status: int = 200) -> IssuedToken:
    with line.answering(answer_of(content, status)):
        return line.client().create("export")


def deleted(line: Line, content: bytes, status: int = 200) -> None:
    with line.answering(answer_of(content, status)):
        line.client().delete("an-id")


def refused(call: Callable[..., object], *arguments: Any) -> UnexpectedResponseError:
    """Return the error of a call whose answer breaks the contract."""
    with pytest.raises(UnexpectedResponseError) as broken:
        call(*arguments)
    error = broken.value
    assert error.maybe_performed
    assert error.__cause__ is None
    return error


# --- what the API may say -------------------------------------------------------------------------


@given(records=st.lists(LISTED, max_size=3))
@examples(60)
def test_a_listing_is_read_as_it_was_sent(line: Line, records: list[dict[str, Json]]) -> None:
    for record, token in zip(records, listed(line, encoded(records)), strict=True):
        assert type(token) is PersonalAccessToken
        says(record, token)


@given(record=CREATED)
@examples(50)
def test_a_created_token_is_read_as_it_was_sent(line: Line, record: dict[str, Json]) -> None:
    issued = created(line, encoded(record))
    assert type(issued) is IssuedToken
    says(record, issued)


def test_clients_of_each_flavour_read_alike(line_of_each_flavour: Line) -> None:
    line = line_of_each_flavour
    (token,) = listed(line, encoded([LISTED_EXAMPLE]))
    says(LISTED_EXAMPLE, token)
    says(CREATED_EXAMPLE, created(line, encoded(CREATED_EXAMPLE)))
    for version in ("v1", "v2024"):
        with line.answering():
            says(LISTED_EXAMPLE, line.client(version).get(LISTED_EXAMPLE["id"]))
    for call in (listed, created, deleted):
        assert refused(call, line, b"{}").invalid


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_byte_order_mark_is_no_part_of_an_answer(line: Line, encoding: str) -> None:
    (token,) = listed(line, json.dumps([LISTED_EXAMPLE]).encode(encoding))
    says(LISTED_EXAMPLE, token)


def test_of_a_field_that_comes_twice_the_last_counts(line: Line) -> None:
    text = json.dumps([LISTED_EXAMPLE]).replace('"name": "NodeJS', '"name": 5, "name": "NodeJS')
    (token,) = listed(line, text.encode())
    says(LISTED_EXAMPLE, token)


# --- what it may not say --------------------------------------------------------------------------

MISSING = object()
TOO_LONG = int("9" * 300)
NO_TEXTS: tuple[Json, ...] = (5, 1.5, True, ["x"], {"a": "b"})
NO_DATES: tuple[Json, ...] = (
    *(5, True, ["x"], "", "yesterday", "2017-07-11", "2017-13-11T18:45:37Z"),
    *("2017-07-11T18:45:37.098", f"{'2' * 400}-01-01T00:00:00Z"),
)
NO_FLAGS = ("true", 0, 1.5, [True])
NO_NUMBERS = ("5", 1.5, True, [5], {"a": 5}, float("nan"), float("inf"), TOO_LONG, -TOO_LONG)
BAD: dict[str, tuple[Json, ...]] = {
    "id": (*NO_TEXTS, None, MISSING, ""),
    "name": (*NO_TEXTS, None, MISSING),
    "created": (*NO_DATES, None, MISSING),
    "scope": ("x", 5, True, {"0": "x"}),
    "scope[1]": tuple(["x", value, "y"] for value in (*NO_TEXTS, None)),
    "owner": ("x", 5, True, [], ["x"]),
    **{f"owner.{name}": NO_TEXTS for name in ("id", "name", "type")},
    "accessTokenValiditySeconds": NO_NUMBERS,
    "expirationDate": NO_DATES,
    "userAwareTokenNeverExpires": NO_FLAGS,
}
BAD_IN_A_LISTING = BAD | {"lastUsed": NO_DATES, "managed": NO_FLAGS}
BAD_IN_A_CREATE = BAD | {"secret": (*NO_TEXTS, None, MISSING, "")}


def spoilt(record: dict[str, Json], field: str, value: Json) -> dict[str, Json]:
    """The record with one value put in place of what is there, or with nothing."""
    name, _, inner = field.partition(".")
    if inner:
        return {**record, name: {**(record.get(name) or {}), inner: value}}
    name = name.partition("[")[0]
    without = {key: kept for key, kept in record.items() if key != name}
    return without if value is MISSING else {**without, name: value}


@pytest.mark.parametrize("field", BAD_IN_A_LISTING)
def test_broken_records_are_named_and_the_others_are_kept(line: Line, field: str) -> None:
    first, last = ({**LISTED_EXAMPLE, "id": each} for each in ("first", "last"))
    broken = [spoilt(LISTED_EXAMPLE, field, value) for value in BAD_IN_A_LISTING[field]]
    error = refused(listed, line, json.dumps([first, *broken, last]).encode())
    named = [(wrong.index, wrong.id, wrong.field) for wrong in error.invalid]
    assert named == [(index, id_of(each), field) for index, each in enumerate(broken, start=1)]
    assert all(wrong.reason for wrong in error.invalid)
    for record, token in zip((first, last), error.tokens, strict=True):
        says(record, token)


@pytest.mark.parametrize("field", BAD_IN_A_CREATE)
def test_a_broken_answer_to_a_create_keeps_the_id_and_the_secret(line: Line, field: str) -> None:
    for value in BAD_IN_A_CREATE[field]:
        broken = spoilt(CREATED_EXAMPLE, field, value)
        error = refused(created, line, json.dumps(broken).encode())
        (wrong,) = error.invalid
        assert (wrong.index, wrong.id, wrong.field) == (None, id_of(broken), field)
        for said in ("createPersonalAccessToken", id_of(broken) or "", field, wrong.reason):
            assert said in str(error)
        holds_the_secret(error, broken.get("secret"))


def id_of(record: dict[str, Json]) -> str | None:
    return record["id"] if isinstance(record.get("id"), str) else None


def holds_the_secret(error: UnexpectedResponseError, secret: Json) -> None:
    """The secret is in the attribute for it, and nowhere that is printed."""
    if not isinstance(secret, str) or not secret:
        assert error.secret is None
        return
    assert error.secret == Secret(secret)
    with_locals = traceback.TracebackException.from_exception(error, capture_locals=True)
    shown = [str(error), repr(error), repr(error.args), *map(str, error.invalid)]
    frames = [frame for frame in with_locals.stack if not frame.filename.startswith(TESTS)]
    shown += [value for frame in frames for value in (frame.locals or {}).values()]
    assert all(secret not in text for text in shown)
