"""The query service, wired."""

from datetime import UTC, date, datetime
from functools import partial
from zoneinfo import ZoneInfo

from services.api.exports.asked import Publisher
from services.api.handlers import subscribe
from services.api.projections import PROJECTIONS
from services.api.queries.point_reads import PointReads
from services.api.ranking.refresher import Refresher
from services.api.routes import open_routes
from services.api.routes.door import Door
from services.api.routes.examples import EXAMPLES
from services.api.settings import Settings
from services.api.withheld.take_id_key import take_id_key
from shared.database import check_schema, open_engine, unanswered
from shared.door.web import open_door
from shared.kafka.consumers import Consumers
from shared.lists.cursor import Cursors
from shared.service import Service, guard_of
from shared.topics import create_topics

__all__ = ["Settings", "build", "now", "publisher", "today"]

_UK = ZoneInfo("Europe/London")
_POINT_READ_CONNECTIONS = 4
"""Database connections kept for reads of one row by its key."""

_DESCRIPTION = """
What is spent, with whom, and how much of that is known. Every figure comes with its coverage.

Amounts are decimal strings of pounds; a financial year is named by its first year (`2024-25`).
Lists go on by their cursor `next`. Errors are `application/problem+json` (RFC 9457) and say what
would be right. Where tokens are in use, `spend:read` opens all but payments, `payments:read`
those; names that may be persons' are shown with `personal:read` to the paying buyer's officers.
Officers with `review:write` state claims on statements and keep them as they stand.
"""


def now() -> datetime:
    """The time of day, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The day that it is in the United Kingdom, by which agreements run."""
    return now().astimezone(_UK).date()


def publisher(settings: Settings) -> Publisher:
    """Who publishes, as the settings say."""
    return Publisher(settings.ocid_prefix, settings.grant_prefix, settings.department_family)


def build(settings: Settings) -> Service:
    """Projections and routes over one read model."""
    open_own = partial(open_engine, settings.database, settings.schema_name)
    engine = open_own(connections=settings.connections)
    of_point_reads = open_own(connections=_POINT_READ_CONNECTIONS)
    point_reads = PointReads(of_point_reads, _POINT_READ_CONNECTIONS)
    of_projections = open_own(
        synchronous_commit=settings.synchronous_commit,
        connections=sum(projection.lanes for projection in PROJECTIONS) + 1,
    )
    consumers = Consumers(settings)
    subscribe(consumers, of_projections, now)

    async def amiss() -> list[str]:
        return [*await unanswered(engine), *consumers.unready()]

    app = open_door("Local Pound", _DESCRIPTION, amiss, audit=engine, examples=EXAMPLES)
    open_routes(
        app,
        Door(
            engine,
            point_reads,
            Cursors(settings.token_key),
            guard_of(settings),
            today,
            now,
            publisher(settings),
        ),
    )
    return Service(
        app,
        consumers,
        loops=(Refresher(of_projections).run,),
        before=(
            partial(check_schema, engine, settings.service, settings.schema_name),
            partial(take_id_key, engine),
            partial(create_topics, settings.brokers, prefix=settings.topic_prefix),
        ),
        after=(
            point_reads.close,
            of_point_reads.dispose,
            of_projections.dispose,
            engine.dispose,
        ),
    )
