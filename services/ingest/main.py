"""Wires the ingest service."""

import asyncio

from services.ingest.buyers.announce_buyers import announce_buyers
from services.ingest.buyers.announce_successions import announce_successions
from services.ingest.clock import clock
from services.ingest.handlers import subscribe
from services.ingest.imports.import_worker import ImportWorker
from services.ingest.imports.tell_imports import tell_imports_on
from services.ingest.imports.watched_folder import WatchedFolder
from services.ingest.routes.agreements import agreements_routes
from services.ingest.routes.buyers import buyers_routes
from services.ingest.routes.corrections import corrections_routes
from services.ingest.routes.examples import EXAMPLES
from services.ingest.routes.import_questions import import_questions_routes
from services.ingest.routes.imports import imports_routes
from services.ingest.routes.payments import payments_routes
from services.ingest.routes.programme_file import largest_map, programme_file_routes
from services.ingest.routes.programme_maps import programme_maps_routes
from services.ingest.routes.programmes import programmes_routes
from services.ingest.routes.reject_corrections import largest_sheet, reject_corrections_routes
from services.ingest.routes.rejects import rejects_routes
from services.ingest.routes.taking_back import taking_back_routes
from services.ingest.routes.uploads import largest_upload, uploads_routes
from services.ingest.settings import Settings
from services.ingest.take_id_key import take_id_key
from shared.database import DATABASE_ERRORS, check_schema, open_engine, unanswered
from shared.door.answers import forget_answers
from shared.door.web import open_door
from shared.kafka.consumers import Consumers
from shared.lists.cursor import Cursors
from shared.logs import logger
from shared.outbox import Relay
from shared.service import Service, guard_of
from shared.topics import create_topics

__all__ = ["Settings", "build"]

_FORGET_SECONDS = 600


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
        uploads=largest_upload(settings.upload_bytes)
        | largest_sheet(settings.upload_bytes)
        | largest_map(settings.upload_bytes),
        audit=engine,
        examples=EXAMPLES,
    )
    worker = ImportWorker(engine, settings)
    guard = guard_of(settings)
    may_write = guard.require("ingest:write")
    may_correct = guard.require("payments:write")
    locked = guard.locked
    cursors = Cursors(settings.token_key)
    for router in (
        payments_routes(engine, may_write, clock),
        corrections_routes(engine, may_correct, clock, locked=locked),
        agreements_routes(engine, may_write, clock),
        reject_corrections_routes(
            *(engine, may_write, clock, settings.limits),
            most=settings.upload_bytes,
            locked=locked,
        ),
        rejects_routes(engine, cursors, may_write, locked=locked),
        imports_routes(engine, cursors, may_write, locked=locked),
        import_questions_routes(engine, may_write, clock, worker.wake, locked=locked),
        taking_back_routes(engine, may_write, clock, worker.wake, settings.limits, locked=locked),
        uploads_routes(
            *(engine, may_write, clock, worker.wake), most=settings.upload_bytes, locked=locked
        ),
        buyers_routes(engine, guard.require(None, providers=True)),
        programmes_routes(engine, may_write, clock, locked=locked),
        programme_maps_routes(engine, may_write),
        programme_file_routes(
            *(engine, may_write, clock, settings.limits),
            most=settings.upload_bytes,
            locked=locked,
        ),
    ):
        app.include_router(router)
    watched = () if settings.watched_folder is None else (settings.watched_folder,)
    folders = [WatchedFolder(engine, each, settings, clock, worker.wake) for each in watched]
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
        loops=(
            *(relay.run, forget, worker.run, lambda: tell_imports_on(engine)),
            *(folder.run for folder in folders),
        ),
        before=(
            *(folder.check for folder in folders),
            lambda: check_schema(engine, settings.service, schema),
            lambda: take_id_key(engine),
            lambda: create_topics(settings.brokers, prefix=settings.topic_prefix),
            lambda: announce_buyers(engine, clock()),
            lambda: announce_successions(engine, clock()),
        ),
        after=(engine.dispose,),
    )
