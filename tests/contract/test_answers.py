"""What the facade reads: all that the contract allows, unchanged; else it says what is wrong."""

from __future__ import annotations

import json
import traceback
import types
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin, get_type_hints

import attrs
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sailpoint_pat import (
    IssuedToken,
    Owner,
    PersonalAccessToken,
    Secret,
    UnexpectedResponseError,
    models,
)
from tests.contract.contract import CONTRACT
from tests.contract.drawn import encoded, examples, from_schema, moment_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hypothesis.strategies import SearchStrategy

    from sailpoint_pat import PatClient
    from tests.contract.contract import Json, Schema
    from tests.contract.line import Line

LISTING = CONTRACT.answer_schema("listPersonalAccessTokens")
CREATED = CONTRACT.answer_schema("createPersonalAccessToken")
LISTED_EXAMPLE = CONTRACT.answer_example("listPersonalAccessTokens")[0]
CREATED_EXAMPLE = CONTRACT.answer_example("createPersonalAccessToken")

# Where each field of an answer is found; what is in neither table is to be in `extra`.
OF_A_TOKEN: dict[str, Callable[[Any], Json]] = {
    "id": lambda token: token.id,
    "name": lambda token: token.name,
    "scope": lambda token: None if token.scopes is None else list(token.scopes),
    "created": lambda token: token.created_at,
    "lastUsed": lambda token: token.last_used_at,
    "managed": lambda token: token.managed,
    "accessTokenValiditySeconds": lambda token: token.access_token_ttl // timedelta(seconds=1),
    "expirationDate": lambda token: token.expires_at,
    "userAwareTokenNeverExpires": lambda token: token.never_expires,
    "secret": lambda token: token.secret.reveal(),
}
OF_AN_OWNER: dict[str, Callable[[Owner], Json]] = {
    "id": lambda owner: owner.id,
    "name": lambda owner: owner.name,
    "type": lambda owner: owner.type,
}
DATES = {"created", "lastUsed", "expirationDate"}
WHERE_LEFT_OUT = {
    "lastUsed": None,
    "managed": False,
    "accessTokenValiditySeconds": 43_200,
    "expirationDate": None,
    "userAwareTokenNeverExpires": False,
}


def says(record: dict[str, Json], token: PersonalAccessToken) -> None:
    """Hold a model to a record: every value of it, and nothing else."""
    for name, read in OF_A_TOKEN.items():
        if name == "secret" and name not in record:
            assert not hasattr(token, "secret")
            continue
        if record.get(name) is None and name in WHERE_LEFT_OUT:
            assert read(token) == WHERE_LEFT_OUT[name], name
        elif name in DATES:
            assert read(token) == moment_of(record[name]), name
            assert read(token).tzinfo is UTC
        else:
            found = read(token)
            assert (found, type(found)) == (record[name], type(record[name])), name
    known = {*OF_A_TOKEN, "owner"}
    assert token.extra == {k: v for k, v in record.items() if k not in known}
    owner = record.get("owner")
    if owner is None or token.owner is None:
        assert token.owner is owner
    else:
        for name, read_owner in OF_AN_OWNER.items():
            assert read_owner(token.owner) == owner.get(name), f"owner.{name}"
        assert token.owner.extra == {k: v for k, v in owner.items() if k not in OF_AN_OWNER}
    is_typed(token)


def is_typed(model: Any) -> None:
    """Hold each value of a model to the type that its field declares."""
    names = {**vars(models), "Mapping": dict, "datetime": datetime, "timedelta": timedelta}
    hints = get_type_hints(type(model), globalns=names)
    for field in attrs.fields(type(model)):
        value = getattr(model, field.name)
        assert has_type(value, hints[field.name]), f"{field.name}: {type(value).__name__}"
        if attrs.has(type(value)):
            is_typed(value)


def has_type(value: object, hint: Any) -> bool:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, types.UnionType}:
        return any(has_type(value, each) for each in arguments)
    if origin is tuple:
        return type(value) is tuple and all(has_type(each, arguments[0]) for each in value)
    if origin is dict:
        return isinstance(value, dict)
    return type(value) is (origin or hint)


def answer_of(content: bytes, status: int = 200) -> Callable[[httpx.Request], httpx.Response]:
    headers = {"Content-Type": "application/json"}
    return lambda _request: httpx.Response(status, content=content, headers=headers)


def listed(line: Line, content: bytes, status: int = 200) -> list[PersonalAccessToken]:
    with line.answering(answer_of(content, status)):
        return line.client().list()


