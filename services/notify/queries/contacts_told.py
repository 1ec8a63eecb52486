"""What the named contacts of agreements are told of what was raised."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.planning.obligation import BUYERS_OWN
from services.notify.queries.escalations import open_escalations
from services.notify.queries.notifications import Addressed, insert_notifications
from shared.database import driver

# The first contact of each party is told; the next ones where nobody acknowledges.
_TO_TELL = """
    select event_id::text, subscription_id::text, obligation_id::text, agreement_id::text, buyer
    from (
        select distinct on (o.agreement_id, o.kind, c.party)
               f.event_id, c.subscription_id, f.obligation_id, f.agreement_id, f.buyer, s.address
        from obligations o
        join facts f on f.event_id = o.event_id
        join contacts c on c.agreement_id = o.agreement_id and c.position is not null
        join subscriptions s on s.subscription_id = c.subscription_id and s.active
        where o.state = 'raised' and o."end" >= $2
              and (c.party = 'buyer' or o.kind <> all($3::text[]))
              and o.{scope} = any($1::uuid[])
        order by o.agreement_id, o.kind, c.party, o.due_on desc, c.position
    ) first
    where not exists (
        select from notifications n join subscriptions t using (subscription_id)
        where n.event_id = first.event_id and n.recalled_at is null
              and t.channel <> 'webhook' and lower(t.address) = lower(first.address))
"""
_BY_OBLIGATION = _TO_TELL.format(scope="obligation_id")
_BY_AGREEMENT = _TO_TELL.format(scope="agreement_id")


async def address_contacts(
    tx: AsyncConnection, obligations: Sequence[str], today: date, now: datetime
) -> int:
    """Leave a notification for the first contact of each party, of obligations just raised."""
    return await _address(tx, _BY_OBLIGATION, obligations, today, now)


async def address_named(
    tx: AsyncConnection, agreements: Sequence[str], today: date, now: datetime
) -> int:
    """Tell the first contacts of agreements what was raised and still holds: of each kind the last.

    What somebody at the same mailbox was told is not told again.
    """
    return await _address(tx, _BY_AGREEMENT, agreements, today, now)


async def _address(
    tx: AsyncConnection, query: str, ids: Sequence[str], today: date, now: datetime
) -> int:
    if not ids:
        return 0
    connection = await driver(tx)
    rows = await connection.fetch(query, list(ids), today, list(BUYERS_OWN))
    told = await insert_notifications(tx, [Addressed(*row.values()) for row in rows], now)
    await open_escalations(tx, [row["event_id"] for row in rows], now)
    return told
