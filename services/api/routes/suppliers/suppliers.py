"""GET /v1/suppliers/{supplier_id}: who a supplier is, why, and what it was paid."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import Field

from services.api.asked.question import Question
from services.api.queries.payees import find_payee
from services.api.queries.spend import known_definitions, read_spend
from services.api.queries.suppliers import (
    buyers_of,
    check_place,
    read_payee,
    read_supplier,
)
from services.api.routes.door import Answer, Door, answer, problems
from services.api.routes.figures import EXAMPLE, Figures
from services.api.routes.suppliers.profile import (
    NO_PROFILE,
    PROFILE_EXAMPLE,
    BuyerPlace,
    Profile,
    profile,
)
from services.api.routes.withheld import ShownSupplier
from services.api.spend.show_figures import add_up, figures, grouped, without_traits
from services.api.withheld.own import is_own
from shared.access import Caller
from shared.door.parameters import check_parameters
from shared.errors import NotKnown


class MembershipAnswer(Answer):
    """A period in which the supplier counts under a definition; both days count, null is open."""

    definition: str
    version: str
    since: date | None
    until: date | None
    rule: str


class ExclusionAnswer(Answer):
    """A period in which the supplier would count under a definition but for this rule of it."""

    definition: str
    version: str
    since: date | None
    until: date | None
    rule: str


class CandidateAnswer(Answer):
    """An organisation that the supplier may be."""

    organisation: str | None
    name: str
    score: float


class YearFigures(Figures):
    """What was paid in one financial year."""

    financial_year: str


class SupplierAnswer(Figures, Profile):
    """A supplier, the organisation that it is, the evidence, and what it was paid."""

    supplier_id: ShownSupplier
    payee: str | None = Field(description="null where withheld")
    withheld: bool = Field(
        description="The payee may be a person: its name, and all that matching and decisions say"
        " of it, are kept back from all but the paying buyers' officers. Its figures are"
        " `unmatched`, or `redacted`, and under no definition"
    )
    tier: str | None = Field(
        description="auto, review or none; null while not classified, or withheld"
    )
    score: float | None
    charity_probability: float | None = Field(
        description="The chance that it is a charity, whichever; null where it was not reckoned"
    )
    rule: str | None
    evidence: list[str]
    organisation: str | None
    organisation_name: str | None
    legal_form: str | None
    redacted: bool
    memberships: list[MembershipAnswer]
    exclusions: list[ExclusionAnswer]
    candidates: list[CandidateAnswer]
    revision: int | None
    recorded_at: datetime | None
    buyers: list[str]
    financial_years: list[YearFigures]


_EXAMPLE = (
    EXAMPLE
    | PROFILE_EXAMPLE
    | {
        "supplier_id": "c2b4b9ff-62a5-5f7e-8a76-0a4c0f4be0d2",
        "payee": "EXAMPLE HOSPICE",
        "withheld": False,
        "tier": "auto",
        "score": 0.97,
        "charity_probability": 0.99,
        "rule": "exact-name",
        "evidence": ["EXAMPLE HOSPICE is the registered name of charity 1234567"],
        "organisation": "GB-CHC-1234567",
        "organisation_name": "Example Hospice",
        "legal_form": "charity",
        "redacted": False,
        "memberships": [
            {
                "definition": "registered-charity",
                "version": "1",
                "since": "1994-06-01",
                "until": "2031-03-31",
                "rule": "on the register of charities",
            }
        ],
        "exclusions": [
            {
                "definition": "ncvo-general-charity",
                "version": "almanac-2023",
                "since": "1994-06-01",
                "until": "2031-03-31",
                "rule": "a charity of the National Health Service",
            }
        ],
        "candidates": [
            {"organisation": "GB-CHC-1234567", "name": "Example Hospice", "score": 0.97}
        ],
        "revision": 1,
        "recorded_at": "2024-05-01T09:00:01Z",
        "buyers": ["GB-NHS-QWO"],
        "financial_years": [{"financial_year": "2024-25"} | EXAMPLE],
    }
)
_NOT_CLASSIFIED: dict[str, Any] = NO_PROFILE | {
    "tier": None,
    "score": None,
    "charity_probability": None,
    "rule": None,
    "evidence": [],
    "organisation": None,
    "organisation_name": None,
    "legal_form": None,
    "redacted": False,
    "memberships": [],
    "exclusions": [],
    "candidates": [],
    "revision": None,
    "recorded_at": None,
}


WITHHELD: dict[str, Any] = NO_PROFILE | {
    "payee": None,
    "tier": None,
    "score": None,
    "charity_probability": None,
    "rule": None,
    "evidence": [],
    "organisation": None,
    "organisation_name": None,
    "legal_form": None,
    "memberships": [],
    "exclusions": [],
    "candidates": [],
    "revision": None,
    "recorded_at": None,
}
"""Of a payee that may be a person, all that could tell its name, or that payees of two buyers are
one: whatever matching and decisions say of it, for that is the same, and moves at once, for all.
"""


def supplier_routes(door: Door) -> APIRouter:
    """Suppliers."""
    router = APIRouter(tags=["suppliers"], dependencies=[Depends(check_parameters)])

    @router.get(
        "/v1/suppliers/{supplier_id}",
        summary="Who a supplier is, the evidence, and what it was paid",
        response_model=SupplierAnswer,
        responses=problems(404, 422)
        | {200: {"content": {"application/json": {"example": _EXAMPLE}}}},
    )
    async def supplier(
        supplier_id: UUID,
        caller: Annotated[Caller, Depends(door.allow("spend:read", providers=True))],
        buyer_place: BuyerPlace = None,
    ) -> Response:
        """Totals by financial year; memberships as they were published. What may be a person is
        told as the payee of one buyer, under an id of that alone, to all but the buyer's officers.
        """
        asked = str(supplier_id)
        async with door.engine.connect() as connection:
            await check_place(connection, buyer_place)
            payee = await find_payee(connection, asked, caller)
            own = None if payee is None else payee.supplier_id
            row = None if own is None else await read_supplier(connection, own)
            if (
                payee is None
                or own is None
                or not is_own(caller, row["organisation"] if row else None)
            ):
                raise NotKnown(f"no supplier is known as {asked}: /v1/suppliers lists them")
            buyers = (await buyers_of(connection, [own]))[own]
            if payee.buyers is not None:
                buyers &= payee.buyers
            name = row["payee"] if row else await read_payee(connection, own, buyers)
            question = Question(
                group_by=("financial_year",),
                definitions=tuple(await known_definitions(connection)),
                buyers=tuple(sorted(payee.buyers or ())),
                suppliers=(own,),
            )
            years = await read_spend(connection, question)
        known = {key: row[key] for key in _NOT_CLASSIFIED} if row else _NOT_CLASSIFIED
        shown = {"supplier_id": own, "payee": name, "withheld": payee.withheld} | known
        if payee.withheld:
            shown |= WITHHELD | {"supplier_id": asked}
            redacted = row is not None and bool(row["redacted"])
            years = [without_traits(year, redacted=redacted) for year in years]
        return answer(
            shown
            | profile(shown, buyer_place)
            | figures(add_up(years, question.definitions), question)
            | {
                "buyers": sorted(buyers),
                "financial_years": [grouped(year, question) for year in years],
            }
        )

    return router
