"""All payments counted anew by their ids, on the real broker and database."""

import asyncio

from deploy.local.addresses import Addresses
from services.classify.pounds.count_payments import count_payments
from services.classify.pounds.recount_payments import recount_payments
from shared.topics import PAYMENTS, create_topics
from tests.classify.command_line import classify
from tests.classify.database import NOW, fetch
from tests.classify.pounds.test_pounds import published
from tests.classify.test_counting_service import MANY, expected, totals
from tests.classify.test_service import send
from tests.classify.test_sighting import spoilt
from tests.conftest import MakeEngine


async def test_a_topic_made_anew_is_counted_from_its_beginning(
    engine_for: MakeEngine, stack: Addresses, prefix: str
) -> None:
    engine = await engine_for("classify")
    # What was counted of the topic before: offsets and outbox rows far beyond those of this one.
    await count_payments(engine, [published(900, 1, 9000, 77)], NOW)
    await create_topics(stack.kafka, [PAYMENTS], prefix=prefix)
    # An outbox that was restored repeats a payment under another sequence.
    again = [published(500, n, n, 3 * n, f"Payee {n % 25}") for n in range(40)]
    await send(stack, prefix + PAYMENTS.name, *MANY[:100], spoilt("Payee 1"), *again)
    done = await recount_payments(engine, stack.kafka, prefix)
    assert done.before == (1, 77)
    assert done.after == expected(MANY[:100]) == await totals(engine)
    offsets = await fetch(engine, "select sum(next_offset)::int from counted")
    assert offsets[0][0] == 141

    told = await classify(
        "recount",
        LOCALPOUND_KAFKA=stack.kafka,
        LOCALPOUND_TOPIC_PREFIX=prefix,
        LOCALPOUND_DATABASE=stack.database,
        LOCALPOUND_CLASSIFY_DATABASE_SCHEMA=f"{prefix}_classify",
    )
    assert (
        told.stdout == "before: 100 payments, 148.50 pounds\nafter: 100 payments, 148.50 pounds\n"
    )


async def test_who_counts_meanwhile_waits_and_goes_on_where_it_ends(
    engine_for: MakeEngine, stack: Addresses, prefix: str
) -> None:
    engine = await engine_for("classify")
    await create_topics(stack.kafka, [PAYMENTS], prefix=prefix)
    await send(stack, prefix + PAYMENTS.name, *MANY[:100])
    batches: list[asyncio.Future[object]] = []

    def meanwhile(_: int, __: int) -> None:
        if not batches:
            batches.append(asyncio.ensure_future(count_payments(engine, MANY[:1], NOW)))

    await recount_payments(engine, stack.kafka, prefix, meanwhile)
    await asyncio.gather(*batches)
    assert batches
    assert await totals(engine) == expected(MANY[:100])