def created(line: Line, content: bytes, status: int = 200) -> IssuedToken:
    with line.answering(answer_of(content, status)):
        return line.client().create("export")


def refused(line: Line, call: Callable[..., object], *arguments: Any) -> UnexpectedResponseError:
    """Return the error of a call whose answer breaks the contract."""
    with pytest.raises(UnexpectedResponseError) as broken:
        call(line, *arguments)
    error = broken.value
    assert error.maybe_performed
    assert error.__cause__ is None
    assert error.__context__ is None
    return error


# --- what the contract allows ---------------------------------------------------------------------


@given(records=from_schema(LISTING))
@examples(60)
def test_a_listing_is_read_as_it_was_sent(line: Line, records: list[dict[str, Json]]) -> None:
    tokens = listed(line, encoded(records))
    assert len(tokens) == len(records)
    for record, token in zip(records, tokens, strict=True):
        assert type(token) is PersonalAccessToken
        says(record, token)


@given(record=from_schema(CREATED))
@examples(50)
def test_a_created_token_is_read_as_it_was_sent(line: Line, record: dict[str, Json]) -> None:
    issued = created(line, encoded(record))
    assert type(issued) is IssuedToken
    says(record, issued)
    assert record["secret"] not in f"{issued!r}{issued}"


@given(data=st.data())
@examples(30)
def test_get_reads_the_same(line: Line, data: st.DataObject) -> None:
    records = data.draw(from_schema(LISTING).filter(bool))
    wanted = data.draw(st.sampled_from([r for r in records if r["id"].strip()] or [None]))
    if wanted is None or not wanted["id"].isprintable():
        return
    with line.answering(answer_of(encoded(records))):
        token = line.client().get(wanted["id"])
    says(next(record for record in records if record["id"] == wanted["id"]), token)


@pytest.mark.parametrize("size", [0, 1, 2_000])
def test_listings_of_any_size(line: Line, size: int) -> None:
    records = [{**LISTED_EXAMPLE, "id": f"{number:032x}"} for number in range(size)]
    tokens = listed(line, encoded(records))
    assert [token.id for token in tokens] == [record["id"] for record in records]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_byte_order_mark_is_no_part_of_an_answer(line: Line, encoding: str) -> None:
    (token,) = listed(line, json.dumps([LISTED_EXAMPLE]).encode(encoding))
    says(LISTED_EXAMPLE, token)


def test_of_a_field_that_comes_twice_the_last_counts(line: Line) -> None:
    text = json.dumps([LISTED_EXAMPLE]).replace('"name": "NodeJS', '"name": 5, "name": "NodeJS')
    (token,) = listed(line, text.encode())
    says(LISTED_EXAMPLE, token)


# --- what it forbids ------------------------------------------------------------------------------

Path = tuple[str, ...]
NO_DATES = ("", "yesterday", "2017-07-11", "2017-13-11T18:45:37Z", "2017-07-11T18:45:37.098")
TOO_LONG = int("9" * 300)
FOREIGN: dict[str, tuple[Json, ...]] = {
    "string": (5, 1.5, True, ["x"], {"a": "b"}),
    "date-time": (5, 1.5, True, ["x"], {"a": "b"}, *NO_DATES, f"{'2' * 400}-01-01T00:00:00Z"),
    "integer": ("5", 1.5, True, [5], {"a": 5}, float("nan"), float("inf")),
    "boolean": ("true", 0, 1, 1.5, [True], {"a": True}),
    "array": ("x", 5, True, {"0": "x"}),
    "object": ("x", 5, True, [], ["x"]),
}


def broken_fields(schema: Schema, path: Path = ()) -> Iterator[tuple[Path, str, list[Json]]]:
    """Each field of a schema: its path, how an error names it, and values that break it."""
    for name, field in schema["properties"].items():
        here, named = (*path, name), ".".join((*path, name))
        kind = field["type"]
        if field.get("format") == "date-time":
            kind = "date-time"
        values: list[Json] = list(FOREIGN[kind])
        if not field.get("nullable"):
            values.append(None)
        if name == "secret":
            values.append("")
        if name == "accessTokenValiditySeconds":
            values += [TOO_LONG, -TOO_LONG]
        yield here, named, values
        if kind == "array":
            yield here, f"{named}[1]", [["x", value, "y"] for value in FOREIGN["string"]]
        if kind == "object":
            yield from broken_fields(field, here)


