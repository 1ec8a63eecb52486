"""What the command line says of rejects: a table for people, JSON lines for programs."""

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import Row

from services.ingest.queries.reject_corrections import REJECTED_AGAIN
from services.ingest.rejects.correct_file import CorrectedFile
from services.ingest.rejects.known_fields import is_known_field
from services.ingest.rejects.open_rejects import Corrected
from services.ingest.rejects.reject_place import RejectPlace

_WIDE = 160
MOST_PRINTED = 20
_LEFT, _REFUSED = "left as they were", "corrected, still refused"


def reject_as_json(row: Row[Any], place: RejectPlace, *, withheld: bool) -> dict[str, Any]:
    """A reject with the start of its content, and what may quote it, unless that is withheld."""
    return {
        "number": row.seq,
        "reject_id": row.reject_id,
        "origin": row.origin,
        "file": place.file,
        "sheet": place.sheet,
        "row": place.row,
        "buyer": row.buyer,
        "field": None if withheld and not is_known_field(row.field) else row.field,
        "reason": row.reason,
        "received_at": row.received_at,
        "state": row.state,
        "corrected_by": row.who,
        "withheld": withheld,
        "content": None if withheld else row.start.decode(errors="backslashreplace"),
        "headers": None if withheld else row.headers,
    }


def print_rejects(rejects: Sequence[tuple[Row[Any], RejectPlace]], *, full: bool) -> None:
    """Rejects as a table; of a `full` page also how to see what follows."""
    console = Console(file=sys.stdout, highlight=False, markup=False)
    if not console.is_terminal:  # else the width of a terminal that is not there
        console.width = _WIDE
    if not rejects:
        console.print("nothing is in quarantine")
        return
    table = Table("number", "buyer", "file or origin", "row", "field", "reason", "state", box=None)
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
                    row.state,
                )
            )
        )
    console.print(table)
    console.print("Rows of a file are numbered as a spreadsheet shows them.")
    if full:
        console.print(f"There may be more: rejects list --after {rejects[-1][0].seq}")


def print_corrected(done: CorrectedFile, places: Mapping[str, RejectPlace]) -> None:
    """What became of a corrected spreadsheet, for people; `places` are by reject id."""
    console = Console(file=sys.stdout, highlight=False, markup=False)
    table = Table("", "rejects", box=None)
    counts = done.outcomes - Counter({REJECTED_AGAIN: done.left}) + Counter({_LEFT: done.left})
    for outcome, count in sorted(counts.items()):
        said = _REFUSED if outcome == REJECTED_AGAIN else outcome.replace("_", " ")
        table.add_row(said, f"{count:,}")
    console.print(table)
    for each in done.refused[:MOST_PRINTED]:
        where = _where(places.get(each.reject_id, RejectPlace()))
        named = each.field and not each.reason.startswith(each.field)
        field = f"{_seen(each.field)}: " if named else ""
        said = f"{where}{field}{_seen(each.reason)} ({each.reject_id})"
        console.print(f"{_REFUSED}: {said}", soft_wrap=True)
    if len(done.refused) > MOST_PRINTED:
        console.print("and more: rejects list --state open")


def _where(place: RejectPlace) -> str:
    """`april.xlsx [Spend], row 12: `, as far as it is known."""
    row = "" if place.row is None else f"row {place.row:,}"
    said = ", ".join(filter(None, (_seen(_file_name(place)), row)))
    return f"{said}: " if said else ""


def print_acted(done: Sequence[Corrected]) -> None:
    """What became of each of some rejects that were named."""
    console = Console(file=sys.stdout, highlight=False, markup=False)
    for each in done:
        why = f": {_seen(each.reason)}" if each.reason else ""
        console.print(f"{each.reject_id} {each.outcome.replace('_', ' ')}{why}")


def _file_name(place: RejectPlace) -> str | None:
    return f"{place.file} [{place.sheet}]" if place.file and place.sheet else place.file


def _seen(value: object) -> str:
    """A value as text without what would steer the terminal: it may be the sender's own."""
    text = "" if value is None else str(value)
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
