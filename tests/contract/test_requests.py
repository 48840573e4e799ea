"""What the facade sends fits the contract, whatever it is asked; what cannot fit is not sent."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sailpoint_pat import NotFoundError, OutcomeUnknownError, RotationError, SailPointError
from sailpoint_pat.testing import FakeTenant
from tests.contract.contract import CONTRACT
from tests.contract.drawn import MOMENTS, TEXTS, encoded, examples, from_schema, is_utf8
from tests.contract.line import (
    ACCESS_TOKEN,
    CLIENT_ID,
    CLIENT_SECRET,
    HOST,
    VERSIONS,
    Line,
    as_the_contract_shows,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypothesis.strategies import SearchStrategy

    from sailpoint_pat import PatClient

COLLECTION = "/personal-access-tokens"

FUTURES = st.datetimes(datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  its zone follows
PASTS = st.datetimes(max_value=datetime(2026, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  the same
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
    "expires_at": MOMENTS | PASTS,
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
    assert CONTRACT.wrong_with(request) == []
    assert str(request.url).startswith(f"{HOST}/{version}{COLLECTION}")
    assert request.headers["Authorization"] == f"Bearer {ACCESS_TOKEN}"
    assert request.headers["Accept"] == "application/json"
    assert not request.url.fragment
    has_body = request.method == "POST"
    assert ("Content-Type" in request.headers) == has_body
    assert bool(request.content) == has_body


def query_of(request: httpx.Request) -> dict[str, str]:
    """The parameters that a server reads in the query, each of which comes once."""
    pairs = parse_qsl(
        request.url.query.decode("ascii"),
        keep_blank_values=True,
        strict_parsing=bool(request.url.query),
        errors="strict",
    )
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


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


# --- list -----------------------------------------------------------------------------------------


@given(
    version=st.sampled_from(VERSIONS),
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
    wanted: dict[str, str] = {}
    refused = (
        sum(bool(arguments.get(n)) for n in ("last_used_before", "never_used"))
        + ("filters" in arguments)
        > 1
    )
    for name, parameter in (("owner", "owner-id"), ("filters", "filters")):
        if name in arguments:
            wanted[parameter] = arguments[name]
            refused = refused or not is_text(arguments[name])
    moment = in_utc(arguments["last_used_before"]) if "last_used_before" in arguments else None
    refused = refused or (moment is None and "last_used_before" in arguments)
    with line.answering() as requests:
        if refused:
            with pytest.raises(ValueError, match=r"."):
                line.client(version).list(**arguments)
            assert requests == []
            return
        line.client(version).list(**arguments)
    (request,) = requests
    conforms(request, version)
    assert (request.method, request.url.path) == ("GET", f"/{version}{COLLECTION}")
    sent = query_of(request)
    if moment is not None:
        operator, _, text = sent.pop("filters").rpartition(" ")
        assert operator == "lastUsed le"
        assert read_milliseconds(text) == moment
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
        line.client().get(token_id, owner=owner)
    assert len(requests) == sendable
    for request in requests:
        conforms(request)
        assert request.url.path == f"/v3{COLLECTION}"
        assert query_of(request) == ({} if owner is None else {"owner-id": owner})


# --- create ---------------------------------------------------------------------------------------


@given(
    version=st.sampled_from(VERSIONS),
    name=TEXTS | st.just("export"),
    arguments=CREATIONS,
)
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
    assert (request.method, request.url.path) == ("POST", f"/{version}{COLLECTION}")
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
    right &= not (never and version in {"v3", "v2024"})
    right &= bool(ways or never or version not in {"v2025", "v2026"})
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


def test_the_edges_of_the_lifetime_of_access_tokens(line: Line) -> None:
    with line.answering() as requests:
        for edge in EDGES:
            with pytest.raises(ValueError, match="access_token_ttl"):
                line.client().create("export", access_token_ttl=edge)
        assert requests == []
        for seconds in (15, 43_200):
            line.client().create("export", access_token_ttl=timedelta(seconds=seconds))
    bodies = [json.loads(request.content) for request in requests]
    assert [body["accessTokenValiditySeconds"] for body in bodies] == [15, 43_200]


@pytest.mark.parametrize("kind", [iter, tuple, dict.fromkeys, lambda scopes: (s for s in scopes)])
def test_scopes_may_be_any_iterable(line: Line, kind: Any) -> None:
    with line.answering() as requests:
        line.client().create("export", scopes=kind(["b:read", "a:read"]))
    (request,) = requests
    conforms(request)
    assert json.loads(request.content)["scope"] == ["b:read", "a:read"]


NO_TEXT = [None, 5, True, b"bytes", ["list"], {"a": 1}, datetime(2030, 1, 1, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        *(("list", {"owner": value}) for value in NO_TEXT[1:]),
        *(("list", {"filters": value}) for value in NO_TEXT[1:]),
        *(("list", {"last_used_before": value}) for value in ("2030-01-01T00:00:00Z", 5)),
        *(("get", {"token_id": value}) for value in NO_TEXT),
        *(("get", {"token_id": "a", "owner": value}) for value in NO_TEXT[1:]),
        *(("create", {"name": value}) for value in NO_TEXT),
        *(("create", {"name": "a", "scopes": value}) for value in (5, [5], [None], [b"x"], b"x")),
        *(("create", {"name": "a", "expires_in": value}) for value in (5, "P1D", 0)),
        *(("create", {"name": "a", "expires_at": value}) for value in ("2030-01-01", 5)),
        *(("create", {"name": "a", "access_token_ttl": value}) for value in (900, "900", 0)),
        *(("create", {"name": "a", "if_unknown": value}) for value in ("ignore", None)),
        *(("delete", {"token_id": value}) for value in NO_TEXT),
        *(("delete_many", {"token_ids": value}) for value in ("abc", [None], ["a", 5], [b"x"])),
        *(("rotate", {"token_id": value, "save": print}) for value in NO_TEXT),
        *(("rotate", {"token_id": "a", "save": value}) for value in (None, "print")),
        *(("rotate", {"token_id": "a", "save": print, "name": value}) for value in NO_TEXT[1:]),
    ],
)
def test_values_of_the_wrong_type_are_not_sent(
    line: Line, method: str, arguments: dict[str, Any]
) -> None:
    with line.answering() as requests, pytest.raises(ValueError, match=r"."):
        getattr(line.client(), method)(**arguments)
    assert requests == []


# --- delete ---------------------------------------------------------------------------------------


def id_of(request: httpx.Request) -> str:
    """The one segment of the path that the id is in, decoded."""
    raw_path = request.url.raw_path.decode("ascii")
    start, _, segment = raw_path.rpartition("/")
    assert start == f"/v3{COLLECTION}"
    assert segment
    assert "?" not in segment
    return unquote(segment, errors="strict")


@given(token_id=TEXTS, missing_ok=st.booleans())
@examples(70)
def test_delete(line: Line, token_id: str, missing_ok: bool) -> None:  # noqa: FBT001  drawn
    with line.answering() as requests:
        if not is_id(token_id):
            with pytest.raises(ValueError, match=r"."):
                line.client().delete(token_id, missing_ok=missing_ok)
            assert requests == []
            return
        line.client().delete(token_id, missing_ok=missing_ok)
    (request,) = requests
    conforms(request)
    assert request.method == "DELETE"
    assert id_of(request) == token_id


@given(token_ids=st.lists(TEXTS.filter(is_id), max_size=5) | st.lists(TEXTS, max_size=4))
@examples(40)
def test_delete_many(line: Line, token_ids: list[str]) -> None:
    with line.answering() as requests:
        if not all(map(is_id, token_ids)):
            with pytest.raises(ValueError, match=r"."):
                line.client().delete_many(token_ids)
            assert requests == []
            return
        line.client().delete_many(token_ids)
    for request in requests:
        conforms(request)
        assert request.method == "DELETE"
    assert sorted(map(id_of, requests)) == sorted(set(token_ids))


@pytest.mark.parametrize("letter", ["x", "\U0001f511"])
def test_what_is_too_long_for_a_url_is_not_sent(line: Line, letter: str) -> None:
    longest = letter * (16_384 // (1 if letter == "x" else 12))
    too_long = longest + letter
    with line.answering() as requests:
        line.client().delete(longest)
        line.client().list(longest, filters=longest)
        line.client().create(too_long * 10, scopes=[too_long * 10])
    for request in requests:
        conforms(request)
    assert id_of(requests[0]) == longest
    assert query_of(requests[1]) == {"owner-id": longest, "filters": longest}
    with line.answering() as requests:
        for call in (
            lambda: line.client().delete(too_long),
            lambda: line.client().delete_many(["a", too_long]),
            lambda: line.client().list(too_long),
            lambda: line.client().list(filters=too_long),
            lambda: line.client().get("a", owner=too_long),
            lambda: line.client().rotate(too_long, save=print),
        ):
            with pytest.raises(ValueError, match="too long") as refused:
                call()
            assert len(str(refused.value)) < 100
    assert requests == []


# --- what takes several calls ---------------------------------------------------------------------


@given(name=TEXTS.filter(is_text), if_unknown=st.sampled_from(["raise", "replace"]))
@examples(30)
def test_the_look_after_a_lost_create(line: Line, name: str, if_unknown: Any) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            raise httpx.ReadError("cut off", request=request)
        return as_the_contract_shows(request)

    with line.answering(answer) as requests:
        with pytest.raises(OutcomeUnknownError) as lost:
            line.client().create(name, if_unknown=if_unknown)
        line.client().find_orphan(lost.value)
    for request in requests:
        conforms(request)
    listings = [request for request in requests if request.method == "GET"]
    assert listings
    assert all(query_of(request) == {"owner-id": "me"} for request in listings)


OLD_TOKENS = from_schema(CONTRACT.answer_schema("listPersonalAccessTokens")["items"])


@given(
    version=st.sampled_from(VERSIONS),
    old=OLD_TOKENS,
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

    pats: PatClient = line.client(version, pair=True)
    with line.answering(answer) as requests:
        try:
            pats.rotate(old["id"], save=lambda _new: None, name=name, **expiry)
        except ValueError:
            assert requests == []
        except RotationError:
            pass  # Not every token can be made again: what was sent on the way has to be right.
    for request in requests:
        if request.url.path == "/oauth/token":
            form = dict(parse_qsl(request.content.decode("ascii"), strict_parsing=True))
            assert request.url.query == b""
            assert form["grant_type"] == "client_credentials"
            assert form["client_id"] == CLIENT_ID or request is not requests[0]
        else:
            conforms(request, version)
        assert CLIENT_SECRET not in str(request.url)
    for request in requests:
        if request.method == "POST" and request.url.path.endswith(COLLECTION):
            sent = json.loads(request.content)
            assert sent.get("scope") == old["scope"]
            lifetime = old.get("accessTokenValiditySeconds")
            assert sent["accessTokenValiditySeconds"] == (43_200 if lifetime is None else lifetime)


# --- over real HTTP -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def open_tenant() -> Iterator[FakeTenant]:
    with FakeTenant(rate_limit=None) as tenant:
        yield tenant
        assert tenant.violations == [], "the contract was broken"


@pytest.fixture(scope="module")
def pats(line: Line, open_tenant: FakeTenant) -> PatClient:
    return line.connect(open_tenant, rate_limit=None)


SOME_TEXTS = TEXTS.filter(is_id)


@given(
    name=SOME_TEXTS,
    arguments=st.fixed_dictionaries(
        {},
        optional={
            "scopes": st.lists(SOME_TEXTS, min_size=1, max_size=3),
            "expires_at": FUTURES,
            "access_token_ttl": TTLS,
        },
    ),
)
@examples(15)
def test_a_tenant_keeps_what_was_asked_for(
    open_tenant: FakeTenant, pats: PatClient, name: str, arguments: dict[str, Any]
) -> None:
    issued = pats.create(name, **arguments)
    try:
        kept = open_tenant.tokens[issued.id]
        assert kept.name == name
        assert kept.scopes == tuple(arguments.get("scopes", ["sp:scopes:all"]))
        assert kept.access_token_ttl == arguments.get("access_token_ttl", timedelta(hours=12))
        if "expires_at" in arguments:
            assert kept.expires_at == in_utc(arguments["expires_at"])
    finally:
        pats.delete(issued.id)
    assert issued.id not in open_tenant.tokens


@given(token_id=SOME_TEXTS, owner=SOME_TEXTS)
@examples(15)
def test_a_tenant_reads_the_ids_that_were_given(
    open_tenant: FakeTenant, pats: PatClient, token_id: str, owner: str
) -> None:
    open_tenant.clear_log()
    with pytest.raises(NotFoundError):
        pats.delete(token_id)
    try:
        pats.list(owner)
    except SailPointError as error:
        pytest.fail(f"the tenant refused the listing of {owner!r}: {error}")
    deletion, listing = open_tenant.requests[-2:]
    assert unquote(deletion.path.removeprefix(f"/v3{COLLECTION}/")) == token_id
    assert deletion.path.count("/") == 3
    assert dict(parse_qsl(listing.query, keep_blank_values=True)) == {"owner-id": owner}
