"""What an audit looks for, and which findings somebody has accepted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final, get_args

import attrs
from attrs.validators import optional

from sailpoint_pat.audit._kinds import KINDS, Kind, Level
from sailpoint_pat.audit._policy_file import Block, duration_text, read_block
from sailpoint_pat.errors import ConfigurationError

LONGEST: Final = timedelta(days=36_500)
LEVELS: Final[tuple[Level, ...]] = get_args(Level)
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


# The message of each validator begins with the name of the argument: `Block.make` finds the line of
# the file by it.


def _is_text(_: object, attribute: attrs.Attribute[str], value: str) -> None:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{attribute.name} is empty, or not a text")


def _is_duration(_: object, attribute: attrs.Attribute[timedelta], value: timedelta) -> None:
    if not isinstance(value, timedelta) or value.microseconds:
        raise ValueError(f"{attribute.name} is not a time in whole seconds")
    if not timedelta(0) <= value <= LONGEST:
        raise ValueError(f"{attribute.name} is negative, or longer than {LONGEST.days} days")


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

    kind: Kind = attrs.field()
    reason: str = attrs.field(validator=_is_text)
    until: date = attrs.field()
    token: str | None = attrs.field(default=None, validator=optional(_is_text))
    name: str | None = attrs.field(default=None, validator=optional(_is_text))
    owner: str | None = attrs.field(default=None, validator=optional(_is_text))
    tenant: str | None = attrs.field(default=None, validator=optional(_is_text))

    @kind.validator
    def _check_kind(self, _: object, kind: Kind) -> None:
        if kind not in KINDS:
            raise ValueError(f"kind is none of {', '.join(KINDS)}")

    @until.validator
    def _check_until(self, _: object, until: date) -> None:
        if not isinstance(until, date) or isinstance(until, datetime):
            raise ValueError("until is not a date")  # noqa: TRY004  bad arguments are a ValueError

    def __attrs_post_init__(self) -> None:
        if self.token is self.name is self.owner is None:
            raise ValueError("give token (an id), name (a glob) or owner (an id)")

    def as_dict(self) -> dict[str, object]:
        """Return it as JSON can hold it; what is not given is left out."""
        given = attrs.asdict(self, filter=lambda _, value: value is not None)
        return given | {"until": self.until.isoformat()}


def _complete(severity: Mapping[Kind, Level]) -> dict[Kind, Level]:
    if not isinstance(severity, Mapping):
        raise ValueError("severity is not a mapping of kinds to severities")  # noqa: TRY004
    return {**DEFAULT_LEVELS, **severity}


def _as_tuple(accepted: Iterable[Acceptance]) -> tuple[Acceptance, ...]:
    return tuple(accepted)


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
        ValueError: a time is negative, longer than 36,500 days or not in whole seconds;
            `near_limit` is below 1; a kind or a severity is unknown; or a value has the wrong type.
    """

    expiring_within: timedelta = attrs.field(default=timedelta(days=30), validator=_is_duration)
    urgent_within: timedelta = attrs.field(default=timedelta(days=7), validator=_is_duration)
    unused_after: timedelta = attrs.field(default=timedelta(days=90), validator=_is_duration)
    never_used_after: timedelta = attrs.field(default=timedelta(days=30), validator=_is_duration)
    max_access_token_ttl: timedelta | None = attrs.field(
        default=None, validator=optional(_is_duration)
    )
    near_limit: int = attrs.field(default=9)
    severity: Mapping[Kind, Level] = attrs.field(factory=dict, converter=_complete, hash=False)
    include_managed: bool = attrs.field(default=False)
    accepted: tuple[Acceptance, ...] = attrs.field(default=(), converter=_as_tuple)

    @near_limit.validator
    def _check_near_limit(self, _: object, near_limit: int) -> None:
        if type(near_limit) is not int or near_limit < 1:
            raise ValueError("near_limit is not a whole number from 1 on")

    @severity.validator
    def _check_severity(self, _: object, severity: Mapping[Kind, Level]) -> None:
        for kind, level in severity.items():
            if kind not in KINDS:
                raise ValueError(f"severity: {kind!r} is none of {', '.join(KINDS)}")
            if level not in LEVELS:
                raise ValueError(f"severity of {kind} is none of {', '.join(LEVELS)}")

    @include_managed.validator
    def _check_include_managed(self, _: object, include_managed: bool) -> None:  # noqa: FBT001
        if not isinstance(include_managed, bool):
            raise ValueError("include_managed is neither True nor False")  # noqa: TRY004

    @accepted.validator
    def _check_accepted(self, _: object, accepted: tuple[Acceptance, ...]) -> None:
        if not all(isinstance(each, Acceptance) for each in accepted):
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
            text: the YAML.
            file: what messages call the text.

        Raises:
            ConfigurationError: the text is not YAML, has an unknown key, one that appears twice, or
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
                kind: level for kind in KINDS if (level := levels.word(kind, LEVELS))
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
