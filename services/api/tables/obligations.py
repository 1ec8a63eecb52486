"""The dates that agreements bring, what was said of them, and who heard it."""

from sqlalchemy import ARRAY, BigInteger, Column, Date, DateTime, Index, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.api.tables.metadata import metadata

obligation_plans = Table(
    "obligation_plans",
    metadata,
    Column("agreement_id", Uuid(as_uuid=False), primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

obligations = Table(
    "obligations",
    metadata,
    Column("obligation_id", Uuid(as_uuid=False), primary_key=True),
    Column("agreement_id", Uuid(as_uuid=False), nullable=False),
    # What it is, from the plan or from its being raised, whichever came; null until then.
    Column("kind", Text),
    Column("due_on", Date),
    Column("stage", Text),
    Column("rule", Text),
    Column("send_by", JSONB),
    # The newest plan that lists it; 0 while none does.
    Column("plan_revision", BigInteger, nullable=False),
    # The last of its facts of either kind; their places order them, their times are only told.
    Column("raised_revision", BigInteger),
    Column("raised_sequence", BigInteger),
    Column("raised_at", DateTime(timezone=True)),
    Column("withdrawn_revision", BigInteger),
    Column("withdrawn_sequence", BigInteger),
    Column("withdrawn_at", DateTime(timezone=True)),
    Column("withdrawn_reason", Text),
    Index("obligations_by_agreement", "agreement_id"),
)

_of_a_page = ["since", "until", "last_day", "after"]

renewals = Table(
    "renewals",
    metadata,
    Column("agreement_id", Uuid(as_uuid=False), primary_key=True),
    Column("since", Date, primary_key=True),
    Column("until", Date, nullable=False),
    Column("after", Date, primary_key=True),
    Column("next_on", Date, nullable=False),
    Column("kinds", ARRAY(Text), nullable=False),
    Column("buyer", Text, nullable=False),
    Column("last_day", Date),
    Index("renewals_by_date", "next_on", "agreement_id", postgresql_include=_of_a_page),
    Index("renewals_by_buyer", "buyer", "next_on", "agreement_id", postgresql_include=_of_a_page),
)
"""The dates of each agreement, for each span of days over which the same terms are in force: from
`since` to the day before `until`. Of any day beyond `after`, up to `next_on` itself, that is the
next, with what it brings. So it is right on every day, though none brings an event. The first
date of a span follows -infinity. `last_day` is the end by those terms, or the day on which it did
end; null: neither is known."""

acknowledgements = Table(
    "acknowledgements",
    metadata,
    Column("obligation_id", Uuid(as_uuid=False), primary_key=True),
    Column("recipient", Text, primary_key=True),
    Column("capacity", Text, primary_key=True),
    # The place of the fact that was acknowledged.
    Column("revision", BigInteger, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("channel", Text, nullable=False),
    Column("acknowledged_at", DateTime(timezone=True), nullable=False),
)

notices = Table(
    "notices",
    metadata,
    Column("notice_id", Uuid(as_uuid=False), primary_key=True),
    Column("agreement_id", Uuid(as_uuid=False), nullable=False),
    # Of its last step; the content is the fact that told it, whole.
    Column("number", Integer, nullable=False),
    Column("content", JSONB, nullable=False),
    Index("notices_by_agreement", "agreement_id"),
)

failed_deliveries = Table(
    "failed_deliveries",
    metadata,
    Column("notification_id", Uuid(as_uuid=False), primary_key=True),
    Column("obligation_id", Uuid(as_uuid=False), nullable=False),
    Column("channel", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Index("failed_deliveries_by_obligation", "obligation_id"),
)