def required_fields(schema: Schema, path: Path = ()) -> Iterator[Path]:
    for name in schema["required"]:
        yield (*path, name)
        if schema["properties"][name]["type"] == "object":
            yield from required_fields(schema["properties"][name], (*path, name))


MISSING = object()


def changed(record: dict[str, Json], path: Path, value: Json) -> dict[str, Json]:
    """The record with one value put in place of what is there, or with nothing."""
    name, *rest = path
    if rest:
        return {**record, name: changed(record.get(name) or {}, tuple(rest), value)}
    if value is MISSING:
        return {k: v for k, v in record.items() if k != name}
    return {**record, name: value}


def breakages(schema: Schema) -> dict[str, list[tuple[Path, Json]]]:
    """All that can be wrong with each field, by the name that an error gives it."""
    found: dict[str, list[tuple[Path, Json]]] = {}
    for path, named, values in broken_fields(schema):
        found.setdefault(named, []).extend((path, value) for value in values)
    for path in required_fields(schema):
        found[".".join(path)].append((path, MISSING))
    return found


OF_LISTED, OF_CREATED = breakages(LISTING["items"]), breakages(CREATED)


@pytest.mark.parametrize("named", OF_LISTED)
def test_a_broken_record_is_named_and_the_others_are_kept(line: Line, named: str) -> None:
    fine = [{**LISTED_EXAMPLE, "id": "first"}, {**LISTED_EXAMPLE, "id": "last", "scope": None}]
    for path, value in OF_LISTED[named]:
        broken = changed(LISTED_EXAMPLE, path, value)
        error = refused(line, listed, json.dumps([fine[0], broken, fine[1]]).encode())
        (wrong,) = error.invalid
        the_id = None if named == "id" else LISTED_EXAMPLE["id"]
        assert (wrong.index, wrong.id, wrong.field) == (1, the_id, named), value
        assert wrong.reason
        for said in ("listPersonalAccessTokens", "record 1", the_id or "", named, wrong.reason):
            assert said in str(error)
        assert len(error.tokens) == 2
        for record, token in zip(fine, error.tokens, strict=True):
            says(record, token)


@pytest.mark.parametrize("named", OF_CREATED)
def test_a_broken_answer_to_a_create_gives_the_secret_where_it_can_be_read(
    line: Line, named: str
) -> None:
    for path, value in OF_CREATED[named]:
        broken = changed(CREATED_EXAMPLE, path, value)
        error = refused(line, created, json.dumps(broken).encode())
        (wrong,) = error.invalid
        the_id = None if named == "id" else CREATED_EXAMPLE["id"]
        assert (wrong.index, wrong.id, wrong.field) == (None, the_id, named), value
        for said in ("createPersonalAccessToken", the_id or "", named, wrong.reason):
            assert said in str(error)
        holds_the_secret(error, broken.get("secret"))


def holds_the_secret(error: UnexpectedResponseError, secret: Json) -> None:
    """The secret is in the attribute for it, and nowhere that is printed."""
    if not isinstance(secret, str) or not secret:
        assert error.secret is None
        return
    assert error.secret == Secret(secret)
    with_locals = traceback.TracebackException.from_exception(error, capture_locals=True)
    ours = [frame for frame in with_locals.stack if "sailpoint_pat" in frame.filename]
    shown = [str(error), repr(error), repr(error.args), *map(str, error.invalid)]
    shown += [value for frame in ours for value in (frame.locals or {}).values()]
    assert ours
    assert all(secret not in text for text in shown)


BROKEN: SearchStrategy[tuple[str, tuple[Path, Json]]] = st.sampled_from(
    [(named, breakage) for named, several in OF_LISTED.items() for breakage in several]
)


@given(records=from_schema(LISTING).filter(bool), data=st.data())
@examples(25)
def test_any_mix_of_broken_and_fine_records(
    line: Line, records: list[dict[str, Json]], data: st.DataObject
) -> None:
    which = data.draw(st.sets(st.integers(0, len(records) - 1), min_size=1))
    named: list[tuple[int, str]] = []
    sent = list(records)
    for index in sorted(which):
        field, (path, value) = data.draw(BROKEN)
        named.append((index, field))
        sent[index] = changed(records[index], path, value)
    error = refused(line, listed, encoded(sent))
    assert [(wrong.index, wrong.field) for wrong in error.invalid] == named
    fine = [record for index, record in enumerate(records) if index not in which]
    assert len(error.tokens) == len(fine)
    for record, token in zip(fine, error.tokens, strict=True):
        says(record, token)


