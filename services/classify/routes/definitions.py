"""GET /v1/definitions: what counts as VCSE."""

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from services.classify.definitions.definition import Definition
from shared.access import Allow


class Definitions(BaseModel):
    """The definitions in force."""

    definitions: list[Definition]


def definition_routes(definitions: list[Definition], may_read: Allow) -> APIRouter:
    """Definitions."""
    router = APIRouter(tags=["definitions"], dependencies=[Depends(may_read)])

    @router.get("/definitions", summary="What counts as VCSE")
    async def list_definitions() -> Definitions:
        """Every definition with its source, its version and its criteria."""
        return Definitions(definitions=definitions)

    return router
