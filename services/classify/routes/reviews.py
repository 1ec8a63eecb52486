"""GET /v1/reviews: suppliers that wait for a person, the most pounds first."""

import re
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncEngine

from services.classify.queries.reviews import PageStart, Paid, Review, list_reviews
from services.classify.routes.withheld import how_to_see, is_withheld, withhold
from shared.access import Allow, Caller, Refused
from shared.database import raw_connection
from shared.door.parameters import check_parameters
from shared.errors import Rejected
from shared.events import Candidate, Membership
from shared.fields import OrgId
from shared.lists.fields import Fields
from shared.lists.wish import NOT_MODIFIED, PAGES_ONLY, answer_page, read_wish
from shared.money import format_pounds

_CURSOR = re.compile(r"(-?\d{1,18})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.ASCII)


class PaidAnswer(BaseModel):
    """What a buyer paid a supplier: lines and pounds, credits taken off."""

    buyer: str = Field(examples=["GB-LAE-LDS"])
    lines: int
    amount: str = Field(examples=["12500.00"])


class ReviewAnswer(BaseModel):
    """A supplier that waits for a decision, and what it counts as until then."""

    supplier_id: UUID
    revision: int = Field(description="The decision names it: who decided on an older one is told")
    payee: str | None = Field(description="null where withheld", examples=["ST LUKES HOSPICE"])
    withheld: bool = Field(
        description="The payee may be a person: its name, and evidence that holds words of it, are "
        "kept back from all but officers (personal:read) of the buyers that pay. Where it reads as "
        "a person's name, so are the candidates"
    )
    rule: str = Field(examples=["exact-name-shared"])
    score: float
    evidence: list[str]
    candidates: list[Candidate]
    memberships: list[Membership] = Field(description="What it counts as now")
    lines: int
    amount: str = Field(examples=["12500.00"])
    paid: list[PaidAnswer] = Field(
        description="By buyer for which the token speaks, the most first: lines and amount are of"
        " these"
    )
    recorded_at: datetime


class Reviews(BaseModel):
    """A page of reviews; `next` is the cursor of the page after it, null on the last."""

    reviews: list[ReviewAnswer]
    to_see_payees: str | None = Field(
        description="Where payees of this page are withheld: which token shows them, and whence"
    )
    next: str | None


def review_routes(engine: AsyncEngine, may_decide: Allow) -> APIRouter:
    """Reviews."""
    router = APIRouter(tags=["reviews"], dependencies=[Depends(check_parameters)])

    @router.get(
        "/reviews",
        summary="Suppliers that wait for a decision, the most pounds first",
        response_model=Reviews,
        responses=NOT_MODIFIED,
    )
    async def reviews(
        request: Request,
        caller: Annotated[Caller, Depends(may_decide)],
        buyer: Annotated[
            OrgId | None, Query(description="Those that it paid, by what it paid them")
        ] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        cursor: Annotated[str | None, Query(description="`next` of the page before")] = None,
        fields: Fields = [],  # noqa: B006 - FastAPI copies it
    ) -> Response:
        """Pounds are those of all payments in the ledger, each once, to the penny; to a token of
        certain buyers only what they paid, and only to whom they did.
        """
        wish = read_wish(request, ReviewAnswer, fields, PAGES_ONLY)
        after = _read_cursor(cursor) if cursor is not None else None
        async with engine.connect() as connection:
            found = await list_reviews(
                await raw_connection(connection), _asked_of(caller, buyer), after, limit + 1
            )
        page = found[:limit]
        last = page[-1].page_start if len(found) > limit else None
        shown = [_shown(review, caller) for review in page]
        answered = Reviews(
            reviews=shown,
            to_see_payees=how_to_see(caller) if any(one.withheld for one in shown) else None,
            next=f"{last.pence}.{last.supplier_id}" if last else None,
        )
        return answer_page(wish, answered.model_dump(mode="json"), "reviews")

    return router


def _asked_of(caller: Caller, buyer: str | None) -> frozenset[str] | None:
    """The buyers whose payees are listed; None for all.

    Whoever waits may be a person, whose name officers of one buyer see: they are not told what
    others paid. Refused where that is asked.
    """
    if buyer is None:
        return caller.only
    if not caller.speaks_for(buyer):
        raise Refused(403, f"the token does not speak for {buyer}")
    return frozenset({buyer})


def _read_cursor(cursor: str) -> PageStart:
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        raise Rejected("cursor is none of this list: take `next` from its last answer", "cursor")
    return PageStart(int(match[1]), match[2])


def _shown(review: Review, caller: Caller) -> ReviewAnswer:
    paid = [each for each in review.paid if caller.speaks_for(each.buyer)]
    return ReviewAnswer.model_validate(
        withhold(review.supplier, caller, review.paid)
        | {
            "withheld": is_withheld(review.supplier, caller, review.paid),
            "lines": sum(each.lines for each in paid),
            "amount": format_pounds(sum(each.pence for each in paid)),
            "paid": [_paid(each) for each in paid],
        },
        strict=False,  # facts are strict, and days of what is stored as JSON are text
    )


def _paid(paid: Paid) -> PaidAnswer:
    return PaidAnswer(buyer=paid.buyer, lines=paid.lines, amount=format_pounds(paid.pence))
