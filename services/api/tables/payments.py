"""Payments as they stand and as they stood, and how far the topics are projected."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    false,
    text,
)
from sqlalchemy.types import TypeEngine

from services.api.tables.metadata import metadata

_POSTED: tuple[tuple[str, TypeEngine[Any], bool], ...] = (
    ("supplier_id", Uuid(as_uuid=False), False),
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
)
"""What a payment says and a correction may change, in the order of both tables: name, type, and
whether it may be null."""


def _posted() -> list[Column[Any]]:
    """The columns of one table."""
    return [Column(name, kind, nullable=nullable) for name, kind, nullable in _POSTED]


payments = Table(
    "payments",
    metadata,
    Column("payment_id", Uuid(as_uuid=False), primary_key=True),
    Column("buyer", Text, nullable=False),
    *_posted(),
    # As it stands: after the highest revision that arrived, 0 as accepted. A withdrawn one counts
    # nowhere, and stays so that the fact that accepted it may come again.
    Column("revision", Integer, nullable=False, server_default="0"),
    Column("withdrawn", Boolean, nullable=False, server_default=false()),
    # With the id: a list goes on in the middle of a day, of which a buyer may have 100,000 lines.
    Index("payments_by_buyer", "buyer", "payment_date", "payment_id"),
    # A few in a hundred: an index of all by amount would double what it costs to insert a payment.
    Index(
        "large_payments",
        *("buyer", "amount_pence", "payment_id"),
        postgresql_where=text("amount_pence >= 2500000"),
        # What spend is cut by: the sums of large payments are read here alone.
        postgresql_include=["payment_date", "supplier_id", "place", "withdrawn"],
    ),
    Index("payments_by_supplier", "supplier_id", "payment_date"),
    # Equal and opposite amounts of a supplier: what a credit may have taken back.
    Index("payments_by_amount", "supplier_id", "amount_pence"),
    # Whether a payment may have been taken back is asked of each that is read: few are credits.
    Index("credits", "supplier_id", "amount_pence", postgresql_where=text("amount_pence < 0")),
    # What was recorded since a day, in about the order in which it lies: a few pages for it all.
    Index("payments_by_recording", "recorded_at", postgresql_using="brin"),
)

payment_revisions = Table(
    "payment_revisions",
    metadata,
    Column("payment_id", Uuid(as_uuid=False), primary_key=True),
    Column("revision", Integer, primary_key=True),
    *_posted(),
    Column("withdrawn", Boolean, nullable=False),
    Column("why", Text, nullable=False),
)
"""Of payments that were corrected: what they were from each moment on, 0 as accepted. Who asks what
was known on a day takes the highest revision recorded by then; the others stand in `payments`."""

projected_offsets = Table(
    "projected_offsets",
    metadata,
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("next_offset", BigInteger, nullable=False),
)
"""How far these tables, wherever they stand, are projected: past this offset of each partition."""
