"""GET /v1/totals: control totals, to compare with the ledger's."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from services.api.queries.payments import known_buyers
from services.api.queries.totals import read_totals
from services.api.question import choose
from services.api.routes.door import Answer, Door, answer, problems
from services.api.routes.figures import AMOUNT
from shared.money import format_pounds
from shared.parameters import check_parameters


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
    rows: list[TotalAnswer]


_ROW = {"lines": 42, "amount": "1655833.33"}
_EXAMPLE = _ROW | {"rows": [{"buyer": "GB-NHS-QWO", "month": "2024-04"} | _ROW]}


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
    ) -> Response:
        """Equal to the ledger's once every event has arrived."""
        async with door.engine.connect() as connection:
            choose([buyer] if buyer else [], await known_buyers(connection), "buyer")
            found = await read_totals(connection, buyer)
        return answer(
            {
                "lines": sum(total.lines for total in found),
                "amount": format_pounds(sum(total.pence for total in found)),
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