EXAMPLES = {"list": [LISTED_EXAMPLE], "create": CREATED_EXAMPLE}
CALLS = {"list": listed, "create": created}
DEEP = 100_000
BODIES: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda _body: b"",
    "blanks": lambda _body: b" \r\n",
    "cut off": lambda body: body[: len(body) * 2 // 3],
    "one byte short": lambda body: body[:-1],
    "more than one value": lambda body: body + body,
    "a text": lambda _body: b'"ok"',
    "a number": lambda _body: b"5",
    "null": lambda _body: b"null",
    "true": lambda _body: b"true",
    "not a number": lambda _body: b"NaN",
    "HTML": lambda _body: b"<!DOCTYPE html><html>log in</html>",
    "not UTF-8": lambda body: body.replace(b"Support", b"\xff\xfeSupp\xe9rt"),
    "an integer of 5000 digits": lambda body: body.replace(b"36900", b"9" * 5_000),
    "nested without end": lambda body: body.replace(b'"Support"', b"[" * DEEP + b"]" * DEEP),
}


@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize("body", BODIES)
def test_a_body_that_is_no_answer(line: Line, operation: str, body: str) -> None:
    content = BODIES[body](json.dumps(EXAMPLES[operation]).encode())
    error = refused(line, CALLS[operation], content)
    (wrong,) = error.invalid
    assert (wrong.index, wrong.id, wrong.field) == (None, None, "")
    assert wrong.reason
    assert wrong.reason in str(error)
    assert f"{operation}PersonalAccessToken" in str(error)
    assert CREATED_EXAMPLE["secret"] not in f"{error}{error!r}{error.invalid}"
    assert "log in" not in str(error)
    assert len(str(error)) < 400


@pytest.mark.parametrize(
    ("operation", "body"), [("list", LISTED_EXAMPLE), ("list", {}), ("create", [CREATED_EXAMPLE])]
)
def test_the_wrong_shape(line: Line, operation: str, body: Json) -> None:
    error = refused(line, CALLS[operation], encoded(body))
    assert "expected an" in error.invalid[0].reason
    assert CREATED_EXAMPLE["secret"] not in f"{error}{error!r}{error.invalid}"


# --- statuses that were not declared --------------------------------------------------------------


@pytest.mark.parametrize("status", [201, 202, 203, 204, 206, 226, 299])
def test_a_listing_with_another_status(line: Line, status: int) -> None:
    content = b"" if status == 204 else encoded([LISTED_EXAMPLE])
    error = refused(line, listed, content, status)
    assert str(status) in error.invalid[0].reason
    assert str(status) in str(error)


@pytest.mark.parametrize("status", [201, 202, 203, 206, 226, 299])
def test_a_create_with_another_status_does_not_lose_the_secret(line: Line, status: int) -> None:
    error = refused(line, created, encoded(CREATED_EXAMPLE), status)
    (wrong,) = error.invalid
    assert str(status) in wrong.reason
    assert wrong.id == CREATED_EXAMPLE["id"]
    assert str(status) in str(error)
    holds_the_secret(error, CREATED_EXAMPLE["secret"])


@pytest.mark.parametrize("status", [202, 204])
def test_a_create_with_another_status_and_no_secret(line: Line, status: int) -> None:
    error = refused(line, created, b"", status)
    assert str(status) in str(error)
    assert error.secret is None


@pytest.mark.parametrize("status", [200, 201, 202, 299])
@pytest.mark.parametrize("content", [b"", b"{}", encoded(LISTED_EXAMPLE)])
def test_a_delete_with_another_status(line: Line, status: int, content: bytes) -> None:
    def deleted(line: Line) -> None:
        with line.answering(answer_of(content, status)):
            line.client().delete("an-id")

    error = refused(line, deleted)
    assert str(status) in str(error)
    assert "deletePersonalAccessToken" in str(error)


def test_a_broken_record_does_not_hide_the_one_that_get_wants(line: Line) -> None:
    broken = {**LISTED_EXAMPLE, "id": "broken", "created": "yesterday"}
    pats: PatClient = line.client()
    with line.answering(answer_of(encoded([broken, LISTED_EXAMPLE]))):
        says(LISTED_EXAMPLE, pats.get(LISTED_EXAMPLE["id"]))
        with pytest.raises(UnexpectedResponseError):
            pats.get("broken")
