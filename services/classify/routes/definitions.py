"""GET /v1/definitions: what counts as VCSE, what is flagged, and by which bands and Places."""

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from services.classify.definitions.definition import JUDGED, Definition, Definitions
from services.classify.measures.bands import Scale
from services.classify.measures.places import System
from shared.access import Allow
from shared.door.parameters import check_parameters


class DefinitionsAnswer(BaseModel):
    """The definitions in force, and what is flagged whatever the definition."""

    judged: str = Field(description="Of which days payments are judged by them", examples=[JUDGED])
    definitions: list[Definition]
    flags: list[Definition]
    income_bands: Scale
    sizes: Scale
    system: System


def definition_routes(definitions: Definitions, may_read: Allow) -> APIRouter:
    """Definitions."""
    router = APIRouter(
        tags=["definitions"], dependencies=[Depends(check_parameters), Depends(may_read)]
    )

    @router.get("/definitions", summary="What counts as VCSE")
    async def list_definitions() -> DefinitionsAnswer:
        """Every definition with its source, its version, its criteria and what it leaves open."""
        return DefinitionsAnswer(
            judged=JUDGED,
            definitions=list(definitions),
            flags=list(definitions.flags),
            income_bands=definitions.measures.bands,
            sizes=definitions.measures.sizes,
            system=definitions.measures.system,
        )

    return router
