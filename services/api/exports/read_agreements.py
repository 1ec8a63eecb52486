"""A buyer's agreements for an export, one by one from a few at a time."""

from collections.abc import AsyncIterator

from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.exports.agreement import Agreement, Paid, put_together
from services.api.exports.asked import AskedExport
from services.api.queries.agreements import read_lines, read_versions
from services.api.queries.exports import (
    read_agreement_pages,
    read_definitions,
    read_referring_payments,
)

_GRANT = "grant"


async def read_agreed(connection: AsyncConnection, asked: AskedExport) -> AsyncIterator[Agreement]:
    """The agreements for services whose term has a day in the span; grants are not let."""
    async for each in _read(connection, asked):
        ends = each.last_day or asked.span.until
        if each.kind != _GRANT and each.start <= asked.span.until and ends >= asked.span.since:
            yield each


async def read_granted(connection: AsyncConnection, asked: AskedExport) -> AsyncIterator[Agreement]:
    """The grants awarded in the span; where no day of award is recorded, that begin in it."""
    async for each in _read(connection, asked):
        decided = each.awarded_on or each.start
        if each.kind == _GRANT and asked.span.since <= decided <= asked.span.until:
            yield each


async def _read(connection: AsyncConnection, asked: AskedExport) -> AsyncIterator[Agreement]:
    async for page in read_agreement_pages(connection, asked.buyer, asked.today):
        histories = await read_versions(connection, [row["agreement_id"] for row in page])
        told = [each for history in histories.values() for each in history]
        lines = await read_lines(
            connection, [(each["agreement_id"], each["version"]) for each in told]
        )
        definitions = await read_definitions(connection, [row["supplier_id"] for row in page])
        matched = {
            (each["agreement_id"], each["version"]): each["organisation"]
            for each in told
            if each["organisation"]
        }
        with_organisation = [
            {
                "agreement_id": row["agreement_id"],
                "reference": row["reference"],
                "organisation": matched[row["agreement_id"], row["version"]],
            }
            for row in page
            if (row["agreement_id"], row["version"]) in matched
        ]
        paid: dict[str, list[Paid]] = {}
        for row in await read_referring_payments(connection, asked.buyer, with_organisation):
            paid.setdefault(row["agreement_id"], []).append(
                Paid(
                    *(row["payment_id"], row["payment_date"], row["amount_pence"]),
                    row["recorded_at"],
                )
            )
        for row in page:
            key = row["agreement_id"]
            agreement = put_together(
                row, histories[key], lines, definitions, paid.get(key, ()), asked.today
            )
            if agreement is not None:
                yield agreement
