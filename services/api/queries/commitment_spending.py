"""A buyer's payments of some days, by what the promises ask of them."""

from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.asked.periods import Span
from services.api.asked.question import Question
from services.api.benchmarks.population import Areas
from services.api.commitments.known import Spending
from services.api.queries.benchmarks import by_locality, read_compared
from services.api.queries.known import Known
from services.api.spend.coverage import coverage
from services.api.spend.programme import AS_CODED, MAPPED

_SMALL = ("micro", "small")
"""Incomes below 100,000 pounds, by the UK Civil Society Almanac's bands."""


async def read_spending(
    connection: AsyncConnection,
    buyer: str,
    days: Span,
    definition: str | None,
    areas: Areas,
    known: Known,
) -> Spending | None:
    """The payments of these days; None where there are none."""
    question = Question(
        group_by=("programme",),
        definitions=() if definition is None else (definition,),
        buyers=(buyer,),
        spans=(days,),
    )
    found = await read_compared(connection, question, ("buyer", "place"), known)
    if not found["buyer"]:
        return None
    [paid] = found["buyer"]
    # To a buyer of which no area is recorded nothing is known to be local.
    where = by_locality(paid, buyer, areas) if areas.served(buyer) else None
    return Spending(
        pence=paid.pence,
        programmed_pence=sum(
            one.pence for one in paid.programmes if one.state in {MAPPED, AS_CODED}
        ),
        placed_pence=sum(one.pence for one in found["place"] if one.name is not None),
        vcse_pence=paid.vcse_pence,
        vcse_lines=paid.vcse_lines,
        local_pence=where["local"] if where else 0,
        nowhere_pence=where["unknown"] if where else paid.vcse_pence,
        small_pence=sum(one.vcse_pence for one in paid.whereabouts if one.size in _SMALL),
        unsized_pence=sum(one.vcse_pence for one in paid.whereabouts if one.size is None),
        matched_share=coverage(paid.gross, paid.class_lines)["pounds"]["matched"],
    )
