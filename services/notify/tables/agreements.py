"""Agreements with their terms, the notices on them, and what they oblige to."""

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import ARRAY

from services.notify.tables.metadata import ID, INSTANT, metadata

agreements = Table(
    "agreements",
    metadata,
    Column("agreement_id", ID, primary_key=True),
    Column("buyer", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("supplier_id", ID, comment="by the terms that it was last planned by"),
    Column("ended_version", BigInteger, nullable=False),
    Column("ended_on", Date),
    Column("last_day", Date, comment="on which it ended or will, as it was last planned"),
    Column("standing", Text, nullable=False, comment="dated, undated, ended or unknown"),
    Column("next_change_on", Date, comment="when it is to be planned again by itself"),
    Column("plan_digest", Text, nullable=False, comment="empty: not planned yet"),
    Column("calendar_digest", Text, comment="where its terms count working days"),
    Column("revision", BigInteger, nullable=False, comment="how many plans were published"),
    Column("sequence", BigInteger, nullable=False, comment="facts published under the last plan"),
    Index("agreements_by_plan", "plan_digest", "buyer"),
    Index("agreements_by_supplier", "supplier_id"),
    Index("agreements_by_buyer", "buyer"),
    Index("agreements_undated", "agreement_id", postgresql_where=text("standing = 'undated'")),
    Index("agreements_by_last_day", "last_day", postgresql_where=text("last_day is not null")),
    Index(
        "agreements_by_calendar",
        "calendar_digest",
        postgresql_where=text("calendar_digest is not null"),
    ),
    Index(
        "agreements_to_change",
        "next_change_on",
        postgresql_where=text("next_change_on is not null"),
    ),
)

# Append-only: what each version of an agreement says, and from when.
terms = Table(
    "terms",
    metadata,
    Column("agreement_id", ID, ForeignKey(agreements.c.agreement_id), primary_key=True),
    Column("version", BigInteger, primary_key=True),
    Column("effective_on", Date, nullable=False, comment="0001-01-01: as first agreed"),
    Column("title", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("supplier_id", ID, nullable=False),
    Column("start", Date, nullable=False),
    Column("end", Date),
    Column("notice", Text, comment="NoticeTerms, JSON"),
    Column("options", Text, comment="ExtensionOptions, JSON"),
    Column("annual_pence", BigInteger, nullable=False),
    Column("changes", ARRAY(Text), nullable=False, comment="what the buyer calls a variation"),
    Index("terms_by_supplier", "supplier_id"),
)

# Append-only: each step of each notice, with the notice whole as it stands after it. Who of the
# other side agreed or acknowledged stays here: it has no place on a topic kept for ever.
notices = Table(
    "notices",
    metadata,
    Column("notice_id", ID, primary_key=True),
    Column("number", Integer, primary_key=True, comment="of the step, from 1"),
    Column("agreement_id", ID, ForeignKey(agreements.c.agreement_id), nullable=False),
    Column("step", Text, nullable=False),
    Column("content", Text, nullable=False, comment="Notice, JSON"),
    Column("note", Text, comment="why it was withdrawn, or who acknowledged it"),
    Column("recorded_by", Text, nullable=False, comment="an officer, or this service"),
    Column("recorded_at", INSTANT, nullable=False),
    Index("notices_by_agreement", "agreement_id"),
)

obligations = Table(
    "obligations",
    metadata,
    Column("obligation_id", ID, primary_key=True),
    Column("agreement_id", ID, ForeignKey(agreements.c.agreement_id), nullable=False),
    Column("kind", Text, nullable=False),
    Column("period", Text, nullable=False, comment="ISO 8601"),
    Column("due_on", Date, nullable=False),
    Column("raise_on", Date, nullable=False),
    Column("end", Date, nullable=False),
    Column("rule", Text, nullable=False),
    Column("send_by", Text, nullable=False, comment="the last day to send by each channel, JSON"),
    Column("policy", Text, comment="what a notice keeps; null: the day is the agreement's own"),
    Column("state", Text, nullable=False, comment="planned, raised, skipped, withdrawn, closed"),
    Column("since_revision", BigInteger, nullable=False),
    Column("event_id", ID, comment="the fact by which it was raised"),
    Column("reason", Text, comment="why it was skipped or withdrawn"),
    Index("obligations_by_agreement", "agreement_id"),
    Index("obligations_to_raise", "raise_on", postgresql_where=text("state = 'planned'")),
)
