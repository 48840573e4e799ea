"""Data on standard output: tokens and other records as a table, JSON, CSV or tab-separated text."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from sailpoint_pat.command._exits import CommandError
from sailpoint_pat.command._terminal import visible
from sailpoint_pat.command._times import date_in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sailpoint_pat import PersonalAccessToken

Format = Literal["table", "json", "csv"]

# What a spreadsheet takes for the beginning of a formula; the last four are the wide forms that
# some take for the same.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # noqa: RUF001  they are meant


def write(text: str, *, must_arrive: bool = False) -> None:
    """Write to standard output.

    A reader that has gone away (`| head`) has seen what it wanted, and is no failure.

    Args:
        text: what to write.
        must_arrive: whether it is one, because the text is nowhere else.

    Raises:
        CommandError: it cannot be written, because a disk is full for example.
    """
    out = sys.stdout
    if out is None or out.closed:
        if must_arrive:
            raise CommandError("There is no standard output to write to.")
        return
    try:
        out.write(text)
        out.flush()
    except OSError as error:
        # So that Python, when it ends, does not fail with the rest.
        os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())
        if must_arrive or not isinstance(error, BrokenPipeError):
            raise CommandError(
                f"Standard output cannot be written: {error.strerror or type(error).__name__}."
            ) from None


def is_table_for_people(output: str) -> bool:
    """Return whether a table is drawn, and not written as tab-separated text."""
    return output == "table" and sys.stdout is not None and sys.stdout.isatty()


def print_tokens(
    tokens: Sequence[PersonalAccessToken], output: Format, *, with_owner: bool = True
) -> None:
    """Print any number of tokens; as JSON an array."""
    if output == "json":
        print_json([token.as_dict() for token in tokens])
    elif is_table_for_people(output):
        from sailpoint_pat.command._table import print_token_table  # noqa: PLC0415  imports rich

        print_token_table(tokens, with_owner=with_owner)
    else:
        print_rows(TOKEN_FIELDS, map(_row, tokens), output)


def print_token(
    token: PersonalAccessToken, output: Format, extra: Mapping[str, str] | None = None
) -> None:
    """Print one token; as JSON an object.

    Args:
        token: the token.
        output: how.
        extra: more fields to print with it, such as a secret that the user asked to see. They
            have to arrive.
    """
    extra = dict(extra or {})
    if output == "json":
        print_json(token.as_dict() | extra, must_arrive=bool(extra))
    elif is_table_for_people(output):
        print_fields(_fields_for_people(token) | extra, must_arrive=bool(extra))
    else:
        row = [*_row(token), *extra.values()]
        print_rows((*TOKEN_FIELDS, *extra), [row], output, must_arrive=bool(extra))


TOKEN_FIELDS = (
    "id",
    "name",
    "owner_id",
    "owner_name",
    "scopes",
    "created_at",
    "last_used_at",
    "expires_at",
    "never_expires",
    "access_token_ttl_seconds",
    "managed",
)


def _row(token: PersonalAccessToken) -> list[object]:
    fields = token.as_dict()
    owner = token.owner
    fields["owner_id"] = None if owner is None else owner.id
    fields["owner_name"] = None if owner is None else owner.name
    fields["scopes"] = None if token.scopes is None else " ".join(token.scopes)
    return [fields[name] for name in TOKEN_FIELDS]


def _fields_for_people(token: PersonalAccessToken) -> dict[str, str]:
    now = datetime.now(UTC)
    owner = token.owner
    never = "never" if token.never_expires else "no date given"
    used = token.last_used_at
    return {
        "name": token.name,
        "id": token.id,
        "owner": "none" if owner is None else f"{owner.name or 'no name'}, id {owner.id or 'none'}",
        "scopes": "none given: all" if token.scopes is None else " ".join(token.scopes),
        "created": date_in_words(token.created_at, now),
        "last used": date_in_words(used, now) if used else "never",
        "expires": date_in_words(token.expires_at, now) if token.expires_at else never,
        "access tokens live": f"{int(token.access_token_ttl.total_seconds())} seconds",
        "managed by the platform": "yes" if token.managed else "no",
    }


def print_fields(fields: Mapping[str, str], *, must_arrive: bool = False) -> None:
    """Print a record for people: one line a field."""
    width = max(map(len, fields))
    lines = [f"{name:<{width}}  {visible(value)}\n" for name, value in fields.items()]
    write("".join(lines), must_arrive=must_arrive)


def print_rows(
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    output: str,
    *,
    must_arrive: bool = False,
) -> None:
    """Print rows as CSV, or tab-separated for every other output."""
    text = io.StringIO()
    if output == "csv":
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([_cell(value) for value in row] for row in rows)
    else:
        lines = [header, *([_cell(value) for value in row] for row in rows)]
        text.writelines("\t".join(line) + "\n" for line in lines)
    write(text.getvalue(), must_arrive=must_arrive)


def _cell(value: object) -> str:
    r"""Return a value as a cell of a spreadsheet, on one line and never a formula.

    A tab or a line end in it is written as `\t` or `\n`.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return f"'{visible(text)}" if text.startswith(_FORMULA) else visible(text)


def print_json(document: object, *, must_arrive: bool = False) -> None:
    """Print a document as JSON, in which what is not printable is escaped."""
    encoding = (getattr(sys.stdout, "encoding", None) or "ascii").lower()
    text = json.dumps(document, indent=2, ensure_ascii=not encoding.startswith("utf"))
    # Only the line ends are json's own: what is not printable besides stands in a name.
    lines = "\n".join(map(_printable_json, text.split("\n")))
    write(f"{lines}\n", must_arrive=must_arrive)


def _printable_json(line: str) -> str:
    if line.isprintable():
        return line
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in line)
