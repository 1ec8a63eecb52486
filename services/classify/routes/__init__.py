"""HTTP: suppliers and the evidence, registers, definitions, reviews and decisions, runs."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncEngine

from services.classify.basis.basis import Basis
from services.classify.definitions.definition import Definitions
from services.classify.pounds.read_payments import PaymentsOf
from services.classify.routes.decisions import Deciding, decision_routes
from services.classify.routes.definitions import definition_routes
from services.classify.routes.registers import register_routes
from services.classify.routes.reviews import review_routes
from services.classify.routes.runs import run_routes
from services.classify.routes.suppliers import supplier_routes
from shared.access import Guard


def routes(
    engine: AsyncEngine,
    definitions: Definitions,
    at_hand: Callable[[], Awaitable[Basis]],
    payments_of: PaymentsOf,
    guard: Guard,
    clock: Callable[[], datetime],
) -> APIRouter:
    """The classifier's door."""
    router = APIRouter(prefix="/v1")
    may_read = guard.require("spend:read")
    router.include_router(supplier_routes(engine, may_read))
    router.include_router(register_routes(engine, may_read))
    router.include_router(definition_routes(definitions, may_read))
    may_decide = guard.require("review:write")
    router.include_router(review_routes(engine, may_decide))
    deciding = Deciding(engine, at_hand, payments_of, clock, locked=guard.locked)
    router.include_router(decision_routes(deciding, may_read, may_decide))
    router.include_router(run_routes(engine, may_read))
    return router
