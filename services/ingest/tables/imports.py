"""The imports of files, and what the service was asked to import itself."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.ingest.tables.metadata import metadata

imports = Table(
    "imports",
    metadata,
    Column("import_id", Uuid, primary_key=True),
    Column("file_id", Uuid, nullable=False),
    Column("run", Integer, nullable=False),
    Column("buyer", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("digest", Text, nullable=False, index=True),
    Column("state", Text, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("moved_at", DateTime(timezone=True), nullable=False),
    Column("read", BigInteger, nullable=False),
    Column("accepted", BigInteger, nullable=False),
    Column("already_known", BigInteger, nullable=False),
    Column("rejected", BigInteger, nullable=False),
    Column("accepted_pence", BigInteger, nullable=False),
    Column("already_known_pence", BigInteger, nullable=False),
    Column("rejected_pence", BigInteger, nullable=False),
    Column("rejected_by_reason", JSONB, nullable=False),
    Column("reworded_by_field", JSONB, nullable=False),
    Column("repeated", JSONB, nullable=False),
    Column("first_date", Date),
    Column("last_date", Date),
    Column("skipped_by_kind", JSONB, nullable=False),
    Column("sheets", JSONB, nullable=False),
    # How the rows of each sheet are read, so that a rejected one is read the same way once mended.
    Column("shapes", JSONB, nullable=False),
    # The earlier imports whose lines this file states from then on, and what it changed of them or
    # would.
    Column("supersedes", ARRAY(Uuid), nullable=False),
    Column("republication", JSONB),
    # Who took it back, when and why, and what that changed in the ledger.
    Column("taking_back", JSONB),
    # Of the already known: those by which it changed payments of earlier files.
    Column("changed", BigInteger, nullable=False),
    Column("changed_pence", BigInteger, nullable=False),
    UniqueConstraint("file_id", "run"),
    Index("imports_by_start", "started_at", "import_id"),
    Index("imports_by_state", "state", "started_at", "import_id"),
    Index("imports_by_buyer", "buyer", "state", "started_at", "import_id"),
)

# What the service was asked to import itself, by whom and with which answers; where it stands is
# said by `imports`. `attempts` counts how often it was begun, `deaths` how often that killed the
# process `worker` that had begun it; not before `not_before` is it begun again. `failure` says why
# it can't be done.
import_requests = Table(
    "import_requests",
    metadata,
    Column("import_id", Uuid, ForeignKey("imports.import_id"), primary_key=True),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("anyway", Boolean, nullable=False),
    Column("mapped", JSONB, nullable=False),
    Column("replaces", Uuid),
    Column("adds", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("deaths", Integer, nullable=False),
    Column("worker", Uuid),
    Column("not_before", DateTime(timezone=True)),
    Column("rows_about", BigInteger),
    Column("failure", Text),
)
