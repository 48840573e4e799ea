"""What an audit looks for, and which findings somebody has accepted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final, get_args

import attrs

from sailpoint_pat.audit._kinds import KINDS, Kind, Level
from sailpoint_pat.audit._policy_file import Block, duration_text, read_block
from sailpoint_pat.errors import ConfigurationError

__all__ = ["Acceptance", "Policy"]

DEFAULT_LEVELS: Final[Mapping[Kind, Level]] = {
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
}


@attrs.frozen(kw_only=True)
class Acceptance:
    """A finding that somebody has looked at and accepted until a date.

    At least one of `token`, `name` and `owner` is given. A finding has to fit everything that is
    given.

    Attributes:
        kind: the kind of the finding.
        reason: why it is accepted; not empty.
        until: the last day on which it is accepted, by the calendar of UTC. From the next day on
            the finding is reported again.
        token: the token's id.
        name: a glob on the token's name, such as `backup-*`: `*`, `?` and `[...]`, upper and lower
            case are different.
        owner: the id of the token's owner.
        tenant: the tenant's name in the report; None fits every tenant.

    Raises:
        ValueError: `kind` is none of the kinds; `reason` is empty; `until` is not a date; none of
            `token`, `name` and `owner` is given; or one of the texts is empty or not a text.
    """

    kind: Kind
    reason: str
    until: date
    token: str | None = None
    name: str | None = None
    owner: str | None = None
    tenant: str | None = None

    def __attrs_post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind is none of {', '.join(KINDS)}")
        if not isinstance(self.reason, str) or not self.reason.strip():
            raise ValueError("reason is empty, or not a text")
        if not isinstance(self.until, date) or isinstance(self.until, datetime):
            raise ValueError("until is not a date")  # noqa: TRY004  bad arguments are a ValueError
        texts = {key: getattr(self, key) for key in ("token", "name", "owner", "tenant")}
        for key, text in texts.items():
            if text is not None and (not isinstance(text, str) or not text):
                raise ValueError(f"{key} is empty, or not a text")
        if self.token is None and self.name is None and self.owner is None:
            raise ValueError("give token (an id), name (a glob) or owner (an id)")

    def fits(
        self, *, tenant: str, token_id: str | None, token_name: str | None, owner_id: str | None
    ) -> bool:
        """Return whether a finding of this kind is the one that was accepted."""
        return (
            (self.tenant is None or self.tenant == tenant)
            and (self.token is None or self.token == token_id)
            and (self.owner is None or self.owner == owner_id)
            and (
                self.name is None or (token_name is not None and fnmatchcase(token_name, self.name))
            )
        )

    def as_dict(self) -> dict[str, object]:
        """Return it as JSON can hold it; what is not given is left out."""
        given = attrs.asdict(self, filter=lambda _, value: value is not None)
        return given | {"until": self.until.isoformat()}


def _complete(severity: Mapping[Kind, Level]) -> dict[Kind, Level]:
    if not isinstance(severity, Mapping):
        raise ValueError("severity is not a mapping of kinds to severities")  # noqa: TRY004
    return {**DEFAULT_LEVELS, **severity}


@attrs.frozen(kw_only=True)
class Policy:
    """What an audit looks for. `docs/policy.md` describes it as a YAML file.

    Attributes:
        expiring_within: a token that expires within this time is `expiring`.
        urgent_within: an `expiring` token that expires within this time is of severity `high`.
        unused_after: a token that was used, but not for this time, is `unused`.
        never_used_after: a token that was never used and is older than this is `never-used`.
        max_access_token_ttl: the longest that the access tokens made from a token may live; longer
            ones are `long-access-tokens`. None, the default, allows every length.
        near_limit: an owner with this many tokens or more is `near-limit`. SailPoint allows ten.
        severity: the severity of each kind, or `off`; kinds that are not given keep their default.
        include_managed: whether tokens that the platform made for itself are looked at as well.
        accepted: the findings that somebody has accepted.

    Raises:
        ValueError: a time is negative or not in whole seconds; `near_limit` is below 1; a kind or a
            severity is unknown; or a value has the wrong type.
    """

    expiring_within: timedelta = timedelta(days=30)
    urgent_within: timedelta = timedelta(days=7)
    unused_after: timedelta = timedelta(days=90)
    never_used_after: timedelta = timedelta(days=30)
    max_access_token_ttl: timedelta | None = None
    near_limit: int = 9
    severity: Mapping[Kind, Level] = attrs.field(factory=dict, converter=_complete, hash=False)
    include_managed: bool = False
    accepted: tuple[Acceptance, ...] = attrs.field(default=(), converter=tuple)

    def __attrs_post_init__(self) -> None:
        for key in _DURATIONS:
            value = getattr(self, key)
            if value is None and key == "max_access_token_ttl":
                continue
            if not isinstance(value, timedelta) or value < timedelta(0) or value.microseconds:
                raise ValueError(f"{key} is not a time in whole seconds, zero or longer")
        if type(self.near_limit) is not int or self.near_limit < 1:
            raise ValueError("near_limit is not a whole number from 1 on")
        if not isinstance(self.include_managed, bool):
            raise ValueError("include_managed is neither True nor False")  # noqa: TRY004
        for kind, level in self.severity.items():
            if kind not in KINDS:
                raise ValueError(f"severity: {kind!r} is none of {', '.join(KINDS)}")
            if level not in get_args(Level):
                raise ValueError(f"severity of {kind} is none of {', '.join(get_args(Level))}")
        if not all(isinstance(each, Acceptance) for each in self.accepted):
            raise ValueError("accepted holds something that is not an Acceptance")

    @classmethod
    def from_file(cls, path: str | Path) -> Policy:
        """Return the policy that a YAML file describes.

        Args:
            path: the file, in UTF-8. An empty file is the default policy.

        Raises:
            ConfigurationError: the file cannot be read, or describes no policy. The message names
                the file and the line.
        """
        try:
            text = Path(path).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8"
            raise ConfigurationError(f"{path}: the policy cannot be read: {reason}") from None
        return cls.from_yaml(text, file=str(path))

    @classmethod
    def from_yaml(cls, text: str, *, file: str = "policy") -> Policy:
        """Return the policy that a YAML text describes.

        Args:
            text: the YAML; JSON such as `as_dict` makes is YAML too.
            file: what messages call the text.

        Raises:
            ConfigurationError: the text is not YAML, has an unknown key, one that stands twice, or
                a value that does not fit. The message names the line.
        """
        block = read_block(text, file)
        given: dict[str, object] = {}
        for key in _DURATIONS:
            duration = block.duration(key, or_null=key == "max_access_token_ttl")
            if duration is not None:
                given[key] = duration
        if (near_limit := block.integer("near_limit")) is not None:
            given["near_limit"] = near_limit
        if (include_managed := block.boolean("include_managed")) is not None:
            given["include_managed"] = include_managed
        if (levels := block.block("severity")) is not None:
            given["severity"] = {
                kind: level for kind in KINDS if (level := levels.word(kind, get_args(Level)))
            }
            levels.refuse_other_keys()
        given["accepted"] = tuple(_acceptance(entry) for entry in block.blocks("accepted"))
        block.refuse_other_keys()
        return block.make(cls, given)

    def as_dict(self) -> dict[str, object]:
        """Return the policy as JSON can hold it, in the form of the policy file."""
        durations = {
            key: None if getattr(self, key) is None else duration_text(getattr(self, key))
            for key in _DURATIONS
        }
        return {
            **durations,
            "near_limit": self.near_limit,
            "include_managed": self.include_managed,
            "severity": dict(self.severity),
            "accepted": [each.as_dict() for each in self.accepted],
        }


_DURATIONS: Final = (
    "expiring_within",
    "urgent_within",
    "unused_after",
    "never_used_after",
    "max_access_token_ttl",
)


def _acceptance(entry: Block) -> Acceptance:
    given: dict[str, object] = {
        key: value
        for key in ("reason", "token", "name", "owner", "tenant")
        if (value := entry.text(key)) is not None
    }
    given["kind"] = entry.word("kind", KINDS)
    given["until"] = entry.date("until")
    entry.refuse_other_keys()
    for key in ("kind", "reason", "until"):
        entry.require(key)
    return entry.make(Acceptance, given)
