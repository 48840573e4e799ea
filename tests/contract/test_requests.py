"""What the facade sends fits the contract, whatever it is asked; what cannot fit is not sent."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, unquote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from sailpoint_pat import NotFoundError, RotationError
from tests.contract.conftest import (
    ACCESS_TOKEN,
    CLIENT_ID,
    CLIENT_SECRET,
    Line,
    as_the_contract_shows,
)
from tests.contract.contract import CONTRACT, HOST
from tests.contract.drawn import LISTED, MOMENTS, TEXTS, encoded, examples, is_utf8

SIX_MONTHS_AT_MOST = ("v3", "v2024", "beta")
SAY_WHEN = ("v2025", "v2026", "v1")
ADDRESSES = {
    version: f"/{version}/personal-access-tokens" for version in (*SIX_MONTHS_AT_MOST, *SAY_WHEN)
} | {"v1": "/personal-access-tokens/v1"}
VERSIONS = st.sampled_from(list(ADDRESSES))

FUTURES = st.datetimes(datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  its zone follows
LIFETIMES = st.timedeltas(timedelta(milliseconds=1), timedelta(days=3650))
TTLS = st.integers(15, 43_200).map(lambda seconds: timedelta(seconds=seconds))
EDGES = [timedelta(seconds=seconds) for seconds in (0, 14, 14.999999, 15.000001, 43_199.5, 43_201)]

# What a create takes: mostly what it should, and a value of any kind in place of one of them.
WAYS_TO_EXPIRE: list[dict[str, SearchStrategy[Any]]] = [
    {},
    {"expires_in": LIFETIMES},
    {"expires_at": FUTURES},
    {"never_expires": st.booleans()},
]
FINE: dict[str, SearchStrategy[Any]] = {
    "scopes": st.lists(TEXTS.filter(str.isprintable).filter(str.strip), min_size=1, max_size=4),
    "access_token_ttl": TTLS,
}
WILD: dict[str, SearchStrategy[Any]] = {
    "scopes": TEXTS | st.lists(TEXTS, max_size=4) | st.lists(TEXTS, max_size=3).map(tuple),
    "expires_in": st.timedeltas(),
    "expires_at": MOMENTS,
    "access_token_ttl": st.timedeltas() | st.sampled_from(EDGES),
}
CREATIONS = st.builds(
    lambda *parts: {name: value for part in parts for name, value in part.items()},
    st.one_of(*map(st.fixed_dictionaries, WAYS_TO_EXPIRE)),
    st.fixed_dictionaries({}, optional=FINE),
    st.one_of(st.just({}), *(st.fixed_dictionaries({name: WILD[name]}) for name in WILD)),
)


def conforms(request: httpx.Request, version: str = "v3") -> None:
    """Hold one request to the contract, and to what it cannot say."""
    assert CONTRACT.wrong_with(request) is None
    assert str(request.url).startswith(f"{HOST}{ADDRESSES[version]}")
    assert request.headers["Authorization"] == f"Bearer {ACCESS_TOKEN}"
    assert request.headers["Accept"] == "application/json"
    assert not request.url.fragment
    has_body = request.method == "POST"
    assert ("Content-Type" in request.headers) == has_body
    assert bool(request.content) == has_body


def query_of(request: httpx.Request) -> dict[str, str]:
    """The parameters that a server reads in the query, each of which comes once."""
    query = request.url.query.decode("ascii")
    pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query), errors="strict")
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


def id_of(request: httpx.Request, version: str = "v3") -> str:
    """The one segment of the path that the id is in, decoded."""
    start, _, segment = request.url.raw_path.decode("ascii").rpartition("/")
    assert (request.method, start) == ("DELETE", ADDRESSES[version])
    assert segment
    assert "?" not in segment
    return unquote(segment, errors="strict")


def is_text(value: str) -> bool:
    """Whether something stands in it, and it can be sent."""
    return bool(value.strip()) and is_utf8(value)


def is_id(value: str) -> bool:
    return is_text(value) and value not in {".", ".."}


def in_utc(moment: datetime) -> datetime | None:
    """The moment as the API is told it; None where it cannot be."""
    if moment.tzinfo is None:
        return None
    try:
        utc = moment.astimezone(UTC)
    except OverflowError:
        return None
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


def read_milliseconds(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


@pytest.mark.parametrize("version", ADDRESSES)
def test_clients_of_each_flavour_send_alike(line_of_each_flavour: Line, version: str) -> None:
    pats = line_of_each_flavour.client(version)
    day = datetime(2100, 1, 1, tzinfo=UTC)
    with line_of_each_flavour.answering() as requests:
        pats.list("me", never_used=True)
        pats.create("a", scopes=["b"], expires_at=day, access_token_ttl=timedelta(minutes=1))
        pats.delete("c/d")
    for request in requests:
        conforms(request, version)
    listing, create, delete = requests
    assert query_of(listing) == {"owner-id": "me", "filters": "lastUsed isnull"}
    assert json.loads(create.content) == {
        "name": "a",
        "scope": ["b"],
        "expirationDate": "2100-01-01T00:00:00.000Z",
        "accessTokenValiditySeconds": 60,
    }
    assert id_of(delete, version) == "c/d"


# --- list -----------------------------------------------------------------------------------------


@given(
    version=VERSIONS,
    arguments=st.fixed_dictionaries(
        {},
        optional={
            "owner": TEXTS,
            "last_used_before": MOMENTS,
            "never_used": st.booleans(),
            "filters": TEXTS,
        },
    ),
)
@examples(70)
def test_list(line: Line, version: str, arguments: dict[str, Any]) -> None:
    texts = {"owner": "owner-id", "filters": "filters"}
    wanted = {texts[name]: arguments[name] for name in texts if name in arguments}
    moment = in_utc(arguments["last_used_before"]) if "last_used_before" in arguments else None
    ways = [arguments.get("never_used"), "last_used_before" in arguments, "filters" in arguments]
    right = sum(map(bool, ways)) <= 1 and all(map(is_text, wanted.values()))
    right &= moment is not None or "last_used_before" not in arguments
    with line.answering() as requests:
        if not right:
            with pytest.raises(ValueError, match=r"."):
                line.client(version).list(**arguments)
            assert requests == []
            return
        line.client(version).list(**arguments)
    (request,) = requests
    conforms(request, version)
    assert (request.method, request.url.path) == ("GET", ADDRESSES[version])
    sent = query_of(request)
    if moment is not None:
        operator, _, text = sent.pop("filters").rpartition(" ")
        assert (operator, read_milliseconds(text)) == ("lastUsed le", moment)
    if arguments.get("never_used"):
        assert sent.pop("filters") == "lastUsed isnull"
    assert sent == wanted


@given(token_id=TEXTS, owner=st.none() | TEXTS)
@examples(40)
def test_get_is_a_listing_that_does_not_say_which_token(
    line: Line, token_id: str, owner: str | None
) -> None:
    sendable = is_text(token_id) and (owner is None or is_text(owner))
    with line.answering() as requests, pytest.raises(NotFoundError if sendable else ValueError):
        line.client("v1").get(token_id, owner=owner)
    assert len(requests) == sendable
    for request in requests:
        conforms(request, "v1")
        assert query_of(request) == ({} if owner is None else {"owner-id": owner})


# --- create ---------------------------------------------------------------------------------------


@given(version=VERSIONS, name=TEXTS | st.just("export"), arguments=CREATIONS)
@examples(200)
def test_create(line: Line, version: str, name: str, arguments: dict[str, Any]) -> None:
    before = datetime.now(UTC)
    wanted = wanted_body(version, name, arguments, before)
    with line.answering() as requests:
        if wanted is None:
            with pytest.raises(ValueError, match=r"."):
                line.client(version).create(name, **arguments)
            assert requests == []
            return
        line.client(version).create(name, **arguments)
    (request,) = requests
    conforms(request, version)
    assert (request.method, request.url.path) == ("POST", ADDRESSES[version])
    assert request.url.query == b""
    sent = json.loads(request.content)
    if "expires_in" in arguments:
        expires = read_milliseconds(sent.pop("expirationDate"))
        late = expires - arguments["expires_in"] - before
        assert timedelta(milliseconds=-1) <= late <= datetime.now(UTC) - before
    elif "expires_at" in arguments:
        assert read_milliseconds(sent.pop("expirationDate")) == in_utc(arguments["expires_at"])
    assert sent == wanted


def wanted_body(
    version: str, name: str, arguments: dict[str, Any], now: datetime
) -> dict[str, Any] | None:
    """What a create is to send, but for the expiry; None where it is to be refused."""
    body: dict[str, Any] = {"name": name}
    ways = [way for way in ("expires_in", "expires_at") if way in arguments]
    never = arguments.get("never_expires", False)
    right = is_text(name) and len(ways) + never <= 1
    right &= not (never and version in SIX_MONTHS_AT_MOST)
    right &= bool(ways or never or version not in SAY_WHEN)
    if "scopes" in arguments:
        scopes = arguments["scopes"]
        body["scope"] = list(scopes)
        right &= not isinstance(scopes, str) and len(scopes) > 0 and all(map(is_text, scopes))
    if "access_token_ttl" in arguments:
        seconds = arguments["access_token_ttl"] / timedelta(seconds=1)
        body["accessTokenValiditySeconds"] = int(seconds)
        right &= seconds.is_integer() and 15 <= seconds <= 43_200
    if "expires_in" in arguments:
        right &= timedelta() < arguments["expires_in"] < datetime.max.replace(tzinfo=UTC) - now
    if "expires_at" in arguments:
        moment = in_utc(arguments["expires_at"])
        right &= moment is not None and moment > now
    if never:
        body["userAwareTokenNeverExpires"] = True
    return body if right else None


# --- delete ---------------------------------------------------------------------------------------


@given(
    version=VERSIONS,
    token_ids=st.lists(TEXTS.filter(is_id), max_size=5) | st.lists(TEXTS, max_size=4),
)
@examples(80)
def test_delete(line: Line, version: str, token_ids: list[str]) -> None:
    pats = line.client(version)
    with line.answering() as requests:
        if not all(map(is_id, token_ids)):
            with pytest.raises(ValueError, match=r"."):
                pats.delete_many(token_ids)
            assert requests == []
            return
        pats.delete_many(token_ids)
    for request in requests:
        conforms(request, version)
    assert sorted(id_of(each, version) for each in requests) == sorted(set(token_ids))


# --- what takes several calls ---------------------------------------------------------------------


@given(
    version=VERSIONS,
    old=LISTED,
    name=st.none() | TEXTS,
    expiry=st.fixed_dictionaries({}, optional={"expires_in": LIFETIMES, "expires_at": FUTURES}),
)
@examples(40)
def test_a_rotation_sends_nothing_that_the_contract_forbids(
    line: Line, version: str, old: dict[str, Any], name: str | None, expiry: dict[str, Any]
) -> None:
    """Also where the old token has a name, scopes or a lifetime that cannot be asked for."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, content=encoded([old]))
        return as_the_contract_shows(request)

    with line.answering(answer) as requests:
        try:
            pats = line.client(version, pair=True)
            pats.rotate(old["id"], save=lambda _new: None, name=name, **expiry)
        except ValueError:
            assert requests == []
        except RotationError:
            pass  # Not every token can be made again: what was sent on the way has to be right.
    for request in requests:
        assert CLIENT_SECRET not in str(request.url)
        if request.url.path == "/oauth/token":
            form = dict(parse_qsl(request.content.decode("ascii"), strict_parsing=True))
            assert request.url.query == b""
            assert form["grant_type"] == "client_credentials"
            assert form["client_id"] == CLIENT_ID or request is not requests[0]
            continue
        conforms(request, version)
        if request.method == "POST":
            sent = json.loads(request.content)
            assert sent.get("scope") == old.get("scope")
            lifetime = old.get("accessTokenValiditySeconds")
            assert sent["accessTokenValiditySeconds"] == (43_200 if lifetime is None else lifetime)
