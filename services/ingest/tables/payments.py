"""The ledger: payments as they were accepted, and as they were corrected."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
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
from sqlalchemy.types import TypeEngine

from services.ingest.tables.metadata import metadata

_POSTED: tuple[tuple[str, TypeEngine[Any], bool], ...] = (
    ("buyer", Text(), False),
    ("supplier_id", Uuid(), False),
    ("payee", Text(), False),
    ("payment_date", Date(), False),
    ("amount_pence", BigInteger(), False),
    ("recorded_at", DateTime(timezone=True), False),
    ("reference", Text(), True),
    ("transaction", Text(), True),
    ("unit", Text(), True),
    ("expense_type", Text(), True),
    ("purpose", Text(), True),
    ("programme", Text(), True),
    ("place", Text(), True),
    ("charity_number", Text(), True),
    ("company_number", Text(), True),
    ("postcode", Text(), True),
)
"""What a payment says, as accepted and after each correction, in the order of both tables: name,
type, and whether it may be null."""


def _posted() -> list[Column[Any]]:
    """The columns of one table."""
    return [Column(name, kind, nullable=nullable) for name, kind, nullable in _POSTED]


# The ledger. Its primary key is all that makes a payment count once; any further index would cost
# every payment and serve no question that is asked here: questions are for the read model.
payments = Table(
    "payments",
    metadata,
    Column("payment_id", Uuid, primary_key=True),
    *_posted(),
    Column("source", Text, nullable=False),
    Column("source_id", Text, nullable=False),
)

# Append-only: what a payment is after each correction, whole. `payments` keeps how it was accepted,
# so that the usual payment costs nothing for those that are corrected.
payment_revisions = Table(
    "payment_revisions",
    metadata,
    Column("payment_id", Uuid, ForeignKey("payments.payment_id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("why", Text, nullable=False),
    Column("reason", Text),
    Column("who", Text),
    *_posted(),
    # The row of a republished file that says this: sent again, it is this payment and no new one.
    Column("row_id", Uuid, index=True),
    # The import that says this, so that it is undone where that is taken back.
    Column("import_id", Uuid, index=True),
    PrimaryKeyConstraint("payment_id", "revision"),
    Index(
        "revisions_taken_back",
        "payment_id",
        postgresql_where=text("why = 'taken-back' and withdrawn"),
    ),
)
