"""A policy, in Python and as a file."""

import json
import pickle
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from sailpoint_pat import ConfigurationError
from sailpoint_pat.audit import KINDS, Acceptance, Policy, audit
from tests.support.tokens import NOW, make_token

WHOLE = """\
# Ours.
expiring_within: 45d
urgent_within: 2w
unused_after: 720h
never_used_after: "10d"
max_access_token_ttl: 15m
near_limit: 8
include_managed: true
severity:
  all-scopes: high
  unused: off
  never-used: false
  near-limit: "off"
accepted:
  - kind: never-expires
    token: 86f1dc6fe8f54414950454cbb11278fa
    reason: the backup cannot renew its token yet
    until: 2026-12-31
  - kind: all-scopes
    name: "backup-*"
    owner: "2c9180867b50d088017b554662fb281e"
    tenant: acme
    reason: "it backs up all there is: nothing less will do"
    until: "2027-01-31"
"""


def test_a_whole_file() -> None:
    assert Policy.from_yaml(WHOLE) == Policy(
        expiring_within=timedelta(days=45),
        urgent_within=timedelta(days=14),
        unused_after=timedelta(days=30),
        never_used_after=timedelta(days=10),
        max_access_token_ttl=timedelta(minutes=15),
        near_limit=8,
        include_managed=True,
        severity={
            "all-scopes": "high",
            "unused": "off",
            "never-used": "off",
            "near-limit": "off",
        },
        accepted=[
            Acceptance(
                kind="never-expires",
                token="86f1dc6fe8f54414950454cbb11278fa",
                reason="the backup cannot renew its token yet",
                until=date(2026, 12, 31),
            ),
            Acceptance(
                kind="all-scopes",
                name="backup-*",
                owner="2c9180867b50d088017b554662fb281e",
                tenant="acme",
                reason="it backs up all there is: nothing less will do",
                until=date(2027, 1, 31),
            ),
        ],
    )


@pytest.mark.parametrize(
    "text",
    ["", "# nothing yet\n", "---\n", "severity:\naccepted:\n", "{}", "max_access_token_ttl: null"],
)
def test_what_a_file_does_not_say_is_the_default(text: str) -> None:
    assert Policy.from_yaml(text) == Policy()


def test_the_defaults() -> None:
    assert Policy().as_dict() == {
        "expiring_within": "30d",
        "urgent_within": "7d",
        "unused_after": "90d",
        "never_used_after": "30d",
        "max_access_token_ttl": None,
        "near_limit": 9,
        "include_managed": False,
        "severity": {
            "expired": "high",
            "expiring": "medium",
            "never-expires": "medium",
            "unused": "medium",
            "never-used": "low",
            "all-scopes": "medium",
            "long-access-tokens": "low",
            "near-limit": "low",
            "ownerless": "high",
            "unreadable": "high",
        },
        "accepted": [],
    }
    assert set(Policy().severity) == set(KINDS)


@pytest.mark.parametrize("text", [WHOLE, "", "unused_after: 90s", "unused_after: 0s"])
def test_a_policy_as_json_is_a_policy_file(text: str) -> None:
    policy = Policy.from_yaml(text)
    assert Policy.from_yaml(json.dumps(policy.as_dict())) == policy


def test_a_policy_can_be_pickled() -> None:
    policy = Policy.from_yaml(WHOLE)
    assert pickle.loads(pickle.dumps(policy)) == policy  # noqa: S301  our own


