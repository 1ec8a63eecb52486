"""The files that were imported, as they came."""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from services.ingest.tables.metadata import metadata

# Every file that was imported, as it came: its bytes in compressed chunks, once for each digest.
files = Table(
    "files",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("kept_at", DateTime(timezone=True), nullable=False),
)

file_chunks = Table(
    "file_chunks",
    metadata,
    Column("digest", Text, ForeignKey("files.digest"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    PrimaryKeyConstraint("digest", "number"),
)
