"""Escalations whose time has come: locked, read with what decides them, and written."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.escalation.escalation import Chain, Over, Reachable, Target
from services.notify.escalation.escalation_fact import Unacknowledged
from services.notify.queries.agreements import lock_agreements
from services.notify.queries.escalations import PARTY, Key
from services.notify.queries.notifications import lock_notifications
from shared.database import driver

_DUE_OF = """
    select e.event_id::text, e.party, e.agreement_id::text from escalations e
    where e.state = 'waiting' and e.next_step_at <= $1 and e.agreement_id = any($2::uuid[])
    order by e.event_id, e.party for update of e
"""
_AGREEMENTS = """
    select a.agreement_id::text from agreements a
    where a.agreement_id in (select agreement_id from escalations
                             where state = 'waiting' and next_step_at <= $1
                             order by next_step_at limit $2)
    order by a.agreement_id for update of a skip locked
"""
# When a message was sent first, or is to be: what a digest carries goes with it. What is held is
# sent at no known time, what was given up or cancelled before any attempt never was.
_TOLD_AT = """case
        when n.state = 'held' or (n.state in ('failed', 'cancelled') and n.attempts = 0) then null
        when n.state = 'gathered' then n.next_attempt_at
        else coalesce(
            (select min(d.started_at) from deliveries d
             where d.report = 0 and d.notification_id in (n.notification_id, n.digest_id)),
            case when n.state = 'bundled' then g.next_attempt_at end, n.next_attempt_at) end"""
_READ = f"""
    select e.event_id::text, e.party, e.obligation_id::text, e.steps, f.words, f.revision,
           f.sequence, o.kind, o.due_on, o."end", case when o.event_id = e.event_id then o.state end
           as obligation_state, e.since, e.failed,
           min(n.told_at) filter (where e.steps = 0
               or n.notification_id = any(t.notification_ids)) as told_at,
           count(*) filter (where n.recalled_at is null) > 0 as still_told,
           coalesce(bool_or(n.acknowledged_at is not null), false) as acknowledged
    from unnest($1::uuid[], $2::text[]) as due(event_id, party)
    join escalations e using (event_id, party)
    join facts f using (event_id)
    left join obligations o on o.obligation_id = e.obligation_id
    left join escalation_steps t on t.event_id = e.event_id and t.party = e.party
         and t.number = e.steps
    left join (select n.*, {PARTY} as party, {_TOLD_AT} as told_at from notifications n
               join subscriptions s using (subscription_id)
               left join notifications g on g.notification_id = n.digest_id
               where n.event_id = any($1::uuid[])) n
         on n.event_id = e.event_id and n.party = e.party
    group by e.event_id, e.party, f.event_id, o.obligation_id, t.event_id, t.party, t.number
    order by e.agreement_id, e.event_id, e.party
"""  # noqa: S608
_REACHABLE = """
    with due as (
        select e.event_id, e.party, e.agreement_id, a.buyer, a.supplier_id, p.organisation
        from unnest($1::uuid[], $2::text[]) as due(event_id, party)
        join escalations e using (event_id, party)
        join agreements a on a.agreement_id = e.agreement_id
        left join suppliers p on p.supplier_id = a.supplier_id
    ), reachable as (
        select d.event_id, d.party, 'contact' as target, c.position::bigint as place,
               s.subscription_id, s.channel, s.address
        from due d
        join contacts c on c.agreement_id = d.agreement_id and c.party = d.party
             and c.position is not null
        join subscriptions s on s.subscription_id = c.subscription_id and s.active
        union all
        select d.event_id, d.party, 'channel', s.seq, s.subscription_id, s.channel, s.address
        from due d
        join subscriptions s on s.active and case d.party when 'buyer' then s.subscriber = d.buyer
             else s.subscriber = d.organisation or s.supplier_id = d.supplier_id end
    )
    select event_id::text, party, target, place, subscription_id::text from reachable r
    where not exists (
        select from notifications n join subscriptions t using (subscription_id)
        where n.event_id = r.event_id
              and (t.subscription_id = r.subscription_id
                   or (t.channel <> 'webhook' and r.channel <> 'webhook'
                       and lower(t.address) = lower(r.address) and n.recalled_at is null)))
    union all
    select d.event_id::text, d.party, 'officers', s.seq, s.subscription_id::text
    from due d
    join subscriptions s on s.active and s.subscriber = d.buyer and $3 = any(s.event_types)
    order by 1, 2, 3, 4
