"""Who is told next where nobody acknowledges."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from services.notify.tables.agreements import agreements
from services.notify.tables.facts import facts
from services.notify.tables.metadata import ID, INSTANT, metadata

# Who is told next where nobody of a party acknowledges what was told of an obligation.
escalations = Table(
    "escalations",
    metadata,
    Column("event_id", ID, ForeignKey(facts.c.event_id), primary_key=True),
    Column("party", Text, primary_key=True, comment="buyer or provider"),
    Column("obligation_id", ID, nullable=False),
    Column("agreement_id", ID, ForeignKey(agreements.c.agreement_id), nullable=False),
    Column("state", Text, nullable=False, comment="waiting, or why it takes no more steps"),
    Column("steps", Integer, nullable=False, comment="steps taken"),
    Column("since", INSTANT, nullable=False, comment="the last step, or when it was first told"),
    Column("failed", Boolean, nullable=False, comment="a message of the last step is given up"),
    Column("next_step_at", INSTANT, nullable=False, comment="while waiting: when to look again"),
    Index("escalations_due", "next_step_at", postgresql_where=text("state = 'waiting'")),
)

# Append-only.
escalation_steps = Table(
    "escalation_steps",
    metadata,
    Column("event_id", ID, primary_key=True),
    Column("party", Text, primary_key=True),
    Column("number", Integer, primary_key=True, comment="from 1"),
    Column("target", Text, nullable=False, comment="contact, channel or officers"),
    Column("reason", Text, nullable=False),
    Column("taken_at", INSTANT, nullable=False),
    Column("escalated_event_id", ID, nullable=False, comment="the fact that says it"),
    Column("notification_ids", ARRAY(ID), nullable=False, comment="what it made to be delivered"),
    ForeignKeyConstraint(["event_id", "party"], ["escalations.event_id", "escalations.party"]),
)
