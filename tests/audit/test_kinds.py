"""What each kind of finding is: where it begins, how severe it is, since when."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from sailpoint_pat import InvalidRecord, Owner, PersonalAccessToken
from sailpoint_pat.audit import KINDS, Finding, Policy, audit
from tests.support.tokens import DAY, NOW, SECOND, SUPPORT, TICK, make_owner, make_token


def found(*tokens: PersonalAccessToken, policy: Policy = Policy()) -> list[str]:  # noqa: B008
    """Return the kind and severity of each finding."""
    report = audit(tokens, policy, now=NOW)
    return [f"{finding.kind} {finding.severity}" for finding in report.findings]


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
    assert (report.by_owner(), report.by_kind()) == ((), {})


HOUR = timedelta(hours=1)
AN_HOUR = Policy(max_access_token_ttl=HOUR)
OLD = {"created_at": NOW - 2000 * DAY}
EVERYTHING = ["all-scopes medium"]
# As some records have it: an id alone.
NAMELESS: Any = ("2c9180867b50d088017b554662fb281e", None, None)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        # It expires.
        ({"expires_at": NOW - 100 * DAY}, ["expired high"]),
        ({"expires_at": NOW - TICK}, ["expired high"]),
        ({"expires_at": NOW}, ["expired high"]),
        ({"expires_at": NOW + TICK}, ["expiring high"]),
        ({"expires_at": NOW + 7 * DAY}, ["expiring high"]),
        ({"expires_at": NOW + 7 * DAY + TICK}, ["expiring medium"]),
        ({"expires_at": NOW + 30 * DAY}, ["expiring medium"]),
        ({"expires_at": NOW + 30 * DAY + TICK}, []),
        # It never does.
        ({"expires_at": None, "never_expires": True}, ["never-expires medium"]),
        ({"expires_at": None, "never_expires": False}, ["never-expires medium"]),
        ({"expires_at": NOW + 90 * DAY, "never_expires": True}, ["never-expires medium"]),
        (
            {"expires_at": NOW + DAY, "never_expires": True},
            ["expiring high", "never-expires medium"],
        ),
        ({"expires_at": NOW - DAY, "never_expires": True}, ["expired high"]),
        # It is no longer used; the last one by a clock that is ahead.
        (OLD | {"last_used_at": NOW - 90 * DAY + TICK}, []),
        (OLD | {"last_used_at": NOW - 90 * DAY}, ["unused medium"]),
        (OLD | {"last_used_at": NOW - 1000 * DAY}, ["unused medium"]),
        (OLD | {"last_used_at": NOW + DAY}, []),
        # It was never used; the last one by a clock that is ahead.
        ({"created_at": NOW - 30 * DAY, "last_used_at": None}, []),
        ({"created_at": NOW - 30 * DAY - TICK, "last_used_at": None}, ["never-used low"]),
        ({"created_at": NOW + DAY, "last_used_at": None}, []),
        # It may do everything.
        ({"scopes": None}, EVERYTHING),
        ({"scopes": ()}, EVERYTHING),
        ({"scopes": ("sp:scopes:all",)}, EVERYTHING),
        ({"scopes": ("idn:accounts:read", "sp:scopes:all")}, EVERYTHING),
        ({"scopes": ("sp:something:newer", "sp:scopes:all:read", "SP:SCOPES:ALL")}, []),
        # It has an owner without a name.
        ({"owner": Owner(*NAMELESS)}, []),
        # It has several.
        (
            OLD | {"expires_at": None, "scopes": None, "last_used_at": NOW - 99 * DAY},
            ["never-expires medium", "unused medium", *EVERYTHING],
        ),
    ],
)
def test_what_is_found_of_a_token(fields: dict[str, Any], expected: list[str]) -> None:
    assert sorted(found(make_token(**fields))) == sorted(expected)


@pytest.mark.parametrize(
    ("policy", "fields", "expected"),
    [
        (AN_HOUR, {"access_token_ttl": HOUR}, []),
        (AN_HOUR, {"access_token_ttl": HOUR + SECOND}, ["long-access-tokens low"]),
        (Policy(near_limit=1), {}, ["near-limit low"]),
        (Policy(severity={"all-scopes": "high"}), {"scopes": None}, ["all-scopes high"]),
        (Policy(severity={"expiring": "low"}), {"expires_at": NOW + 8 * DAY}, ["expiring low"]),
        (Policy(severity={"expiring": "low"}), {"expires_at": NOW + 7 * DAY}, ["expiring high"]),
        # What is urgent is within what is expiring.
        (Policy(urgent_within=0 * DAY), {"expires_at": NOW + SECOND}, ["expiring medium"]),
        (Policy(urgent_within=60 * DAY), {"expires_at": NOW + 30 * DAY}, ["expiring high"]),
        (Policy(urgent_within=60 * DAY), {"expires_at": NOW + 31 * DAY}, []),
        # An expired token has no other finding, also where expired ones are of no interest.
        (Policy(severity={"expired": "off"}), {"expires_at": NOW - DAY, "scopes": None}, []),
    ],
)
def test_what_is_found_by_a_policy(
    policy: Policy, fields: dict[str, Any], expected: list[str]
) -> None:
    assert found(make_token(**fields), policy=policy) == expected


@pytest.mark.parametrize(("number", "is_near"), [(8, False), (9, True), (10, True), (25, True)])
def test_an_owner_has_nearly_as_many_tokens_as_are_allowed(number: int, *, is_near: bool) -> None:
    assert found(*[make_token() for _ in range(number)]) == ["near-limit low"] * is_near


def test_near_the_limit_is_a_finding_of_the_owner_and_not_of_a_token() -> None:
    tokens = [make_token(created_at=NOW - n * DAY) for n in range(10)]
    [finding] = audit(tokens, now=NOW).findings
    assert (finding.owner_id, finding.owner_name) == (SUPPORT.id, "Support")
    assert (finding.token_id, finding.token_name, finding.expires_at) == (None, None, None)
    assert finding.since == NOW - DAY, "the ninth was made then"
    [by_a_clock_ahead] = audit([make_token(created_at=NOW + DAY)] * 9, now=NOW).findings
    assert by_a_clock_ahead.since == NOW
    assert finding.message == (
        "Has 10 tokens, and SailPoint allows 10 a person: revoke those that nothing needs, before "
        "a new one is refused."
    )


def test_tokens_count_towards_the_limit_for_each_owner_alone() -> None:
    ours, theirs = make_owner("Ours"), make_owner("Theirs")
    tokens = [make_token(owner=owner) for owner in (ours, theirs) for _ in range(8)]
    assert found(*tokens) == []
    assert found(*tokens, make_token(owner=theirs)) == ["near-limit low"]


@pytest.mark.parametrize(
    ("fields", "include_managed", "expected"),
    [
        ({"expires_at": NOW - DAY}, False, ["expired high", "near-limit low"]),
        ({"managed": True}, False, []),
        ({"managed": True}, True, ["near-limit low"]),
    ],
)
def test_which_tokens_count_towards_the_limit(
    fields: dict[str, Any], *, include_managed: bool, expected: list[str]
) -> None:
    tokens = [*(make_token() for _ in range(8)), make_token(**fields)]
    assert found(*tokens, policy=Policy(include_managed=include_managed)) == expected


def test_tokens_without_an_owner_are_near_no_limit() -> None:
    tokens = [make_token(owner=None) for _ in range(20)]
    assert set(found(*tokens)) == {"ownerless high"}


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


@pytest.mark.parametrize("ago", [0 * DAY, DAY])
def test_an_expired_token_has_no_other_finding_but_that_it_has_no_owner(ago: timedelta) -> None:
    token = make_token(
        expires_at=NOW - ago,
        owner=None,
        scopes=None,
        last_used_at=None,
        created_at=NOW - 200 * DAY,
        never_expires=True,
    )
    assert found(token, policy=AN_HOUR) == ["expired high", "ownerless high"]


@pytest.mark.parametrize(
    ("record", "told", "what"),
    [
        (
            InvalidRecord(3, "86f1dc6fe8f54414950454cbb11278fa", "created", "not a date"),
            "Record 3 of the listing (from 0) could not be read (created: not a date)",
            "this token was not",
        ),
        (
            InvalidRecord(0, None, "", "not an object"),
            "Record 0 of the listing (from 0) could not be read (not an object)",
            "this token was not",
        ),
        (
            InvalidRecord(None, None, "", "not a list"),
            "The listing could not be read (not a list)",
            "nothing was",
        ),
    ],
)
def test_a_record_that_could_not_be_read_is_a_finding(
    record: InvalidRecord, told: str, what: str
) -> None:
    report = audit([make_token()], now=NOW, unreadable=[record], tenant="acme")
    [finding] = report.findings
    assert (finding.kind, finding.severity, finding.tenant) == ("unreadable", "high", "acme")
    assert finding.token_id == record.id
    advice = "look at it in SailPoint, and tell SailPoint's support."
    assert finding.message == f"{told}, so {what} audited: {advice}"
    assert report.summary.tokens == 1


ROTATE = "rotate it where it is used, or revoke it if nothing needs it"
REVOKE = "revoke it if nothing needs it"
NARROW = "replace it with a token that has only the scopes that it needs"
LATER = "replace it with a token that does, and rotate that one in time"
MADE = NOW - 10 * DAY  # as all that say nothing else


@pytest.mark.parametrize(
    ("fields", "since", "seen", "advice"),
    [
        (
            {"expires_at": NOW - 3 * DAY},
            NOW - 3 * DAY,
            "Expired on 2026-05-29",
            "if something still needs it, make a new token for that; then revoke this one",
        ),
        (
            {"expires_at": NOW + SECOND},
            MADE,
            "Expires on 2026-06-01, in less than a day",
            ROTATE,
        ),
        ({"expires_at": NOW + DAY}, MADE, "Expires on 2026-06-02, in 1 day", ROTATE),
        (
            {"expires_at": NOW + 12.5 * DAY, "created_at": NOW - 90 * DAY},
            NOW - 17.5 * DAY,
            "Expires on 2026-06-14, in 12 days",
            ROTATE,
        ),
        ({"expires_at": None}, MADE, "Never expires", LATER),
        (
            {"owner": None},
            None,
            "Has no owner",
            (
                "find out what uses this token, make a token of somebody who stays for that, and "
                "revoke this one"
            ),
        ),
        ({"scopes": None}, MADE, "May do whatever its owner may", NARROW),
        # Made by a clock that is ahead.
        (
            {"scopes": None, "created_at": NOW + DAY},
            NOW,
            "May do whatever its owner may",
            NARROW,
        ),
        ({"last_used_at": NOW - 100 * DAY}, MADE, "Not used since 2026-02-21", REVOKE),
        (
            {"last_used_at": None, "created_at": NOW - 99 * DAY},
            NOW - 69 * DAY,
            "Was made on 2026-02-22 and never used",
            REVOKE,
        ),
        (
            {"access_token_ttl": DAY},
            MADE,
            "Its access tokens live 86400 s, and the policy allows 43200 s",
            "replace it with a token whose access tokens live shorter",
        ),
    ],
)
def test_a_finding_says_since_when_what_was_seen_and_what_to_do(
    fields: dict[str, Any], since: datetime | None, seen: str, advice: str
) -> None:
    finding = find(make_token(**fields), Policy(max_access_token_ttl=timedelta(hours=12)))
    assert (finding.since, finding.message) == (since, f"{seen}: {advice}.")


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

    def kinds(severity: Any) -> set[str]:
        policy = Policy(max_access_token_ttl=DAY, severity=severity)
        return set(audit(tokens, policy, now=NOW, unreadable=broken).by_kind())

    assert kinds({}) == set(KINDS)
    assert kinds({kind: "off"}) == set(KINDS) - {kind}


def test_the_numbers_of_a_policy_count() -> None:
    policy = Policy(
        expiring_within=200 * DAY, unused_after=DAY, never_used_after=5 * DAY, near_limit=2
    )
    used, never_used = make_token(), make_token(last_used_at=None)
    assert found(used, never_used, policy=policy) == [
        *("expiring medium", "expiring medium", "unused medium"),
        *("never-used low", "near-limit low"),
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
