"""HTTP: a supplier's classification with its evidence, the registers and definitions in force."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field, SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from services.classify.definitions.definition import Definition, Definitions
from services.classify.measures.bands import Scale
from services.classify.measures.places import System
from services.classify.queries.registers import list_registers
from services.classify.queries.suppliers import find_supplier
from shared.access import Caller, require
from shared.database import raw_connection
from shared.errors import NotKnown
from shared.events import Candidate, Exclusion, Flag, Membership, Reach, Tier


class ClassifiedSupplierAnswer(BaseModel):
    """What is known of a supplier, and why. Payee, evidence and candidates may be withheld."""

    supplier_id: UUID = Field(examples=["0b0f5f0e-0f4c-5d2b-9b7e-3a1f5e3b9c11"])
    revision: int = Field(examples=[2])
    payee: str | None = Field(examples=["LEEDS MIND LTD"])
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


class LeftOutRow(BaseModel):
    """A row that was left out: its number in the file, the column, the reason."""

    row: int
    column: str
    reason: str


class RegisterAnswer(BaseModel):
    """A register in force; `as_at` is the day to which it goes."""

    source: str = Field(examples=["england-wales-list"])
    title: str
    file: str
    as_at: date
    loaded_at: datetime
    organisations: int
    names: int
    links: int
    left_out: int = Field(description="Rows that could not be used")
    left_out_examples: list[LeftOutRow] = Field(description="The first of them")


class Registers(BaseModel):
    """The registers in force."""

    registers: list[RegisterAnswer]


class DefinitionsAnswer(BaseModel):
    """The definitions in force, and what is flagged whatever the definition."""

    definitions: list[Definition]
    flags: list[Definition]
    income_bands: Scale
    sizes: Scale
    system: System


# Rules that name a candidate would tell the payee's name.
_WITHHELD: dict[str, Any] = {
    "payee": None,
    "evidence": [],
    "candidates": [],
    "exclusions": [],
    "flags": [],
    "income": None,
    "income_band": None,
    "size": None,
    "place": None,
    "places": [],
    "reach": None,
    "locality_rule": None,
}


def routes(engine: AsyncEngine, definitions: Definitions, token_key: SecretStr | None) -> APIRouter:
    """The classifier's door."""
    router = APIRouter(prefix="/v1")
    may_read = require(token_key, "spend:read")

    @router.get("/suppliers/{supplier_id}", tags=["suppliers"], summary="One supplier, and why")
    async def supplier(
        supplier_id: UUID, caller: Annotated[Caller, Depends(may_read)]
    ) -> ClassifiedSupplierAnswer:
        """The organisation that a supplier is taken for, the evidence, and when it counts as VCSE.

        A payee that matches no organisation may be a person: it is shown to officers only.
        """
        async with engine.connect() as connection:
            found = await find_supplier(await raw_connection(connection), str(supplier_id))
        if found is None:
            raise NotKnown(f"no supplier {supplier_id} was seen in a payment or an agreement")
        nobody = found["organisation"] is None and found["organisation_name"] is None
        if nobody and not caller.may_see_personal():
            found |= _WITHHELD
        return ClassifiedSupplierAnswer.model_validate(found)

    @router.get(
        "/registers",
        tags=["registers"],
        summary="The registers in force",
        dependencies=[Depends(may_read)],
    )
    async def registers() -> Registers:
        """Each register with the day to which it goes, what it holds and what was left out."""
        async with engine.connect() as connection:
            loaded = await list_registers(await raw_connection(connection))
        return Registers.model_validate({"registers": [one._asdict() for one in loaded]})

    @router.get(
        "/definitions",
        tags=["definitions"],
        summary="What counts as VCSE",
        dependencies=[Depends(may_read)],
    )
    async def list_definitions() -> DefinitionsAnswer:
        """Every definition with its source, its version, its criteria and what it leaves open."""
        return DefinitionsAnswer(
            definitions=list(definitions),
            flags=list(definitions.flags),
            income_bands=definitions.measures.bands,
            sizes=definitions.measures.sizes,
            system=definitions.measures.system,
        )

    return router
