"""Registers as loaded, and the suppliers as classified."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from shared.inbox import rejects_table
from shared.outbox import outbox_table

metadata = MetaData()
outbox = outbox_table(metadata)
rejects = rejects_table(metadata)

registers = Table(
    "registers",
    metadata,
    Column("source", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("as_at", Date, nullable=False),
    Column("loaded_at", DateTime(timezone=True), nullable=False),
    Column("organisations", Integer, nullable=False),
    Column("names", Integer, nullable=False),
    Column("links", Integer, nullable=False),
    Column("left_out", Integer, nullable=False),
    # The first rows that were left out: row, column, reason.
    Column("left_out_examples", JSONB, nullable=False),
)

organisations = Table(
    "organisations",
    metadata,
    Column("source", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("org_id", Text),
    Column("name", Text, nullable=False),
    Column("register", Text, nullable=False),
    Column("legal_form", Text, nullable=False),
    Column("registered_on", Date),
    Column("removed_on", Date),
    Column("removed_by", Date),
    Column("company_number", Text),
    Column("postcode", Text),
    Column("removed_why", Text),
    Column("income", BigInteger),
    Column("address", Text),
    Column("areas", ARRAY(Text), nullable=False),
    Column("codes", ARRAY(Text), nullable=False),
    Index("organisations_by_org_id", "org_id"),
    Index("organisations_by_company_number", "company_number"),
)

organisation_names = Table(
    "organisation_names",
    metadata,
    # What is compared: see matching/names.py.
    Column("words", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("since", Date),
    Column("until", Date),
    # The operator class serves what begins with some words as well as what is equal to them.
    Index("organisation_names_by_words", "words", postgresql_ops={"words": "text_pattern_ops"}),
    Index("organisation_names_by_key", "key"),
)

links = Table(
    "links",
    metadata,
    Column("source", Text, nullable=False),
    Column("a", Text, nullable=False),
    Column("b", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("since", Date),
    Index("links_by_a", "a"),
    Index("links_by_b", "b"),
)

suppliers = Table(
    "suppliers",
    metadata,
    Column("supplier_id", Uuid(as_uuid=False), primary_key=True),
    Column("payee", Text, nullable=False),
    Column("charity_number", Text),
    Column("company_number", Text),
    Column("postcode", Text),
    Column("revision", Integer, nullable=False),
    Column("tier", Text, nullable=False),
    Column("score", Double, nullable=False),
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
)
