"""How what was told escalated, as people see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.escalation.escalation import Party
from services.notify.queries.escalations import PARTY
from shared.database import raw_connection

# What officers were told is a fact of its own: from its message the chain is found as well.
_FIND = """
    select e.event_id::text, e.party, e.state,
           case when e.state = 'waiting' then e.next_step_at end as next_step_at
    from escalations e
    left join escalation_steps t on t.event_id = e.event_id and t.party = e.party
         and t.escalated_event_id = $1
    where (e.event_id = $1 and e.party = $2) or t.escalated_event_id is not null
"""
_STEPS = """
    select number, target, reason, taken_at, notification_ids::text[] as ids
    from escalation_steps where event_id = $1 and party = $2 order by number
"""
_TOLD = f"""
    select n.notification_id::text, s.channel,
           case when n.acknowledged_at is null then n.state else 'acknowledged' end as state,
           n.created_at, n.acknowledged_at, {PARTY} as party
    from notifications n join subscriptions s using (subscription_id)
    where n.event_id = $1 or n.notification_id = any($2::uuid[])
    order by n.seq
"""  # noqa: S608 - our own column names


@dataclass(frozen=True, slots=True)
class Chained:
    """A message of the chain, and what became of it."""

    notification_id: str
    channel: str
    state: str
    created_at: datetime
    acknowledged_at: datetime | None


@dataclass(frozen=True, slots=True)
class TakenStep:
    """A step with the messages that it made."""

    step: int
    target: str
    reason: str
    taken_at: datetime
    notifications: Sequence[Chained]


@dataclass(frozen=True, slots=True)
class Escalation:
    """Who of a party was told at first, and the steps that followed."""

    party: str
    state: str
    next_step_at: datetime | None
    told_first: Sequence[Chained]
    steps: Sequence[TakenStep]


async def find_escalation(tx: AsyncConnection, event_id: str, party: Party) -> Escalation | None:
    """The chain that what was told to a party is part of; None where none was opened."""
    connection = await raw_connection(tx)
    found = await connection.fetchrow(_FIND, event_id, party)
    if found is None:
        return None
    told_event, party, state, next_step_at = found.values()
    taken = await connection.fetch(_STEPS, told_event, party)
    later = {key for row in taken for key in row["ids"]}
    messages = {}
    first = []
    for row in await connection.fetch(_TOLD, told_event, list(later)):
        *values, of_party = row.values()
        messages[row["notification_id"]] = one = Chained(*values)
        if of_party == party and row["notification_id"] not in later:
            first.append(one)
    steps = []
    for row in taken:
        number, target, reason, taken_at, ids = row.values()
        made = [messages[key] for key in ids]
        steps.append(TakenStep(number, target, reason, taken_at, made))
    return Escalation(party, state, next_step_at, first, steps)
