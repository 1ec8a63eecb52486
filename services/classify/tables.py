"""Registers as loaded, and the suppliers as classified."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from shared.access.audit import audit_table
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
    # Companies that are looked up only, and organisations that this edition lists no longer.
    Column("companies", Integer, nullable=False),
    Column("no_longer_listed", Integer, nullable=False),
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
    # The day of the last edition that lists it, where the one in force does not.
    Column("last_listed", Date),
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

# Five million rows: put in place as a whole table, never row by row (queries/companies.py).
companies = Table(
    "companies",
    metadata,
    Column("number", Text, primary_key=True),
    Column("words", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("legal_form", Text, nullable=False),
    Column("registered_on", Date),
    Column("removed_on", Date),
    Column("removed_why", Text),
    Column("postcode", Text),
    Index("companies_by_words", "words"),
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
    # What payees of one name share: see decision.py.
    Column("name_key", Uuid(as_uuid=False)),
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
    # On what it was classified last, whether or not that changed anything.
    Column("basis", Uuid(as_uuid=False), nullable=False),
    Index("suppliers_by_name_key", "name_key"),
    Index("suppliers_by_basis", "basis"),
    Index("suppliers_in_review", "supplier_id", postgresql_where=text("tier = 'review'")),
)

bases = Table(
    "bases",
    metadata,
    Column("basis", Uuid(as_uuid=False), primary_key=True),
    # Definitions and fit together, and since when they are in force: the latest are.
    Column("rules", Uuid(as_uuid=False), nullable=False),
    Column("rules_since", DateTime(timezone=True), nullable=False),
    Column("registers", JSONB, nullable=False),
    Column("definitions", JSONB, nullable=False),
    Column("fitted", Date, nullable=False),
    Column("code", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)
"""On what suppliers were classified: see basis.py."""

decisions = Table(
    "decisions",
    metadata,
    Column("seq", BigInteger, Identity(always=True), nullable=False, unique=True),
    Column("decision_id", Uuid(as_uuid=False), primary_key=True),
    Column("supplier_id", Uuid(as_uuid=False), nullable=False),
    Column("name_key", Uuid(as_uuid=False)),
    Column("form", Text),
    Column("kind", Text, nullable=False),
    Column("organisations", ARRAY(Text), nullable=False),
    Column("name", Text),
    Column("legal_form", Text),
    Column("why", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("decided_at", DateTime(timezone=True), nullable=False),
    Index("decisions_by_supplier", "supplier_id"),
    Index("decisions_by_name_key", "name_key"),
)
"""What people decided; a trigger refuses to change or delete a row."""

runs = Table(
    "runs",
    metadata,
    Column("run_id", BigInteger, Identity(always=True), primary_key=True),
    Column("cause", Text, nullable=False),
    Column("started_by", Text, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    # The rest of the row is known once the run is over.
    Column("finished_at", DateTime(timezone=True)),
    Column("editions", JSONB, nullable=False),
    Column("suppliers", Integer),
    Column("changed", Integer),
    Column("moves", JSONB),
)

run_changes = Table(
    "run_changes",
    metadata,
    Column("run_id", BigInteger, primary_key=True),
    Column("supplier_id", Uuid(as_uuid=False), primary_key=True),
    Column("before", JSONB, nullable=False),
    Column("after", JSONB, nullable=False),
)
"""What a run that is not over changed so far: tier and periods, see moved.py."""

pounds = Table(
    "pounds",
    metadata,
    Column("supplier_id", Uuid(as_uuid=False), primary_key=True),
    Column("buyer", Text, primary_key=True),
    Column("lines", BigInteger, nullable=False),
    Column("pence", BigInteger, nullable=False),
    postgresql_with={"fillfactor": 80},
)
"""What each supplier was paid by each buyer, every payment once: see pounds.py."""

counted = Table(
    "counted",
    metadata,
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("next_offset", BigInteger, nullable=False),
    # The outbox rows counted last and the highest place of each, oldest first.
    Column("rows", ARRAY(BigInteger), nullable=False),
    Column("places", ARRAY(Integer), nullable=False),
)
"""How far each partition of payments.v1 is counted in `pounds`."""

audit = audit_table(metadata)
"""Who wrote, and who read personal data."""
