"""What is paid after an agreement has ended."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    text,
)

from services.notify.tables.agreements import agreements
from services.notify.tables.metadata import ID, INSTANT, metadata

# Whose payments are looked at since an agreement ended: its provider's, and those of whoever else
# is the same organisation.
watches = Table(
    "watches",
    metadata,
    Column("agreement_id", ID, ForeignKey(agreements.c.agreement_id), primary_key=True),
    Column("supplier_id", ID, primary_key=True),
    Column("buyer", Text, nullable=False),
    Column("ended_on", Date, nullable=False),
    Column("partition", Integer, comment="of payments.v1, where the supplier's payments are"),
    Column("next_offset", BigInteger, comment="how far they were read; null: not begun"),
    Column("read_at", INSTANT, comment="when its end was last reached"),
    Column("examine", Boolean, nullable=False, comment="the alarm is to be decided anew"),
    Index("watches_by_read", "read_at"),
    Index("watches_to_examine", "agreement_id", postgresql_where=text("examine")),
)

# What watches found, as the highest revision of each payment says it.
late_payments = Table(
    "late_payments",
    metadata,
    Column("agreement_id", ID, primary_key=True),
    Column("supplier_id", ID, primary_key=True),
    Column("payment_id", ID, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("paid_on", Date, nullable=False),
    Column("pence", BigInteger, nullable=False),
    Column("stands", Boolean, nullable=False, comment="not withdrawn, nor moved elsewhere"),
    ForeignKeyConstraint(
        ["agreement_id", "supplier_id"],
        ["watches.agreement_id", "watches.supplier_id"],
        ondelete="CASCADE",
    ),
)

# The last alarm about each agreement that is paid after its end, while it holds.
alarms = Table(
    "alarms",
    metadata,
    Column("agreement_id", ID, ForeignKey(agreements.c.agreement_id), primary_key=True),
    Column("alarmed_on", Date, nullable=False),
    Column("pence", BigInteger, nullable=False, comment="found by then"),
    Column("others", BigInteger, comment="known of other agreements; null: to be decided anew"),
)
