"""The files that a body publishes: which facts each reads, and how it is written."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.exports import ocds, three_sixty_giving, vcse_grants
from services.api.exports.asked import AskedExport
from services.api.exports.csv_sheet import as_csv
from services.api.exports.exported import Exported
from services.api.exports.json_package import write_package
from services.api.exports.read_agreements import read_agreed, read_granted
from services.api.exports.spend_items import OVER_500, OVER_25000, SpendForm
from services.api.queries.exports import read_items
from shared.door.accepted import CSV_TYPE, JSON_TYPE
from shared.errors import Conflict

Rows = AsyncIterator[Exported[Any]]
SPEND_OVER_500 = "spend-over-500"
SPEND_OVER_25000 = "spend-over-25000"
VCSE_GRANTS = "vcse-grants"
OCDS, THREE_SIXTY_GIVING = "ocds", "360giving"
_NO_GRANTS = (
    "no grant that this buyer awarded on the days asked for can be published, and 360Giving has no"
    " empty package; /v1/exports/360giving/problems says what is missing"
)


class Export(NamedTuple):
    """An export: its rows, published and left out, and the writers of its file by media type."""

    read: Callable[[AsyncConnection, AskedExport], Rows]
    write: Mapping[str, Callable[[AskedExport, Rows], AsyncIterator[bytes]]]
    needs: str = ""
    """The setting of the publisher without which there is no such file."""
    prefix: str = ""
    """What that setting holds, and who gives it."""


def _items(form: SpendForm) -> Export:
    async def read(connection: AsyncConnection, asked: AskedExport) -> Rows:
        async for row in read_items(connection, asked.buyer, asked.span, form.over_pence):
            yield form.export(row, asked)

    return Export(read, {CSV_TYPE: lambda _, rows: as_csv(form.columns, rows)})


async def _vcse_grants(connection: AsyncConnection, asked: AskedExport) -> Rows:
    async for agreement in read_granted(connection, asked):
        exported = vcse_grants.vcse_grant(agreement, asked)
        if exported is not None:
            yield exported


async def _grants(connection: AsyncConnection, asked: AskedExport) -> Rows:
    async for agreement in read_granted(connection, asked):
        yield three_sixty_giving.grant(agreement, asked)


async def _releases(connection: AsyncConnection, asked: AskedExport) -> Rows:
    async for agreement in read_agreed(connection, asked):
        yield ocds.release(agreement, asked)


def _grant_package(asked: AskedExport, rows: Rows) -> AsyncIterator[bytes]:
    publisher = {"name": asked.buyer_name or asked.buyer, "identifier": asked.buyer}
    head = {"version": three_sixty_giving.VERSION, "publisher": publisher}
    return write_package(head, "grants", rows, empty=_NO_GRANTS)


def _grant_sheet(_: AskedExport, rows: Rows) -> AsyncIterator[bytes]:
    return as_csv(three_sixty_giving.COLUMNS, three_sixty_giving.as_rows(rows))


EXPORTS: Mapping[str, Export] = {
    SPEND_OVER_500: _items(OVER_500),
    SPEND_OVER_25000: _items(OVER_25000),
    VCSE_GRANTS: Export(
        _vcse_grants, {CSV_TYPE: lambda _, rows: as_csv(vcse_grants.COLUMNS, rows)}
    ),
    OCDS: Export(
        _releases,
        {JSON_TYPE: lambda asked, rows: write_package(ocds.package_head(asked), "releases", rows)},
        "ocid_prefix",
        "The Open Contracting Partnership registers one for a publisher, free of charge"
        " (ocds- and six letters or digits); to try, set ocds-000000 and publish nothing",
    ),
    THREE_SIXTY_GIVING: Export(
        _grants,
        {JSON_TYPE: _grant_package, CSV_TYPE: _grant_sheet},
        "grant_prefix",
        "360Giving gives one to a publisher (360G- and a name);"
        " to try, set 360G-trial and publish nothing",
    ),
}


def check_publisher(export: Export, asked: AskedExport) -> None:
    """Conflict where a setting is missing without which nothing can be named."""
    if export.needs and getattr(asked.publisher, export.needs) is None:
        raise Conflict(
            f"LOCALPOUND_API_{export.needs.upper()} is not set: every id in this file begins with"
            f" it. {export.prefix}"
        )


def file_name(name: str, media_type: str, asked: AskedExport) -> str:
    """As the file is kept: the export, the buyer, the days that were asked for."""
    ends = ((asked.span.since, date.min), (asked.span.until, date.max))
    told = [day.isoformat() for day, is_open in ends if day != is_open]
    extension = media_type.rpartition("/")[2]
    return "_".join((name, asked.buyer.replace("/", "-"), *told)) + f".{extension}"
