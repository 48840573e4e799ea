"""What should somebody look at among a tenant's tokens?

    python examples/audit.py --fake         a tenant on this machine, with tokens in every condition
    python examples/audit.py                yours: SAIL_BASE_URL, SAIL_CLIENT_ID and
                                            SAIL_CLIENT_SECRET, or ~/.sailpoint/config.yaml
    python examples/audit.py policy.yaml    with a policy of your own, see docs/policy.md

Reads the tenant's tokens (right: idn:all-personal-access-tokens:read). For a scheduled job it exits
with 1 if there is a finding of severity high, and with 2 if the tokens could not be listed.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
from typing import TYPE_CHECKING

from sailpoint_pat import PatClient, SailPointError, UnexpectedResponseError
from sailpoint_pat.audit import AuditReport, Policy, audit

if TYPE_CHECKING:
    from collections.abc import Iterator


def main() -> int:
    """Print the findings; return the exit code."""
    parser = argparse.ArgumentParser(description="Audit the tokens of a tenant.")
    parser.add_argument("policy", nargs="?", help="a policy file; the default policy if left out")
    parser.add_argument("--fake", action="store_true", help="use a tenant on this machine")
    arguments = parser.parse_args()
    try:
        policy = Policy.from_file(arguments.policy) if arguments.policy else Policy()
        with connected(fake=arguments.fake) as pats:
            report = audited(pats, policy)
    except SailPointError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 2
    show(report)
    return 1 if report.at_least("high") else 0


def audited(pats: PatClient, policy: Policy) -> AuditReport:
    """List and audit; a record that cannot be read is a finding, and does not hide the others."""
    try:
        return audit(pats.list(), policy)
    except UnexpectedResponseError as error:
        return audit(error.tokens, policy, unreadable=error.invalid)


def show(report: AuditReport) -> None:
    """Print what needs doing, by owner."""
    for group in report.by_owner():
        print(f"\n{group.owner_name!r}" if group.owner_name else "\nNobody known")
        for finding in group.findings:
            # Names come from other people: repr() keeps control characters off the terminal.
            which = f" {finding.token_name!r}" if finding.token_name else ""
            print(f"  {finding.severity:6} {finding.kind}{which}: {finding.message}")
    summary = report.summary
    numbers = ", ".join(f"{number} {severity}" for severity, number in summary.by_severity.items())
    print(
        f"\nTokens: {summary.tokens}. Findings: {summary.findings} ({numbers}), "
        f"and {summary.accepted} accepted."
    )


@contextlib.contextmanager
def connected(*, fake: bool) -> Iterator[PatClient]:
    """Yield a client for your tenant, or for one that is started for the occasion."""
    if not fake:
        with PatClient(api_version="v1") as pats:
            yield pats
        return
    from sailpoint_pat.testing import FakeTenant  # noqa: PLC0415  an extra, not needed for yours

    with (
        FakeTenant(tokens=200) as tenant,
        PatClient(
            base_url=tenant.base_url,
            client_id=tenant.client_id,
            client_secret=tenant.client_secret,
            api_version="v1",
        ) as pats,
    ):
        yield pats


if __name__ == "__main__":
    sys.exit(main())
