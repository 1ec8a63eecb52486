"""notify is killed while it delivers: at least once, one id, nothing lost, nothing of the past."""

import asyncio
import os
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.local.addresses import Addresses
from services.notify.main import clock, today
from services.notify.planning.plan_obligations import plan_obligations
from shared.topics import create_topics
from tests.chaos.kills import SEEDS
from tests.conftest import MakeEngine
from tests.notify.facts import varied
from tests.support.due_messages import adopt_shipped, leave_messages, let_go
from tests.support.notify_service import Replicas, environment_of
from tests.support.recording import Arrival, Recording, recording
from tests.support.waiting import eventually

MESSAGES = int(os.environ.get("LOCALPOUND_KILL_MESSAGES", "600"))
KILLS = max(1, MESSAGES // 1500)
BUYERS = [f"GB-LAE-B{number}" for number in range(6)]
EACH = MESSAGES // len(BUYERS)  # each agreement, known late, is one message
MOVED = 4
ON_ITS_WAY = 0.5  # seconds for which a request that was begun may be under way

# Its longest attempt and its lease are short, so that what a killed process held is free soon.
SETTINGS = {
    "total_seconds": "1.5",
    "delivery_lease_seconds": "8",
    "delivery_schedule": "[0, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]",
}


class Kept(NamedTuple):
    """A notification as it stands in the end."""

    id: str
    event_id: str
    state: str
    agreement: str
    seq: int


@pytest.fixture
async def engine(engine_for: MakeEngine) -> AsyncEngine:
    engine = await engine_for("notify")
    await adopt_shipped(engine)
    return engine


@pytest.fixture
def receiver(stack: Addresses) -> Iterator[Recording]:
    with recording() as running:
        yield running


@pytest.fixture
async def replicas(stack: Addresses, prefix: str, engine: AsyncEngine) -> AsyncIterator[Replicas]:
    await create_topics(stack.kafka, prefix=prefix)
    environment = environment_of(stack, prefix, schema=f"{prefix}_notify", **SETTINGS)
    with Replicas.running(environment, 1) as running:
        yield running


@pytest.mark.parametrize("seed", SEEDS)
async def test_every_message_arrives_under_one_id_while_notify_is_killed(
    engine: AsyncEngine, replicas: Replicas, receiver: Recording, seed: int
) -> None:
    chance = random.Random(seed)
    addresses = {buyer: f"{receiver.url}/slow/{buyer}" for buyer in BUYERS}
    await leave_messages(engine, addresses, EACH)
    await let_go(engine, clock())
    instants = sorted(chance.sample(range(MESSAGES // 8, MESSAGES * 7 // 8), KILLS + MOVED))
    kills = set(chance.sample(instants, KILLS))
    moved: dict[str, float] = {}
    for instant in instants:
        await eventually(lambda at=instant: _came(receiver, at), within=60, every=0.005)  # type: ignore[misc]
        if instant in kills:
            replicas.kill_and_start(0)
        else:
            moved |= await _move_end(engine, chance)

    await _until_nothing_waits(engine)
    kept = [Kept(*row) for row in await _rows(engine, _KEPT)]
    arrivals = receiver.arrivals()
    _check_each_arrived(kept, arrivals)
    _check_order(kept, arrivals)
    withdrawn = {row[0]: row[1] for row in await _rows(engine, _WITHDRAWN)}
    _check_withdrawn(kept, arrivals, withdrawn, moved)
    assert await _rows(engine, "select 1 from deliveries where outcome = 'started'"), (
        "a kill met attempts under way"
    )


_KEPT = """
    select notification_id::text, event_id::text, state, agreement_id::text, seq
    from notifications
"""
_WITHDRAWN = """
    select told.event_id::text, told.agreement_id::text
    from facts told join facts w on w.obligation_id = told.obligation_id
    where w.event_type = 'notice.withdrawn.v1' and told.event_type <> w.event_type
      and told.revision < w.revision
"""


async def _until_nothing_waits(engine: AsyncEngine) -> None:
    waiting = (
        "select state, attempts, tries, count(*), min(next_attempt_at) from notifications"
        # What was withdrawn under a claim whose process was killed keeps it: the lease ended it.
        " where state = 'pending' or (claimed_by is not null and next_attempt_at > now())"
        " group by 1, 2, 3 limit 20"
    )

    async def nothing_waits() -> bool:
        return not await _rows(engine, waiting)

    try:
        await eventually(nothing_waits, within=120, every=0.1)
    except TimeoutError:
        pytest.fail(f"still waiting: {await _rows(engine, waiting)}")


async def _came(receiver: Recording, messages: int) -> bool:
    return await asyncio.to_thread(receiver.count) >= messages


async def _move_end(engine: AsyncEngine, chance: random.Random) -> dict[str, float]:
    """Extend an agreement, which takes its messages back; returns it and the time of its commit."""
    buyer = chance.choice(BUYERS)
    fact = varied(
        f"{buyer}/{chance.randrange(EACH)}",
        version=chance.randrange(2, 2**40),
        buyer=buyer,
        end=today() + timedelta(days=chance.randrange(1500, 3000)),
    )
    await plan_obligations(engine, [fact], [], today(), clock())
    return {str(fact.agreement_id): clock().timestamp()}


async def _rows(engine: AsyncEngine, query: str) -> list[tuple[Any, ...]]:
    async with engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(query))]


def _check_each_arrived(kept: list[Kept], arrivals: list[Arrival]) -> None:
    """Every message that stands came; each (receiver, fact) under one id, however often."""
    came = {one.id for one in arrivals}
    assert {one.id for one in kept if one.state == "delivered"} <= came
    assert {one.state for one in kept} <= {"delivered", "cancelled"}
    assert came <= {one.id for one in kept}
    ids = defaultdict(set)
    for one in arrivals:
        ids[one.path, one.event_id].add(one.id)
    assert {len(each) for each in ids.values()} == {1}
    assert len(ids) == len(came), "no id tells two facts"


def _check_order(kept: list[Kept], arrivals: list[Arrival]) -> None:
    """To one receiver the messages of one agreement came first in the order of their making."""
    by_id = {one.id: one for one in kept}
    first = list(dict.fromkeys(one.id for one in arrivals))
    came = defaultdict(list)
    for each in first:
        came[by_id[each].agreement].append(by_id[each].seq)
    assert all(earlier < later for each in came.values() for earlier, later in pairwise(each))


def _check_withdrawn(
    kept: list[Kept], arrivals: list[Arrival], withdrawn: dict[str, str], moved: dict[str, float]
) -> None:
    """Nothing that was withdrawn was sent after that; who got it before is told."""
    assert withdrawn
    last = {one.event_id: one.at for one in arrivals}
    late = {
        event: last[event] - moved[agreement]
        for event, agreement in withdrawn.items()
        if event in last
    }
    assert max(late.values(), default=0) < ON_ITS_WAY
    told_again = {one.agreement for one in kept if one.event_id not in withdrawn}
    assert {withdrawn[event] for event in late} <= told_again
