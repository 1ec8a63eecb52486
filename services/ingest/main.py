"""Wires the ingest service; the only place besides the command line that reads a clock."""

import asyncio
from datetime import UTC, datetime

from services.ingest.announce_successions import announce_successions
from services.ingest.handlers import subscribe
from services.ingest.routes.agreements import agreements_routes
from services.ingest.routes.buyers import buyers_routes
from services.ingest.routes.corrections import corrections_routes
from services.ingest.routes.imports import imports_routes
from services.ingest.routes.payments import payments_routes
from services.ingest.routes.rejects import rejects_routes
from services.ingest.settings import Settings
from shared.access import require
from shared.answers import forget_answers
from shared.database import DATABASE_ERRORS, check_schema, open_engine, unanswered
from shared.kafka import Consumers
from shared.logs import logger
from shared.outbox import Relay
from shared.service import Service
from shared.topics import create_topics
from shared.web import open_door

__all__ = ["Settings", "build"]

_FORGET_SECONDS = 600


def clock() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


def build(settings: Settings) -> Service:
    """The service's engine, consumers, doors and loops; nothing is reached before it runs."""
    schema = settings.schema_name
    engine = open_engine(settings.database, schema)
    consumers = Consumers(settings)
    subscribe(consumers, engine, clock)

    async def ready() -> list[str]:
        return [*await unanswered(engine), *consumers.unready(), *relay.unready()]

    app = open_door(
        "Local Pound: ingest",
        "Payments and agreements in: what can be used is recorded once and published, "
        "what can't is kept with the reason.",
        ready,
    )
    may_write = require(settings.token_key, "ingest:write")
    may_correct = require(settings.token_key, "payments:write")
    locked = settings.token_key is not None
    for router in (
        payments_routes(engine, may_write, clock),
        corrections_routes(engine, may_correct, clock, locked=locked),
        agreements_routes(engine, may_write, clock),
        rejects_routes(engine, may_write, locked=locked),
        imports_routes(engine, may_write),
        buyers_routes(engine),
    ):
        app.include_router(router)
    relay = Relay(engine, schema, settings.brokers, settings.topic_prefix)

    async def forget() -> None:
        while True:
            try:
                await forget_answers(engine, clock())
            except DATABASE_ERRORS as error:
                logger.warning("answers.not_forgotten", error=repr(error))
            await asyncio.sleep(_FORGET_SECONDS)

    return Service(
        app,
        consumers,
        loops=(relay.run, forget),
        before=(
            lambda: check_schema(engine, settings.service, schema),
            lambda: create_topics(settings.brokers, prefix=settings.topic_prefix),
            lambda: announce_successions(engine, clock()),
        ),
        after=(engine.dispose,),
    )
