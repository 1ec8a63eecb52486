"""What is told to whom, how it was delivered, and who has read it."""

from sqlalchemy import BigInteger, Column, ForeignKey, Identity, Index, Integer, Table, Text, text

from services.notify.tables.facts import facts
from services.notify.tables.metadata import ID, INSTANT, metadata
from services.notify.tables.subscriptions import replays, subscriptions

_waiting = text("state = 'pending'")
_in_flight = text("claimed_by is not null")

notifications = Table(
    "notifications",
    metadata,
    Column("notification_id", ID, primary_key=True),
    Column("seq", BigInteger, Identity(always=True), nullable=False, unique=True),
    Column("event_id", ID, ForeignKey(facts.c.event_id), nullable=False),
    Column("subscription_id", ID, ForeignKey(subscriptions.c.subscription_id), nullable=False),
    Column("obligation_id", ID, comment="null where it is of a subscription"),
    Column("agreement_id", ID),
    Column("buyer", Text, nullable=False),
    Column(
        "state",
        Text,
        nullable=False,
        comment="pending, held, gathered, bundled, sent, delivered, failed, cancelled",
    ),
    Column("attempts", Integer, nullable=False, comment="attempts begun"),
    Column("tries", Integer, nullable=False, comment="attempts that failed, by no fault of ours"),
    Column("next_attempt_at", INSTANT, nullable=False, comment="while claimed: the lease's end"),
    Column("provider_id", Text, comment="of a message that was sent, where it is asked after"),
    Column("claimed_by", ID, comment="the claim under which an attempt is being made"),
    Column("acknowledged_at", INSTANT, comment="by whoever was first"),
    Column("recalled_at", INSTANT, comment="when it turned out not to be for its recipient"),
    Column(
        "sending_rule", Text, comment="why it was sent at once, where another time is preferred"
    ),
    Column(
        "digest_id",
        ID,
        ForeignKey("notifications.notification_id"),
        comment="the message in which it is bundled",
    ),
    Column("replay_id", ID, ForeignKey(replays.c.replay_id), comment="the last that it was in"),
    Column("created_at", INSTANT, nullable=False),
    Index("notifications_by_subscription", "subscription_id", "seq"),
    Index("notifications_of_replay", "replay_id", postgresql_where=text("replay_id is not null")),
    Index("notifications_of_digest", "digest_id", postgresql_where=text("digest_id is not null")),
    Index(
        "notifications_gathered",
        "next_attempt_at",
        "subscription_id",
        postgresql_where=text("state = 'gathered'"),
    ),
    Index("notifications_due", "next_attempt_at", "subscription_id", postgresql_where=_waiting),
    Index(
        "notifications_to_send",
        "subscription_id",
        "next_attempt_at",
        "seq",
        postgresql_where=_waiting,
    ),
    Index(
        "notifications_in_order",
        "subscription_id",
        "agreement_id",
        "seq",
        postgresql_where=text("state = 'pending' or claimed_by is not null"),
    ),
    Index(
        "notifications_to_ask",
        "next_attempt_at",
        postgresql_where=text("state = 'sent' and provider_id is not null"),
    ),
    Index("notifications_in_flight", "subscription_id", postgresql_where=_in_flight),
    Index("notifications_of_event", "event_id"),
    Index("notifications_by_agreement", "agreement_id", "seq"),
)

# Append-only: who said that it was read, the first in each capacity counts. It stays here: a
# person's name has no place on a topic kept for ever.
acknowledgements = Table(
    "acknowledgements",
    metadata,
    Column("notification_id", ID, ForeignKey(notifications.c.notification_id), primary_key=True),
    Column("capacity", Text, primary_key=True, comment="provider or buyer"),
    Column("means", Text, primary_key=True, comment="link, reply, request, officer or token"),
    Column("acknowledged_by", Text, primary_key=True),
    Column("acknowledged_at", INSTANT, nullable=False),
    Column("reason", Text, comment="of an officer who acknowledged for others"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column(
        "notification_id",
        ID,
        ForeignKey(notifications.c.notification_id),
        primary_key=True,
    ),
    Column("attempt", Integer, primary_key=True),
    Column(
        "report",
        Integer,
        primary_key=True,
        server_default=text("0"),
        comment="0: the attempt itself; from 1: what was heard of it later",
    ),
    Column("started_at", INSTANT, nullable=False),
    Column("finished_at", INSTANT),
    Column("outcome", Text, nullable=False, comment="started until it is known"),
    Column("status", Integer, comment="of HTTP or SMTP"),
    Column("detail", Text, nullable=False),
    Column("response", Text, nullable=False, comment="the first 2 KB of the answer"),
)

# Append-only: what mail servers said of messages, each known by its bytes.
bounces = Table(
    "bounces",
    metadata,
    Column("bounce_id", ID, primary_key=True),
    Column("notification_id", ID, ForeignKey(notifications.c.notification_id), nullable=False),
    Column("outcome", Text, nullable=False),
    Column("status", Text, nullable=False, comment="RFC 3463, such as 5.1.1"),
    Column("recorded_at", INSTANT, nullable=False),
)
