"""GET /v1/suppliers/{supplier_id}: which organisation a supplier is, and why."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncEngine

from services.classify.queries.bases import find_basis
from services.classify.queries.reviews import read_paid
from services.classify.queries.suppliers import find_supplier
from services.classify.routes.withheld import how_to_see, is_withheld, withhold
from shared.access import Allow, Caller
from shared.database import raw_connection
from shared.door.parameters import check_parameters
from shared.errors import NotKnown
from shared.events import Candidate, Exclusion, Flag, Membership, Reach, Tier


class BasisAnswer(BaseModel):
    """On what it was classified: days of registers, versions of definitions, fit and code."""

    registers: dict[str, date] = Field(examples=[{"england-wales-list": "2021-12-31"}])
    definitions: dict[str, str] = Field(examples=[{"registered-charity": "1"}])
    fitted: date
    code: str = Field(description="A digest of the rules of matching themselves")


class ClassifiedSupplierAnswer(BaseModel):
    """What is known of a supplier, and why. Payee, evidence and candidates may be withheld."""

    supplier_id: UUID = Field(examples=["0b0f5f0e-0f4c-5d2b-9b7e-3a1f5e3b9c11"])
    revision: int = Field(examples=[2])
    payee: str | None = Field(examples=["LEEDS MIND LTD"])
    to_see_payee: str | None = Field(
        description="Where the payee is withheld: which token shows it, and whence"
    )
    tier: Tier = Field(examples=["auto"])
    score: float = Field(
        description="How far the rule is to be trusted; not a probability for this supplier",
        examples=[0.97],
    )
    rule: str = Field(examples=["exact-name"])
    evidence: list[str]
    organisation: str | None = Field(examples=["GB-CHC-1007625"])
    organisation_name: str | None = Field(examples=["LEEDS MIND"])
    legal_form: str | None = Field(examples=["charitable company"])
    redacted: bool
    memberships: list[Membership]
    candidates: list[Candidate]
    exclusions: list[Exclusion]
    flags: list[Flag]
    charity_probability: float | None = Field(
        description="The chance that it is a charity at all; null where no rule reckoned it"
    )
    income: int | None = Field(description="Latest yearly income on a register, in whole pounds")
    income_band: str | None = Field(examples=["1m to 5m"])
    size: str | None = Field(examples=["large"])
    place: str | None = Field(description="The Place of its postcode", examples=["Leeds"])
    places: list[str] = Field(description="The Places in which it says that it works")
    reach: Reach | None
    locality_rule: str | None
    recorded_at: datetime
    basis: BasisAnswer


def supplier_routes(engine: AsyncEngine, may_read: Allow) -> APIRouter:
    """Suppliers."""
    router = APIRouter(tags=["suppliers"], dependencies=[Depends(check_parameters)])

    @router.get("/suppliers/{supplier_id}", summary="One supplier, and why")
    async def supplier(
        supplier_id: UUID, caller: Annotated[Caller, Depends(may_read)]
    ) -> ClassifiedSupplierAnswer:
        """The organisation that a supplier is taken for, the evidence, and when it counts as VCSE.

        A payee that matches no organisation may be a person: it is shown to officers only.
        """
        async with engine.connect() as one:
            connection = await raw_connection(one)
            found = await find_supplier(connection, str(supplier_id))
            paid = await read_paid(connection, [str(supplier_id)])
            if found is None:
                raise NotKnown(f"no supplier {supplier_id} was seen in a payment or an agreement")
            basis = await find_basis(connection, found["basis"])
        own = paid.get(str(supplier_id), [])
        shown = withhold(found, caller, own)
        hint = how_to_see(caller) if is_withheld(found, caller, own) else None
        # Facts are strict, and days of what is stored as JSON are text.
        return ClassifiedSupplierAnswer.model_validate(
            {**shown, "to_see_payee": hint, "basis": basis._asdict()}, strict=False
        )

    return router
