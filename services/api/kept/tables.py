"""What officers enter at this door and no topic holds: kept when the read model is rebuilt.

So is the key of ids. Nothing here is changed once written, but that a claim or a statement is
withdrawn, or estimates are loaded anew.
"""

from sqlalchemy import (
    Column,
    Date,
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
from shared.id_key import id_key_table

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

populations = Table(
    "populations",
    metadata,
    Column("area", Text, primary_key=True),
    Column("mid_year", Integer, primary_key=True, autoincrement=False),
    Column("people", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("loaded_at", DateTime(timezone=True), nullable=False),
)
"""Mid-year estimates that were loaded; they go before those that come with the product."""

served_areas = Table(
    "served_areas",
    metadata,
    Column("serves", Text, primary_key=True),
    Column("area", Text, primary_key=True),
    Column("loaded_at", DateTime(timezone=True), nullable=False),
)
"""Which areas a buyer or a Place serves: whoever is in it is not looked up among those shipped."""

commitment_statements = Table(
    "commitment_statements",
    metadata,
    Column("statement_id", Uuid(as_uuid=False), primary_key=True),
    Column("buyer", Text, nullable=False),
    Column("financial_year", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("says", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("stated_at", DateTime(timezone=True), nullable=False),
    Column("withdrawn_at", DateTime(timezone=True)),
    Column("withdrawn_by", Text),
    Index("commitment_statements_by_year", "buyer", "financial_year"),
)
"""What officers say of a commitment, beside its measure; one that was withdrawn stays."""

audit = audit_table(metadata)
"""Who wrote, and who read personal data."""

id_key = id_key_table(metadata)
"""What the ids of payees are made under whose names are withheld (withheld_ids.py)."""
