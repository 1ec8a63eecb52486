"""When messages are sent, by what their subscribers prefer."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.dates.deemed_service import SendBy
from services.notify.planning.obligation import ObligationKind
from services.notify.queries.calendars import calendars_in_force
from services.notify.subscriptions.preferences import (
    Preferences,
    Sending,
    deadline_of,
    decide_sending,
    next_time,
)
from services.notify.telling.fact import DIGEST
from shared.database import driver

_UK = ZoneInfo("Europe/London")
_SEND_BY = TypeAdapter(tuple[SendBy, ...])
_ACTS: tuple[ObligationKind, ...] = (
    "notice",
    "commitment",
    "provider-notice",
    "decision",
    "option",
)
"""What somebody must do by a day; the stages before remind of it."""
_OF_FACTS = """
    select f.event_id::text, o.kind, o.due_on, o."end", o.send_by,
           (select min(x.due_on) from obligations x
            where x.agreement_id = f.agreement_id and x.kind = any($2::text[])
                  and x.state in ('planned', 'raised') and x.due_on >= $3) as next_act
    from facts f left join obligations o on o.obligation_id = f.obligation_id
    where f.event_id = any($1::uuid[])
"""
# What waits for its time, of the same agreements: it was written before.
_BEFORE = """
    select n.notification_id::text from notifications n
    join unnest($1::uuid[], $2::uuid[]) as g(subscription_id, agreement_id)
         on n.subscription_id = g.subscription_id and n.agreement_id = g.agreement_id
    where n.claimed_by is null
          and (n.state in ('gathered', 'bundled') or (n.state = 'pending' and n.tries = 0))
"""
_WAITING = """
    select n.notification_id::text, n.event_id::text, n.agreement_id::text
    from notifications n join facts f using (event_id)
    where n.subscription_id = $1 and n.claimed_by is null and f.event_type <> $2
          and (n.state = 'gathered' or (n.state = 'pending' and n.attempts = 0))
    order by n.seq
"""
_SEND_NOW = """
    update notifications set state = 'pending', digest_id = null, next_attempt_at = $2
    where notification_id = any($1::uuid[]) and claimed_by is null
          and (state in ('gathered', 'bundled') or (state = 'pending' and next_attempt_at > $2))
"""


async def preferences_of(
    tx: AsyncConnection, subscriptions: Sequence[str]
) -> dict[str, Preferences]:
    """What subscriptions prefer, of those that prefer anything."""
    connection = await driver(tx)
    rows = await connection.fetch(
        "select subscription_id::text, preferences from subscriptions"
        " where subscription_id = any($1::uuid[]) and preferences is not null",
        sorted(set(subscriptions)),
    )
    return {key: Preferences.model_validate_json(said) for key, said in rows}


async def sendings_of(
    tx: AsyncConnection, told: Sequence[tuple[str, str]], now: datetime
) -> list[Sending]:
    """When each (event, subscription) is sent, in the order given."""
    preferred = await preferences_of(tx, [subscription for _, subscription in told])
    if not preferred:
        return [Sending(now)] * len(told)
    calendars = await calendars_in_force(tx)
    deadlines = await _deadlines(tx, sorted({e for e, s in told if s in preferred}), now)
    found = []
    for event, subscription in told:
        wish = preferred.get(subscription)
        if wish is None:
            found.append(Sending(now))
        else:
            calendar = calendars.of(wish.quiet_bank_holidays)
            found.append(decide_sending(wish, calendar, deadlines[event], now))
    return found


async def gathered(
    tx: AsyncConnection, told: Sequence[tuple[str, str]], sendings: Sequence[Sending]
) -> list[Sending]:
    """The same, but what people would get singly though it is many at once comes in one message.

    An officer whose whole register is loaded gets one mail, not one for each agreement. Receivers
    of webhooks are programs, and get each by itself.
    """
    at_once = Counter(
        subscription
        for (_, subscription), one in zip(told, sendings, strict=True)
        if not one.together and one.rule is None
    )
    several = sorted(key for key, count in at_once.items() if count > 1)
    if not several:
        return list(sendings)
    connection = await driver(tx)
    rows = await connection.fetch(
        "select subscription_id::text from subscriptions"
        " where subscription_id = any($1::uuid[]) and channel <> 'webhook'",
        several,
    )
    people = {row[0] for row in rows}
    return [
        one._replace(together=one.rule is None and (one.together or subscription in people))
        for (_, subscription), one in zip(told, sendings, strict=True)
    ]


async def next_open(tx: AsyncConnection, subscription_id: str, now: datetime) -> datetime:
    """The first instant from now on at which something may be sent to a subscription.

    For what is ready to be sent only quiet days count, not when the next digest is.
    """
    wish = (await preferences_of(tx, [subscription_id])).get(subscription_id)
    if wish is None:
        return now
    calendar = (await calendars_in_force(tx)).of(wish.quiet_bank_holidays)
    return next_time(wish.model_copy(update={"pace": "immediate"}), calendar, now)


async def waiting_before(tx: AsyncConnection, of: Sequence[tuple[str, str | None]]) -> list[str]:
    """What waits for its time of each (subscription, agreement): it goes first, to be in order."""
    if not of:
        return []
    connection = await driver(tx)
    rows = await connection.fetch(_BEFORE, *(list(column) for column in zip(*of, strict=True)))
    return [row[0] for row in rows]


async def send_now(tx: AsyncConnection, notifications: Sequence[str], now: datetime) -> None:
    """Send what waits for its time at once, by itself; the notifications are locked."""
    if notifications:
        connection = await driver(tx)
        await connection.execute(_SEND_NOW, list(notifications), now)


async def send_as_preferred(tx: AsyncConnection, subscription_id: str, now: datetime) -> None:
    """Decide anew when what waits for its time is sent to a subscription."""
    connection = await driver(tx)
    # With what may have to go before them, in one order.
    await connection.execute(
        "select from notifications where subscription_id = $1"
        " and state in ('pending', 'gathered', 'bundled') order by seq for update",
        subscription_id,
    )
    rows = await connection.fetch(_WAITING, subscription_id, DIGEST)
    sendings = await sendings_of(tx, [(event, subscription_id) for _, event, _ in rows], now)
    await connection.executemany(
        "update notifications set state = case when $2 then 'gathered' else 'pending' end,"
        " next_attempt_at = $3, sending_rule = $4 where notification_id = $1",
        [
            (key, one.together, one.at, one.rule)
            for (key, *_), one in zip(rows, sendings, strict=True)
        ],
    )
    in_a_hurry = [
        (subscription_id, agreement)
        for (*_, agreement), one in zip(rows, sendings, strict=True)
        if one.rule is not None
    ]
    await send_now(tx, await waiting_before(tx, in_a_hurry), now)


async def _deadlines(
    tx: AsyncConnection, events: Sequence[str], now: datetime
) -> dict[str, date | None]:
    connection = await driver(tx)
    today = now.astimezone(_UK).date()
    rows = await connection.fetch(_OF_FACTS, list(events), list(_ACTS), today)
    return {
        event: deadline_of(kind, due_on, end, _days(send_by), next_act)
        for event, kind, due_on, end, send_by, next_act in rows
    }


def _days(send_by: str | None) -> list[date]:
    return [one.day for one in _SEND_BY.validate_json(send_by)] if send_by else []
