"""GET /v1/spend/bridge: why one year differs from another."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.asked.known_at import check_known_by, end_of
from services.api.asked.periods import Span, financial_year, year_label
from services.api.asked.question import choose, split
from services.api.queries.bridge import read_years_paid
from services.api.queries.known import known_before
from services.api.queries.known_programmes import choose_programmes, read_spellings
from services.api.queries.recorded import first_recorded
from services.api.queries.spend import known_definitions
from services.api.routes.asked_filters import Buyers, ByMaps
from services.api.routes.bridge.bridge_answer import BRIDGE_EXAMPLE, BridgeAnswer
from services.api.routes.bridge.show_bridge import Shown, show_bridge
from services.api.routes.door import Door, answer_anew, problems
from services.api.routes.predecessors import WithPredecessors, ask_of
from services.api.spend.explain_spend import AskedYears, explain_spend
from services.api.withheld.personal import officer_of
from shared.access import Caller
from shared.door.parameters import check_parameters
from shared.errors import Rejected
from shared.lists.tags import IfNoneMatch
from shared.lists.wish import NOT_MODIFIED


def bridge_routes(door: Door) -> APIRouter:
    """The change of spend, explained."""
    router = APIRouter(
        tags=["spend"],
        dependencies=[Depends(check_parameters)],
    )

    @router.get(
        "/v1/spend/bridge",
        summary="Why one year differs from another, in pounds that add up",
        response_model=BridgeAnswer,
        responses=problems(422)
        | NOT_MODIFIED
        | {200: {"content": {"application/json": {"example": BRIDGE_EXAMPLE}}}},
    )
    async def bridge(
        caller: Annotated[Caller, Depends(door.allow("spend:read"))],
        first: Annotated[
            str, Query(alias="from", description="The first year", examples=["2023-24"])
        ],
        last: Annotated[
            str, Query(alias="to", description="The year compared with it", examples=["2024-25"])
        ],
        definition: Annotated[
            str | None, Query(description="What counts; all that is paid by default")
        ] = None,
        buyer: Buyers = [],  # noqa: B006 - FastAPI copies it
        programme: ByMaps = [],  # noqa: B006
        from_known_at: Annotated[
            date | None,
            Query(
                description="The first year as it was known on this day; as the other by default"
            ),
        ] = None,
        to_known_at: Annotated[
            date | None,
            Query(description="The second year as it was known on this day; all by default"),
        ] = None,
        largest: Annotated[
            int, Query(ge=0, le=200, description="Providers that each component names")
        ] = 10,
        if_none_match: IfNoneMatch = None,
        *,
        with_predecessors: WithPredecessors = False,
    ) -> Response:
        """Each pound of the change is in one component. Providers are organisations, by what is
        known for the second year; a supplier that is none is one by itself, which may be a person:
        of several buyers it is told apart to officers of all of them alone, else under `rest`.

        The same year twice, known on two days, tells what became of its figure: what was corrected,
        reclassified and moved between programmes since.
        """
        years = financial_year(first, "from"), financial_year(last, "to")
        today = door.today()
        known_by = [
            end_of(to_known_at, today, "to_known_at"),
            end_of(from_known_at, today, "from_known_at"),
        ]
        from_known_at = from_known_at or to_known_at
        _check(years, from_known_at, to_known_at)
        before = [known_by[1] or known_by[0], known_by[0]]
        async with door.engine.connect() as connection:
            await connection.execution_options(isolation_level="REPEATABLE READ")
            definitions = await known_definitions(connection)
            of = await ask_of(connection, split(buyer), with_predecessors=with_predecessors)
            await _check_paid(connection, of.buyers, years)
            last_known = await known_before(connection, before[1], of.buyers)
            first_known = last_known
            if before[0] != before[1]:
                first_known = await known_before(connection, before[0], of.buyers)
            asked = AskedYears(
                *years,
                first_known,
                last_known,
                choose([definition], definitions, "definition")[0] if definition else None,
                of.buyers,
                await choose_programmes(connection, programme, first_known),
            )
            explained = await explain_spend(connection, asked)
            for moment, sums, field in (
                (before[1], explained.last, "to_known_at"),
                (before[0], explained.first, "from_known_at"),
            ):
                if moment and not sums.lines:
                    recorded = await first_recorded(connection, of.buyers)
                    check_known_by(moment, recorded, field)
            keys = {part.programme for part in explained.parts}
            spellings = await read_spellings(connection, keys, last_known)
        own = officer_of(caller)
        officer = own is None or (bool(of.buyers) and own.issuperset(of.buyers))
        shown = Shown(largest, officer, from_known_at, to_known_at, spellings)
        content = show_bridge(asked, explained, shown)
        return answer_anew(content | {"predecessors": of.predecessors}, if_none_match)

    return router


def _check(years: tuple[Span, Span], from_known_at: date | None, to_known_at: date | None) -> None:
    """Rejected: years or days of knowing in the wrong order, or nothing between the two."""
    first, last = years
    if first > last:
        raise Rejected("`from` is a later year than `to`: give the earlier one first", "from")
    if from_known_at and to_known_at and from_known_at > to_known_at:
        raise Rejected("`from_known_at` is after `to_known_at`", "from_known_at")
    if first == last and from_known_at == to_known_at:
        raise Rejected(
            "`from` and `to` are one year, known at one time: give two years, or `from_known_at`"
            " to see what became of the figure since",
            "to",
        )


async def _check_paid(
    connection: AsyncConnection, buyers: tuple[str, ...], years: tuple[Span, Span]
) -> None:
    """Rejected: a year of which no payment is known; it says which there are."""
    known = [year_label(year) for year in await read_years_paid(connection, buyers)]
    for field, year in zip(("from", "to"), years, strict=True):
        if (label := year_label(year.since.year)) not in known:
            there_are = f"there are some of {_span_of(known)}" if known else "none are"
            raise Rejected(f"no payments are known in {label}: {there_are}", field)


def _span_of(years: Sequence[str]) -> str:
    """`2024-25 alone`, or `2021-22 to 2024-25`."""
    return f"{years[0]} alone" if len(years) == 1 else f"{years[0]} to {years[-1]}"
