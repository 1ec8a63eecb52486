"""HTTP: a supplier's classification with its evidence, the registers and definitions in force."""

from fastapi import APIRouter
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from services.classify.definitions.definition import Definition
from services.classify.routes.definitions import definition_routes
from services.classify.routes.registers import register_routes
from services.classify.routes.suppliers import supplier_routes
from shared.access import require


def routes(
    engine: AsyncEngine, definitions: list[Definition], token_key: SecretStr | None
) -> APIRouter:
    """The classifier's door."""
    router = APIRouter(prefix="/v1")
    may_read = require(token_key, "spend:read")
    router.include_router(supplier_routes(engine, may_read))
    router.include_router(register_routes(engine, may_read))
    router.include_router(definition_routes(definitions, may_read))
    return router