ACCEPTED = "accepted:\n- kind: unused\n  reason: seasonal\n  until: 2026-12-31\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("near_limit: 9\nunused_days: 90", "line 2: unknown key 'unused_days'; known are accepted"),
        ("severity:\n  expired: high\n  old: low", "line 3: unknown key 'old'; known are all-sc"),
        (ACCEPTED + "  token_id: abc", "line 5: unknown key 'token_id'; known are kind, name, ow"),
        ("1: 2", "line 1: unknown key '1'"),
        ("[a, b]: 2", "line 1: unknown key ''"),
        ("near_limit: 8\nnear_limit: 9", "line 2: the key 'near_limit' appears twice"),
        ("severity:\n  unused: low\n  unused: off", "line 3: the key 'unused' appears twice"),
        (ACCEPTED + "  reason: again", "line 5: the key 'reason' appears twice"),
        ("accepted:\n- kind: unused\n  token: abc\n  until: 2026-12-31", "line 2: reason is miss"),
        (
            "accepted:\n- kind: unused\n  token: abc\n  reason: yes it is",
            "line 2: until is missing",
        ),
        (
            "accepted:\n- token: abc\n  reason: yes it is\n  until: 2026-12-31",
            "line 2: kind is mis",
        ),
        (ACCEPTED, r"line 2: give token \(an id\), name \(a glob\) or owner"),
        (ACCEPTED + "  tenant: acme", "line 2: give token"),
        (ACCEPTED + "  token: 12345678901234567890123456789012", "line 5: token is not a text: pu"),
        (ACCEPTED + "  token: 0x12", "line 5: token is not a text: put it in quotes"),
        (ACCEPTED + "  token: 1.5", "line 5: token is not a text: put it in quotes"),
        (ACCEPTED + "  owner: 12345", "line 5: owner is not a text: put it in quotes"),
        (ACCEPTED + "  owner: true", "line 5: owner is not a text"),
        (ACCEPTED + "  owner:", "line 5: owner is not a text"),
        (ACCEPTED + "  token: ''", "line 5: token is empty"),
        (ACCEPTED + "  name: [a]", "line 5: name is not a text"),
        (ACCEPTED.replace("seasonal", "2026"), "line 3: reason is not a text"),
        (ACCEPTED.replace("seasonal", "' '"), "line 3: reason is empty"),
        (ACCEPTED.replace("unused", "stale"), "line 2: kind is none of expiring, expired"),
        (ACCEPTED.replace("unused", "off"), "line 2: kind is none of"),
        (ACCEPTED.replace("12-31", "13-31"), "line 4: until is not a date such as 2026-03-31"),
        (ACCEPTED.replace("12-31", "12-31T00:00:00Z"), "line 4: until is not a date"),
        (ACCEPTED.replace("2026-12-31", "20261231"), "line 4: until is not a date"),
        (ACCEPTED.replace("2026-12-31", "forever"), "line 4: until is not a date"),
        (ACCEPTED.replace("2026-12-31", "[2026-12-31]"), "line 4: until is not a date"),
        ("near_limit: 9\naccepted: all", "line 2: accepted is not a list"),
        ("accepted:\n- all-scopes", "line 2: keys and values are expected here"),
        ("severity: high", "line 1: keys and values are expected here"),
        (
            "severity:\n  expired: low\n  unused: dire",
            "line 3: unused is none of high, medium, low, off",
        ),
        ("severity:\n  unused: true", "line 2: unused is none of high, medium, low, off"),
        ("severity:\n  unused:", "line 2: unused is none of"),
        ("severity:\n  unused: {a: b}", "line 2: unused is none of"),
        ("near_limit: 9\nunused_after: 90", "line 2: unused_after is not a time such as 30d"),
        ("unused_after: 90 days", "line 1: unused_after is not a time such as 30d"),
        ("near_limit: 9\nunused_after: -1d", "line 2: unused_after is not a time"),
        ("unused_after: 1.5d", "line 1: unused_after is not a time"),
        ("unused_after: null", "line 1: unused_after is not a time"),
        ("near_limit: 9\nunused_after: 36501d", "line 2: unused_after is negative, or longer than"),
        ("near_limit: 9\nunused_after: 999999999w", "line 2: unused_after is too long"),
        ("unused_after: 9d\nnear_limit: nine", "line 2: near_limit is not a whole number"),
        ("near_limit: 9.0", "line 1: near_limit is not a whole number"),
        ("near_limit: 010", "line 1: near_limit is not a whole number"),
        ("unused_after: 9d\nnear_limit: 0x9", "line 2: near_limit is not a whole number"),
        ("unused_after: 9d\nnear_limit: 0", "line 2: near_limit is not a whole number from 1 on"),
        ("include_managed: 1", "line 1: include_managed is not true or false"),
        ("- near_limit: 9", "line 1: keys and values are expected here"),
        ("just words", "line 1: keys and values are expected here"),
        ("near_limit: 9\n  unused_after: 9d", "line 2: this is not YAML"),
        ("near_limit: 9\nseverity: {", "line 2: this is not YAML"),
        ("a: 1\n---\nb: 2", "line 2: this is not YAML"),
        ("near_limit: \x00", "this is not YAML"),
        ("[" * 100_000, "this is not YAML"),
        ("accepted: &all\n- *all", "line 1: keys and values are expected here"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused_with_its_line(text: str, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^audit.yaml, {problem}|{problem}$"):
        Policy.from_yaml(text, file="audit.yaml")


def test_a_file_that_is_no_policy_is_not_quoted() -> None:
    text = 'environments:\n  secret: "1d1bef2b\n'
    with pytest.raises(ConfigurationError, match=r"^policy, line 3: ") as caught:
        Policy.from_yaml(text)
    assert "1d1bef2b" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_a_policy_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text("near_limit: 5\n# straße\n", encoding="utf-8")
    assert Policy.from_file(file) == Policy.from_file(str(file)) == Policy(near_limit=5)
    file.write_text("near_limit: 5\nnone: 1\n")
    with pytest.raises(ConfigurationError, match=r"policy\.yaml, line 2: unknown key 'none'"):
        Policy.from_file(file)


@pytest.mark.parametrize(
    ("content", "reason"), [(None, "No such file"), (b"\xff\xfe\x00", "it is not UTF-8")]
)
def test_a_file_that_cannot_be_read(content: bytes | None, reason: str, tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigurationError, match=rf"policy.yaml: the policy .*: {reason}"):
        Policy.from_file(file)


def test_the_longest_times() -> None:
    times = ("expiring_within", "urgent_within", "unused_after", "never_used_after")
    fields: Any = dict.fromkeys((*times, "max_access_token_ttl"), timedelta(days=36_500))
    [finding] = audit([make_token()], Policy(**fields), now=NOW).findings
    assert (finding.kind, finding.severity) == ("expiring", "high")


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"unused_after": 90}, "unused_after is not a time in whole seconds"),
        ({"unused_after": None}, "unused_after is not a time"),
        ({"unused_after": timedelta(milliseconds=1)}, "unused_after is not a time in whole"),
        ({"expiring_within": timedelta(days=-1)}, "expiring_within is negative"),
        ({"urgent_within": timedelta(days=36_500, seconds=1)}, "urgent_within is negative, or lo"),
        ({"max_access_token_ttl": 900}, "max_access_token_ttl is not a time"),
        ({"near_limit": 0}, "near_limit is not a whole number from 1 on"),
        ({"near_limit": True}, "near_limit is not a whole number"),
        ({"near_limit": "9"}, "near_limit is not a whole number"),
        ({"include_managed": "no"}, "include_managed is neither True nor False"),
        ({"severity": {"old": "low"}}, "severity: 'old' is none of"),
        ({"severity": {"unused": "none"}}, "severity of unused is none of high, medium, low, off"),
        ({"severity": "high"}, "severity is not a mapping"),
        ({"accepted": ["unused"]}, "accepted holds something that is not an Acceptance"),
    ],
)
def test_a_policy_that_cannot_be_meant_is_refused(fields: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Policy(**fields)
