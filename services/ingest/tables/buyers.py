"""Who pays, and who answers for whom."""

from sqlalchemy import Boolean, Column, Date, Table, Text

from services.ingest.tables.metadata import metadata

buyers = Table(
    "buyers",
    metadata,
    Column("org_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("place", Text),
    Column("since", Date),
    Column("until", Date),
    Column("announced", Boolean, nullable=False, comment="whether buyers.v1 says so"),
)

# Which buyer answers for another from a day on, and whether buyers.v1 says so.
successions = Table(
    "successions",
    metadata,
    Column("predecessor", Text, primary_key=True),
    Column("successor", Text, primary_key=True),
    Column("since", Date, nullable=False),
    Column("source", Text, nullable=False),
    Column("announced", Boolean, nullable=False),
)
