"""The tokens as the page's script reads them."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Final

from sailpoint_pat.audit import KINDS
from sailpoint_pat.report._words import label, visible

if TYPE_CHECKING:
    from datetime import datetime

    from sailpoint_pat.audit import AuditReport, Finding

_COLUMNS: Final = (
    "name",
    "id",
    "owner",
    "tenant",
    "created",
    "used",
    "expires",
    "scopes",
    "every_right",
    "managed",
    "findings",
)


def rows(report: AuditReport) -> dict[str, object]:
    """Return all tokens with their findings, for JSON.

    A token is a list of values in the order of `columns`. Each owner and each list of scopes is
    there once, and a token has its number: with ten thousand tokens that halves the page.
    """
    findings: dict[tuple[str, str | None], list[tuple[Finding, bool]]] = {}
    for accepted, found in ((False, report.findings), (True, report.accepted)):
        for finding in found:
            key = finding.tenant, finding.token_id
            findings.setdefault(key, []).append((finding, accepted))
    owners: dict[tuple[str, str], int] = {}
    scopes: dict[tuple[str, ...], int] = {}
    tokens: list[tuple[object, ...]] = []
    for tenant_number, tenant in enumerate(report.tenants):
        for token in tenant.tokens:
            owner = token.owner
            names = ("", "") if owner is None else (owner.name or "", owner.id or "")
            owner_number = owners.setdefault((visible(names[0]), visible(names[1])), len(owners))
            scope_list = tuple(map(visible, token.scopes or ()))
            of_token = findings.get((tenant.name, token.id), ())
            tokens.append(
                (
                    visible(token.name),
                    visible(token.id),
                    owner_number,
                    tenant_number,
                    _time(token.created_at),
                    _time(token.last_used_at),
                    _time(token.expires_at),
                    scopes.setdefault(scope_list, len(scopes)),
                    int(not scope_list or "sp:scopes:all" in scope_list),
                    int(token.managed),
                    [(each.kind, each.severity, int(accepted)) for each, accepted in of_token],
                )
            )
    return {
        "taken_at": _time(report.taken_at),
        "tenants": [visible(tenant.name) for tenant in report.tenants],
        "kinds": {kind: label(kind) for kind in KINDS},
        "owners": [{"name": name, "id": id_} for name, id_ in owners],
        "scopes": list(scopes),
        "columns": _COLUMNS,
        "tokens": tokens,
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="milliseconds")
