"""Every topic: what travels on it, who writes, who reads, how long it is kept."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import TopicAlreadyExistsError, for_code

from shared.errors import Misconfigured
from shared.kafka.brokers import Brokers, options
from shared.logs import logger

_DAY_MS = 24 * 60 * 60 * 1000
_FOR_EVER = {"retention.ms": "-1"}
_REPLICATION, _IN_SYNC = "default.replication.factor", "min.insync.replicas"
LARGEST_RECORD = 16 * 1024 * 1024
"""What the doors' topics take: an oversized record reaches quarantine instead of an error."""


@dataclass(frozen=True)
class Topic:
    """A topic and its settings; `key` says what the record key identifies."""

    name: str
    key: str
    partitions: int
    config: dict[str, str] = field(default_factory=dict)
    writer: str = ""
    readers: tuple[str, ...] = ()
    types: tuple[str, ...] = ()


def _door(name: str, types: tuple[str, ...]) -> Topic:
    config = {"retention.ms": str(30 * _DAY_MS), "max.message.bytes": str(LARGEST_RECORD)}
    return Topic(name, "buyer", 6, config, "finance systems", ("ingest",), types)


def _dead_letters(of: Topic) -> Topic:
    config = {"retention.ms": str(90 * _DAY_MS), "max.message.bytes": str(LARGEST_RECORD + 65536)}
    return Topic(f"{of.name}.dlq", of.key, 1, config, "ingest", ("operators",), of.types)


_OF_AGREEMENTS = ("agreement.registered.v1", "agreement.varied.v1", "agreement.ended.v1")
FINANCE_PAYMENTS = _door("finance.payments", ("payment.posted.v1",))
FINANCE_AGREEMENTS = _door(
    "finance.agreements",
    (*_OF_AGREEMENTS, "contacts.named.v1"),
)
FINANCE_PAYMENTS_DLQ = _dead_letters(FINANCE_PAYMENTS)
FINANCE_AGREEMENTS_DLQ = _dead_letters(FINANCE_AGREEMENTS)
PAYMENTS = Topic(
    "payments.v1",
    "supplier",
    6,
    _FOR_EVER,
    "ingest",
    ("classify", "notify", "api"),
    ("payment.accepted.v1", "payment.corrected.v1"),
)
AGREEMENTS = Topic(
    "agreements.v1",
    "agreement",
    3,
    _FOR_EVER,
    "ingest",
    ("classify", "notify", "api"),
    _OF_AGREEMENTS,
)
CONTACTS = Topic(
    "contacts.v1",
    "agreement",
    3,
    # Persons: what was replaced is gone from the broker within days.
    {"cleanup.policy": "compact", "max.compaction.lag.ms": str(7 * _DAY_MS)},
    "ingest",
    ("notify", "api"),
    ("contacts.named.v1",),
)
BUYERS = Topic(
    "buyers.v1",
    "buyer, or succession where it is of one",
    1,
    {"cleanup.policy": "compact"},
    "ingest",
    ("notify", "api"),
    ("buyer.registered.v1", "buyer.succeeded.v1"),
)
PROGRAMMES = Topic(
    "programmes.v1",
    "line of a buyer's map of codes",
    1,  # a map's lines are read in the order in which they were said
    _FOR_EVER,  # what was known on a day is told from it
    "ingest",
    ("api",),
    ("programme.mapped.v1",),
)
SUPPLIERS = Topic(
    "suppliers.v1",
    "supplier",
    6,
    _FOR_EVER,  # what was known on a day is told from it
    "classify",
    ("notify", "api"),
    ("supplier.classified.v1",),
)
NOTICES = Topic(
    "notices.v1",
    "agreement, or subscription where it is of one",
    3,
    _FOR_EVER,
    "notify",
    ("api",),
    (
        "obligations.planned.v1",
        "renewal.approaching.v1",
        "notice.due.v1",
        "end-date.asked.v1",
        "obligation.raised.v1",
        "notice.withdrawn.v1",
        "notice.acknowledged.v1",
        "notice.recorded.v1",
        "notification.escalated.v1",
        "delivery.failed.v1",
        "subscription.switched-off.v1",
        "subscription.resumed.v1",
    ),
)
TOPICS = (
    FINANCE_PAYMENTS,
    FINANCE_AGREEMENTS,
    FINANCE_PAYMENTS_DLQ,
    FINANCE_AGREEMENTS_DLQ,
    PAYMENTS,
    AGREEMENTS,
    CONTACTS,
    BUYERS,
    PROGRAMMES,
    SUPPLIERS,
    NOTICES,
)


async def create_topics(
    brokers: Brokers | str, topics: Iterable[Topic] = TOPICS, *, prefix: str = ""
) -> list[str]:
    """Create the topics that do not exist yet and return their names.

    They have the broker's default of copies, and one less must have a record before it counts as
    written. Raises Misconfigured when the broker refuses.
    """
    admin = AIOKafkaAdminClient(**options(brokers))
    await admin.start()
    try:
        copies = await _copies(admin)
        response = await admin.create_topics(
            [
                # aiokafka 0.14 takes the broker's default (-1) only beside an empty assignment.
                NewTopic(prefix + topic.name, topic.partitions, -1, {}, topic.config | copies)
                for topic in topics
            ]
        )
    finally:
        await admin.close()
    created = []
    for name, code, *rest in response.topic_errors:
        if code == 0:
            created.append(name)
        elif for_code(code) is not TopicAlreadyExistsError:
            raise Misconfigured(f"the broker refused topic {name}: {rest or for_code(code)}")
    return created


async def _copies(admin: AIOKafkaAdminClient) -> dict[str, str]:
    """What topics say of their copies; nothing where the broker keeps its defaults to itself."""
    cluster = await admin.describe_cluster()
    asked = dict.fromkeys((_REPLICATION, _IN_SYNC))
    broker = ConfigResource(ConfigResourceType.BROKER, str(cluster["brokers"][0]["node_id"]), asked)
    [answer] = await admin.describe_configs([broker])
    [(code, _, _, _, entries)] = answer.resources
    if code:
        logger.warning("topics.copies_unknown", error=for_code(code).__name__)
        return {}
    found = {name: int(value) for name, value, *_ in entries}
    return {_IN_SYNC: str(least_in_sync(found[_REPLICATION], found[_IN_SYNC]))}


def least_in_sync(copies: int, asked: int) -> int:
    """How many copies must have a record before it counts as written (`acks="all"`).

    One less than there are, at most two: the loss of a broker neither loses a record nor stops the
    writing. Where the cluster asks for more than one, what it asks for.
    """
    return asked if asked > 1 else max(1, min(2, copies - 1))
