"""What the ingest service owns: buyers, ledger, register of agreements, imports, answers."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from shared.access.audit import audit_table
from shared.answers import answers_table
from shared.id_key import id_key_table
from shared.inbox import rejects_table
from shared.outbox import outbox_table

metadata = MetaData()
outbox = outbox_table(metadata)
rejects = rejects_table(metadata)

buyers = Table(
    "buyers",
    metadata,
    Column("org_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("place", Text),
    Column("since", Date),
    Column("until", Date),
    Column("announced", Boolean, nullable=False, comment="whether buyers.v1 says so"),
)

# Which buyer answers for another from a day on, and whether buyers.v1 says so.
successions = Table(
    "successions",
    metadata,
    Column("predecessor", Text, primary_key=True),
    Column("successor", Text, primary_key=True),
    Column("since", Date, nullable=False),
    Column("source", Text, nullable=False),
    Column("announced", Boolean, nullable=False),
)

# Append-only: every version of a buyer's map of its codes to programmes, whole, and who loaded it.
programme_maps = Table(
    "programme_maps",
    metadata,
    Column("buyer", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("loaded_at", DateTime(timezone=True), nullable=False),
    Column("who", Text, nullable=False),
    Column("came_from", Text, nullable=False),
    Column("lines", JSONB, nullable=False),
    Column("added", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("removed", Integer, nullable=False),
    PrimaryKeyConstraint("buyer", "version"),
)

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

# One row an agreement, to lock and to count its versions by; what it says stands in its facts.
agreements = Table(
    "agreements",
    metadata,
    Column("agreement_id", Uuid, primary_key=True),
    Column("buyer", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

# Append-only: every fact that was said of an agreement, in the order in which it was learnt. Only
# the persons in contacts that newer ones replace are erased from it.
agreement_facts = Table(
    "agreement_facts",
    metadata,
    Column("agreement_id", Uuid, ForeignKey("agreements.agreement_id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("type", Text, nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("data", JSONB, nullable=False),
    Column("event_id", Uuid, nullable=False),
    PrimaryKeyConstraint("agreement_id", "version"),
    UniqueConstraint("event_id"),
)

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
    UniqueConstraint("file_id", "run"),
    Index("imports_by_start", "started_at", "import_id"),
    Index("imports_by_state", "state", "started_at", "import_id"),
    Index("imports_by_buyer", "buyer", "state", "started_at", "import_id"),
)

# The newest edition of a published list in which an agreement stood, and what came of its row.
listed_agreements = Table(
    "listed_agreements",
    metadata,
    Column("agreement_id", Uuid, primary_key=True),
    Column("buyer", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("shape", Text, nullable=False),
    Column("edition", Date, nullable=False),
    Column("import_id", Uuid, nullable=False, index=True),
    Column("outcome", Text, nullable=False),
    Index("listed_agreements_by_list", "buyer", "shape"),
)

# What persons have answered about the columns of a buyer's files that have these headers.
mappings = Table(
    "mappings",
    metadata,
    Column("buyer", Text, nullable=False),
    Column("header_digest", Text, nullable=False),
    Column("answers", JSONB, nullable=False),
    Column("answered_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("buyer", "header_digest"),
)

# Of which bodies that files name (case and spaces folded) the payments are a buyer's.
entities = Table(
    "entities",
    metadata,
    Column("buyer", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("ours", Boolean, nullable=False),
    Column("answered_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("buyer", "entity"),
)

# Every file that was imported, as it came: its bytes in compressed chunks, once for each digest.
files = Table(
    "files",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("kept_at", DateTime(timezone=True), nullable=False),
)
file_chunks = Table(
    "file_chunks",
    metadata,
    Column("digest", Text, ForeignKey("files.digest"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    PrimaryKeyConstraint("digest", "number"),
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

# Append-only: each time that a reject was corrected, dismissed or reopened, by whom, what was
# changed, and what came of it. Once what it says is used it is settled, which it can be only once.
reject_corrections = Table(
    "reject_corrections",
    metadata,
    Column("reject_id", Text, ForeignKey("rejects.reject_id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("who", Text, nullable=False),
    Column("corrected_at", DateTime(timezone=True), nullable=False),
    Column("changes", JSON, nullable=False),  # not jsonb, which holds no null byte
    Column("outcome", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("field", Text, nullable=False),
    # Of a row of a file: the file, the sheet's place, the natural key of what it says now, and the
    # pence before and after.
    Column("file_id", Uuid),
    Column("row_key", Uuid),
    Column("payment_id", Uuid),
    Column("pence_before", BigInteger),
    Column("pence", BigInteger),
    PrimaryKeyConstraint("reject_id", "number"),
    Index(
        "rejects_are_settled_once",
        "reject_id",
        unique=True,
        postgresql_where=text("outcome in ('accepted', 'already_known')"),
    ),
    Index("corrections_by_file", "file_id"),
    Index("corrections_by_payment", "payment_id"),
)

# One row, made with the schema: ids that a payee's name goes into are made under it. Who has the
# ledger without it can record nothing of it again.
id_key = id_key_table(metadata)

answers = answers_table(metadata)

audit = audit_table(metadata)
