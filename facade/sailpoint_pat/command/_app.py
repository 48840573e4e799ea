"""The program and the options before the command. The commands are in `_commands_*`.

typer only reads the command line: each command returns a `Job`, which `_run` does afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, TypeVar

import typer

from sailpoint_pat import __version__
from sailpoint_pat.command._job import Job
from sailpoint_pat.command._where import Where

F = TypeVar("F", bound=Callable[..., Job])


def _help(example: str, text: str) -> str:
    # typer leaves the lines of a paragraph that begins with this character as they are.
    return f"\b\nExample: sailpoint-pat {example}\n\n{text}"


app = typer.Typer(
    help=_help(
        "list --expires-within 30d",
        "List, create, rotate, revoke and audit SailPoint personal access tokens. The tenant, and "
        "the client id and secret of the token to run on, come from the variables SAIL_BASE_URL, "
        "SAIL_CLIENT_ID and SAIL_CLIENT_SECRET, or from ~/.sailpoint/config.yaml and the system "
        "keyring.",
    ),
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)


def command(name: str, *, short: str, example: str, text: str) -> Callable[[F], F]:
    """Return a decorator that makes a function a command.

    Args:
        name: the command's name.
        short: what the list of all commands says about it.
        example: how it is called, after the program's name; its help begins with that.
        text: what it does.
    """
    return app.command(name, short_help=short, help=_help(example, text))


def job(context: typer.Context, work: Callable[..., int], /, **options: object) -> Job:
    """Return the job that calls `work` with the tenant and these options."""
    where, debug = context.obj
    return Job(partial(work, where, **options), debug)


def _version(asked: bool) -> None:  # noqa: FBT001  typer's callback
    if asked:
        typer.echo(f"sailpoint-pat {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _before(  # noqa: PLR0913  an option is an argument
    context: typer.Context,
    *,
    environment: Annotated[
        str | None, typer.Option(metavar="NAME", help="An environment of ~/.sailpoint/config.yaml.")
    ] = None,
    tenant: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="acme stands for https://acme.api.identitynow.com."),
    ] = None,
    base_url: Annotated[
        str | None, typer.Option(metavar="URL", help="The whole address of the tenant's API.")
    ] = None,
    api_version: Annotated[
        str | None,
        typer.Option(
            metavar="VERSION",
            help="v1, v3, v2024, v2025, v2026 or beta. [default: v1, or what the URL names]",
        ),
    ] = None,
    fake: Annotated[
        bool,
        typer.Option(
            "--fake",
            help="Use a made-up tenant, which is gone when the command ends: to try it out.",
        ),
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the library's log and tracebacks.")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    del version  # Its callback has ended the command.
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(2)
    context.obj = (Where(environment, tenant, base_url, api_version, fake), debug)
