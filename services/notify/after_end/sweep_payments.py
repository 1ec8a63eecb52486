"""Look through payments.v1 for what is paid after agreements have ended.

A payment stays cheap: notify reads none as it comes. Once a day, and at once when an agreement has
ended, the partitions of those agreements' providers are read from where they were left off, keys
first, and only the payments of those providers are decoded.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from aiokafka import ConsumerRecord
from aiokafka.errors import KafkaError
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.after_end.payments import WATCHED_FOR
from services.notify.after_end.read_topic import PaymentsTopic, open_payments
from services.notify.after_end.seen import PaymentSeen, payment_seen
from services.notify.metrics import PAYMENTS_SWEPT_AT
from services.notify.planning.plan_obligations import plan_anew, rules_in_force
from services.notify.queries.agreements import lock_agreements
from services.notify.queries.alarms import agreements_to_examine, mark_examined
from services.notify.queries.notifications import hold_matching
from services.notify.queries.watches import (
    Watch,
    any_due,
    keep_found,
    pass_on,
    place_watches,
    read_watches,
    renew_watches,
)
from shared.database import begin, driver
from shared.errors import Rejected, UpgradeNeeded
from shared.identity import partition_key
from shared.kafka.brokers import Brokers
from shared.kafka.producer import partition_of
from shared.locks import Lock
from shared.logs import logger
from shared.periods import later

_AT_ONCE = 500
_FOUND_AT_ONCE = 2_000
_COMMIT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Sweep:
    """How payments are looked through: how often, and for how long at a time.

    What is not done in a turn goes on in the next.
    """

    brokers: Brokers | str
    prefix: str
    every: timedelta
    turn_seconds: float


async def sweep_payments(
    engine: AsyncEngine,
    sweep: Sweep,
    clock: Callable[[], datetime],
    today: Callable[[], date],
) -> None:
    """Read what is due and decide anew the alarms that it changes; of several replicas one does.

    A broker that is away, or a record that needs a newer version of this service, is said in the
    log and waited out: the rest of notify needs neither.
    """
    # Held by an open transaction, so that it ends with the process, whatever becomes of that.
    async with begin(engine) as turn:
        connection = await driver(turn)
        mine = await connection.fetchval(
            "select pg_try_advisory_xact_lock($1::int, hashtext(current_schema()))",
            Lock.SWEEPING_PAYMENTS,
        )
        if not mine:
            return
        before = clock() - sweep.every
        async with begin(engine) as tx:
            await renew_watches(tx, later(today(), WATCHED_FOR, -1), today())
            due = await any_due(tx, before)
        try:
            if due:
                await _read(engine, sweep, before, clock)
        except (KafkaError, UpgradeNeeded) as error:
            logger.warning("payments.sweep_interrupted", error=repr(error))
        else:
            PAYMENTS_SWEPT_AT.set(clock().timestamp())
        await examine_alarms(engine, today(), clock())


async def examine_alarms(engine: AsyncEngine, today: date, now: datetime) -> None:
    """Plan anew the agreements of which something was found, or whose others changed."""
    while True:
        async with begin(engine) as tx:
            await hold_matching(tx)
            ids = await agreements_to_examine(tx, _AT_ONCE)
            locked = await lock_agreements(tx, ids)
            await mark_examined(tx, ids)
            await plan_anew(tx, await rules_in_force(tx), list(locked.values()), today, now)
        if len(ids) < _AT_ONCE:
            return


async def _read(
    engine: AsyncEngine, sweep: Sweep, before: datetime, clock: Callable[[], datetime]
) -> None:
    until = time.monotonic() + sweep.turn_seconds
    async with open_payments(sweep.brokers, sweep.prefix) as topic:
        async with begin(engine) as tx:
            watches = await _placed(topic, await read_watches(tx, before))
            await place_watches(tx, watches)
        due = {watch.partition for watch in watches if watch.is_due}
        by_key: dict[bytes, list[Watch]] = defaultdict(list)
        offsets: dict[int, int] = {}
        for watch in watches:
            place, offset = watch.partition, watch.next_offset
            if place in due and place is not None and offset is not None:
                by_key[partition_key(watch.supplier_id)].append(watch)
                offsets[place] = min(offset, offsets.get(place, offset))
        topic.start(offsets)
        while await _read_some(engine, topic, by_key, until, clock):
            pass


async def _read_some(
    engine: AsyncEngine,
    topic: PaymentsTopic,
    by_key: dict[bytes, list[Watch]],
    until: float,
    clock: Callable[[], datetime],
) -> bool:
    """Read for some seconds and keep what was found with how far that was; whether to go on."""
    found: list[tuple[Watch, PaymentSeen]] = []
    commit_at = min(time.monotonic() + _COMMIT_SECONDS, until)
    while True:
        found += _found(await topic.read(), by_key)
        passed = await topic.passed()
        ended = all(one.ended for one in passed)
        now = time.monotonic()
        if ended or now >= commit_at or len(found) >= _FOUND_AT_ONCE:
            break
    async with begin(engine) as tx:
        await keep_found(tx, found)
        await pass_on(tx, passed, clock())
    return not ended and now < until


def _found(
    records: Sequence[ConsumerRecord], by_key: dict[bytes, list[Watch]]
) -> list[tuple[Watch, PaymentSeen]]:
    found = []
    for record in records:
        watches = by_key.get(record.key)
        if not watches or record.value is None:
            continue
        try:
            seen = payment_seen(record)
        except Rejected:
            continue  # it stands in quarantine at those who count payments
        # A correction may take back what was found, whatever day it says now.
        found += [
            (watch, seen)
            for watch in watches
            if seen.buyer == watch.buyer
            and (seen.payment_date > watch.ended_on or seen.revision > 0)
        ]
    return found


async def _placed(topic: PaymentsTopic, watches: Sequence[Watch]) -> list[Watch]:
    """The watches with where they are read; a new one begins about its agreement's end.

    So does one whose payments are in another partition since the topic was given more, or that was
    read further than the topic goes since it was made anew.
    """
    at = [partition_of(partition_key(one.supplier_id), topic.partitions) for one in watches]
    new = [
        one.next_offset is None or one.partition != place or one.next_offset > topic.end_of(place)
        for one, place in zip(watches, at, strict=True)
    ]
    earliest: dict[int, date] = {}
    for one, place, is_new in zip(watches, at, new, strict=True):
        if is_new:
            earliest[place] = min(one.ended_on, earliest.get(place, one.ended_on))
    begin_at = await topic.offsets_since(earliest)
    return [
        one._replace(partition=place, next_offset=begin_at[place]) if is_new else one
        for one, place, is_new in zip(watches, at, new, strict=True)
    ]
