"""The classifier, wired."""

from datetime import UTC, datetime
from functools import partial

from services.classify.basis.basis_in_force import BasisInForce
from services.classify.basis.keep_current import keep_current
from services.classify.definitions.definition import Definitions, read_definitions
from services.classify.handlers import KnownSuppliers, subscribe
from services.classify.measure_reviews import measure_reviews
from services.classify.metrics import SUPPLIERS_KNOWN
from services.classify.pounds.read_payments import payments_topic
from services.classify.queries.suppliers import known_ids
from services.classify.reconciliation.cross_origin import CrossOrigin
from services.classify.reconciliation.manifest import PATH
from services.classify.reconciliation.reconcile_names import rank_by_rules
from services.classify.reconciliation.reconciling import Reconciling
from services.classify.routes import routes
from services.classify.routes.examples import EXAMPLES
from services.classify.routes.reconcile import reconcile_routes
from services.classify.settings import Settings
from shared.database import check_schema, open_engine, raw_connection, unanswered
from shared.door.web import open_door
from shared.identity import partition_key
from shared.kafka.consumers import Consumers
from shared.outbox import Relay
from shared.service import Service, guard_of
from shared.topics import create_topics

__all__ = ["Settings", "build"]


def clock() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


def definitions_of(settings: Settings) -> Definitions:
    """The definitions, flags, bands and Places in force today."""
    return read_definitions(own=settings.definitions, on=clock().date())


def build(settings: Settings) -> Service:
    """Wire engine, consumers, relay and door."""
    schema = settings.schema_name
    engine = open_engine(settings.database, schema)
    definitions = definitions_of(settings)
    in_force = BasisInForce.of(engine, settings, definitions)
    payments_of = payments_topic(settings.brokers, settings.topic_prefix)
    known: KnownSuppliers = set()
    consumers = Consumers(settings)
    relay = Relay(engine, schema, settings.brokers, settings.topic_prefix)
    subscribe(consumers, engine, in_force.at_hand, known, clock)

    async def check() -> None:
        await check_schema(engine, settings.service, schema)

    async def make_topics() -> None:
        await create_topics(settings.brokers, prefix=settings.topic_prefix)

    async def load_known() -> None:
        async with engine.connect() as connection:
            known.update(map(partition_key, await known_ids(await raw_connection(connection))))
        SUPPLIERS_KNOWN.set(len(known))

    async def ready() -> list[str]:
        making = [] if in_force.is_there else ["the index of the registers is being made"]
        return [*await unanswered(engine), *making, *consumers.unready(), *relay.unready()]

    app = open_door(
        "Local Pound: classify",
        "Which organisation a supplier is, and whether it is VCSE under each definition, with the "
        "evidence.",
        ready,
        audit=engine,
        examples=EXAMPLES,
    )
    guard = guard_of(settings)
    app.include_router(routes(engine, definitions, in_force.at_hand, payments_of, guard, clock))
    app.add_middleware(CrossOrigin, path=PATH)
    app.include_router(
        reconcile_routes(
            Reconciling(
                engine,
                partial(rank_by_rules, in_force.at_hand),
                definitions,
                guard,
                settings.public_url,
                today=lambda: clock().date(),
            )
        )
    )
    return Service(
        app,
        consumers,
        loops=[
            relay.run,
            lambda: measure_reviews(engine),
            lambda: keep_current(engine, in_force, payments_of, clock),
        ],
        before=[check, make_topics, load_known],
        after=[engine.dispose],
    )
