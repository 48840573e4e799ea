"""What each kind of finding is: where it begins, how severe it is, since when."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from sailpoint_pat import InvalidRecord, Owner, PersonalAccessToken
from sailpoint_pat.audit import KINDS, Finding, Policy, audit
from tests.support.tokens import DAY, NOW, SECOND, SUPPORT, TICK, make_owner, make_token


def found(*tokens: PersonalAccessToken, policy: Policy = Policy()) -> list[tuple[str, str]]:  # noqa: B008
    """Return the kind and severity of each finding."""
    report = audit(tokens, policy, now=NOW)
    return [(finding.kind, finding.severity) for finding in report.findings]


def find(token: PersonalAccessToken, policy: Policy = Policy()) -> Finding:  # noqa: B008
    """Return the one finding about a token."""
    [finding] = audit([token], policy, now=NOW).findings
    assert (finding.token_id, finding.token_name) == (token.id, token.name)
    return finding


def test_nothing_is_found_where_all_is_well() -> None:
    report = audit([make_token()], now=NOW)
    assert report.findings == report.accepted == report.gone == ()
    assert report.summary.tokens == 1


def test_an_empty_listing_has_no_findings() -> None:
    report = audit([], now=NOW)
    assert report.findings == ()
    assert report.tenants[0].status == "ok"
    assert report.by_owner() == ()
    assert report.by_kind() == {}


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (-100 * DAY, [("expired", "high")]),
        (-TICK, [("expired", "high")]),
        (0 * DAY, [("expired", "high")]),
        (TICK, [("expiring", "high")]),
        (7 * DAY, [("expiring", "high")]),
        (7 * DAY + TICK, [("expiring", "medium")]),
        (30 * DAY, [("expiring", "medium")]),
        (30 * DAY + TICK, []),
    ],
)
def test_a_token_expires(left: timedelta, expected: list[tuple[str, str]]) -> None:
    assert found(make_token(expires_at=NOW + left)) == expected


@pytest.mark.parametrize(
    ("fields", "kinds"),
    [
        ({"expires_at": None, "never_expires": True}, ["never-expires"]),
        ({"expires_at": None, "never_expires": False}, ["never-expires"]),
        ({"expires_at": NOW + 90 * DAY, "never_expires": True}, ["never-expires"]),
        ({"expires_at": NOW + DAY, "never_expires": True}, ["expiring", "never-expires"]),
        ({"expires_at": NOW - DAY, "never_expires": True}, ["expired"]),
    ],
)
def test_a_token_never_expires(fields: dict[str, Any], kinds: list[str]) -> None:
    assert [kind for kind, _ in found(make_token(**fields))] == kinds


@pytest.mark.parametrize(
    ("ago", "expected"),
    [
        (90 * DAY - TICK, []),
        (90 * DAY, [("unused", "medium")]),
        (1000 * DAY, [("unused", "medium")]),
        (-DAY, []),  # by a clock that is ahead
    ],
)
def test_a_token_is_no_longer_used(ago: timedelta, expected: list[tuple[str, str]]) -> None:
    token = make_token(created_at=NOW - 2000 * DAY, last_used_at=NOW - ago)
    assert found(token) == expected


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (30 * DAY, []),
        (30 * DAY + TICK, [("never-used", "low")]),
        (-DAY, []),  # by a clock that is ahead
    ],
)
def test_a_token_was_never_used(age: timedelta, expected: list[tuple[str, str]]) -> None:
    assert found(make_token(created_at=NOW - age, last_used_at=None)) == expected


@pytest.mark.parametrize(
    ("scopes", "expected"),
    [
        (None, [("all-scopes", "medium")]),
        ((), [("all-scopes", "medium")]),
        (("sp:scopes:all",), [("all-scopes", "medium")]),
        (("idn:accounts:read", "sp:scopes:all"), [("all-scopes", "medium")]),
        (("idn:accounts:read",), []),
        (("sp:something:newer", "sp:scopes:all:read", "SP:SCOPES:ALL"), []),
    ],
)
def test_a_token_may_do_everything(
    scopes: tuple[str, ...] | None, expected: list[tuple[str, str]]
) -> None:
    assert found(make_token(scopes=scopes)) == expected


def test_how_long_access_tokens_live_is_of_no_interest_unless_told() -> None:
    assert found(make_token(access_token_ttl=timedelta(hours=12))) == []


@pytest.mark.parametrize(
    ("ttl", "expected"),
    [(timedelta(hours=1), []), (timedelta(hours=1) + SECOND, [("long-access-tokens", "low")])],
)
def test_access_tokens_live_longer_than_the_policy_allows(
    ttl: timedelta, expected: list[tuple[str, str]]
) -> None:
    policy = Policy(max_access_token_ttl=timedelta(hours=1))
    assert found(make_token(access_token_ttl=ttl), policy=policy) == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (8, []),
        (9, [("near-limit", "low")]),
        (10, [("near-limit", "low")]),
        (25, [("near-limit", "low")]),
    ],
)
def test_an_owner_has_nearly_as_many_tokens_as_are_allowed(
    number: int, expected: list[tuple[str, str]]
) -> None:
    assert found(*[make_token() for _ in range(number)]) == expected


def test_near_the_limit_is_a_finding_of_the_owner_and_not_of_a_token() -> None:
    tokens = [make_token(created_at=NOW - n * DAY) for n in range(10)]
    [finding] = audit(tokens, now=NOW).findings
    assert (finding.owner_id, finding.owner_name) == (SUPPORT.id, "Support")
    assert (finding.token_id, finding.token_name, finding.expires_at) == (None, None, None)
    assert finding.since == NOW - DAY, "the ninth was made then"
    assert finding.message == (
        "Has 10 tokens, and SailPoint allows 10 a person: revoke those that nothing needs, before "
        "a new one is refused."
    )


def test_the_limit_may_be_one() -> None:
    assert found(make_token(), policy=Policy(near_limit=1)) == [("near-limit", "low")]


def test_tokens_count_towards_the_limit_for_each_owner_alone() -> None:
    ours, theirs = make_owner("Ours"), make_owner("Theirs")
    tokens = [make_token(owner=owner) for owner in (ours, theirs) for _ in range(8)]
    assert found(*tokens) == []
    assert found(*tokens, make_token(owner=theirs)) == [("near-limit", "low")]


def test_expired_tokens_count_towards_the_limit() -> None:
    tokens = [make_token() for _ in range(8)]
    expired = make_token(expires_at=NOW - DAY)
    assert found(*tokens, expired) == [("expired", "high"), ("near-limit", "low")]


@pytest.mark.parametrize(
    ("include_managed", "expected"), [(False, []), (True, [("near-limit", "low")])]
)
def test_managed_tokens_count_towards_the_limit_if_the_policy_includes_them(
    *, include_managed: bool, expected: list[tuple[str, str]]
) -> None:
    tokens = [make_token() for _ in range(8)]
    policy = Policy(include_managed=include_managed)
    assert found(*tokens, make_token(managed=True), policy=policy) == expected


def test_tokens_without_an_owner_are_near_no_limit() -> None:
    tokens = [make_token(owner=None) for _ in range(20)]
    assert {kind for kind, _ in found(*tokens)} == {"ownerless"}


@pytest.mark.parametrize(
    ("owner", "owner_name"),
    [
        (None, None),
        ((None, None, None), None),
        ((None, "Support", "IDENTITY"), "Support"),
        (("", "Support", "IDENTITY"), "Support"),
    ],
)
def test_a_token_has_no_owner(owner: tuple[Any, ...] | None, owner_name: str | None) -> None:
    finding = find(make_token(owner=owner and Owner(*owner)))
    assert (finding.kind, finding.severity) == ("ownerless", "high")
    assert (finding.owner_id, finding.owner_name) == (None, owner_name)
    assert finding.since is None


def test_an_owner_without_a_name_is_an_owner() -> None:
    nameless: tuple[Any, ...] = ("2c9180867b50d088017b554662fb281e", None, None)
    assert found(make_token(owner=Owner(*nameless))) == []


@pytest.mark.parametrize("ago", [0 * DAY, DAY])
def test_an_expired_token_has_no_other_finding_but_that_it_has_no_owner(ago: timedelta) -> None:
    token = make_token(
        expires_at=NOW - ago,
        owner=None,
        scopes=None,
        last_used_at=None,
        created_at=NOW - 200 * DAY,
        never_expires=True,
        access_token_ttl=timedelta(hours=12),
    )
    policy = Policy(max_access_token_ttl=timedelta(hours=1))
    assert found(token, policy=policy) == [("expired", "high"), ("ownerless", "high")]


def test_an_expired_token_has_no_other_finding_where_expired_ones_are_of_no_interest() -> None:
    token = make_token(expires_at=NOW - DAY, scopes=None)
    assert found(token, policy=Policy(severity={"expired": "off"})) == []


def test_a_token_may_have_several_findings() -> None:
    token = make_token(
        expires_at=None, scopes=None, last_used_at=NOW - 99 * DAY, created_at=NOW - 99 * DAY
    )
    assert found(token) == [
        ("never-expires", "medium"),
        ("all-scopes", "medium"),
        ("unused", "medium"),
    ]


@pytest.mark.parametrize(
    ("record", "told"),
    [
        (
            InvalidRecord(3, "86f1dc6fe8f54414950454cbb11278fa", "created", "not a date"),
            (
                "Record 3 of the listing (from 0) could not be read (created: not a date), so this "
                "token was not audited"
            ),
        ),
        (
            InvalidRecord(0, None, "", "not an object"),
            (
                "Record 0 of the listing (from 0) could not be read (not an object), so this token "
                "was not audited"
            ),
        ),
        (
            InvalidRecord(None, None, "", "not a list"),
            "The listing could not be read (not a list), so nothing was audited",
        ),
    ],
)
def test_a_record_that_could_not_be_read_is_a_finding(record: InvalidRecord, told: str) -> None:
    report = audit([make_token()], now=NOW, unreadable=[record], tenant="acme")
    [finding] = report.findings
    assert (finding.kind, finding.severity, finding.tenant) == ("unreadable", "high", "acme")
    assert finding.token_id == record.id
    assert finding.message == (f"{told}: look at it in SailPoint, and tell SailPoint's support.")
    assert report.summary.tokens == 1


@pytest.mark.parametrize(
    ("fields", "since"),
    [
        ({"expires_at": NOW - 3 * DAY}, NOW - 3 * DAY),
        ({"expires_at": NOW + 3 * DAY, "created_at": NOW - 90 * DAY}, NOW - 27 * DAY),
        ({"expires_at": NOW + 3 * DAY, "created_at": NOW - 2 * DAY}, NOW - 2 * DAY),
        ({"expires_at": None}, NOW - 10 * DAY),
        ({"last_used_at": NOW - 100 * DAY}, NOW - 10 * DAY),
        ({"last_used_at": None, "created_at": NOW - 31 * DAY}, NOW - DAY),
        ({"scopes": None}, NOW - 10 * DAY),
        ({"scopes": None, "created_at": NOW + DAY}, NOW),  # by a clock that is ahead
    ],
)
def test_since_when(fields: dict[str, Any], since: datetime) -> None:
    assert find(make_token(**fields)).since == since


ROTATE = "rotate it where it is used, or revoke it if nothing needs it"


@pytest.mark.parametrize(
    ("fields", "seen", "advice"),
    [
        (
            {"expires_at": NOW - DAY},
            "Expired on 2026-05-31",
            "if something still needs it, make a new token for that; then revoke this one",
        ),
        ({"expires_at": NOW + SECOND}, "Expires on 2026-06-01, in less than a day", ROTATE),
        ({"expires_at": NOW + DAY}, "Expires on 2026-06-02, in 1 day", ROTATE),
        ({"expires_at": NOW + 12.5 * DAY}, "Expires on 2026-06-14, in 12 days", ROTATE),
        (
            {"expires_at": None},
            "Never expires",
            "replace it with a token that does, and rotate that one in time",
        ),
        (
            {"owner": None},
            "Has no owner",
            (
                "find out what uses this token, make a token of somebody who stays for that, and "
                "revoke this one"
            ),
        ),
        (
            {"scopes": None},
            "May do whatever its owner may",
            "replace it with a token that has only the scopes that it needs",
        ),
        (
            {"last_used_at": NOW - 100 * DAY},
            "Not used since 2026-02-21",
            "revoke it if nothing needs it",
        ),
        (
            {"last_used_at": None, "created_at": NOW - 99 * DAY},
            "Was made on 2026-02-22 and never used",
            "revoke it if nothing needs it",
        ),
        (
            {"access_token_ttl": DAY},
            "Its access tokens live 86400 s, and the policy allows 43200 s",
            "replace it with a token whose access tokens live shorter",
        ),
    ],
)
def test_the_sentence_says_what_was_seen_and_what_to_do(
    fields: dict[str, Any], seen: str, advice: str
) -> None:
    policy = Policy(max_access_token_ttl=timedelta(hours=12))
    assert find(make_token(**fields), policy).message == f"{seen}: {advice}."


def test_a_finding_says_when_the_token_expires() -> None:
    assert find(make_token(scopes=None)).expires_at == NOW + 100 * DAY
    assert find(make_token(expires_at=None)).expires_at is None


def test_managed_tokens_are_left_out_unless_the_policy_includes_them() -> None:
    token = make_token(managed=True, scopes=None)
    report = audit([token], now=NOW)
    assert report.findings == ()
    assert (report.summary.tokens, report.summary.left_out) == (1, 1)
    report = audit([token], Policy(include_managed=True), now=NOW)
    assert [finding.kind for finding in report.findings] == ["all-scopes"]
    assert report.summary.left_out == 0


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_can_be_turned_off(kind: Any) -> None:
    tokens = [
        make_token(expires_at=NOW - DAY),
        make_token(expires_at=NOW + DAY),
        make_token(expires_at=None, access_token_ttl=2 * DAY),
        make_token(owner=None, scopes=None),
        make_token(last_used_at=NOW - 99 * DAY),
        make_token(last_used_at=None, created_at=NOW - 99 * DAY),
        *[make_token() for _ in range(9)],
    ]
    broken = [InvalidRecord(0, None, "id", "required, but missing")]
    longest = timedelta(days=1)
    everything = audit(
        tokens, Policy(max_access_token_ttl=longest), now=NOW, unreadable=broken
    ).by_kind()
    assert set(everything) == set(KINDS)
    policy = Policy(max_access_token_ttl=longest, severity={kind: "off"})
    rest = audit(tokens, policy, now=NOW, unreadable=broken).by_kind()
    assert set(rest) == set(KINDS) - {kind}


def test_a_policy_gives_each_kind_its_severity() -> None:
    policy = Policy(severity={"all-scopes": "high", "expiring": "low"})
    assert found(make_token(scopes=None), policy=policy) == [("all-scopes", "high")]
    assert found(make_token(expires_at=NOW + 8 * DAY), policy=policy) == [("expiring", "low")]
    assert found(make_token(expires_at=NOW + 7 * DAY), policy=policy) == [("expiring", "high")]


@pytest.mark.parametrize(
    ("urgent", "left", "expected"),
    [
        (0 * DAY, SECOND, [("expiring", "medium")]),
        (60 * DAY, 30 * DAY, [("expiring", "high")]),
        (60 * DAY, 31 * DAY, []),
    ],
)
def test_what_is_urgent_is_within_what_is_expiring(
    urgent: timedelta, left: timedelta, expected: list[tuple[str, str]]
) -> None:
    policy = Policy(urgent_within=urgent)
    assert found(make_token(expires_at=NOW + left), policy=policy) == expected


def test_the_numbers_of_a_policy_count() -> None:
    policy = Policy(
        expiring_within=200 * DAY,
        unused_after=DAY,
        never_used_after=5 * DAY,
        near_limit=2,
    )
    used, never_used = make_token(), make_token(last_used_at=None)
    assert found(used, never_used, policy=policy) == [
        ("expiring", "medium"),
        ("expiring", "medium"),
        ("unused", "medium"),
        ("never-used", "low"),
        ("near-limit", "low"),
    ]


def test_now_may_be_in_any_zone() -> None:
    token = make_token(expires_at=NOW)
    tokyo = NOW.astimezone(timezone(timedelta(hours=9)))
    report = audit([token], now=tokyo)
    assert report == audit([token], now=NOW)
    assert report.taken_at.tzinfo is UTC


def test_now_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="now has no offset"):
        audit([], now=NOW.replace(tzinfo=None))
