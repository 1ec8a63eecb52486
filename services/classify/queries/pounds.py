"""Sums of what suppliers were paid, and how far they are counted."""

from collections.abc import Iterable, Mapping
from typing import Any

from services.classify.pounds.pounds import Counted, Sums

_COUNTED = """
    select partition, next_offset, rows, places from counted
    where partition = any($1::int[]) order by partition for update
"""
_ADD = """
    insert into pounds (supplier_id, buyer, lines, pence)
    select * from unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[])
    on conflict (supplier_id, buyer) do update set
        lines = pounds.lines + excluded.lines, pence = pounds.pence + excluded.pence
"""

_EMPTY = """
    delete from pounds using unnest($1::uuid[], $2::text[]) as key (supplier_id, buyer)
    where (pounds.supplier_id, pounds.buyer) = (key.supplier_id, key.buyer)
        and pounds.lines = 0 and pounds.pence = 0
"""


async def lock_counted(connection: Any, partitions: Iterable[int]) -> dict[int, Counted]:
    """How far these partitions are counted; until the transaction ends nobody else counts them."""
    wanted = sorted(set(partitions))
    rows = await connection.fetch(_COUNTED, wanted)
    if len(rows) < len(wanted):
        await connection.execute(
            "insert into counted select unnest($1::int[]), 0, '{}', '{}' on conflict do nothing",
            wanted,
        )
        rows = await connection.fetch(_COUNTED, wanted)
    return {
        row["partition"]: Counted(
            row["next_offset"], dict(zip(row["rows"], row["places"], strict=True))
        )
        for row in rows
    }


async def add_pounds(connection: Any, sums: Sums, counted: Mapping[int, Counted]) -> None:
    """Add to the sums and say how far the locked partitions are counted now."""
    if sums:
        in_order = sorted(sums.items())
        suppliers, buyers = zip(*(key for key, _ in in_order), strict=True)
        lines, pence = zip(*(value for _, value in in_order), strict=True)
        await connection.execute(_ADD, suppliers, buyers, lines, pence)
        if any(number <= 0 for number in lines):
            await connection.execute(_EMPTY, suppliers, buyers)
    last = {partition: one.last_places() for partition, one in counted.items()}
    await connection.executemany(
        "update counted set next_offset = $2, rows = $3, places = $4 where partition = $1",
        [
            (partition, one.next_offset, list(last[partition]), list(last[partition].values()))
            for partition, one in counted.items()
        ],
    )


async def empty_pounds(connection: Any) -> None:
    """Forget all sums; whoever counts waits until the transaction ends."""
    await connection.execute("lock table counted in exclusive mode")
    await connection.execute("delete from pounds")
    await connection.execute("delete from counted")


async def total_pounds(connection: Any) -> tuple[int, int]:
    """Lines and pence of all sums together."""
    row = await connection.fetchrow(
        "select coalesce(sum(lines), 0)::bigint, coalesce(sum(pence), 0)::bigint from pounds"
    )
    return row[0], row[1]
