"""What persons have answered about the files of a buyer."""

from sqlalchemy import Boolean, Column, DateTime, PrimaryKeyConstraint, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from services.ingest.tables.metadata import metadata

# What persons have answered about the columns of a buyer's files that have these headers.
mappings = Table(
    "mappings",
    metadata,
    Column("buyer", Text, nullable=False),
    Column("header_digest", Text, nullable=False),
    Column("answers", JSONB, nullable=False),
    Column("answered_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("buyer", "header_digest"),
)

# Of which bodies that files name (case and spaces folded) the payments are a buyer's.
entities = Table(
    "entities",
    metadata,
    Column("buyer", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("ours", Boolean, nullable=False),
    Column("answered_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("buyer", "entity"),
)
