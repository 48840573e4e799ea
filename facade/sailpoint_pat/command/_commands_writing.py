"""The command line of the commands that change something."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from sailpoint_pat.command._app import command, job
from sailpoint_pat.command._expiry import Expiry
from sailpoint_pat.command._job import Job
from sailpoint_pat.command._options import (
    All,
    DryRun,
    ExpiresAt,
    ExpiresIn,
    NeverExpires,
    Output,
    SaveTimeout,
    SaveTo,
    SaveToKeyring,
    SaveWith,
    ShowSecret,
    Then,
    Yes,
)
from sailpoint_pat.command._times import duration


@command(
    "create",
    short="Create a token, and save its secret.",
    example='create "Nightly export" --expires-in 90d --scope idn:accounts:read --save-to job.env',
    text="Create a token of your own. Its secret is shown by the API once and never again, so "
    "say where it goes, with one of --save-to, --save-to-keyring, --save-with and --show-secret.",
)
def _create(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A name that you have given to no other token.")
    ],
    *,
    expires_in: ExpiresIn = None,
    expires_at: ExpiresAt = None,
    never_expires: NeverExpires = False,
    scope: Annotated[
        list[str] | None,
        typer.Option("--scope", metavar="SCOPE", help="What it may do; any number of times."),
    ] = None,
    all_scopes: Annotated[
        bool, typer.Option("--all-scopes", help="It may do all that you may.")
    ] = False,
    save_to: SaveTo = None,
    save_to_keyring: SaveToKeyring = None,
    save_with: SaveWith = None,
    save_timeout: SaveTimeout = 60,
    show_secret: ShowSecret = False,
    then: Then = None,
    dry_run: DryRun = False,
    output: Output = "table",
) -> Job:
    from sailpoint_pat.command._create import create
    from sailpoint_pat.command._save import SaveOptions

    return job(
        context,
        create,
        name=name,
        scopes=scope or [],
        all_scopes=all_scopes,
        expiry=Expiry(expires_in, expires_at, never_expires),
        save=SaveOptions(save_to, save_to_keyring, save_with, save_timeout, show_secret, then),
        dry_run=dry_run,
        output=output,
    )


@command(
    "rotate",
    short="Put new tokens in place of old ones.",
    example="rotate --self --due 30d --save-to job.env --yes",
    text="Put a new token in place of an old one: create it with the same scopes, prove that "
    "it works, save its secret, and revoke the old one. Whatever fails, one saved token "
    "works afterwards. The new token lives as long as the old one was made to, unless "
    "told otherwise.",
)
def _rotate(
    context: typer.Context,
    token: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TOKEN]...", help="Exact ids, or else exact names, of your own."),
    ] = None,
    *,
    self_: Annotated[
        bool, typer.Option("--self", help="The token that this command runs on.")
    ] = False,
    all_mine: Annotated[
        bool,
        typer.Option(
            "--all-mine",
            help="All your tokens that are neither expired nor managed by the platform.",
        ),
    ] = False,
    due: Annotated[
        timedelta | None,
        typer.Option(
            parser=duration, metavar="TIME", help="Only those that expire within this time: 30d."
        ),
    ] = None,
    expires_in: ExpiresIn = None,
    expires_at: ExpiresAt = None,
    never_expires: NeverExpires = False,
    save_to: SaveTo = None,
    save_to_keyring: SaveToKeyring = None,
    save_with: SaveWith = None,
    save_timeout: SaveTimeout = 60,
    show_secret: ShowSecret = False,
    then: Then = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    output: Output = "table",
) -> Job:
    from sailpoint_pat.command._rotate import Selection, rotate
    from sailpoint_pat.command._save import SaveOptions

    return job(
        context,
        rotate,
        selection=Selection(token or [], self_, all_mine, due),
        expiry=Expiry(expires_in, expires_at, never_expires),
        save=SaveOptions(save_to, save_to_keyring, save_with, save_timeout, show_secret, then),
        yes=yes,
        dry_run=dry_run,
        output=output,
    )


@command(
    "revoke",
    short="Revoke tokens.",
    example='revoke "Nightly export"',
    text="Revoke tokens. Programs that use them stop working. That cannot be undone.",
)
def _revoke(
    context: typer.Context,
    token: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TOKEN]...", help="Exact ids, or else exact names."),
    ] = None,
    *,
    from_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="More of them, one on each line; - is standard input."),
    ] = None,
    everybody: All = False,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> Job:
    from sailpoint_pat.command._revoke import revoke

    return job(
        context,
        revoke,
        wanted=token or [],
        from_file=from_file,
        everybody=everybody,
        yes=yes,
        dry_run=dry_run,
    )
