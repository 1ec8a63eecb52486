"""GET /v1/totals: control totals, to compare with the ledger's."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from services.api.queries.totals import read_totals
from services.api.routes.door import Answer, Door, answer, problems
from services.api.routes.figures import AMOUNT
from services.api.routes.predecessors import PredecessorAnswer, WithPredecessors, ask_of
from shared.door.parameters import check_parameters
from shared.money import format_pounds


class TotalAnswer(Answer):
    """What one buyer paid in one month."""

    buyer: str
    month: str
    lines: int
    amount: str = Field(pattern=AMOUNT)


class TotalsAnswer(Answer):
    """Lines and pounds of everything that reached the read model."""

    lines: int
    amount: str = Field(pattern=AMOUNT)
    predecessors: list[PredecessorAnswer]
    rows: list[TotalAnswer]


_ROW = {"lines": 42, "amount": "1655833.33"}
_EXAMPLE = _ROW | {"predecessors": [], "rows": [{"buyer": "GB-NHS-QWO", "month": "2024-04"} | _ROW]}


def total_routes(door: Door) -> APIRouter:
    """Control totals."""
    router = APIRouter(
        tags=["totals"],
        dependencies=[Depends(door.allow("spend:read")), Depends(check_parameters)],
    )

    @router.get(
        "/v1/totals",
        summary="Control totals by buyer and month",
        response_model=TotalsAnswer,
        responses=problems(422) | {200: {"content": {"application/json": {"example": _EXAMPLE}}}},
    )
    async def totals(
        buyer: Annotated[str | None, Query(description="All by default")] = None,
        *,
        with_predecessors: WithPredecessors = False,
    ) -> Response:
        """Equal to the ledger's once every event has arrived."""
        async with door.engine.connect() as connection:
            asked = await ask_of(
                connection, [buyer] if buyer else [], with_predecessors=with_predecessors
            )
            found = await read_totals(connection, asked.buyers)
        return answer(
            {
                "lines": sum(total.lines for total in found),
                "amount": format_pounds(sum(total.pence for total in found)),
                "predecessors": asked.predecessors,
                "rows": [
                    {
                        "buyer": total.buyer,
                        "month": f"{total.month:%Y-%m}",
                        "lines": total.lines,
                        "amount": format_pounds(total.pence),
                    }
                    for total in found
                ],
            }
        )

    return router
