"""Agreements by version, and what is agreed over months."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.api.tables.metadata import metadata

agreements = Table(
    "agreements",
    metadata,
    Column("agreement_id", Uuid(as_uuid=False), primary_key=True),
    Column("buyer", Text, nullable=False),
    Column("reference", Text, nullable=False),
    # 0 while no end is known; one may arrive before any terms.
    Column("end_version", BigInteger, nullable=False),
    Column("ended_on", Date),
    Column("ending", Text),
    Column("end_reason", Text),
    Column("end_recorded_at", DateTime(timezone=True)),
    Index("agreements_by_buyer", "buyer", "agreement_id"),
)

agreement_versions = Table(
    "agreement_versions",
    metadata,
    Column("agreement_id", Uuid(as_uuid=False), primary_key=True),
    Column("version", BigInteger, primary_key=True),
    Column("effective_on", Date, nullable=False),
    Column("supplier_id", Uuid(as_uuid=False), nullable=False),
    Column("title", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("start", Date, nullable=False),
    Column("end", Date),
    Column("notice_period", Text),
    Column("route", Text, nullable=False),
    Column("place", Text),
    Column("maximum_end", Date),
    Column("extension_options", JSONB, nullable=False),
    Column("notice_terms", JSONB),
    Column("members", JSONB, nullable=False),
    Column("duration_rationale", Text),
    Column("awarded_on", Date),
    Column("total_amount_pence", BigInteger),
    Column("changes", JSONB, nullable=False),
    Column("reason", Text),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Index("agreement_versions_by_supplier", "supplier_id"),
)
"""What each version says, from its day; -infinity: as first agreed. Which one is in force is asked
of a day when it is read."""

agreement_lines = Table(
    "agreement_lines",
    metadata,
    Column("agreement_id", Uuid(as_uuid=False), primary_key=True),
    Column("version", BigInteger, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("programme", Text, nullable=False),
    Column("description", Text),
    Column("annual_amount_pence", BigInteger, nullable=False),
    Column("recurrent", Boolean, nullable=False),
)

contacts = Table(
    "contacts",
    metadata,
    Column("agreement_id", Uuid(as_uuid=False), primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("confirmed_on", Date, nullable=False),
    Column("contacts", JSONB, nullable=False),
)
"""Persons: shown to the buyer's officers only."""

agreed = Table(
    "agreed",
    metadata,
    Column("supplier_id", Uuid(as_uuid=False), primary_key=True),
    Column("buyer", Text, primary_key=True),
    Column("since", Date, primary_key=True),
    Column("until", Date, nullable=False),
    Column("route", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("recurrence", Text, nullable=False),
    Column("passed_on", Boolean, nullable=False),
)
"""Under what agreements a supplier is paid by a buyer, over months, named by their first days; both
count. No two spans of one buyer and supplier share a month (agreements/agreed.py)."""
