"""`imports list`: the imports with their ids, the newest first."""

import sys
from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

import orjson
import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.imports.settled import Settled, settled_as, still_rejected
from services.ingest.imports.tally import Count, Tally
from services.ingest.queries.import_list import ImportFilter, list_imports
from services.ingest.queries.imports import TAKEN_BACK
from services.ingest.queries.reject_corrections import find_settled
from services.ingest.queries.tally_columns import read_tally
from services.ingest.settings import Settings
from shared.command_line import with_engine
from shared.money import format_pounds


def list_files(
    buyer: Annotated[str | None, typer.Option(help="Of this buyer alone", metavar="ORG-ID")] = None,
    state: Annotated[
        str | None, typer.Option(help="In this state alone: finished, needs_mapping, ...")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="As many of the newest")] = 100,
    *,
    json: Annotated[bool, typer.Option("--json", help="Print them as JSON")] = False,
) -> None:
    """List the imports, the newest first: id, state, file, buyer, rows and pounds.

    Pounds are those that an import added to the ledger, so that they can be added up: rows that an
    earlier one brought already stand under known, and one that was taken back added none. Rejected
    rows that were corrected since are added by the first import of their file.
    """

    async def run(engine: AsyncEngine, _: Settings) -> None:
        async with engine.connect() as connection:
            buyers = None if buyer is None else [buyer]
            rows = await list_imports(connection, ImportFilter(buyers, state), None, limit)
            settled = await find_settled(connection, [row.file_id for row in rows])
        listed = [_listed(row, settled) for row in rows]
        if json:
            typer.echo(orjson.dumps({"imports": listed}, option=orjson.OPT_INDENT_2))
            return
        table = Table(*(column.replace("_", " ") for column in _COLUMNS), box=None)
        for column in table.columns[4:9]:
            column.justify = "right"
        for each in listed:
            table.add_row(*(_cell(each[column]) for column in _COLUMNS))
        console = Console(file=sys.stdout, highlight=False, markup=False)
        console.width = max(console.width, _WIDTH)  # an id that is cut is of no use
        console.print(table)

    with_engine(Settings(), run)


_WIDTH = 180
_COLUMNS = (
    *("import_id", "state", "file", "buyer", "read", "added", "known", "rejected", "pounds_added"),
    "started_at",
)


def _listed(row: Row[Any], settled: Mapping[UUID, Sequence[Settled]]) -> dict[str, Any]:
    """`added` and `pounds_added` are of rows that were new; `rejected` those that are so still."""
    tally = read_tally(row)
    since = settled.get(row.file_id, ())
    added = _added(row, tally, since)
    left = still_rejected(tally.rejected_by_reason, since)
    return {
        "import_id": str(row.import_id),
        "state": row.state,
        "file": row.name,
        "buyer": row.buyer,
        "read": tally.read,
        "added": added.rows,
        "known": tally.already_known.rows,
        "rejected": sum(left.values(), Count()).rows,
        "pounds_added": format_pounds(added.pence),
        "started_at": row.started_at,
    }


def _added(row: Row[Any], tally: Tally, settled: Sequence[Settled]) -> Count:
    """New rows; of a file's first run those too that were rejected and are corrected since."""
    if row.state == TAKEN_BACK:
        return Count()
    return tally.accepted + (settled_as("accepted", settled) if row.run == 1 else Count())


def _cell(value: Any) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:%Y-%m-%d %H:%M} UTC" if hasattr(value, "strftime") else str(value)
