"""Kafka in: agreements, suppliers, contacts and buyers."""

from collections.abc import Callable
from datetime import date, datetime

from aiokafka import ConsumerRecord
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.contacts.record_contacts import record_contacts
from services.notify.planning.agreement import AgreementFact
from services.notify.planning.plan_obligations import plan_obligations
from services.notify.telling.record_buyers import record_buyers
from services.notify.telling.record_suppliers import record_suppliers
from shared import topics
from shared.events import (
    AgreementEnded,
    AgreementRegistered,
    AgreementVaried,
    BuyerRegistered,
    BuyerSucceeded,
    ContactsNamed,
    SupplierClassified,
)
from shared.identity import KEY_BYTES
from shared.inbox import say_quarantined
from shared.kafka.consumers import Consumers
from shared.read_facts import Types, by_type, read_facts

AGREEMENT_FACTS: Types[AgreementFact] = by_type(
    AgreementRegistered, AgreementVaried, AgreementEnded
)
SUPPLIER_FACTS = by_type(SupplierClassified)
CONTACT_FACTS = by_type(ContactsNamed)
BUYER_FACTS: Types[BuyerRegistered | BuyerSucceeded] = by_type(BuyerRegistered, BuyerSucceeded)


def handle_agreements(
    consumers: Consumers,
    engine: AsyncEngine,
    clock: Callable[[], datetime],
    today: Callable[[], date],
) -> None:
    """Plan what agreements bring."""

    @consumers.batch(topics.AGREEMENTS)
    async def agreements(records: list[ConsumerRecord]) -> None:
        facts, _, rejects = read_facts(AGREEMENT_FACTS, records)
        await plan_obligations(engine, facts, rejects, today(), clock())
        say_quarantined(topics.AGREEMENTS.name, rejects)


def handle_suppliers(
    consumers: Consumers,
    engine: AsyncEngine,
    clock: Callable[[], datetime],
    today: Callable[[], date],
) -> None:
    """Learn which organisations suppliers are."""

    @consumers.batch(topics.SUPPLIERS, gather=0.5)
    async def suppliers(records: list[ConsumerRecord]) -> None:
        facts, _, rejects = read_facts(SUPPLIER_FACTS, records)
        await record_suppliers(engine, facts, rejects, today(), clock())
        say_quarantined(topics.SUPPLIERS.name, rejects)


def handle_buyers(consumers: Consumers, engine: AsyncEngine, clock: Callable[[], datetime]) -> None:
    """Learn what buyers are called."""

    @consumers.batch(topics.BUYERS)
    async def buyers(records: list[ConsumerRecord]) -> None:
        facts, _, rejects = read_facts(BUYER_FACTS, records)
        await record_buyers(engine, facts, rejects, clock())
        say_quarantined(topics.BUYERS.name, rejects)


def handle_contacts(
    consumers: Consumers,
    engine: AsyncEngine,
    clock: Callable[[], datetime],
    today: Callable[[], date],
    *,
    email_is_set_up: bool,
) -> None:
    """Learn whom agreements name."""

    @consumers.batch(topics.CONTACTS, gather=0.5)
    async def contacts(records: list[ConsumerRecord]) -> None:
        facts, usable, rejects = read_facts(CONTACT_FACTS, records)
        # The records of one key are of one partition: a tombstone erases what came before it.
        erased = {
            r.key: r.offset for r in records if r.value is None and len(r.key or b"") == KEY_BYTES
        }
        lists = [
            fact
            for fact, record in zip(facts, usable, strict=True)
            if record.offset > erased.get(record.key, -1)
        ]
        await record_contacts(
            engine,
            lists,
            list(erased),
            rejects,
            today(),
            clock(),
            email_is_set_up=email_is_set_up,
        )
        say_quarantined(topics.CONTACTS.name, rejects)
