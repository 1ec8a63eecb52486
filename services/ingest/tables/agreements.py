"""The register of agreements, and the published lists in which they stood."""

from sqlalchemy import (
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.ingest.tables.metadata import metadata

# One row an agreement, to lock and to count its versions by; what it says stands in its facts.
agreements = Table(
    "agreements",
    metadata,
    Column("agreement_id", Uuid, primary_key=True),
    Column("buyer", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

# Append-only: every fact that was said of an agreement, in the order in which it was learnt. Only
# the persons in contacts that newer ones replace are erased from it.
agreement_facts = Table(
    "agreement_facts",
    metadata,
    Column("agreement_id", Uuid, ForeignKey("agreements.agreement_id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("type", Text, nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("data", JSONB, nullable=False),
    Column("event_id", Uuid, nullable=False),
    PrimaryKeyConstraint("agreement_id", "version"),
    UniqueConstraint("event_id"),
)

# The newest edition of a published list in which an agreement stood, and what came of its row.
listed_agreements = Table(
    "listed_agreements",
    metadata,
    Column("agreement_id", Uuid, primary_key=True),
    Column("buyer", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("shape", Text, nullable=False),
    Column("edition", Date, nullable=False),
    Column("import_id", Uuid, nullable=False, index=True),
    Column("outcome", Text, nullable=False),
    Index("listed_agreements_by_list", "buyer", "shape"),
)
