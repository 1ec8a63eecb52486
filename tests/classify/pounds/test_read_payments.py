"""What suppliers were paid, found wherever their records lie."""

from datetime import date

from aiokafka.admin import AIOKafkaAdminClient, NewPartitions

from deploy.local.addresses import Addresses
from services.classify.pounds.read_payments import read_payments
from shared.events import PaymentAccepted
from shared.topics import PAYMENTS, create_topics
from tests.classify.runs.test_run_reclassification import paid
from tests.classify.test_service import send

PAYEES = ("Thornbeck Hospice", "Harrowfell Hall", "Lantern Row", "J Smith", "Moor End", "Pennine")


async def test_payments_from_before_a_topic_was_given_more_partitions_are_found(
    stack: Addresses, prefix: str
) -> None:
    topic = prefix + PAYMENTS.name
    await create_topics(stack.kafka, [PAYMENTS], prefix=prefix)
    before, after = (
        [paid(n, payee, date(2024, month, 1), 100) for n, payee in enumerate(PAYEES, month * 10)]
        for month in (4, 5)
    )
    await send(stack, topic, *before)
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.kafka)
    await admin.start()
    await admin.create_partitions({topic: NewPartitions(2 * PAYMENTS.partitions)})
    await admin.close()
    await send(stack, topic, *after)
    ids = [str(PaymentAccepted.model_validate_json(each.value).supplier_id) for each in before]
    found = {
        supplier: [each async for each in read_payments(stack.kafka, prefix, [supplier])]
        for supplier in ids
    }
    assert [len(each) for each in found.values()] == [2] * len(PAYEES)
