"""The ranking of who is paid: what the list of organisations would else add up for each page.

It follows the roll-ups: what they say of the suppliers of `touched_suppliers` is not in it yet, and
whoever reads it takes what these were paid from `spend`, in the same statement.
"""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
)

from services.api.tables.metadata import metadata

EVERY_YEAR = -1
"""As a financial year of `party_ranks`: all of them. None is named so."""
ANY = ""
"""As a buyer or a definition of `party_ranks`: all buyers, all that is paid."""

touched_suppliers = Table(
    "touched_suppliers",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("suppliers", ARRAY(Uuid(as_uuid=False)), nullable=False),
    # How many, which is told without a look at them.
    Column("number", Integer, nullable=False),
    Column("gathered", Boolean, nullable=False),
)
"""Suppliers whose sums, or what is known of them, changed since the ranking was refreshed: as the
transactions wrote them, or gathered from several, each supplier once."""

party_spend = Table(
    "party_spend",
    metadata,
    Column("supplier_id", Uuid(as_uuid=False), nullable=False),
    Column("buyer", Text, nullable=False),
    Column("financial_year", Integer, nullable=False),
    Column("class", Text, nullable=False),
    Column("passed_on", Boolean, nullable=False),
    Column("definitions", ARRAY(Text), nullable=False),
    Column("listed", Boolean, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("unregistered_name", Text, nullable=False),
    Column("organisation_name", Text),
    Column("lines", BigInteger, nullable=False),
    Column("pence", BigInteger, nullable=False),
    Column("gross_pence", BigInteger, nullable=False),
    Index("party_spend_by_supplier", "supplier_id"),
    Index("party_spend_by_year", "financial_year", "buyer"),
    Index("party_spend_by_party", "organisation", "unregistered_name"),
)
"""What each supplier was paid by each buyer in a financial year, by how it counts, and the party
that it is: an organisation, '' where it is known by its name alone, and that name, '' where it has
an org-id. A supplier that is neither is not `listed`."""

party_ranks = Table(
    "party_ranks",
    metadata,
    Column("buyer", Text, primary_key=True),
    Column("financial_year", Integer, primary_key=True, autoincrement=False),
    Column("definition", Text, primary_key=True),
    Column("organisation", Text, primary_key=True),
    Column("unregistered_name", Text, primary_key=True),
    Column("organisation_name", Text),
    Column("lines", BigInteger, nullable=False),
    Column("pence", BigInteger, nullable=False),
    Index("party_ranks_by_party", "organisation", "unregistered_name"),
)
"""The same by party: of one buyer, of one year, and of all; all that is paid, and what counts under
each definition. Of one buyer in one year `party_spend` is added up, whose rows are few there."""

party_totals = Table(
    "party_totals",
    metadata,
    Column("buyer", Text, primary_key=True),
    Column("financial_year", Integer, primary_key=True, autoincrement=False),
    Column("class", Text, primary_key=True),
    Column("passed_on", Boolean, primary_key=True),
    Column("definitions", ARRAY(Text), primary_key=True),
    Column("lines", BigInteger, nullable=False),
    Column("pence", BigInteger, nullable=False),
    Column("gross_pence", BigInteger, nullable=False),
)
"""The same of all suppliers together."""