"""


@dataclass(frozen=True, slots=True)
class Due:
    """An escalation that is locked with its agreement, and what there is to decide it by."""

    key: Key
    told: Unacknowledged
    chain: Chain
    steps: int
    reachable: Reachable


class Taken(NamedTuple):
    """A step that was taken."""

    key: Key
    number: int
    target: Target
    reason: str
    escalated_event_id: str
    notification_ids: list[str]


async def lock_due(tx: AsyncConnection, now: datetime, at_once: int, officers: str) -> list[Due]:
    """All escalations whose time has come of some agreements; those locked elsewhere wait.

    Agreements are locked before notifications, and these before escalations. `officers` is the type
    of the fact that the buyer's officers are told; at most `at_once` agreements are taken.
    """
    connection = await driver(tx)
    agreements = [row[0] for row in await connection.fetch(_AGREEMENTS, now, at_once)]
    if not agreements:
        return []
    await lock_notifications(tx, agreements)
    locked = await connection.fetch(_DUE_OF, now, agreements)
    keys = [row["event_id"] for row in locked], [row["party"] for row in locked]
    agreement_of = {row["event_id"]: row["agreement_id"] for row in locked}
    histories = await lock_agreements(tx, agreement_of.values())
    reachable = _reachable(await connection.fetch(_REACHABLE, *keys, officers))
    found = []
    for row in await connection.fetch(_READ, *keys):
        key = Key(row["event_id"], row["party"])
        history = histories[agreement_of[key.event_id]].history
        notice = history.on(now.date()).notice
        chain = Chain(
            key.party,
            row["kind"],
            row["due_on"],
            row["end"],
            row["obligation_state"],
            row["still_told"],
            row["acknowledged"],
            row["since"],
            row["told_at"],
            row["failed"],
            notice.division if notice else None,
        )
        told = Unacknowledged(
            key.event_id,
            row["obligation_id"],
            history.agreement_id,
            history.buyer,
            row["revision"],
            row["sequence"],
            orjson.loads(row["words"]),
        )
        found.append(Due(key, told, chain, row["steps"], reachable.get(key, Reachable())))
    return found


def _reachable(rows: Sequence[Any]) -> dict[Key, Reachable]:
    found: dict[Key, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        found[Key(row["event_id"], row["party"])][row["target"]].append(row["subscription_id"])
    return {
        key: Reachable(of["contact"], of["channel"], of["officers"]) for key, of in found.items()
    }


async def save_decisions(
    tx: AsyncConnection,
    over: Sequence[tuple[Key, Over]],
    later: Sequence[tuple[Key, datetime]],
    taken: Sequence[Taken],
    now: datetime,
) -> None:
    """Write which escalations are over, which wait until when, and which steps were taken.

    What is information is watched no more, and kept nowhere.
    """
    connection = await driver(tx)
    await connection.executemany(
        "delete from escalations where event_id = $1 and party = $2",
        [key for key, why in over if why == "informational"],
    )
    await connection.executemany(
        "update escalations set state = $3 where event_id = $1 and party = $2",
        [(*key, why) for key, why in over if why != "informational"],
    )
    await connection.executemany(
        "update escalations set next_step_at = $3 where event_id = $1 and party = $2",
        [(*key, at) for key, at in later],
    )
    await connection.executemany(
        "insert into escalation_steps (event_id, party, number, target, reason, taken_at,"
        " escalated_event_id, notification_ids) values ($1, $2, $3, $4, $5, $8, $6, $7::uuid[])",
        [(*one.key, one.number, one.target, one.reason, *one[4:], now) for one in taken],
    )
    await connection.executemany(
        "update escalations set steps = $3, since = $5, next_step_at = $5, failed = false,"
        " state = case when $4 then 'exhausted' else state end"
        " where event_id = $1 and party = $2",
        [(*one.key, one.number, one.target == "officers", now) for one in taken],
    )
