"""`GET /v1/buyers`: the public bodies whose payments are taken."""

from datetime import date

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.buyers.buyer import KINDS
from services.ingest.queries.buyers import find_buyers
from shared.access import Allow
from shared.door.parameters import check_parameters


class BuyerShown(BaseModel):
    """A public body that pays; both dates are days on which it existed."""

    model_config = ConfigDict(frozen=True)

    org_id: str = Field(examples=["GB-LAE-LDS"])
    name: str = Field(examples=["Leeds City Council"])
    kind: str = Field(json_schema_extra={"enum": list(KINDS)})
    place: str | None = Field(
        description="The Place of its payments where they name none", examples=["Leeds"]
    )
    since: date | None
    until: date | None


class BuyersShown(BaseModel):
    """Every buyer, by org-id."""

    model_config = ConfigDict(frozen=True)

    buyers: list[BuyerShown]


def buyers_routes(engine: AsyncEngine, may_read: Allow) -> APIRouter:
    """The list of buyers, open to whoever has a token: they are public bodies."""
    router = APIRouter(tags=["buyers"], dependencies=[Depends(check_parameters), Depends(may_read)])

    @router.get("/v1/buyers", summary="List the buyers")
    async def get_buyers() -> BuyersShown:
        """The buyers whose payments and agreements are taken."""
        async with engine.connect() as connection:
            buyers = await find_buyers(connection)
        return BuyersShown(buyers=[BuyerShown(**buyer._asdict()) for buyer in buyers.values()])

    return router
