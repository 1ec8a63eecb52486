"""What other services say of suppliers and buyers."""

from sqlalchemy import BigInteger, Column, Index, Table, Text, text

from services.notify.tables.metadata import ID, INSTANT, metadata

suppliers = Table(
    "suppliers",
    metadata,
    Column("supplier_id", ID, primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("organisation", Text),
    Index(
        "suppliers_by_organisation",
        "organisation",
        postgresql_where=text("organisation is not null"),
    ),
)

# What ingest calls the buyers: a plan may call its own another name.
buyers = Table(
    "buyers",
    metadata,
    Column("buyer", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("recorded_at", INSTANT, nullable=False),
)
