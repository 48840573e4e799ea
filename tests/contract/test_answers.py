"""What the facade reads: all that the API may say, unchanged. (What it may not: test_reading.)"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sailpoint_pat import IssuedToken, PersonalAccessToken, UnexpectedResponseError
from tests.contract.conftest import Line
from tests.contract.contract import CONTRACT, Json
from tests.contract.drawn import CREATED, KNOWN, LISTED, encoded, examples, moment_of

LISTED_EXAMPLE = CONTRACT.answer("listPersonalAccessTokens")["example"][0]
CREATED_EXAMPLE = CONTRACT.answer("createPersonalAccessToken")["example"]

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


def answer_of(content: bytes) -> Callable[[httpx.Request], httpx.Response]:
    headers = {"Content-Type": "application/json"}
    return lambda _request: httpx.Response(200, content=content, headers=headers)


def listed(line: Line, content: bytes) -> list[PersonalAccessToken]:
    with line.answering(answer_of(content)):
        return line.client().list()


def created(line: Line, content: bytes) -> IssuedToken:
    with line.answering(answer_of(content)):
        return line.client().create("export")


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
    pats = line.client()
    for call in (pats.list, lambda: pats.create("export"), lambda: pats.delete("an-id")):
        with line.answering(answer_of(b"{}")), pytest.raises(UnexpectedResponseError) as broken:
            call()
        assert broken.value.invalid
        assert broken.value.maybe_performed
        assert broken.value.__cause__ is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_byte_order_mark_is_no_part_of_an_answer(line: Line, encoding: str) -> None:
    (token,) = listed(line, json.dumps([LISTED_EXAMPLE]).encode(encoding))
    says(LISTED_EXAMPLE, token)


def test_of_a_field_that_comes_twice_the_last_counts(line: Line) -> None:
    text = json.dumps([LISTED_EXAMPLE]).replace('"name": "NodeJS', '"name": 5, "name": "NodeJS')
    (token,) = listed(line, text.encode())
    says(LISTED_EXAMPLE, token)
