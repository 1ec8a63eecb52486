"""What the command line says of rejects: a table for people, JSON lines for programs."""

import sys
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import Row

from services.ingest.reject_place import RejectPlace

_WIDE = 160


def reject_as_json(row: Row[Any], place: RejectPlace) -> dict[str, Any]:
    """A reject with the start of its content."""
    return {
        "number": row.seq,
        "reject_id": row.reject_id,
        "origin": row.origin,
        "file": place.file,
        "sheet": place.sheet,
        "row": place.row,
        "buyer": row.buyer,
        "field": row.field,
        "reason": row.reason,
        "received_at": row.received_at,
        "content": row.start.decode(errors="backslashreplace"),
        "headers": row.headers,
    }


def print_rejects(rejects: Sequence[tuple[Row[Any], RejectPlace]], *, full: bool) -> None:
    """Rejects as a table; of a `full` page also how to see what follows."""
    console = Console(file=sys.stdout, highlight=False, markup=False)
    if not console.is_terminal:  # else the width of a terminal that is not there
        console.width = _WIDE
    if not rejects:
        console.print("nothing is in quarantine")
        return
    table = Table("number", "buyer", "file or origin", "row", "field", "reason", box=None)
    for row, place in rejects:
        table.add_row(
            *(
                _seen(text)
                for text in (
                    row.seq,
                    row.buyer,
                    _file_name(place) or row.origin,
                    place.row,
                    row.field,
                    row.reason,
                )
            )
        )
    console.print(table)
    console.print("Rows of a file are numbered as a spreadsheet shows them.")
    if full:
        console.print(f"There may be more: rejects list --after {rejects[-1][0].seq}")


def _file_name(place: RejectPlace) -> str | None:
    return f"{place.file} [{place.sheet}]" if place.file and place.sheet else place.file


def _seen(value: object) -> str:
    """A value as text without what would steer the terminal: it may be the sender's own."""
    text = "" if value is None else str(value)
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
