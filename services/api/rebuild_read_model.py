"""Empty the read model and fill it again from the topics, beside a running service or without one.

The tables are emptied first and the ends of the topics are read after that. Whatever was projected
before the emptying lies before those ends and is replayed here; whatever comes later the service
projects itself, now or at its next start, from its own offsets. What both apply counts once. So
neither the service nor its consumer groups are told anything; answers are short until it is done.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.api import tables
from services.api.projections import PROJECTIONS
from services.api.projections.projection import Projection, apply_records
from services.api.queries.totals import Total, read_totals
from shared.brokers import Brokers, options
from shared.logs import logger
from shared.topics import LARGEST_RECORD

_AT_ONCE = 5_000
# In the order in which the projections lock them, so that emptying can't lock crosswise.
_EMPTIED = (
    tables.rejects,
    tables.payments,
    tables.payment_revisions,
    tables.codings,
    tables.programmes,
    tables.spend,
    tables.suppliers,
    tables.memberships,
    tables.boundary_months,
    tables.definitions,
    tables.agreements,
    tables.agreement_versions,
    tables.agreement_lines,
    tables.contacts,
    tables.successions,
    tables.programme_lines,
    tables.obligation_plans,
    tables.obligations,
    tables.acknowledgements,
    tables.failed_deliveries,
    tables.notices,
    tables.agreed,
    tables.kinds,
    tables.spend_by_kind,
    tables.renewals,
    tables.supplier_versions,
    tables.membership_versions,
    tables.programme_line_versions,
)


class Rebuilt(NamedTuple):
    """Control totals before and after, and how many records were replayed."""

    before: list[Total]
    after: list[Total]
    records: int

    def missing(self) -> list[Total]:
        """Totals of before that the rebuilt model does not reach.

        A running service adds, and takes away only what was corrected in these minutes.
        """
        after = {(total.buyer, total.month): total for total in self.after}
        return [
            total
            for total in self.before
            if (found := after.get((total.buyer, total.month))) is None
            or found.lines < total.lines
            or (found.lines == total.lines and found.pence != total.pence)
        ]


async def rebuild_read_model(
    engine: AsyncEngine, brokers: Brokers | str, prefix: str, clock: Callable[[], datetime]
) -> Rebuilt:
    """Rebuild the whole read model; run it again when it was interrupted."""
    async with engine.connect() as connection:
        before = await read_totals(connection)
    async with engine.begin() as tx:
        await tx.execute(text(f"truncate {', '.join(table.name for table in _EMPTIED)}"))
    records = 0
    for projection in PROJECTIONS:
        records += await _replay(engine, projection, brokers, prefix, clock)
        logger.info("rebuild.replayed", topic=projection.topic.name, records=records)
    async with engine.connect() as connection:
        return Rebuilt(before, await read_totals(connection), records)


async def _replay(
    engine: AsyncEngine,
    projection: Projection,
    brokers: Brokers | str,
    prefix: str,
    clock: Callable[[], datetime],
) -> int:
    """Project a topic from its beginning to where it ends now; return how many records."""
    consumer = AIOKafkaConsumer(
        prefix + projection.topic.name,
        **options(brokers),
        group_id=None,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=LARGEST_RECORD + 65536,
    )
    await consumer.start()
    try:
        partitions = consumer.assignment()
        ends = await consumer.end_offsets(partitions)
        replayed = 0
        while any([await consumer.position(tp) < end for tp, end in ends.items()]):
            batches = await consumer.getmany(timeout_ms=1000, max_records=_AT_ONCE)
            records = [record for batch in batches.values() for record in batch]
            if records:
                await apply_records(engine, projection, records, clock())
            replayed += len(records)
        return replayed
    finally:
        await consumer.stop()
