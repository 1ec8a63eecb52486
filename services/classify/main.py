"""The classifier, wired."""

from datetime import UTC, datetime

from services.classify.definitions.definition import read_definitions
from services.classify.handlers import KnownSuppliers, subscribe
from services.classify.metrics import SUPPLIERS_KNOWN
from services.classify.queries.suppliers import known_ids
from services.classify.routes import routes
from services.classify.settings import Settings
from shared.database import check_schema, open_engine, raw_connection, unanswered
from shared.identity import partition_key
from shared.kafka import Consumers
from shared.outbox import Relay
from shared.service import Service
from shared.topics import create_topics
from shared.web import open_door

__all__ = ["Settings", "build"]


def clock() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


def build(settings: Settings) -> Service:
    """Wire engine, consumers, relay and door."""
    schema = settings.schema_name
    engine = open_engine(settings.database, schema)
    definitions = read_definitions()
    known: KnownSuppliers = set()
    consumers = Consumers(settings)
    relay = Relay(engine, schema, settings.brokers, settings.topic_prefix)
    subscribe(consumers, engine, definitions, known, clock)

    async def check() -> None:
        await check_schema(engine, settings.service, schema)

    async def make_topics() -> None:
        await create_topics(settings.brokers, prefix=settings.topic_prefix)

    async def load_known() -> None:
        async with engine.connect() as connection:
            known.update(map(partition_key, await known_ids(await raw_connection(connection))))
        SUPPLIERS_KNOWN.set(len(known))

    async def ready() -> list[str]:
        return [*await unanswered(engine), *consumers.unready(), *relay.unready()]

    app = open_door(
        "Local Pound: classify",
        "Which organisation a supplier is, and whether it is VCSE under each definition, with the "
        "evidence.",
        ready,
    )
    app.include_router(routes(engine, definitions, settings.token_key))
    return Service(
        app,
        consumers,
        loops=[relay.run],
        before=[check, make_topics, load_known],
        after=[engine.dispose],
    )
