"""An earlier report, read back from its JSON, to compare with."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeVar

import attrs

from sailpoint_pat.audit._kinds import KINDS, SEVERITIES
from sailpoint_pat.audit._report import SCHEMA, Finding
from sailpoint_pat.errors import ConfigurationError

W = TypeVar("W", bound=str)


@attrs.frozen(kw_only=True)
class EarlierReport:
    """What a later audit compares with: the findings of an earlier report, accepted ones included.

    Attributes:
        taken_at: when the earlier audit was made, UTC.
        findings: its findings by the name of the tenant, for each tenant whose tokens could be
            listed then. Those of a kind that this version does not know are left out.
    """

    taken_at: datetime
    findings: Mapping[str, tuple[Finding, ...]] = attrs.field(repr=False, hash=False)

    @classmethod
    def from_json(cls, text: str | bytes, *, file: str = "earlier report") -> EarlierReport:
        """Read the JSON of `AuditReport.as_dict`.

        Args:
            text: the JSON.
            file: what messages call the text.

        Raises:
            ConfigurationError: it is not JSON, or not that of a report with this schema. The
                message names what is wrong and repeats no values.
        """
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            document = None
        report = _Place(file, document)
        schema = report.value.get("schema") if isinstance(report.value, Mapping) else None
        if schema != SCHEMA:
            raise ConfigurationError(f'{file}: this is no report with the schema "{SCHEMA}"')
        findings: dict[str, list[Finding]] = {
            tenant.at("name").text(): []
            for tenant in report.at("tenants").entries()
            if tenant.at("status").text() == "ok"
        }
        for key in ("findings", "accepted"):
            for entry in report.at(key).entries():
                tenant = entry.at("tenant").text()
                if tenant in findings and entry.at("kind").text() in KINDS:
                    findings[tenant].append(_finding(entry))
        return cls(
            taken_at=report.at("taken_at").moment(),
            findings={tenant: tuple(found) for tenant, found in findings.items()},
        )


def _finding(entry: _Place) -> Finding:
    token, owner = entry.at("token"), entry.at("owner")
    return Finding(
        tenant=entry.at("tenant").text(),
        kind=entry.at("kind").one_of(KINDS),
        severity=entry.at("severity").one_of(SEVERITIES),
        message=entry.at("message").text(),
        since=entry.at("since").optional_moment(),
        token_id=token.optional("id"),
        token_name=token.optional("name"),
        owner_id=owner.optional("id"),
        owner_name=owner.optional("name"),
        expires_at=entry.at("expires_at").optional_moment(),
    )


@attrs.frozen
class _Place:
    """A value of the document, and where it stands."""

    where: str
    value: object

    def at(self, key: str) -> _Place:
        if not isinstance(self.value, Mapping):
            raise self.error("an object")
        return _Place(f"{self.where}: {key}", self.value.get(key))

    def entries(self) -> list[_Place]:
        if not isinstance(self.value, list):
            raise self.error("a list")
        return [_Place(f"{self.where}[{n}]", value) for n, value in enumerate(self.value)]

    def text(self) -> str:
        if not isinstance(self.value, str):
            raise self.error("a text")
        return self.value

    def optional(self, key: str) -> str | None:
        if self.value is None or self.at(key).value is None:
            return None
        return self.at(key).text()

    def moment(self) -> datetime:
        try:
            moment = datetime.fromisoformat(self.text())
            if moment.tzinfo is not None:
                return moment.astimezone(UTC)
        except (ValueError, OverflowError, ConfigurationError):
            pass
        raise self.error("a time with an offset")

    def optional_moment(self) -> datetime | None:
        return None if self.value is None else self.moment()

    def one_of(self, words: Sequence[W]) -> W:
        for word in words:
            if self.value == word:
                return word
        raise self.error(f"one of {', '.join(words)}")

    def error(self, expected: str) -> ConfigurationError:
        return ConfigurationError(f"{self.where} is not {expected}")
