"""Public bodies: by what name they go, and which took over which."""

from sqlalchemy import Column, Date, DateTime, Table, Text

from services.api.tables.metadata import metadata

successions = Table(
    "successions",
    metadata,
    Column("predecessor", Text, primary_key=True),
    Column("successor", Text, primary_key=True),
    Column("since", Date, nullable=False),
    Column("source", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

buyers = Table(
    "buyers",
    metadata,
    Column("buyer", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)
"""By what name each public body goes, as it was said last."""
