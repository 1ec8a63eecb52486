"""Suppliers, what they count as, and whose payees they are."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    Index,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.api.lists.organisation_name import JOINS, PARTS
from services.api.tables.metadata import metadata

_SIGNS = (PARTS + JOINS).replace("'", "''")

SEARCHED = (
    "to_tsvector('simple'::regconfig, translate((COALESCE(organisation_name, ''::text)"
    f" || ' '::text) || payee, '{_SIGNS}'::text, '{' ' * len(PARTS)}'::text))"
)
"""The words of a supplier: the name that a register has, and the ledger's."""

NAMED = "NOT redacted AND (organisation IS NOT NULL OR organisation_name IS NOT NULL)"
"""Names that may be persons' are not searched."""

suppliers = Table(
    "suppliers",
    metadata,
    Column("supplier_id", Uuid(as_uuid=False), primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("payee", Text, nullable=False),
    Column("tier", Text, nullable=False),
    Column("score", Double),
    Column("rule", Text, nullable=False),
    Column("evidence", JSONB, nullable=False),
    Column("organisation", Text),
    Column("organisation_name", Text),
    Column("legal_form", Text),
    Column("redacted", Boolean, nullable=False),
    Column("memberships", JSONB, nullable=False),
    Column("candidates", JSONB, nullable=False),
    Column("exclusions", JSONB, nullable=False),
    Column("flags", JSONB, nullable=False),
    Column("charity_probability", Double),
    Column("income", BigInteger),
    Column("income_band", Text),
    Column("size", Text),
    Column("place", Text),
    Column("places", JSONB, nullable=False),
    Column("reach", Text),
    Column("locality_rule", Text),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Index("suppliers_by_organisation", "organisation"),
    Index(
        "suppliers_by_name",
        text(SEARCHED),
        postgresql_using="gin",
        postgresql_where=text(NAMED),
    ),
    # A page of those that are organisations looks at no others, however many these are.
    Index("organisations_by_supplier", "supplier_id", postgresql_where=text(NAMED)),
)

memberships = Table(
    "memberships",
    metadata,
    Column("supplier_id", Uuid(as_uuid=False), primary_key=True),
    Column("definition", Text, primary_key=True),
    Column("since", Date, primary_key=True),
    Column("until", Date, nullable=False),
)
"""Periods of one definition, joined where they touch: no two of them share or adjoin a day."""

definitions = Table("definitions", metadata, Column("definition", Text, primary_key=True))

supplier_versions = Table(
    "supplier_versions",
    metadata,
    Column("supplier_id", Uuid(as_uuid=False), primary_key=True),
    Column("revision", BigInteger, primary_key=True),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("tier", Text, nullable=False),
    Column("organisation", Text),
    Column("organisation_name", Text),
    Column("legal_form", Text),
    Column("redacted", Boolean, nullable=False),
    Column("income_band", Text),
    Column("size", Text),
    Column("place", Text),
    Column("places", JSONB, nullable=False),
    Column("reach", Text),
)
"""What each revision of a supplier said, as far as spend is cut and counted by it. Who asks what
was known on a day takes the highest revision recorded by then."""

membership_versions = Table(
    "membership_versions",
    metadata,
    Column("supplier_id", Uuid(as_uuid=False), primary_key=True),
    Column("revision", BigInteger, primary_key=True),
    Column("definition", Text, primary_key=True),
    Column("since", Date, primary_key=True),
    Column("until", Date, nullable=False),
)
"""The memberships of each revision, joined as those in `memberships` are."""

payees = Table(
    "payees",
    metadata,
    Column("supplier_id", Uuid(as_uuid=False), primary_key=True),
    Column("buyer", Text, primary_key=True),
    Column("withheld_id", Uuid(as_uuid=False), nullable=False),
    Index("payees_by_withheld_id", "withheld_id"),
    Index("payees_by_buyer", "buyer", "supplier_id"),
    Index("payees_of_buyer", "buyer", "withheld_id"),
)
"""Suppliers as those whom a buyer paid, or agreed something with, and the id under which they are
shown to whoever may not see the name (withheld_ids.py). None is taken away."""
