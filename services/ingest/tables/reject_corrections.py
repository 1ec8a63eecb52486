"""What was corrected, dismissed and reopened of what could not be used."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    text,
)

from services.ingest.tables.metadata import metadata

# Append-only: each time that a reject was corrected, dismissed or reopened, by whom, what was
# changed, and what came of it. Once what it says is used it is settled, which it can be only once.
reject_corrections = Table(
    "reject_corrections",
    metadata,
    Column("reject_id", Text, ForeignKey("rejects.reject_id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("who", Text, nullable=False),
    Column("corrected_at", DateTime(timezone=True), nullable=False),
    Column("changes", JSON, nullable=False),  # not jsonb, which holds no null byte
    Column("outcome", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("field", Text, nullable=False),
    # Of a row of a file: the file, the sheet's place, the natural key of what it says now, and the
    # pence before and after.
    Column("file_id", Uuid),
    Column("row_key", Uuid),
    Column("payment_id", Uuid),
    Column("pence_before", BigInteger),
    Column("pence", BigInteger),
    PrimaryKeyConstraint("reject_id", "number"),
    Index(
        "rejects_are_settled_once",
        "reject_id",
        unique=True,
        postgresql_where=text("outcome in ('accepted', 'already_known')"),
    ),
    Index("corrections_by_file", "file_id"),
    Index("corrections_by_payment", "payment_id"),
)
