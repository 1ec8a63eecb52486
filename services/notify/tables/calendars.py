"""What was given as data: plans, bank holidays, and keys."""

from sqlalchemy import BigInteger, Column, Date, Identity, Integer, Table, Text

from services.notify.tables.metadata import INSTANT, metadata

plans = Table(
    "plans",
    metadata,
    Column("edition", Integer, primary_key=True, autoincrement=False),
    Column("content", Text, nullable=False, comment="JSON, whole"),
    Column("first_given_at", INSTANT, nullable=False),
)

# Append-only: of each kind the one with the latest `as_at` is in force, of a day the last given.
calendars = Table(
    "calendars",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("kind", Text, nullable=False, comment="shipped, published, or extra days"),
    Column("as_at", Date, nullable=False),
    Column("content", Text, nullable=False, comment="JSON as GOV.UK publishes it, whole"),
    Column("given_at", INSTANT, nullable=False),
)

keys = Table(
    "keys",
    metadata,
    Column("name", Text, primary_key=True),
    Column("secret", Text, nullable=False),
)
