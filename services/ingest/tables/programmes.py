"""What buyers say their codes are for."""

from sqlalchemy import Column, DateTime, Integer, PrimaryKeyConstraint, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from services.ingest.tables.metadata import metadata

# Append-only: every version of a buyer's map of its codes to programmes, whole, and who loaded it.
programme_maps = Table(
    "programme_maps",
    metadata,
    Column("buyer", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("loaded_at", DateTime(timezone=True), nullable=False),
    Column("who", Text, nullable=False),
    Column("came_from", Text, nullable=False),
    Column("lines", JSONB, nullable=False),
    Column("added", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("removed", Integer, nullable=False),
    PrimaryKeyConstraint("buyer", "version"),
)
