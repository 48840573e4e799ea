"""The pages say what the audit does."""

import re
from pathlib import Path

import attrs
import pytest

from sailpoint_pat import InvalidRecord
from sailpoint_pat.audit import KINDS, Acceptance, Kind, Policy, audit
from tests.support.tokens import NOW, make_token

DOCS = Path(__file__).parents[2] / "docs"
AUDIT = (DOCS / "audit.md").read_text(encoding="utf-8")
POLICY = (DOCS / "policy.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", POLICY, re.MULTILINE | re.DOTALL)


def rows(page: str, header: str) -> dict[str, str]:
    """Return the rows of the table with this header, by what stands in their first cell."""
    table = page.partition(f"| {header} |")[2].partition("\n\n")[0]
    return dict(re.findall(r"^\| `([^`]+)` \| (.*) \|$", table, re.MULTILINE))


def test_the_kinds_are_in_their_order() -> None:
    assert tuple(rows(AUDIT, "kind")) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_the_severity_of_each_kind(kind: Kind) -> None:
    said = rows(AUDIT, "kind")[kind].split(" | ")[1]
    assert said.endswith(Policy().severity[kind])


def test_the_keys_of_the_json() -> None:
    records = [InvalidRecord(0, None, "id", "required, but missing")]
    report = audit([make_token(scopes=None)], now=NOW, unreadable=records)
    said = rows(AUDIT, "key")
    assert set(said) == set(report.as_dict())
    for key, part in (
        ("tenants", report.tenants[0].as_dict()),
        ("summary", report.summary.as_dict()),
        ("findings", report.findings[0].as_dict()),
    ):
        missing = [name for name in part if f"`{name}`" not in said[key]]
        assert missing == [], key


def test_the_first_example_is_the_default_policy_in_full() -> None:
    assert Policy.from_yaml(EXAMPLES[0]) == Policy()
    missing = [key for key in Policy().as_dict() if f"\n{key}:" not in EXAMPLES[0]]
    assert missing == []


def test_the_second_example_has_every_key_of_an_acceptance() -> None:
    policy = Policy.from_yaml(EXAMPLES[1])
    keys = {field.name for field in attrs.fields(Acceptance)}
    assert {key for each in policy.accepted for key in each.as_dict()} == keys
    assert set(rows(POLICY, "key")) == keys
