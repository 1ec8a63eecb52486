"""The buyers' maps of codes, and what each coding is by them."""

from sqlalchemy import BigInteger, Column, Date, DateTime, Table, Text, Uuid

from services.api.tables.metadata import metadata

programme_lines = Table(
    "programme_lines",
    metadata,
    # Of all but programme and version, which may be too long for an index together.
    Column("line_id", Uuid(as_uuid=False), primary_key=True),
    Column("buyer", Text, nullable=False, index=True),
    Column("unit", Text, nullable=False),
    Column("expense_type", Text, nullable=False),
    Column("ledger_programme", Text, nullable=False),
    Column("since", Date, nullable=False),
    # Null: it is in the map no longer, and stays so that an older word does not bring it back.
    Column("programme", Text),
    Column("budget_head", Text),
    Column("version", BigInteger, nullable=False),
)
"""The buyers' maps, their codes folded; '' for a code that a line does not name."""

programmes = Table(
    "programmes",
    metadata,
    Column("coding_id", Uuid(as_uuid=False), primary_key=True),
    Column("since", Date, primary_key=True),
    Column("until", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("programme", Text),
    Column("programme_key", Text),
    Column("rule", Text, nullable=False),
    Column("budget_head", Text),
    Column("budget_head_key", Text),
)
"""Which programme and budget head a coding is: of each one spans that cover every day once, worked
out anew when a map or a succession changes. The key is what spellings of one have in common. The
payments and the roll-up never change with them."""

programme_line_versions = Table(
    "programme_line_versions",
    metadata,
    Column("line_id", Uuid(as_uuid=False), primary_key=True),
    Column("version", BigInteger, primary_key=True),
    # Null: that version took the line out of the map.
    Column("programme", Text),
    Column("budget_head", Text),
    Column("recorded_at", DateTime(timezone=True), nullable=False, index=True),
)
"""What each version of a buyer's map said of a line; its codes and day stand in
`programme_lines`."""
