"""The roll-ups of payments, and what they are summed by."""

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Date, Index, Integer, Table, Text, Uuid

from services.api.tables.metadata import metadata

spend = Table(
    "spend",
    metadata,
    Column("buyer", Text, primary_key=True),
    Column("month", Date, primary_key=True),
    Column("supplier_id", Uuid(as_uuid=False), primary_key=True),
    Column("place", Text, primary_key=True),
    Column("coding_id", Uuid(as_uuid=False), primary_key=True),
    Column("lines", BigInteger, nullable=False),
    Column("pence", BigInteger, nullable=False),
    Column("gross_pence", BigInteger, nullable=False),
    # Of `kinds`; null in the months of `boundary_months`: those of `paid_in_part`.
    Column("kind_id", Uuid(as_uuid=False)),
    Index("spend_by_supplier", "supplier_id"),
    postgresql_with={"fillfactor": 80},
)

control_totals = Table(
    "control_totals",
    metadata,
    Column("buyer", Text, primary_key=True),
    Column("month", Date, primary_key=True),
    Column("lines", BigInteger, nullable=False),
    Column("pence", BigInteger, nullable=False),
    postgresql_with={"fillfactor": 80},
)
"""What each buyer paid in each month, to compare with the ledger's; no lines: nothing is left."""

codings = Table(
    "codings",
    metadata,
    Column("coding_id", Uuid(as_uuid=False), primary_key=True),
    Column("buyer", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("expense_type", Text, nullable=False),
    Column("ledger_programme", Text, nullable=False),
    # Without the expense type, which may be longer than an index holds.
    Index("codings_by_codes", "buyer", "unit", "ledger_programme"),
)
"""Each combination of codes that payments of a buyer bear, as the ledger prints them."""

boundary_months = Table(
    "boundary_months",
    metadata,
    Column("supplier_id", Uuid(as_uuid=False), primary_key=True),
    Column("month", Date, primary_key=True),
    Column("definition", Text, primary_key=True),
)
"""Months that a membership covers in part: a roll-up of whole months does not say what counts."""

paid_in_part = Table(
    "paid_in_part",
    metadata,
    Column("buyer", Text, primary_key=True),
    Column("month", Date, primary_key=True),
    Column("supplier_id", Uuid(as_uuid=False), primary_key=True),
)
"""Who paid whom in a month of `boundary_months`: there the payments are asked."""

kinds = Table(
    "kinds",
    metadata,
    Column("kind_id", Uuid(as_uuid=False), primary_key=True),
    Column("class", Text, nullable=False),
    Column("legal_form", Text),
    Column("income_band", Text),
    Column("reach", Text),
    Column("tier", Text),
    Column("definitions", ARRAY(Text), nullable=False),
    Column("route", Text, nullable=False),
    Column("agreement_kind", Text, nullable=False),
    Column("recurrence", Text, nullable=False),
    Column("passed_on", Boolean, nullable=False),
)
"""What is known of suppliers in a month, each combination once: class of coverage, what matching
says, the definitions that hold on every day of it, and what is agreed."""

spend_by_kind = Table(
    "spend_by_kind",
    metadata,
    Column("buyer", Text, primary_key=True),
    Column("month", Date, primary_key=True),
    Column("place", Text, primary_key=True),
    Column("kind_id", Uuid(as_uuid=False), primary_key=True),
    Column("lines", BigInteger, nullable=False),
    Column("pence", BigInteger, nullable=False),
    Column("gross_pence", BigInteger, nullable=False),
    postgresql_with={"fillfactor": 80},
)
"""The roll-up without suppliers and codes, but for the months of `boundary_months`."""

spend_by_year = Table(
    "spend_by_year",
    metadata,
    Column("buyer", Text, primary_key=True),
    Column("financial_year", Integer, primary_key=True),
    Column("place", Text, primary_key=True),
    Column("coding_id", Uuid(as_uuid=False), primary_key=True),
    Column("kind_id", Uuid(as_uuid=False), primary_key=True),
    Column("lines", BigInteger, nullable=False),
    Column("pence", BigInteger, nullable=False),
    Column("gross_pence", BigInteger, nullable=False),
    postgresql_with={"fillfactor": 80},
)
"""The roll-up of the same months by year and codes, without suppliers; a financial year is named by
the year in which it begins."""
