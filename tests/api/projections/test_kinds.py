"""The kind of each sum is at every moment what is known of its supplier, however facts come."""

import asyncio
from dataclasses import replace
from datetime import date
from random import Random

from sqlalchemy import select

from services.api.asked.question import OF_AGREEMENTS, OF_SUPPLIERS, Question, days
from services.api.queries.known import Known
from services.api.queries.spend import Sums, known_definitions, read_spend
from services.api.tables import paid_in_part
from shared.events import Fact, PaymentAccepted
from tests.api.conftest import Model
from tests.api.facts import (
    ICB,
    LEEDS,
    classified,
    corrected,
    ended,
    member,
    paid,
    registered,
    supplier,
    unmatched,
    varied,
)

PAYEES = ("BECK", "CRAG", "DALE", "FELL")
CUT = ("month", "buyer", "place", *OF_SUPPLIERS, *OF_AGREEMENTS)


def _facts(chance: Random) -> list[Fact]:
    """Payments, corrections of some, what is known of each payee in turn, agreements."""
    payments: list[PaymentAccepted] = [
        paid(
            number,
            chance.randrange(-5_00, 20_00),
            f"2024-{chance.randrange(2, 8):02d}-{chance.randrange(1, 29):02d}",
            payee=chance.choice(PAYEES),
            buyer=chance.choice((ICB, LEEDS)),
            place=chance.choice((None, "Leeds")),
            unit=chance.choice((None, "0123")),
        )
        for number in range(24)
    ]
    facts: list[Fact] = [*payments]
    for payment in chance.sample(payments, 8):
        first = corrected(payment, 7_77, payee=chance.choice(PAYEES))
        facts += [first, corrected(first, withdrawn=chance.random() < 0.5)]
    for payee in PAYEES:
        for revision in (1, 2, 3):
            since = chance.choice((None, "2024-05-01", "2024-05-17"))
            until = chance.choice((None, "2024-06-30", "2024-06-12"))
            known = classified if chance.random() < 0.7 else unmatched
            facts.append(known(payee, revision=revision, memberships=[member(since, until)]))
        facts.append(
            registered(payee, provider=payee, supplier_id=supplier(payee), route="council")
        )
    facts.append(varied("BECK", effective_on="2024-06-05", supplier_id=supplier("CRAG")))
    facts.append(ended("CRAG", on="2024-05-20"))
    return facts


async def _both_ways(model: Model, question: Question) -> tuple[list[Sums], list[Sums]]:
    """The answer by kinds, and the same from what is known of each supplier."""
    async with model.engine.connect() as connection:
        asked = replace(question, definitions=tuple(await known_definitions(connection)))
        return (
            await read_spend(connection, asked),
            await read_spend(connection, asked, Known()),  # what is known now, joined to each sum
        )


async def _holds(model: Model) -> None:
    for question in (
        Question(CUT),
        Question(("quarter",)),
        Question(("programme", "unit", "organisation", "financial_year")),
        Question(("programme", "unit", "financial_year")),
        Question(("unit", "place"), spans=days(date(2023, 5, 1), date(2024, 6, 17), [])),
    ):
        by_kind, by_supplier = await _both_ways(model, question)
        assert by_kind == by_supplier
        assert by_kind


async def test_in_any_order_and_batch(model: Model) -> None:
    for seed in range(6):
        chance = Random(seed)
        facts = _facts(chance)
        chance.shuffle(facts)
        await model.empty()
        while facts:
            size = chance.randrange(1, 16)
            batch, facts = facts[:size], facts[size:]
            await model.project(*batch, *chance.sample(batch, len(batch) // 3))
        await _holds(model)


async def test_beside_each_other(model: Model) -> None:
    """Payments and what is known of their payees come by two topics, at once."""
    facts = _facts(Random(9))
    batches = [facts[start : start + 4] for start in range(0, len(facts), 4)]
    await asyncio.gather(*(model.project(*batch) for batch in batches))
    await _holds(model)


async def test_payments_are_asked_only_where_somebody_paid_in_a_month_that_counts_in_part(
    model: Model,
) -> None:
    async def asked() -> list[tuple[str, date]]:
        async with model.engine.connect() as connection:
            found = await connection.execute(select(paid_in_part.c.buyer, paid_in_part.c.month))
            return sorted((buyer, month) for buyer, month in found)

    await model.project(
        paid(1, on="2024-05-02"), paid(2, on="2024-06-03"), paid(3, on="2024-05-30", place="Leeds")
    )
    assert await asked() == []
    await model.project(classified(memberships=[member("2024-05-17")]))
    assert await asked() == [(ICB, date(2024, 5, 1))]
    await model.project(paid(4, on="2024-05-09", buyer=LEEDS))
    assert await asked() == [(LEEDS, date(2024, 5, 1)), (ICB, date(2024, 5, 1))]
    await _holds(model)
    await model.project(classified(revision=2, memberships=[member("2024-05-01")]))
    assert await asked() == []
    await _holds(model)


async def test_a_month_that_was_left_without_payments_counts_whole_once_it_is(model: Model) -> None:
    first = paid(1, 100_00, "2024-05-02")
    await model.project(classified(memberships=[member("2024-05-17")]))
    await model.project(first)
    await model.project(corrected(first, withdrawn=True))
    await model.project(classified(revision=2, memberships=[member("2024-05-01")]))
    await model.project(paid(2, 7_00, "2024-05-20"))
    await _holds(model)
    async with model.engine.connect() as connection:
        [whole] = await read_spend(connection, Question())
    assert (whole.lines, whole.pence) == (1, 7_00)
