"""What hypothesis draws: arguments, and the records of answers."""

import json
import os
import re
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.contract.contract import CONTRACT, Json

# No time limit for one example: the machine is shared. No database: tests run in parallel, and what
# failed is printed as a line that repeats it. Where a change waits to land (CI) the same is drawn
# each time: what chance finds there is no fault of that change.
settings.register_profile(
    "contract",
    deadline=None,
    database=None,
    print_blob=True,
    derandomize=bool(os.environ.get("CI")),
)


def examples(number: int) -> settings:
    return settings(settings.get_profile("contract"), max_examples=number)


AWKWARD = (
    *("", " ", "\t\n", "\u00a0", ".", "..", "...", "../x", "a/b?c#d", "%2F", "%2e%2e", "%", "%zz"),
    *("a b", "a+b", ";", "&owner-id=me", "=", "{id}", "//host/x", "https://host/x", "\\", "me"),
    *("\x00", "a\r\nX-Header: y", "\x7f", "\u2028", "\u202e", "\ufeff", "\ufffe", "e\u0301"),
    *("\U0001f511", "\ud800", "a\udfffb", "x" * 500),
)

TEXTS = st.one_of(st.sampled_from(AWKWARD), st.text(st.characters(), max_size=30))
"""Any text at all; `st.characters()` draws lone surrogates too."""

OFFSETS = st.timedeltas(timedelta(hours=-23, minutes=-59), timedelta(hours=23, minutes=59)).map(
    timezone
)
MOMENTS = st.datetimes(timezones=st.one_of(st.none(), st.just(UTC), OFFSETS)) | st.sampled_from(
    [
        datetime(1, 1, 1),  # noqa: DTZ001  one without a zone
        datetime.min.replace(tzinfo=UTC),
        datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
        datetime.max.replace(tzinfo=UTC),
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-12))),
    ]
)
"""Any datetime at all, with and without a time zone."""


def is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


# --- answers --------------------------------------------------------------------------------------

_ANY_JSON: SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
_HOURS = st.tuples(st.integers(0, 23), st.integers(0, 59)).map(
    lambda both: f"{both[0]:02}:{both[1]:02}"
)


@st.composite
def date_times(draw: st.DrawFn) -> str:
    """Every way that RFC 3339 writes a moment, but for leap seconds, which Python cannot hold."""
    moment = draw(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)))  # noqa: DTZ001  its zone follows
    date, time = moment.isoformat(timespec="seconds").split("T")
    fraction = draw(st.just("") | st.from_regex(r"\.[0-9]{1,9}", fullmatch=True))
    offset = draw(st.sampled_from("ZZz") | st.builds("{}{}".format, st.sampled_from("+-"), _HOURS))
    return f"{date}{draw(st.sampled_from('TTt'))}{time}{fraction}{offset}"


_RFC3339 = re.compile(
    r"(?P<seconds>.{10}[Tt].{8})(?:\.(?P<fraction>\d+))?(?:[Zz]|(?P<sign>[+-])(?P<h>..):(?P<m>..))"
)


def moment_of(text: str) -> datetime:
    """The moment that a date-time means, to the microsecond: read in another way than ours."""
    found = _RFC3339.fullmatch(text)
    assert found is not None
    local = datetime.strptime(found["seconds"].upper(), "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)
    microseconds = int((found["fraction"] or "0").ljust(6, "0")[:6])
    offset = timedelta(hours=int(found["h"] or 0), minutes=int(found["m"] or 0))
    sign = -1 if found["sign"] == "-" else 1
    return local + timedelta(microseconds=microseconds) - sign * offset


_NAMES = st.text(st.characters(), min_size=1, max_size=20)
_STRINGS = st.none() | st.text(st.characters(), max_size=20)
_IDENTITY: dict[str, SearchStrategy[Json]] = {
    "id": _NAMES,
    "name": _NAMES,
    "created": date_times(),
    # A secret of a few characters could be part of any message by accident.
    "secret": st.text("0123456789abcdef", min_size=64, max_size=64),
}
_OWNER = dict.fromkeys(("type", "id", "name"), _STRINGS)
_FIELDS: dict[str, SearchStrategy[Json]] = {
    "scope": st.none() | st.lists(st.text(st.characters(), max_size=20), max_size=3),
    "accessTokenValiditySeconds": st.none() | st.integers(-(2**31), 2**31 - 1),
    "expirationDate": st.none() | date_times(),
    "userAwareTokenNeverExpires": st.none() | st.booleans(),
    "lastUsed": st.none() | date_times(),
    "managed": st.none() | st.booleans(),
}
KNOWN = {*_IDENTITY, *_FIELDS, "owner"}


def _with_others(
    known: SearchStrategy[dict[str, Json]], names: set[str]
) -> SearchStrategy[dict[str, Json]]:
    """The same with fields that the facade has no place for, of these names or of nobody's."""
    invented = st.text(max_size=12).map("x{}".format)
    name = st.sampled_from(sorted(names)) | invented if names else invented
    others = st.dictionaries(name, _ANY_JSON, max_size=2)
    return st.builds(lambda others, known: {**others, **known}, others, known)


def _records(operation_id: str, identity: set[str]) -> SearchStrategy[dict[str, Json]]:
    schema = CONTRACT.answer(operation_id)["schema"]
    fields = schema.get("items", schema)["properties"]
    owner_fields = set(fields["owner"]["properties"]) - set(_OWNER)
    owner = st.none() | _with_others(st.fixed_dictionaries({}, optional=_OWNER), owner_fields)
    known = st.fixed_dictionaries(
        {name: _IDENTITY[name] for name in identity}, optional={**_FIELDS, "owner": owner}
    )
    return _with_others(known, set(fields) - KNOWN)


LISTED = _records("listPersonalAccessTokens", {"id", "name", "created"})
CREATED = _records("createPersonalAccessToken", {"id", "name", "created", "secret"})
"""Anything that the API may say of a token: nulls, missing and new fields included."""


def encoded(value: Json) -> bytes:
    """The JSON of a value: as text where UTF-8 can carry it, else with escapes."""
    text = json.dumps(value, ensure_ascii=False)
    return text.encode() if is_utf8(text) else json.dumps(value).encode()
