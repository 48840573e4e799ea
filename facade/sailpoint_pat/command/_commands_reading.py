"""The command line of the commands that only read."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

import typer

from sailpoint_pat.command._app import command, job
from sailpoint_pat.command._job import Job
from sailpoint_pat.command._options import All, Output, Token
from sailpoint_pat.command._times import duration


@command(
    "whoami",
    short="Which tenant, which token, whose, until when, and which rights.",
    example="whoami",
    text="Show which tenant and which token the command uses and where each of these was "
    "found, whose token it is and until when, and which rights it was seen to have. What "
    "is tried only reads.",
)
def _whoami(context: typer.Context, *, output: Output = "table") -> Job:
    from sailpoint_pat.command._show import whoami

    return job(context, whoami, output=output)


@command(
    "list",
    short="List tokens: your own, somebody's, or the whole tenant's.",
    example="list --expires-within 30d",
    text="List personal access tokens.",
)
def _list(
    context: typer.Context,
    *,
    owner: Annotated[
        str | None, typer.Option(metavar="me|ID", help="Whose tokens; your own if left out.")
    ] = None,
    everybody: Annotated[
        bool, typer.Option("--all", help="The tokens of the whole tenant.")
    ] = False,
    unused_since: Annotated[
        timedelta | None,
        typer.Option(
            parser=duration,
            metavar="TIME",
            help="Only those that were used, but not for this time: 12h, 90d, 2w. With "
            "--never-used: those and the never used ones.",
        ),
    ] = None,
    never_used: Annotated[
        bool, typer.Option("--never-used", help="Only those that were never used.")
    ] = False,
    expires_within: Annotated[
        timedelta | None,
        typer.Option(
            parser=duration,
            metavar="TIME",
            help="Only those that work now and expire within this time.",
        ),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(metavar="GLOB", help="Only those with a name like this: 'backup-*'."),
    ] = None,
    output: Output = "table",
) -> Job:
    from sailpoint_pat.command._show import list_tokens
    from sailpoint_pat.command._tokens import Filters

    if everybody and owner is not None:
        raise typer.BadParameter("--all is every owner: leave out --owner.")
    filters = Filters(unused_since, never_used, expires_within, name)
    owner = None if everybody else owner or "me"
    return job(context, list_tokens, owner=owner, filters=filters, output=output)


@command(
    "show",
    short="Show one token.",
    example='show "Nightly export"',
    text="Show one token, by its id or its name.",
)
def _show(
    context: typer.Context, token: Token, *, everybody: All = False, output: Output = "table"
) -> Job:
    from sailpoint_pat.command._show import show

    return job(context, show, wanted=token, everybody=everybody, output=output)


@command(
    "audit",
    short="Say what somebody should look at.",
    example="audit --fail-on high --html report.html",
    text="Say which tokens somebody should look at: expired or expiring ones, unused ones, "
    "ones that may do everything, ones without an owner, and more.",
)
def _audit(
    context: typer.Context,
    *,
    owner: Annotated[
        str | None,
        typer.Option(metavar="me|ID", help="Whose tokens; the whole tenant's if left out."),
    ] = None,
    policy: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What to look for, as docs/policy.md says.")
    ] = None,
    fail_on: Annotated[
        Literal["high", "medium", "low", "never"],
        typer.Option(
            help="End with exit code 10 where there are findings of this severity or above."
        ),
    ] = "high",
    since: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Compare with an earlier report (-o json).")
    ] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the report as a page, too.")
    ] = None,
    environments: Annotated[
        str | None,
        typer.Option(metavar="A,B", help="Audit these environments of ~/.sailpoint/config.yaml."),
    ] = None,
    all_environments: Annotated[
        bool, typer.Option("--all-environments", help="Audit all of them.")
    ] = False,
    output: Annotated[
        Literal["table", "json", "csv", "prometheus"],
        typer.Option(
            "--output",
            "-o",
            help="A table is drawn on a terminal; elsewhere it is tab-separated text.",
        ),
    ] = "table",
) -> Job:
    from sailpoint_pat.command._audit import AuditOptions, run_audit

    options = AuditOptions(owner, policy, fail_on, since, html, environments, all_environments)
    return job(context, run_audit, options=options, output=output)
