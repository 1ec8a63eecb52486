"""Who is told, and what was asked for again."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from services.notify.tables.metadata import ID, INSTANT, metadata

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("subscription_id", ID, primary_key=True),
    Column("seq", BigInteger, Identity(always=True), nullable=False, unique=True),
    Column("subscriber", Text, comment="org-id of a buyer or of a provider organisation"),
    Column("supplier_id", ID, comment="a provider that matched no organisation"),
    Column("channel", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("event_types", ARRAY(Text), nullable=False),
    Column("preferences", Text, comment="Preferences, JSON; null: everything at once"),
    Column("secret", Text),
    Column("previous_secret", Text, comment="signs too, until its time"),
    Column("previous_secret_until", INSTANT),
    Column("active", Boolean, nullable=False),
    Column("inactive_reason", Text),
    Column("inactive_by", Text, comment="gone, bounced, failing, unsubscribed or ended"),
    Column("inactive_since", INSTANT),
    Column("failures", Integer, nullable=False, comment="attempts failed since the last success"),
    Column("failing_since", INSTANT, comment="the first failure since the last success"),
    Column("last_failed_at", INSTANT),
    Column("version", Integer, nullable=False, comment="how often its owner changed it, from 1"),
    Column("created_at", INSTANT, nullable=False),
    Index("subscriptions_by_subscriber", "subscriber"),
    Index("subscriptions_by_supplier", "supplier_id"),
    Index("subscriptions_by_mailbox", text("lower(address)"), postgresql_where=text("active")),
)

# Append-only: each time that messages were asked for again.
replays = Table(
    "replays",
    metadata,
    Column("replay_id", ID, primary_key=True),
    Column("seq", BigInteger, Identity(always=True), nullable=False, unique=True),
    Column("subscription_id", ID, ForeignKey(subscriptions.c.subscription_id), nullable=False),
    Column("asked_at", INSTANT, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("queued", Integer, nullable=False),
    Column("left_out", Integer, nullable=False),
    Index("replays_by_subscription", "subscription_id", "seq"),
)
