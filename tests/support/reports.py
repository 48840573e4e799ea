"""Reports to render: of many tokens, of several tenants, compared with an earlier one."""

import json
import random
from collections.abc import Sequence
from datetime import date

from sailpoint_pat import Owner, PersonalAccessToken
from sailpoint_pat.audit import Acceptance, AuditReport, EarlierReport, Policy, audit
from tests.support.tokens import DAY, NOW, make_token

_PLACES = ("Nightly", "Payroll", "Jenkins", "ServiceNow", "Workday", "Splunk", "Terraform", "Azure")
_PURPOSES = ("export", "sync", "reports", "backup", "provisioning", "dashboard", "migration")
_PEOPLE = ("Ada", "Björn", "Chloé", "Dmitri", "Esra", "Farid", "Grace", "Hans", "Ines", "Jun")
_SCOPES = (
    *("idn:accounts:read", "idn:identities:read", "idn:access-profiles:manage", "idn:roles:read"),
    *("idn:sources:read", "idn:workflows:execute", "sp:search:read"),
)

ACCEPTING = Policy(
    accepted=(
        Acceptance(
            kind="never-expires",
            name="Terraform *",
            reason="The pipeline cannot rotate yet",
            until=date(2026, 8, 31),
        ),
        Acceptance(
            kind="all-scopes",
            name="Workday *",
            reason="The connector asks for every right",
            until=date(2026, 6, 15),
        ),
        Acceptance(
            kind="unused",
            name="Azure *",
            reason="Kept for the migration",
            until=date(2026, 5, 1),
        ),
    )
)


def make_tokens(count: int) -> list[PersonalAccessToken]:
    """Return tokens of many owners in every condition; the same ones for the same number."""
    chance = random.Random(count)  # noqa: S311  no secret is made with it
    owners = [
        Owner(f"{number + 2**120:032x}", f"{_PEOPLE[number % 10]} {number // 10 + 1}", "IDENTITY")
        for number in range(max(count // 4, 1))
    ]
    return [_make_token(number, owners, chance) for number in range(count)]


def _make_token(number: int, owners: list[Owner], chance: random.Random) -> PersonalAccessToken:
    age = chance.uniform(1, 500)
    used = None if chance.random() < 0.15 else min(age, chance.expovariate(1 / 40))
    expires = None if chance.random() < 0.12 else chance.triangular(-30, 400, 120)
    every_right = chance.random() < 0.15
    return make_token(
        id=f"{number + 2**124:032x}",
        name=f"{chance.choice(_PLACES)} {chance.choice(_PURPOSES)} {number}",
        owner=None if chance.random() < 0.02 else chance.choice(owners),
        scopes=("sp:scopes:all",)
        if every_right
        else tuple(chance.sample(_SCOPES, chance.randint(1, 6))),
        created_at=NOW - age * DAY,
        last_used_at=None if used is None else NOW - used * DAY,
        expires_at=None if expires is None else NOW + expires * DAY,
        never_expires=expires is None,
        managed=chance.random() < 0.02,
    )


def make_report(
    tokens: Sequence[PersonalAccessToken],
    policy: Policy = Policy(),  # noqa: B008  it is frozen
    *,
    tenant: str = "acme",
    previous: AuditReport | None = None,
) -> AuditReport:
    """Return the audit of one tenant at `NOW`, compared with an earlier report if there is one."""
    return audit(
        tokens,
        policy,
        now=NOW,
        tenant=tenant,
        base_url=f"https://{tenant}.api.identitynow.com",
        previous=EarlierReport.from_json(json.dumps(previous.as_dict())) if previous else None,
    )


def make_full_report(count: int = 220) -> AuditReport:
    """Return a report with everything that a page can show: the one that is looked at.

    Args:
        count: of tokens in the largest tenant; with 40 there are findings of each severity.
    """
    tokens = make_tokens(count)
    before = audit(tokens[15:], ACCEPTING, now=NOW - 30 * DAY, tenant="acme")
    return AuditReport.combine(
        [
            make_report(tokens[:-5], ACCEPTING, previous=before),
            make_report(make_tokens(count // 5), ACCEPTING, tenant="acme-test"),
            AuditReport.failed(
                "acme-emea",
                "The token endpoint refused the credentials: invalid_client.",
                ACCEPTING,
                base_url="https://acme-emea.api.identitynow.com",
                now=NOW,
            ),
        ]
    )
