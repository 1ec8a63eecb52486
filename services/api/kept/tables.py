"""What officers enter at this door and no topic holds: kept when the read model is rebuilt.

Nothing here is changed once written, but that a claim is withdrawn.
"""

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
)

from shared.access.audit import audit_table

metadata = MetaData()

claims = Table(
    "claims",
    metadata,
    Column("claim_id", Uuid(as_uuid=False), primary_key=True),
    Column("buyer", Text, nullable=False),
    Column("financial_year", Text, nullable=False),
    Column("figure", Text, nullable=False),
    Column("printed", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("stated_at", DateTime(timezone=True), nullable=False),
    Column("withdrawn_at", DateTime(timezone=True)),
    Column("withdrawn_by", Text),
    Index("claims_by_statement", "buyer", "financial_year"),
)
"""Figures of a buyer's year as somebody printed them."""

statement_contents = Table(
    "statement_contents",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
"""Statements as they were answered in JSON, by the SHA-256 of those bytes."""

statement_versions = Table(
    "statement_versions",
    metadata,
    Column("buyer", Text, primary_key=True),
    Column("financial_year", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("digest", Text, ForeignKey("statement_contents.digest"), nullable=False),
    Column("who", Text, nullable=False),
    Column("kept_at", DateTime(timezone=True), nullable=False),
)
"""Which statement stood as which version, and who said so."""

audit = audit_table(metadata)
"""Who wrote, and who read personal data."""
