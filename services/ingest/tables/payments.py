"""The ledger: payments as they were accepted, and as they were corrected."""

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

from services.ingest.tables.metadata import metadata

# The ledger. Its primary key is all that makes a payment count once; any further index would cost
# every payment and serve no question that is asked here: questions are for the read model.
payments = Table(
    "payments",
    metadata,
    Column("payment_id", Uuid, primary_key=True),
    Column("buyer", Text, nullable=False),
    Column("supplier_id", Uuid, nullable=False),
    Column("payee", Text, nullable=False),
    Column("payment_date", Date, nullable=False),
    Column("amount_pence", BigInteger, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("reference", Text),
    Column("transaction", Text),
    Column("unit", Text),
    Column("expense_type", Text),
    Column("purpose", Text),
    Column("programme", Text),
    Column("place", Text),
    Column("charity_number", Text),
    Column("company_number", Text),
    Column("postcode", Text),
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
    Column("buyer", Text, nullable=False),
    Column("supplier_id", Uuid, nullable=False),
    Column("payee", Text, nullable=False),
    Column("payment_date", Date, nullable=False),
    Column("amount_pence", BigInteger, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("reference", Text),
    Column("transaction", Text),
    Column("unit", Text),
    Column("expense_type", Text),
    Column("purpose", Text),
    Column("programme", Text),
    Column("place", Text),
    Column("charity_number", Text),
    Column("company_number", Text),
    Column("postcode", Text),
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
