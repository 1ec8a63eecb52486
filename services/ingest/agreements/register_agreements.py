"""Keep what is said of agreements, version by version, with the events that follow."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, takewhile

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.ingest import SOURCE
from services.ingest.agreements.agreement import CONTACTS, Said, Standing, Step, published
from services.ingest.agreements.next_steps import next_steps
from services.ingest.arrivals.batch import Batch
from services.ingest.arrivals.dead_letters import enqueue_dead_letters
from services.ingest.queries.agreements import (
    Version,
    erase_replaced_contacts,
    find_said,
    insert_versions,
    lock_agreements,
    lock_events,
    store_standings,
    version_row,
)
from shared import topics
from shared.database import begin
from shared.errors import Rejected
from shared.identity import identify, partition_key
from shared.inbox import Reject, quarantine
from shared.outbox import Outgoing, enqueue


@dataclass(frozen=True)
class Registered:
    """What became of a batch: every fact of it is in exactly one of the first three.

    `rejects` may hold besides an end that was kept until its agreement came, and was before it.
    `outdated_contacts` are agreements for which older contacts were accepted than those that count,
    with the day on which these were confirmed.
    """

    accepted: list[Said]
    already_known: list[Said]
    rejects: list[Reject]
    outdated_contacts: list[tuple[str, str]]


async def register_agreements(engine: AsyncEngine, batch: Batch[Said], now: datetime) -> Registered:
    """Keep a batch of facts in one transaction."""
    async with begin(engine) as tx:
        return await record_agreements(tx, batch, now)


async def record_agreements(tx: AsyncConnection, batch: Batch[Said], now: datetime) -> Registered:
    """Keep a batch of facts in the caller's transaction, in the order in which they were sent."""
    await lock_events(tx, [said.event_id for said in batch.facts])
    standings = await lock_agreements(tx, batch.facts, now) if batch.facts else {}
    seen = await find_said(tx, [said.event_id for said in batch.facts]) if batch.facts else {}
    done = Registered([], [], list(batch.rejects), [])
    versions: list[Version] = []
    events: list[tuple[str, Outgoing]] = []
    changed: set[str] = set()
    for position, said in enumerate(batch.facts):
        before = standings[said.agreement_id]
        try:
            steps = [] if _repeated(seen, said) else next_steps(before, said)
        except Rejected as error:
            done.rejects.append(batch.refuse(position, error))
            continue
        seen[said.event_id] = said
        (done.accepted if steps else done.already_known).append(said)
        standing = before
        for step in steps:
            standing = standing.after(step)
            versions.append(version_row(said.agreement_id, standing.version, step, now))
            if step.type == CONTACTS and not step.published and standing.contacts:
                counts_since = standing.contacts["confirmed_on"]
                done.outdated_contacts.append((said.agreement_id, counts_since))
            if step.published:
                events.append((step.type, _event(said.agreement_id, standing.version, step, now)))
        standings[said.agreement_id] = standing
        done.rejects.extend(_refuted_ends(said.agreement_id, before, standing))
        if steps:
            changed.add(said.agreement_id)
    await store_standings(
        tx,
        {each: s for each, s in standings.items() if each in changed or s.version == 0},
        now,
    )
    await insert_versions(tx, versions)
    await erase_replaced_contacts(tx, [each.agreement_id for each in versions])
    await _publish(tx, events, now)
    await enqueue_dead_letters(tx, await quarantine(tx, done.rejects, now), now)
    return done


def _repeated(seen: dict[str, Said], said: Said) -> bool:
    before = seen.get(said.event_id)
    if before is not None and not said.repeats(before):
        raise Rejected(
            "another fact with the same source and id was sent before: "
            "send each fact under an id of its own",
            "id",
        )
    return before is not None


def _refuted_ends(agreement_id: str, before: Standing, now: Standing) -> Iterator[Reject]:
    """The ends that waited for terms, which begin after them: an older end counts, or none."""
    if before.terms_are_known or not now.terms_are_known:
        return
    for end in takewhile(lambda each: not now.allows(each), before.ends_not_taken_back):
        start = now.start_as_of(end.data["ended_on"])
        reason = f"ended_on is before the start of the agreement, {start}"
        origin = f"agreement:{agreement_id}/{end.version}"
        yield Reject(origin, reason, "ended_on", orjson.dumps(end.data), end.data["buyer"])


def _event(agreement_id: str, version: int, step: Step, now: datetime) -> Outgoing:
    event_id = identify("agreement-version", agreement_id, str(version))
    data = published(agreement_id, version, step, now)
    return Outgoing(partition_key(agreement_id), event_id, data)


async def _publish(
    tx: AsyncConnection, events: Sequence[tuple[str, Outgoing]], now: datetime
) -> None:
    for event_type, together in groupby(events, key=lambda event: event[0]):
        topic = topics.CONTACTS if event_type == CONTACTS else topics.AGREEMENTS
        await enqueue(tx, topic, event_type, SOURCE, [each for _, each in together], now)
