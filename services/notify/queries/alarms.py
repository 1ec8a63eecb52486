"""Alarms about payments after an end in the database: the last of each agreement."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.after_end.alarm import Alarmed
from shared.database import driver

# It grows with every plan of another agreement of the buyer's with the same suppliers: whoever
# finds another number than the one that an alarm was decided by decides it anew.
_OTHERS = """
    select a.agreement_id, coalesce(sum(o.revision), 0)::bigint as others
    from agreements a
    left join (
        select distinct w.agreement_id, t.agreement_id as other_id
        from watches w join terms t using (supplier_id) where w.agreement_id in ({which})
    ) p on p.agreement_id = a.agreement_id and p.other_id <> a.agreement_id
    left join agreements o on o.agreement_id = p.other_id and o.buyer = a.buyer
    where a.agreement_id in ({which}) group by a.agreement_id
"""
_OTHERS_OF = _OTHERS.format(which="select unnest($1::uuid[])")
_TO_EXAMINE = f"""
    select agreement_id::text from (
        select w.agreement_id from watches w where w.examine and not exists (
            select from watches new where new.agreement_id = w.agreement_id
            and new.read_at is null)
        union select m.agreement_id from alarms m
        join ({_OTHERS.format(which="select agreement_id from alarms")}) now using (agreement_id)
        where m.others is distinct from now.others
        union select m.agreement_id from alarms m
        where not exists (select from watches w where w.agreement_id = m.agreement_id)
    ) found order by agreement_id limit $1
"""  # noqa: S608 - our own text


class Kept(NamedTuple):
    """An alarm as it is kept, with what was known of other agreements when it was decided."""

    agreement_id: str
    alarmed: Alarmed
    others: int


async def agreements_to_examine(tx: AsyncConnection, at_once: int) -> list[str]:
    """Some agreements whose alarm is to be decided anew: of what was found, or of others.

    Of what was found only once all of it was read: half of it is not told first.
    """
    connection = await driver(tx)
    rows = await connection.fetch(_TO_EXAMINE, at_once)
    return [row["agreement_id"] for row in rows]


async def mark_examined(tx: AsyncConnection, agreements: Collection[str]) -> None:
    """What was found for these agreements is counted."""
    connection = await driver(tx)
    await connection.execute(
        "update watches set examine = false where agreement_id = any($1::uuid[]) and examine",
        list(agreements),
    )


async def known_of_others(tx: AsyncConnection, agreements: Collection[str]) -> dict[str, int]:
    """What is known of the buyers' other agreements, as a number that changes when that does."""
    connection = await driver(tx)
    rows = await connection.fetch(_OTHERS_OF, list(agreements))
    return {str(row["agreement_id"]): row["others"] for row in rows}


async def last_alarms(tx: AsyncConnection, agreements: Collection[str]) -> Mapping[str, Alarmed]:
    """The last alarm about each of these agreements, where one holds."""
    connection = await driver(tx)
    rows = await connection.fetch(
        "select agreement_id::text, alarmed_on, pence from alarms"
        " where agreement_id = any($1::uuid[])",
        list(agreements),
    )
    return {row["agreement_id"]: Alarmed(row["alarmed_on"], row["pence"]) for row in rows}


async def save_alarms(tx: AsyncConnection, alarms: Sequence[Kept], ended: Collection[str]) -> None:
    """Write alarms that hold, and forget those of agreements where none does any more."""
    connection = await driver(tx)
    await connection.executemany(
        "insert into alarms (agreement_id, alarmed_on, pence, others) values ($1, $2, $3, $4)"
        " on conflict (agreement_id) do update set alarmed_on = excluded.alarmed_on,"
        " pence = excluded.pence, others = excluded.others",
        [(one.agreement_id, one.alarmed.on, one.alarmed.pence, one.others) for one in alarms],
    )
    if ended:
        await connection.execute(
            "delete from alarms where agreement_id = any($1::uuid[])", list(ended)
        )
