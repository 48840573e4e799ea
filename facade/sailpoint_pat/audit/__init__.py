"""What somebody should look at among personal access tokens.

    from sailpoint_pat import PatClient
    from sailpoint_pat.audit import audit

    with PatClient("acme", api_version="v1") as pats:
        report = audit(pats.list())
    for finding in report.findings:
        print(finding.severity, finding.kind, finding.token_name, finding.message)

Everything here is plain data and pure functions: nothing is sent, and only `Policy.from_file` reads
a file. `import sailpoint_pat` does not import this module.
"""

from sailpoint_pat.audit._audit import audit
from sailpoint_pat.audit._earlier import EarlierReport
from sailpoint_pat.audit._kinds import KINDS, SEVERITIES, Kind, Level, Severity
from sailpoint_pat.audit._policy import Acceptance, Policy
from sailpoint_pat.audit._report import (
    SCHEMA,
    AuditedTenant,
    AuditReport,
    Finding,
    OwnerGroup,
    Summary,
)

__all__ = [
    "KINDS",
    "SCHEMA",
    "SEVERITIES",
    "Acceptance",
    "AuditReport",
    "AuditedTenant",
    "EarlierReport",
    "Finding",
    "Kind",
    "Level",
    "OwnerGroup",
    "Policy",
    "Severity",
    "Summary",
    "audit",
]
