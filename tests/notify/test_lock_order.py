"""Transactions that lock several notifications wait for each other, never in a ring."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.deliveries.put_together import put_digests_together
from services.notify.queries.digests import lock_bundled
from services.notify.queries.notifications import (
    Addressed,
    insert_notifications,
    lock_notifications,
)
from services.notify.queries.reports import lock_reported
from services.notify.subscriptions.switch_off import switch_off
from shared.database import begin, raw_connection
from tests.notify.conftest import Desk
from tests.notify.facts import BUYER, DAILY, FAR, registered
from tests.notify.receiver import Receiver
from tests.support.waiting import eventually

Work = Callable[[AsyncConnection], Awaitable[object]]


@pytest.fixture
async def told(desk: Desk, receiver: Receiver) -> list[Addressed]:
    """What was told of one agreement to two subscriptions, the newest first."""
    await desk.match()
    await desk.subscribe(receiver.url + "/provider")
    await desk.subscribe(receiver.url + "/buyer", BUYER)
    await desk.tell(registered())
    await desk.raise_due()
    rows = await desk.rows(
        "select event_id::text, subscription_id::text, obligation_id::text, agreement_id::text,"
        " buyer from notifications order by seq desc"
    )
    return [Addressed(*row) for row in rows]


async def side_by_side(desk: Desk, *works: Work) -> None:
    """Start works one by one while the first notification is held, then let it go.

    Each waits for that one before the next begins; a deadlock is an error of one of them.
    """
    async with begin(desk.engine) as blocker:
        holder = await raw_connection(blocker)
        await holder.execute("select from notifications order by seq limit 1 for update")
        running = []
        for work in works:
            pids: list[int] = []

            async def go(work: Work = work, pids: list[int] = pids) -> None:
                async with begin(desk.engine) as tx:
                    connection = await raw_connection(tx)
                    pids.append(await connection.fetchval("select pg_backend_pid()"))
                    await work(tx)

            running.append(asyncio.create_task(go()))

            async def waits(pids: list[int] = pids) -> bool:
                return bool(pids) and bool(
                    await holder.fetchval("select cardinality(pg_blocking_pids($1)) > 0", pids[0])
                )

            await eventually(waits)
    await asyncio.gather(*running)


async def test_telling_again_waits_for_a_plan_that_takes_back(
    desk: Desk, told: list[Addressed]
) -> None:
    agreement = str(told[0].agreement_id)
    await side_by_side(
        desk,
        lambda tx: lock_notifications(tx, [agreement]),
        lambda tx: insert_notifications(tx, told, desk.now),
    )


async def test_who_withdraws_waits_for_no_subscription_that_a_bounce_is_about_to_end(
    desk: Desk, told: list[Addressed]
) -> None:
    first = told[-1]
    [(key,)] = await desk.rows(
        "select notification_id::text from notifications order by seq limit 1"
    )

    async def withdraw(tx: AsyncConnection) -> None:
        await lock_notifications(tx, [str(first.agreement_id)])
        await insert_notifications(tx, [first._replace(times_recalled=1)], desk.now)

    await side_by_side(desk, withdraw, lambda tx: lock_reported(tx, key, [first.subscription_id]))


async def test_who_ends_a_subscription_waits_for_who_acknowledges_its_digest(
    desk: Desk, receiver: Receiver
) -> None:
    await desk.match()
    desk.now += timedelta(minutes=1)
    key = await desk.subscribe(receiver.url, **DAILY)
    await desk.tell(registered("LCC/1", **FAR), registered("LCC/2", **FAR))
    await desk.raise_due()
    desk.now += timedelta(days=1)
    await put_digests_together(desk.engine, desk.now)
    [(digest,)] = await desk.rows(
        "select distinct digest_id::text from notifications where digest_id is not null"
    )
    await side_by_side(
        desk,
        lambda tx: lock_bundled(tx, digest),
        lambda tx: switch_off(tx, key, "ended", "a test", desk.now),
    )


async def test_two_that_tell_again_in_either_order_wait_for_each_other(
    desk: Desk, told: list[Addressed]
) -> None:
    await side_by_side(
        desk,
        lambda tx: insert_notifications(tx, told, desk.now),
        lambda tx: insert_notifications(tx, list(reversed(told)), desk.now),
        lambda tx: lock_notifications(tx, [str(told[0].agreement_id)]),
    )
