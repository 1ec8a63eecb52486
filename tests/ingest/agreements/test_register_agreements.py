"""The register: nothing is overwritten, nothing is counted twice, every change is published."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.agreements.agreement import CONTACTS, ENDED, REGISTERED, VARIED, Said
from services.ingest.agreements.read_agreement import read_agreement
from services.ingest.agreements.register_agreements import Registered, register_agreements
from services.ingest.arrivals.batch import read_batch
from services.ingest.keyed_ids import supplier_id
from shared.envelope import Envelope, read_published
from shared.errors import Rejected
from shared.events import AgreementRegistered, ContactsNamed
from shared.identity import agreement_id, partition_key
from shared.inbox import Reject
from tests.ingest.said import (
    CONTACTS_OF_THE_HOSPICE,
    LEDGER,
    NOW,
    buyers_of,
    outbox_of,
    published_data,
    rows_of,
    terms,
)

Sent = tuple[str, str, dict[str, Any]]

END = {"buyer": "GB-NHS-QWO", "reference": "WY-042", "ended_on": "2026-03-31"}
ID = agreement_id("GB-NHS-QWO", "WY-042")


async def register(engine: AsyncEngine, *sent: Sent) -> Registered:
    buyers = await buyers_of(engine)

    def read(row: Sent) -> Said:
        event_id, kind, data = row
        event = Envelope(event_id, LEDGER, kind, json.dumps(data).encode())
        return read_agreement(event, buyers, NOW)

    def refuse(row: Sent, error: Rejected) -> Reject:
        return Reject(f"test:{row[0]}", error.reason, error.field, b"{}")

    return await register_agreements(engine, read_batch(sent, read, refuse), NOW)


def outcome(done: Registered) -> tuple[int, int, int]:
    return len(done.accepted), len(done.already_known), len(done.rejects)


async def versions(engine: AsyncEngine) -> Sequence[tuple[int, str]]:
    rows = await rows_of(engine, "select version, type from agreement_facts order by version")
    return [tuple(row) for row in rows]


async def test_an_agreement_is_registered_and_published(engine: AsyncEngine) -> None:
    done = await register(engine, ("1", REGISTERED, terms()))
    assert outcome(done) == (1, 0, 0)
    [row] = await rows_of(engine, "select * from agreements")
    assert (str(row.agreement_id), row.version) == (ID, 1)
    [(topic, _, key, headers, data)] = await outbox_of(engine)
    assert (topic, key) == ("agreements.v1", partition_key(ID))
    assert headers["ce_type"] == b"agreement.registered.v1"
    fact = read_published(AgreementRegistered, data)
    assert str(fact.supplier_id) == supplier_id("St Example's Hospice")
    assert (fact.version, fact.recorded_at) == (1, NOW)


async def test_facts_of_one_batch_follow_each_other(engine: AsyncEngine) -> None:
    variation = terms(title="More hospice care") | {"effective_on": "2025-04-01"}
    done = await register(
        engine, ("1", REGISTERED, terms()), ("2", VARIED, variation), ("3", ENDED, END)
    )
    assert outcome(done) == (3, 0, 0)
    assert await versions(engine) == [(1, REGISTERED), (2, VARIED), (3, ENDED)]
    events = await outbox_of(engine)
    assert [headers["ce_type"].decode() for _, _, _, headers, _ in events] == [
        REGISTERED,
        VARIED,
        ENDED,
    ]


async def test_every_variation_is_published_with_its_day_whatever_the_order_of_arrival(
    engine: AsyncEngine,
) -> None:
    days = ("2027-04-01", "2024-06-01", "2025-10-01", "2026-12-01")
    await register(engine, ("1", REGISTERED, terms()))
    facts = {day: terms(title=day, end="2028-03-31") | {"effective_on": day} for day in days}
    for day in days:  # each in a transaction of its own: what is known is read from the register
        await register(engine, (day, VARIED, facts[day]))
    again = await register(engine, *((f"{day} again", VARIED, facts[day]) for day in days))
    assert outcome(again) == (0, len(days), 0)
    assert len(await versions(engine)) == 1 + len(days)
    told = await published_data(engine, "agreements.v1")
    assert [(each["version"], each.get("effective_on")) for each in told] == [
        (1, None),
        *enumerate(days, 2),
    ]
    assert [each["title"] for each in told[1:]] == list(days)


async def test_contacts_go_to_a_topic_that_forgets_and_older_ones_to_none(
    engine: AsyncEngine,
) -> None:
    confirmed = [
        (day, CONTACTS, CONTACTS_OF_THE_HOSPICE | {"confirmed_on": day})
        for day in ("2026-03-01", "2026-09-01", "2026-06-01", "2026-10-01")
    ]
    for each in confirmed:  # each in a transaction of its own
        await register(engine, each)
    assert outcome(await register(engine, *confirmed)) == (0, len(confirmed), 0)
    told = await published_data(engine, "contacts.v1")
    assert [each["confirmed_on"] for each in told] == ["2026-03-01", "2026-09-01", "2026-10-01"]
    read = read_published(ContactsNamed, json.dumps(told[-1]).encode())
    assert (str(read.agreement_id), read.version) == (ID, 4)
    assert await published_data(engine, "agreements.v1") == []


async def test_a_person_who_is_no_contact_any_more_is_nowhere_in_the_register(
    engine: AsyncEngine,
) -> None:
    """Whatever is sent afterwards: the older list once more, late, or under its id with others."""
    first = ("c1", CONTACTS, CONTACTS_OF_THE_HOSPICE)
    late = ("c0", CONTACTS, CONTACTS_OF_THE_HOSPICE | {"confirmed_on": "2026-03-01"})
    forget = {"confirmed_on": "2026-10-01", "contacts": []}
    await register(engine, first)
    await register(engine, ("c2", CONTACTS, CONTACTS_OF_THE_HOSPICE | forget), late)
    assert outcome(await register(engine, first, late)) == (0, 2, 0)
    other = ("c1", CONTACTS, CONTACTS_OF_THE_HOSPICE | {"contacts": []})
    assert outcome(await register(engine, other)) == (0, 0, 1)
    kept = await rows_of(engine, "select effective_on, data::text from agreement_facts")
    assert len(kept) == 3
    assert "Moss" not in str(kept)


async def test_killed_before_the_commit_nothing_stays_and_the_batch_again_is_whole(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch: list[Sent] = [
        ("1", REGISTERED, terms(extension_options=[{"length": "P1Y"}])),
        ("2", VARIED, terms(end="2028-03-31") | {"effective_on": "2026-10-01"}),
        ("c", CONTACTS, CONTACTS_OF_THE_HOSPICE),
        ("3", ENDED, END | {"ended_on": "2028-03-31", "ending": "expired"}),
        ("4", REGISTERED, terms(end="2020-01-01", reference="WY-043")),
    ]

    async def killed(*_: Any) -> None:
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(
            "services.ingest.agreements.register_agreements.enqueue_dead_letters", killed
        )
        with pytest.raises(ConnectionError):
            await register(engine, *batch)
    for table in ("agreements", "agreement_facts", "outbox", "rejects"):
        assert await rows_of(engine, f"select * from {table}") == []
    assert outcome(await register(engine, *batch)) == (4, 0, 1)
    assert outcome(await register(engine, *batch)) == (0, 4, 1)  # its answer was lost on the way
    assert len(await versions(engine)) == 4
    told = await published_data(engine, "agreements.v1")
    assert [each["version"] for each in told] == [1, 2, 4]
    assert len(await rows_of(engine, "select * from rejects")) == 1


async def test_the_same_event_again_adds_nothing(engine: AsyncEngine) -> None:
    await register(engine, ("1", REGISTERED, terms()))
    done = await register(engine, ("1", REGISTERED, terms()), ("2", REGISTERED, terms()))
    assert outcome(done) == (0, 2, 0)
    assert await versions(engine) == [(1, REGISTERED)]
    assert len(await published_data(engine, "agreements.v1")) == 1


async def test_the_same_id_for_another_fact_is_rejected(engine: AsyncEngine) -> None:
    await register(engine, ("1", REGISTERED, terms()))
    done = await register(
        engine,
        ("1", REGISTERED, terms(reference="WY-043")),
        ("2", REGISTERED, terms(title="Other")),
    )
    assert outcome(done) == (0, 0, 2)
    assert "the same source and id" in done.rejects[0].reason
    assert "send agreement.varied.v1" in done.rejects[1].reason
    assert len(await rows_of(engine, "select * from agreements")) == 1


async def test_an_end_waits_for_its_agreement(engine: AsyncEngine) -> None:
    await register(engine, ("1", ENDED, END))
    assert await outbox_of(engine) == []
    await register(engine, ("2", REGISTERED, terms()))
    assert await versions(engine) == [(1, ENDED), (2, REGISTERED), (3, ENDED)]
    assert [each["version"] for each in await published_data(engine, "agreements.v1")] == [2, 3]


async def test_an_end_that_proves_to_be_before_the_start_is_quarantined(
    engine: AsyncEngine,
) -> None:
    await register(engine, ("1", ENDED, END | {"ended_on": "2024-03-31"}))
    done = await register(engine, ("2", REGISTERED, terms()))
    assert outcome(done) == (1, 0, 1)
    [row] = await rows_of(engine, "select origin, reason, content, buyer from rejects")
    assert row.origin == f"agreement:{ID}/1"
    assert "before the start" in row.reason
    assert json.loads(row.content)["ended_on"] == "2024-03-31"
    assert [each["version"] for each in await published_data(engine, "agreements.v1")] == [2]


async def test_of_ends_that_waited_the_last_that_is_possible_counts(engine: AsyncEngine) -> None:
    """The one that is not is quarantined by its own version, whatever came after it."""
    await register(engine, ("1", ENDED, END))
    await register(engine, ("2", ENDED, END | {"ended_on": "2020-01-01"}))
    await register(engine, ("3", CONTACTS, CONTACTS_OF_THE_HOSPICE))
    assert outcome(await register(engine, ("4", REGISTERED, terms()))) == (1, 0, 1)
    [row] = await rows_of(engine, "select origin from rejects")
    assert row.origin == f"agreement:{ID}/2"
    told = await published_data(engine, "agreements.v1")
    assert [(each["version"], each.get("ended_on")) for each in told] == [
        (4, None),
        (5, "2026-03-31"),
    ]
    late = await register(engine, ("5", VARIED, terms() | {"effective_on": "2026-04-01"}))
    assert outcome(late) == (0, 0, 1), "the agreement ended before"


async def test_the_same_facts_at_the_same_time_make_one_version(engine: AsyncEngine) -> None:
    done = await asyncio.gather(
        *(register(engine, ("1", REGISTERED, terms()), ("2", ENDED, END)) for _ in range(4))
    )
    assert sorted(outcome(each) for each in done) == [(0, 2, 0)] * 3 + [(2, 0, 0)]
    assert await versions(engine) == [(1, REGISTERED), (2, ENDED)]
    assert len(await published_data(engine, "agreements.v1")) == 2


async def test_variations_at_the_same_time_are_versions_one_after_the_other(
    engine: AsyncEngine,
) -> None:
    await register(engine, ("1", REGISTERED, terms()))
    variations = [terms(title=f"T{n}") | {"effective_on": "2025-04-01"} for n in range(4)]
    await asyncio.gather(
        *(register(engine, (f"v{n}", VARIED, data)) for n, data in enumerate(variations))
    )
    assert [number for number, _ in await versions(engine)] == [1, 2, 3, 4, 5]
