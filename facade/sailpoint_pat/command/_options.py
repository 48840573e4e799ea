"""The options that several commands have, for typer."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from sailpoint_pat.command._output import Format
from sailpoint_pat.command._times import duration, moment

Token = Annotated[str, typer.Argument(metavar="TOKEN", help="An exact id, or else an exact name.")]
All = Annotated[
    bool, typer.Option("--all", help="Look through the whole tenant, not your own tokens alone.")
]
Output = Annotated[
    Format,
    typer.Option(
        "--output", "-o", help="A table is drawn on a terminal; elsewhere it is tab-separated text."
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check everything, and change nothing.")]

ExpiresIn = Annotated[
    timedelta | None,
    typer.Option(
        "--expires-in",
        parser=duration,
        metavar="TIME",
        help="The new token expires after this time: 12h, 90d, 2w.",
    ),
]
ExpiresAt = Annotated[
    datetime | None,
    typer.Option(
        "--expires-at",
        parser=moment,
        metavar="DATE",
        help="It expires at the end of this day in UTC (2027-03-31), or at this moment "
        "(2027-03-31T18:00:00+01:00).",
    ),
]
NeverExpires = Annotated[bool, typer.Option("--never-expires", help="It never expires.")]

SaveTo = Annotated[
    Path | None,
    typer.Option(
        "--save-to",
        metavar="FILE",
        help="Save SAIL_BASE_URL, SAIL_CLIENT_ID and SAIL_CLIENT_SECRET in this file, for a shell, "
        "systemd or Docker. Its other lines stay.",
    ),
]
SaveToKeyring = Annotated[
    str | None,
    typer.Option(
        "--save-to-keyring",
        metavar="NAME",
        help="Save id and secret in the system keyring, for this environment of "
        "~/.sailpoint/config.yaml.",
    ),
]
SaveWith = Annotated[
    str | None,
    typer.Option(
        "--save-with",
        metavar="COMMAND",
        help="Run this shell command, which reads the new token and its secret as JSON from its "
        "standard input. If it fails, the new token is revoked.",
    ),
]
SaveTimeout = Annotated[
    int,
    typer.Option(
        "--save-timeout", metavar="SECONDS", min=1, max=3600, help="How long that command may take."
    ),
]
ShowSecret = Annotated[
    bool, typer.Option("--show-secret", help="Print the secret on standard output.")
]
Then = Annotated[
    str | None,
    typer.Option(
        "--then",
        metavar="COMMAND",
        help="Run this shell command once the secret is saved, before an old token is revoked.",
    ),
]
