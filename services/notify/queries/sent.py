"""Messages that were handed to a provider which says later what became of them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from shared.database import driver

# The last answer that handed it in is the attempt's own row. What a digest carries is asked after
# with the digest.
_TAKE = """
    with due as (
        select notification_id from notifications
        where state = 'sent' and provider_id is not null and next_attempt_at <= $1
        order by next_attempt_at limit $2 for update skip locked)
    update notifications n set next_attempt_at = $3
    from due where n.notification_id = due.notification_id
    returning n.notification_id::text, n.provider_id, n.buyer,
        (select d.started_at from deliveries d where d.notification_id = n.notification_id
         and d.attempt = n.attempts and d.report = 0)
"""


@dataclass(frozen=True, slots=True)
class Sent:
    """A message to ask after."""

    notification_id: str
    provider_id: str
    buyer: str
    sent_at: datetime


async def take_to_ask(
    tx: AsyncConnection, now: datetime, until: datetime, at_most: int
) -> list[Sent]:
    """Those that are due to be asked after, to be asked again from `until` if nobody answers."""
    connection = await driver(tx)
    return [Sent(*row.values()) for row in await connection.fetch(_TAKE, now, at_most, until)]
