"""`sailpoint-pat audit`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

import attrs

from sailpoint_pat import environments
from sailpoint_pat._extras import needs_extra
from sailpoint_pat.audit import AuditReport, EarlierReport, Policy, audit
from sailpoint_pat.command._audit_output import print_report
from sailpoint_pat.command._connection import arguments_for
from sailpoint_pat.command._exits import DONE, FINDINGS, CommandError, UsageError
from sailpoint_pat.command._tenants import places_of, read_places
from sailpoint_pat.command._terminal import say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sailpoint_pat.command._audit_output import AuditFormat
    from sailpoint_pat.command._tenants import Reading
    from sailpoint_pat.command._where import Where

FailOn = Literal["high", "medium", "low", "never"]


@attrs.frozen
class AuditOptions:
    """What the command line says about an audit.

    Attributes:
        owner: whose tokens; None for the whole tenant.
        policy: a policy file.
        fail_on: the severity from which on findings decide the exit code.
        since: the JSON of an earlier report to compare with.
        html: a file for the report as a page.
        environments: the environments to audit; None for the one that is in use.
        all_environments: whether to audit all of the config file.
    """

    owner: str | None
    policy: Path | None
    fail_on: FailOn
    since: Path | None
    html: Path | None
    environments: str | None
    all_environments: bool


def run_audit(where: Where, options: AuditOptions, output: AuditFormat) -> int:
    """Audit one tenant or several, print the report, and return the exit code."""
    policy = Policy.from_file(options.policy) if options.policy else Policy()
    previous = _earlier(options.since) if options.since else None
    page = _Page.for_file(options.html) if options.html else None
    names = _names(where, options)
    with arguments_for(where) as arguments:
        places = places_of(names, arguments, called="FakeTenant" if where.fake else None)
        readings = read_places(places, options.owner)
    report = AuditReport.combine(_report(reading, policy, previous) for reading in readings)
    print_report(report, output)
    if page is not None:
        page.write(report)
    _fail_if_incomplete(readings)
    if options.fail_on != "never" and report.at_least(options.fail_on):
        return FINDINGS
    return DONE


def _earlier(file: Path) -> EarlierReport:
    try:
        text = file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.") from None
    return EarlierReport.from_json(text, file=str(file))


def _names(where: Where, options: AuditOptions) -> list[str | None]:
    """Return the environments to audit; None for what the options before the command say."""
    if options.environments is None and not options.all_environments:
        return [None]
    if options.environments is not None and options.all_environments:
        raise UsageError("--environments and --all-environments: give one of them.")
    if where.environment or where.tenant or where.base_url or where.fake:
        raise UsageError(
            "--environments and --all-environments say which tenants: leave out --environment, "
            "--tenant, --base-url and --fake."
        )
    known = [environment.name for environment in environments()]
    if options.environments is None:
        wanted = known
    else:
        # The names of environments are in lower case, whatever is asked for.
        wanted = [name.strip().lower() for name in options.environments.split(",") if name.strip()]
    unknown = [name for name in wanted if name not in known]
    if unknown or not wanted:
        raise UsageError(
            f"~/.sailpoint/config.yaml has no environment {', '.join(unknown) or 'at all'}. "
            f"It has: {', '.join(known) or 'none'}."
        )
    return list(dict.fromkeys(wanted))


def _report(reading: Reading, policy: Policy, previous: EarlierReport | None) -> AuditReport:
    place = reading.place
    if reading.error is not None:
        return AuditReport.failed(
            place.name, str(reading.error), policy, base_url=place.base_url, now=reading.read_at
        )
    return audit(
        reading.tokens,
        policy,
        now=reading.read_at,
        tenant=place.name,
        base_url=place.base_url,
        unreadable=reading.unreadable,
        previous=previous,
    )


@attrs.frozen
class _Page:
    """The file that the report goes to as a page."""

    file: Path
    render: Callable[[AuditReport], str]

    @classmethod
    def for_file(cls, file: Path) -> Self:
        """Return the page, where one can be made and written: that shows before it is needed."""
        try:
            from sailpoint_pat.report import render  # noqa: PLC0415  it needs jinja2
        except ImportError:
            raise UsageError(needs_extra("--html needs jinja2", "cli")) from None
        if not file.parent.is_dir() or file.is_dir():
            raise UsageError(f"No file can be written at {file}.")
        return cls(file, render)

    def write(self, report: AuditReport) -> None:
        """Write the page. Whoever reads the file meanwhile sees the old one."""
        new = self.file.with_name(f".{self.file.name}.{os.getpid()}")
        try:
            new.write_text(self.render(report), encoding="utf-8")
            new.replace(self.file)
        except OSError as error:
            raise CommandError(f"{self.file} cannot be written: {error.strerror}.") from None
        finally:
            new.unlink(missing_ok=True)
        say(f"The page is in {self.file}.")


def _fail_if_incomplete(readings: Sequence[Reading]) -> None:
    failed = [reading for reading in readings if reading.error is not None]
    if len(readings) == 1 and readings[0].error is not None:
        raise readings[0].error
    if failed:
        raise CommandError(
            f"{len(failed)} of {len(readings)} tenants could not be read.",
            details=tuple(f"{reading.place.name}: {reading.error}" for reading in failed),
        )
