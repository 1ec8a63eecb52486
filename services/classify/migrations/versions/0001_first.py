"""Registers, suppliers, outbox and quarantine."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("records", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_table(
        "rejects",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("reject_id", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("buyer", sa.Text()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("key", sa.LargeBinary()),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("reject_id"),
        sa.UniqueConstraint("seq"),
    )
    op.create_index("rejects_by_buyer", "rejects", ["buyer", "seq"])
    op.create_index(
        "rejects_by_origin",
        "rejects",
        ["origin"],
        postgresql_ops={"origin": "text_pattern_ops"},
    )
    op.create_table(
        "registers",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("as_at", sa.Date(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisations", sa.Integer(), nullable=False),
        sa.Column("names", sa.Integer(), nullable=False),
        sa.Column("links", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("companies", sa.Integer(), nullable=False),
        sa.Column("no_longer_listed", sa.Integer(), nullable=False),
        sa.Column("left_out_examples", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("source"),
    )
    op.create_table(
        "organisations",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("org_id", sa.Text()),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("register", sa.Text(), nullable=False),
        sa.Column("legal_form", sa.Text(), nullable=False),
        sa.Column("registered_on", sa.Date()),
        sa.Column("removed_on", sa.Date()),
        sa.Column("removed_by", sa.Date()),
        sa.Column("company_number", sa.Text()),
        sa.Column("postcode", sa.Text()),
        sa.Column("removed_why", sa.Text()),
        sa.Column("income", sa.BigInteger()),
        sa.Column("address", sa.Text()),
        sa.Column("areas", ARRAY(sa.Text()), nullable=False),
        sa.Column("codes", ARRAY(sa.Text()), nullable=False),
        sa.Column("last_listed", sa.Date()),
        sa.PrimaryKeyConstraint("source", "key"),
    )
    op.create_index("organisations_by_org_id", "organisations", ["org_id"])
    op.create_index("organisations_by_company_number", "organisations", ["company_number"])
    op.create_table(
        "organisation_names",
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("since", sa.Date()),
        sa.Column("until", sa.Date()),
    )
    op.create_index(
        "organisation_names_by_words",
        "organisation_names",
        ["words"],
        postgresql_ops={"words": "text_pattern_ops"},
    )
    op.create_index("organisation_names_by_key", "organisation_names", ["key"])
    op.create_table(
        "companies",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("legal_form", sa.Text(), nullable=False),
        sa.Column("registered_on", sa.Date()),
        sa.Column("removed_on", sa.Date()),
        sa.Column("removed_why", sa.Text()),
        sa.Column("postcode", sa.Text()),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("companies_by_words", "companies", ["words"])
    op.create_table(
        "links",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("a", sa.Text(), nullable=False),
        sa.Column("b", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("since", sa.Date()),
    )
    op.create_index("links_by_a", "links", ["a"])
    op.create_index("links_by_b", "links", ["b"])
    op.create_table(
        "suppliers",
        sa.Column("supplier_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("payee", sa.Text(), nullable=False),
        sa.Column("charity_number", sa.Text()),
        sa.Column("company_number", sa.Text()),
        sa.Column("postcode", sa.Text()),
        sa.Column("name_key", sa.Uuid(as_uuid=False)),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("evidence", JSONB(), nullable=False),
        sa.Column("organisation", sa.Text()),
        sa.Column("organisation_name", sa.Text()),
        sa.Column("legal_form", sa.Text()),
        sa.Column("redacted", sa.Boolean(), nullable=False),
        sa.Column("memberships", JSONB(), nullable=False),
        sa.Column("candidates", JSONB(), nullable=False),
        sa.Column("exclusions", JSONB(), nullable=False),
        sa.Column("flags", JSONB(), nullable=False),
        sa.Column("charity_probability", sa.Double()),
        sa.Column("income", sa.BigInteger()),
        sa.Column("income_band", sa.Text()),
        sa.Column("size", sa.Text()),
        sa.Column("place", sa.Text()),
        sa.Column("places", JSONB(), nullable=False),
        sa.Column("reach", sa.Text()),
        sa.Column("locality_rule", sa.Text()),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("basis", sa.Uuid(as_uuid=False), nullable=False),
        sa.PrimaryKeyConstraint("supplier_id"),
    )
    op.create_index("suppliers_by_basis", "suppliers", ["basis"])
    op.create_index("suppliers_by_name_key", "suppliers", ["name_key"])
    op.create_index(
        "suppliers_in_review",
        "suppliers",
        ["supplier_id"],
        postgresql_where=sa.text("tier = 'review'"),
    )
    op.create_table(
        "bases",
        sa.Column("basis", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("rules", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("rules_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registers", JSONB(), nullable=False),
        sa.Column("definitions", JSONB(), nullable=False),
        sa.Column("fitted", sa.Date(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("basis"),
    )
    op.create_table(
        "decisions",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("decision_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("supplier_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("name_key", sa.Uuid(as_uuid=False)),
        sa.Column("form", sa.Text()),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("organisations", ARRAY(sa.Text()), nullable=False),
        sa.Column("name", sa.Text()),
        sa.Column("legal_form", sa.Text()),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("decision_id"),
        sa.UniqueConstraint("seq"),
    )
    op.create_index("decisions_by_supplier", "decisions", ["supplier_id"])
    op.create_index("decisions_by_name_key", "decisions", ["name_key"])
    op.execute(
        """
        create function keep_history() returns trigger language plpgsql as $$
        begin
            raise exception 'the history of decisions is only added to';
        end $$
        """
    )
    op.execute(
        "create trigger decisions_are_kept before update or delete on decisions "
        "for each row execute function keep_history()"
    )
    op.create_table(
        "runs",
        sa.Column("run_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("editions", JSONB(), nullable=False),
        sa.Column("suppliers", sa.Integer()),
        sa.Column("changed", sa.Integer()),
        sa.Column("moves", JSONB()),
        sa.PrimaryKeyConstraint("run_id"),
    )
    op.create_table(
        "run_changes",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("before", JSONB(), nullable=False),
        sa.Column("after", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "supplier_id"),
    )
    op.create_table(
        "pounds",
        sa.Column("supplier_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("buyer", sa.Text(), nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("pence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("supplier_id", "buyer"),
        postgresql_with={"fillfactor": 80},
    )
    op.create_table(
        "counted",
        sa.Column("partition", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("next_offset", sa.BigInteger(), nullable=False),
        sa.Column("rows", ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("places", ARRAY(sa.Integer()), nullable=False),
        sa.PrimaryKeyConstraint("partition"),
    )
    _create_audit()


def downgrade() -> None:
    op.drop_table("audit")
    op.execute("drop function keep_audit")
    op.drop_table("counted")
    op.drop_table("pounds")
    op.drop_table("run_changes")
    op.drop_table("runs")
    op.drop_table("decisions")
    op.execute("drop function keep_history")
    op.drop_table("bases")
    op.drop_table("suppliers")
    op.drop_table("links")
    op.drop_table("companies")
    op.drop_table("organisation_names")
    op.drop_table("organisations")
    op.drop_table("registers")
    op.drop_table("rejects")
    op.drop_table("outbox")


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
