"""Buyers, ledger, register, imports, answers, with the kernel's outbox and quarantine."""

import csv
import secrets
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_SHIPPED = Path(__file__).parent.parent.parent / "buyers"
_BUYERS, _SUCCESSIONS = _SHIPPED / "buyers.csv", _SHIPPED / "successions.csv"


def upgrade() -> None:
    buyers = op.create_table(
        "buyers",
        sa.Column("org_id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("place", sa.Text),
        sa.Column("since", sa.Date),
        sa.Column("until", sa.Date),
        sa.Column("announced", sa.Boolean, nullable=False, comment="whether buyers.v1 says so"),
    )
    with _BUYERS.open(encoding="utf-8", newline="") as file:
        op.bulk_insert(buyers, [_buyer(row) for row in csv.DictReader(file)])
    successions = op.create_table(
        "successions",
        sa.Column("predecessor", sa.Text, primary_key=True),
        sa.Column("successor", sa.Text, primary_key=True),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("announced", sa.Boolean, nullable=False),
    )
    with _SUCCESSIONS.open(encoding="utf-8", newline="") as file:
        op.bulk_insert(
            successions,
            [
                {**row, "since": date.fromisoformat(row["since"]), "announced": False}
                for row in csv.DictReader(file)
            ],
        )
    op.create_table(
        "programme_maps",
        sa.Column("buyer", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("came_from", sa.Text, nullable=False),
        sa.Column("lines", JSONB, nullable=False),
        sa.Column("added", sa.Integer, nullable=False),
        sa.Column("changed", sa.Integer, nullable=False),
        sa.Column("removed", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("buyer", "version"),
    )
    op.create_table(
        "payments",
        sa.Column("payment_id", sa.Uuid, primary_key=True),
        sa.Column("buyer", sa.Text, nullable=False),
        sa.Column("supplier_id", sa.Uuid, nullable=False),
        sa.Column("payee", sa.Text, nullable=False),
        sa.Column("payment_date", sa.Date, nullable=False),
        sa.Column("amount_pence", sa.BigInteger, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reference", sa.Text),
        sa.Column("transaction", sa.Text),
        sa.Column("unit", sa.Text),
        sa.Column("expense_type", sa.Text),
        sa.Column("purpose", sa.Text),
        sa.Column("programme", sa.Text),
        sa.Column("place", sa.Text),
        sa.Column("charity_number", sa.Text),
        sa.Column("company_number", sa.Text),
        sa.Column("postcode", sa.Text),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("source_id", sa.Text, nullable=False),
    )
    op.create_table(
        "payment_revisions",
        sa.Column("payment_id", sa.Uuid, sa.ForeignKey("payments.payment_id"), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("who", sa.Text),
        sa.Column("buyer", sa.Text, nullable=False),
        sa.Column("supplier_id", sa.Uuid, nullable=False),
        sa.Column("payee", sa.Text, nullable=False),
        sa.Column("payment_date", sa.Date, nullable=False),
        sa.Column("amount_pence", sa.BigInteger, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reference", sa.Text),
        sa.Column("transaction", sa.Text),
        sa.Column("unit", sa.Text),
        sa.Column("expense_type", sa.Text),
        sa.Column("purpose", sa.Text),
        sa.Column("programme", sa.Text),
        sa.Column("place", sa.Text),
        sa.Column("charity_number", sa.Text),
        sa.Column("company_number", sa.Text),
        sa.Column("postcode", sa.Text),
        sa.Column("row_id", sa.Uuid, index=True),
        sa.Column("import_id", sa.Uuid, index=True),
        sa.PrimaryKeyConstraint("payment_id", "revision"),
    )
    op.create_index(
        "revisions_taken_back",
        "payment_revisions",
        ["payment_id"],
        postgresql_where=sa.text("why = 'taken-back' and withdrawn"),
    )
    op.execute(
        """
        create function keep_history() returns trigger language plpgsql as $$
        begin
            raise exception 'corrections are kept as they are: correct it again';
        end $$
        """
    )
    op.execute(
        "create trigger revisions_are_kept before update or delete on payment_revisions "
        "for each row execute function keep_history()"
    )
    op.execute(
        "create trigger maps_are_kept before update or delete on programme_maps "
        "for each row execute function keep_history()"
    )
    op.create_table(
        "agreements",
        sa.Column("agreement_id", sa.Uuid, primary_key=True),
        sa.Column("buyer", sa.Text, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "agreement_facts",
        sa.Column(
            "agreement_id", sa.Uuid, sa.ForeignKey("agreements.agreement_id"), nullable=False
        ),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("effective_on", sa.Date, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", JSONB, nullable=False),
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("agreement_id", "version"),
        sa.UniqueConstraint("event_id"),
    )
    op.create_table(
        "imports",
        sa.Column("import_id", sa.Uuid, primary_key=True),
        sa.Column("file_id", sa.Uuid, nullable=False),
        sa.Column("run", sa.Integer, nullable=False),
        sa.Column("buyer", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False, index=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read", sa.BigInteger, nullable=False),
        sa.Column("accepted", sa.BigInteger, nullable=False),
        sa.Column("already_known", sa.BigInteger, nullable=False),
        sa.Column("rejected", sa.BigInteger, nullable=False),
        sa.Column("accepted_pence", sa.BigInteger, nullable=False),
        sa.Column("already_known_pence", sa.BigInteger, nullable=False),
        sa.Column("rejected_pence", sa.BigInteger, nullable=False),
        sa.Column("rejected_by_reason", JSONB, nullable=False),
        sa.Column("reworded_by_field", JSONB, nullable=False),
        sa.Column("repeated", JSONB, nullable=False),
        sa.Column("first_date", sa.Date),
        sa.Column("last_date", sa.Date),
        sa.Column("skipped_by_kind", JSONB, nullable=False),
        sa.Column("sheets", JSONB, nullable=False),
        sa.Column("shapes", JSONB, nullable=False),
        sa.Column("supersedes", ARRAY(sa.Uuid), nullable=False),
        sa.Column("republication", JSONB),
        sa.Column("taking_back", JSONB),
        sa.Column("changed", sa.BigInteger, nullable=False),
        sa.Column("changed_pence", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("file_id", "run"),
    )
    op.create_table(
        "files",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "file_chunks",
        sa.Column("digest", sa.Text, sa.ForeignKey("files.digest"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("digest", "number"),
    )
    # They are compressed already.
    op.execute("alter table file_chunks alter column content set storage external")
    op.create_table(
        "import_requests",
        sa.Column("import_id", sa.Uuid, sa.ForeignKey("imports.import_id"), primary_key=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Text, nullable=False),
        sa.Column("anyway", sa.Boolean, nullable=False),
        sa.Column("mapped", JSONB, nullable=False),
        sa.Column("replaces", sa.Uuid),
        sa.Column("adds", sa.Boolean, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("deaths", sa.Integer, nullable=False),
        sa.Column("worker", sa.Uuid),
        sa.Column("not_before", sa.DateTime(timezone=True)),
        sa.Column("rows_about", sa.BigInteger),
        sa.Column("failure", sa.Text),
    )
    op.create_table(
        "listed_agreements",
        sa.Column("agreement_id", sa.Uuid, primary_key=True),
        sa.Column("buyer", sa.Text, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("shape", sa.Text, nullable=False),
        sa.Column("edition", sa.Date, nullable=False),
        sa.Column("import_id", sa.Uuid, nullable=False, index=True),
        sa.Column("outcome", sa.Text, nullable=False),
    )
    op.create_index("listed_agreements_by_list", "listed_agreements", ["buyer", "shape"])
    op.create_table(
        "mappings",
        sa.Column("buyer", sa.Text, nullable=False),
        sa.Column("header_digest", sa.Text, nullable=False),
        sa.Column("answers", JSONB, nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("buyer", "header_digest"),
    )
    op.create_table(
        "entities",
        sa.Column("buyer", sa.Text, nullable=False),
        sa.Column("entity", sa.Text, nullable=False),
        sa.Column("ours", sa.Boolean, nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("buyer", "entity"),
    )
    op.create_table(
        "answers",
        sa.Column("answer_id", sa.Uuid, primary_key=True),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False, index=True),
    )
    op.create_table(
        "outbox",
        sa.Column("seq", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("records", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "rejects",
        sa.Column("seq", sa.BigInteger, sa.Identity(always=True), nullable=False, unique=True),
        sa.Column("reject_id", sa.Text, primary_key=True),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("buyer", sa.Text),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("key", sa.LargeBinary()),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("rejects_by_buyer", "rejects", ["buyer", "seq"])
    op.create_index(
        "rejects_by_origin",
        "rejects",
        ["origin"],
        postgresql_ops={"origin": "text_pattern_ops"},
    )
    op.create_table(
        "reject_corrections",
        sa.Column("reject_id", sa.Text, sa.ForeignKey("rejects.reject_id"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("file_id", sa.Uuid),
        sa.Column("row_key", sa.Uuid),
        sa.Column("payment_id", sa.Uuid),
        sa.Column("pence_before", sa.BigInteger),
        sa.Column("pence", sa.BigInteger),
        sa.PrimaryKeyConstraint("reject_id", "number"),
    )
    op.create_index(
        "rejects_are_settled_once",
        "reject_corrections",
        ["reject_id"],
        unique=True,
        postgresql_where=sa.text("outcome in ('accepted', 'already_known')"),
    )
    op.create_index("corrections_by_file", "reject_corrections", ["file_id"])
    op.create_index("corrections_by_payment", "reject_corrections", ["payment_id"])
    op.execute(
        "create trigger corrections_are_kept before update or delete on reject_corrections "
        "for each row execute function keep_history()"
    )
    _create_audit()
    _create_id_key()
    op.create_index("imports_by_start", "imports", ["started_at", "import_id"])
    op.create_index("imports_by_state", "imports", ["state", "started_at", "import_id"])
    op.create_index("imports_by_buyer", "imports", ["buyer", "state", "started_at", "import_id"])


def _buyer(row: dict[str, str]) -> dict[str, str | date | bool | None]:
    given: dict[str, str | date | bool | None] = {
        name: value or None for name, value in row.items()
    }
    for name in ("since", "until"):
        given[name] = date.fromisoformat(row[name]) if row[name] else None
    return given | {"announced": False}


def _create_audit() -> None:
    """Who wrote, and who read personal data (shared/access/audit.py): added to, never changed."""
    op.create_table(
        "audit",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column(
            "issuer", sa.Text(), nullable=False, comment="of the token; empty: there was none"
        ),
        sa.Column("act", sa.Text(), nullable=False, comment="write, or read-personal"),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False, comment="identifiers, never names"),
        sa.Column(
            "outcome", sa.Text(), nullable=False, comment="committed, or the answer's status"
        ),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("audit_by_at", "audit", ["at"])
    op.create_index("audit_by_subject", "audit", ["subject", "at"])
    op.execute(
        "create or replace function keep_audit() returns trigger language plpgsql as "
        "$$ begin raise exception 'the audit stays as it was written'; end $$"
    )
    op.execute(
        "create trigger audit_is_kept before update or delete on audit "
        "for each statement execute function keep_audit()"
    )


def _create_id_key() -> None:
    """The key of this deployment's ids, made here and nowhere else (keyed_ids.py)."""
    table = op.create_table(
        "id_key",
        sa.Column("single", sa.Boolean(), sa.CheckConstraint("single"), server_default=sa.true()),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("single"),
    )
    op.bulk_insert(table, [{"key": secrets.token_bytes(32)}])
