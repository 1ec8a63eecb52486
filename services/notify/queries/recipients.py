"""Who was told of agreements and who may be; what went to others is taken back."""

from collections.abc import Sequence
from datetime import datetime

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.telling.fact import NOT_YOURS
from services.notify.telling.recipient import Recall, Told
from shared.database import driver
from shared.events import NoticeWithdrawn

_HELD = """
    select n.notification_id::text, n.event_id::text, n.subscription_id::text,
           n.obligation_id::text, n.agreement_id::text, n.buyer, coalesce(o.kind, 'notice'),
           n.state in ('pending', 'held', 'gathered', 'bundled') as waits, n.attempts > 0 as tried,
           coalesce(o.state = 'raised' and o.event_id = n.event_id, false) as stands,
           f.event_type = $2 as takes_back, f.revision, f.sequence, f.words
    from notifications n
    join facts f using (event_id)
    left join obligations o on o.obligation_id = n.obligation_id
    where n.agreement_id = any($1::uuid[]) and n.recalled_at is null and f.wording <> $3
          and (n.state in ('pending', 'held', 'gathered', 'bundled') or n.attempts > 0)
    order by n.seq for update of n
"""
_WANTED = """
    select a.agreement_id::text, s.subscription_id::text
    from agreements a
    left join suppliers p on p.supplier_id = a.supplier_id
    join subscriptions s on s.subscriber = a.buyer or s.subscriber = p.organisation
         or s.supplier_id = a.supplier_id
    where a.agreement_id = any($1::uuid[])
    union
    select agreement_id::text, subscription_id::text from contacts
    where agreement_id = any($1::uuid[]) and position is not null
"""


async def agreements_of(tx: AsyncConnection, suppliers: Sequence[str]) -> list[str]:
    """The agreements whose provider is one of the suppliers."""
    connection = await driver(tx)
    rows = await connection.fetch(
        "select agreement_id::text from agreements where supplier_id = any($1::uuid[])",
        list(suppliers),
    )
    return [row["agreement_id"] for row in rows]


async def held_notifications(tx: AsyncConnection, agreements: Sequence[str]) -> list[Told]:
    """What waits or was tried about agreements, locked; what was recalled before is left out."""
    connection = await driver(tx)
    rows = await connection.fetch(_HELD, list(agreements), NoticeWithdrawn.TYPE, NOT_YOURS)
    return [Told(*[*list(row.values())[:-1], orjson.loads(row["words"])]) for row in rows]


async def wanted_recipients(tx: AsyncConnection, agreements: Sequence[str]) -> set[tuple[str, str]]:
    """Each (agreement, subscription) that may be told, as things stand in this transaction."""
    connection = await driver(tx)
    return {tuple(row.values()) for row in await connection.fetch(_WANTED, list(agreements))}


async def mark_recalled(tx: AsyncConnection, recall: Recall, now: datetime) -> None:
    """Cancel what waits, and remember of what was tried that its recipient is told of it."""
    connection = await driver(tx)
    await connection.execute(
        "update notifications set state = 'cancelled' where notification_id = any($1::uuid[])",
        [one.notification_id for one in recall.cancel],
    )
    await connection.execute(
        "update notifications set recalled_at = $2 where notification_id = any($1::uuid[])",
        [one.notification_id for one in recall.withdraw],
        now,
    )
