"""GET /v1/registers: the registers in force."""

from datetime import date, datetime

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncEngine

from services.classify.queries.registers import list_registers
from shared.access import Allow
from shared.database import raw_connection
from shared.door.parameters import check_parameters


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


def register_routes(engine: AsyncEngine, may_read: Allow) -> APIRouter:
    """Registers."""
    router = APIRouter(
        tags=["registers"], dependencies=[Depends(check_parameters), Depends(may_read)]
    )

    @router.get("/registers", summary="The registers in force")
    async def registers() -> Registers:
        """Each register with the day to which it goes, what it holds and what was left out."""
        async with engine.connect() as connection:
            loaded = await list_registers(await raw_connection(connection))
        return Registers.model_validate({"registers": [one._asdict() for one in loaded]})

    return router
