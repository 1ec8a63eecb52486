"""All that the quality report of a buyer looks at, as of one moment."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.asked.periods import Span
from services.api.quality import coding
from services.api.quality.completeness import with_suppliers
from services.api.quality.dates import main_part
from services.api.quality.report import EVER, Ledger
from services.api.queries.quality import (
    read_known,
    read_months,
    read_programmes,
    read_unit_spreads,
    read_units,
)
from services.api.queries.quality_suppliers import (
    read_classes,
    read_credits,
    read_namesakes,
    read_repeats,
)


async def read_ledger(
    connection: AsyncConnection, buyer: str, buyers: Sequence[str], asked: Span, as_of: date
) -> Ledger:
    """The ledger of a buyer, with those of `buyers` as one, in the months of `asked`."""
    months, days = await read_months(connection, buyers, asked)
    classes = await read_classes(connection, buyers, asked)
    months = [with_suppliers(month, classes.get(month.first, {})) for month in months]
    known = await read_known(connection, buyer, buyers, as_of, recorded=asked != EVER)
    if asked == EVER and months:
        first_recorded = min(day for month in months for day in month.recorded)
        known = replace(known, first_recorded=first_recorded)
    _, main = main_part(months)
    paid = {month.first: month.sum for month in main if month.first <= as_of}
    spreads, usual = await read_unit_spreads(connection, buyers, asked, coding.UNITS.thresholds)
    return Ledger(
        buyer=buyer,
        asked=asked,
        known=known,
        months=months,
        days=days,
        programmes=await read_programmes(
            connection, buyers, asked, int(coding.PROGRAMMES.thresholds["programmes"])
        ),
        units=await read_units(
            connection, buyers, asked, paid, coding.APPEARED.thresholds["share"]
        ),
        unit_spreads=spreads,
        usual_units=usual,
        supplier_months=await read_credits(connection, buyers, asked),
        repeats=await read_repeats(connection, buyers, asked),
        namesakes=await read_namesakes(connection, buyers, asked),
    )
