"""Count all payments anew from payments.v1, by their ids: what sums must always come to."""

from collections import defaultdict
from collections.abc import Hashable
from contextlib import aclosing
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncEngine

from services.classify.pounds.paid import name_of, read_payment
from services.classify.pounds.pounds import Counted, Sums, add_fact
from services.classify.pounds.read_payments import Passed, read_records
from services.classify.queries.pounds import add_pounds, empty_pounds, lock_counted, total_pounds
from shared.database import begin, driver
from shared.errors import Rejected
from shared.kafka.brokers import Brokers


class Recounted(NamedTuple):
    """Lines and pence as they were counted, and as they are."""

    before: tuple[int, int]
    after: tuple[int, int]


async def recount_payments(
    engine: AsyncEngine,
    brokers: Brokers | str,
    prefix: str,
    watch: Passed = lambda _, __: None,
) -> Recounted:
    """Count the topic from its beginning in the place of all that was counted.

    Running services wait meanwhile, and go on where this ends. Needed after the topic was made anew
    or ingest's database was restored, when offsets and sequences begin again; 16 bytes of ids and
    their share of a set are held for each payment, about 100 MB a million.
    """
    seen: set[Hashable] = set()
    sums: Sums = {}
    counted: dict[int, Counted] = defaultdict(Counted)
    async with begin(engine) as tx:
        connection = await driver(tx)
        before = await total_pounds(connection)
        await empty_pounds(connection)
        async with aclosing(read_records(brokers, prefix, watch)) as batches:
            async for records in batches:
                for record in records:
                    counted[record.partition].is_new(record)
                    try:
                        fact = read_payment(record)
                    except Rejected:
                        continue
                    name = name_of(fact, record.key)
                    if name not in seen:
                        seen.add(name)
                        add_fact(sums, fact, record.key)
        await lock_counted(connection, counted)
        await add_pounds(connection, sums, counted)
        return Recounted(before, await total_pounds(connection))
