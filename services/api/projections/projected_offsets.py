"""How far each partition is projected, in the same transaction as what came of it.

Kafka is told a second later and asked at the start of a consumer only. These are of the tables that
they stand beside, whoever filled them and wherever they are moved.
"""

from collections.abc import Sequence

from aiokafka import ConsumerRecord
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.tables import projected_offsets
from shared.database import driver
from shared.topics import Topic

# Never back: a batch that comes again does not undo what came after it.
_NOTE = """
insert into projected_offsets (topic, partition, next_offset)
select $1, * from unnest($2::int[], $3::bigint[])
on conflict (topic, partition) do update set next_offset = excluded.next_offset
    where projected_offsets.next_offset < excluded.next_offset
"""


async def note_offsets(
    tx: AsyncConnection, topic: Topic, records: Sequence[ConsumerRecord]
) -> None:
    """Note that all records up to these are projected once this transaction commits.

    Those of a partition are in order.
    """
    last = {record.partition: record.offset for record in records}
    partitions = sorted(last)
    ends = [last[partition] + 1 for partition in partitions]
    await (await driver(tx)).execute(_NOTE, topic.name, partitions, ends)


async def read_offsets(connection: AsyncConnection, topic: Topic) -> dict[int, int]:
    """The offset after the last projected record of each partition that has one."""
    of = projected_offsets.c
    found = await connection.execute(
        select(of.partition, of.next_offset).where(of.topic == topic.name)
    )
    return {row.partition: row.next_offset for row in found}
