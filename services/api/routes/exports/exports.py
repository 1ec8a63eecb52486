"""GET /v1/exports/...: what a buyer publishes, in the forms of the standards, and what is missing.

These files are made to be published, so none of them holds a name that may be a person's, whoever
asks: an officer finds those at /v1/payments.
"""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import StreamingResponse

from services.api.asked.periods import Span
from services.api.asked.question import BROAD, days, one_span, split
from services.api.exports.asked import AskedExport
from services.api.exports.files import (
    EXPORTS,
    OCDS,
    SPEND_OVER_500,
    SPEND_OVER_25000,
    THREE_SIXTY_GIVING,
    VCSE_GRANTS,
    check_publisher,
    file_name,
)
from services.api.exports.problems import Problems
from services.api.exports.publish_files import ask_for
from services.api.queries.moment import as_one
from services.api.routes.asked_filters import FinancialYears
from services.api.routes.door import Door, answer, problems
from services.api.routes.exports.export_answer import CONTENTS, PROBLEMS_EXAMPLE, ProblemsAnswer
from shared.door.accepted import JSON_TYPE, accepted
from shared.door.first_piece import first_made
from shared.door.parameters import check_parameters
from shared.door.sent_while_read import SentWhileRead

Buyer = Annotated[str, Query(description="Whose file it is")]
Since = Annotated[date | None, Query(alias="from", description="First day")]
Until = Annotated[date | None, Query(alias="to", description="Last day")]
Definition = Annotated[str, Query(description="By which an organisation is a VCSE one")]
Name = Literal["spend-over-500", "spend-over-25000", "vcse-grants", "ocds", "360giving"]
Form = Annotated[str, Header(alias="accept", include_in_schema=False)]


class _Exports:
    """Makes exports: says what is wrong before the first byte, then streams."""

    def __init__(self, door: Door) -> None:
        self._door = door

    async def ask(
        self, name: str, buyer: str, spans: Sequence[Span], definition: str, uri: str | None
    ) -> AskedExport:
        """What is asked of an export.

        Rejected: a buyer or a definition that is not known, years apart. Conflict: the publisher
        has no prefix.
        """
        asked = AskedExport(
            buyer, None, one_span(spans), self._door.today(), definition=definition, uri=uri
        )
        asked = await ask_for(self._door.engine, asked, self._door.publisher, [name])
        check_publisher(EXPORTS[name], asked)
        return asked

    async def file(self, name: str, accept: str, asked: AskedExport) -> Response:
        """The file in the first form that is accepted, once its first piece is there."""
        media_type = accepted(accept, tuple(EXPORTS[name].write))
        pieces = self._pieces(name, media_type, asked)
        made = await first_made(pieces)
        opened = AsyncExitStack()
        opened.push_async_callback(pieces.aclose)
        name = file_name(name, media_type, asked)
        return SentWhileRead(made, opened, name, media_type)

    async def _pieces(
        self, name: str, media_type: str, asked: AskedExport
    ) -> AsyncGenerator[bytes, None]:
        export = EXPORTS[name]
        async with self._door.files, as_one(self._door.engine) as connection:
            async for piece in export.write[media_type](asked, export.read(connection, asked)):
                yield piece

    async def problems(self, name: str, asked: AskedExport, shown: int) -> Problems:
        """What the file lacks, found by making its rows."""
        found = Problems(shown)
        async with self._door.reports, as_one(self._door.engine) as connection:
            async for each in EXPORTS[name].read(connection, asked):
                found.add(each)
        return found


def export_routes(door: Door) -> APIRouter:
    """Files for publication, and what they lack."""
    router = APIRouter(tags=["exports"])
    exports = _Exports(door)

    def add(name: str, scope: str, summary: str, description: str) -> None:
        async def export(
            request: Request,
            buyer: Buyer,
            since: Since = None,
            until: Until = None,
            financial_year: FinancialYears = [],  # noqa: B006 - FastAPI copies it
            accept: Form = "",
        ) -> Response:
            spans = days(since, until, split(financial_year))
            asked = await exports.ask(name, buyer, spans, BROAD, str(request.url))
            return await exports.file(name, accept, asked)

        _get(router, door, name, scope, summary, description)(export)

    add(
        SPEND_OVER_500,
        "payments:read",
        "Spend over £500, as the Local Government Transparency Code asks",
        "A line for each payment of an item of more than £500, credits too. An item is the lines "
        "of one number to one supplier on one day.",
    )
    add(
        SPEND_OVER_25000,
        "payments:read",
        "Spend over £25,000 by transaction, as HM Treasury asks",
        "A line for each payment of a transaction of more than £25,000, credits too.",
    )
    add(
        OCDS,
        "payments:read",
        "Contracts and service level agreements as OCDS 1.1 releases",
        "Agreements whose term has a day in the period, one release each, as they stand today, "
        "with the payments that print their reference.",
    )
    add(
        THREE_SIXTY_GIVING,
        "spend:read",
        "Grants by the 360Giving Data Standard",
        "Grants awarded in the period, as JSON, or under the standard's titles "
        "(`Accept: text/csv`).",
    )

    async def vcse_grants(
        request: Request,
        buyer: Buyer,
        since: Since = None,
        until: Until = None,
        financial_year: FinancialYears = [],  # noqa: B006
        definition: Definition = BROAD,
        accept: Form = "",
    ) -> Response:
        spans = days(since, until, split(financial_year))
        asked = await exports.ask(VCSE_GRANTS, buyer, spans, definition, str(request.url))
        return await exports.file(VCSE_GRANTS, accept, asked)

    _get(
        router,
        door,
        VCSE_GRANTS,
        "spend:read",
        "Grants to VCSE organisations, as the Local Government Transparency Code asks",
        "Grants awarded in the period to organisations that count under the definition on the "
        "day of award.",
    )(vcse_grants)

    @router.get(
        "/v1/exports/{export}/problems",
        summary="What an export lacks, and why",
        response_model=ProblemsAnswer,
        responses=problems(409, 422)
        | {200: {"content": {JSON_TYPE: {"example": PROBLEMS_EXAMPLE}}}},
        dependencies=[Depends(door.allow("payments:read")), Depends(check_parameters)],
    )
    async def export_problems(
        export: Name,
        buyer: Buyer,
        since: Since = None,
        until: Until = None,
        financial_year: FinancialYears = [],  # noqa: B006
        definition: Definition = BROAD,
        limit: Annotated[int, Query(ge=1, le=1000, description="How many ids of each gap")] = 20,
    ) -> Response:
        """Every field that the standard asks for and the data can't give: in how many rows, of how
        many pounds, with the first of them; and what was left out for it.
        """
        spans = days(since, until, split(financial_year))
        asked = await exports.ask(export, buyer, spans, definition, None)
        found = await exports.problems(export, asked, limit)
        return answer({"export": export, "buyer": buyer, **found.told()})

    return router


def _get(
    router: APIRouter, door: Door, name: str, scope: str, summary: str, description: str
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A route of one export: the same refusals for each."""
    empty = (404,) if name == THREE_SIXTY_GIVING else ()
    unset = (409,) if EXPORTS[name].needs else ()
    return router.get(
        f"/v1/exports/{name}",
        summary=summary,
        description=description,
        response_class=StreamingResponse,
        responses=problems(*empty, *unset, 422) | {200: {"content": CONTENTS[name]}},
        dependencies=[Depends(door.allow(scope)), Depends(check_parameters)],
        name=name,
    )
