"""The read model, whole."""

import secrets

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "acknowledgements",
        sa.Column("obligation_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("obligation_id", "recipient", "capacity"),
    )
    op.create_table(
        "agreement_lines",
        sa.Column("agreement_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("annual_amount_pence", sa.BigInteger(), nullable=False),
        sa.Column("recurrent", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("agreement_id", "version", "position"),
    )
    op.create_table(
        "agreement_versions",
        sa.Column("agreement_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("end", sa.Date(), nullable=True),
        sa.Column("notice_period", sa.Text(), nullable=True),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("maximum_end", sa.Date(), nullable=True),
        sa.Column("extension_options", JSONB(), nullable=False),
        sa.Column("notice_terms", JSONB(), nullable=True),
        sa.Column("members", JSONB(), nullable=False),
        sa.Column("duration_rationale", sa.Text(), nullable=True),
        sa.Column("awarded_on", sa.Date(), nullable=True),
        sa.Column("total_amount_pence", sa.BigInteger(), nullable=True),
        sa.Column("changes", JSONB(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("agreement_id", "version"),
    )
    op.create_index("agreement_versions_by_supplier", "agreement_versions", ["supplier_id"])
    op.create_table(
        "agreements",
        sa.Column("agreement_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("buyer", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("end_version", sa.BigInteger(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ending", sa.Text(), nullable=True),
        sa.Column("end_recorded_at", sa.DateTime(timezone=True)),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("agreement_id"),
    )
    op.create_index("agreements_by_buyer", "agreements", ["buyer", "agreement_id"])
    op.create_table(
        "boundary_months",
        sa.Column("supplier_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("supplier_id", "month", "definition"),
    )
    op.create_table(
        "codings",
        sa.Column("coding_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("buyer", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("expense_type", sa.Text(), nullable=False),
        sa.Column("ledger_programme", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("coding_id"),
    )
    op.create_index("codings_by_codes", "codings", ["buyer", "unit", "ledger_programme"])
    op.create_table(
        "programme_lines",
        sa.Column("line_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("buyer", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("expense_type", sa.Text(), nullable=False),
        sa.Column("ledger_programme", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=True),
        sa.Column("budget_head", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("line_id"),
    )
    op.create_index("ix_programme_lines_buyer", "programme_lines", ["buyer"])
    op.create_table(
        "programmes",
        sa.Column("coding_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=True),
        sa.Column("programme_key", sa.Text(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("budget_head", sa.Text(), nullable=True),
        sa.Column("budget_head_key", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("coding_id", "since"),
    )
    op.create_table(
        "contacts",
        sa.Column("agreement_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=False),
        sa.Column("contacts", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("agreement_id"),
    )
    op.create_table(
        "definitions",
        sa.Column("definition", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("definition"),
    )
    op.create_table(
        "failed_deliveries",
        sa.Column("notification_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("obligation_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("notification_id"),
    )
    op.create_index("failed_deliveries_by_obligation", "failed_deliveries", ["obligation_id"])
    op.create_table(
        "notices",
        sa.Column("notice_id", sa.Uuid(as_uuid=False), primary_key=True),
        sa.Column("agreement_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("content", JSONB, nullable=False),
    )
    op.create_index("notices_by_agreement", "notices", ["agreement_id"])
    op.create_table(
        "memberships",
        sa.Column("supplier_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("supplier_id", "definition", "since"),
    )
    op.create_table(
        "obligations",
        sa.Column("obligation_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("agreement_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("send_by", JSONB, nullable=True),
        sa.Column("plan_revision", sa.BigInteger(), nullable=False),
        sa.Column("raised_revision", sa.BigInteger(), nullable=True),
        sa.Column("raised_sequence", sa.BigInteger(), nullable=True),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_revision", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_sequence", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("obligation_id"),
    )
    op.create_index("obligations_by_agreement", "obligations", ["agreement_id"])
    op.create_table(
        "payments",
        sa.Column("payment_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("buyer", sa.Text(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("payee", sa.Text(), nullable=False),
        sa.Column("payment_date", sa.Date(), nullable=False),
        sa.Column("amount_pence", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("transaction", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("expense_type", sa.Text(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("programme", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("withdrawn", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("payment_id"),
    )
    op.create_table(
        "payment_revisions",
        sa.Column("payment_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("payee", sa.Text(), nullable=False),
        sa.Column("payment_date", sa.Date(), nullable=False),
        sa.Column("amount_pence", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("transaction", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("expense_type", sa.Text(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("programme", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("payment_id", "revision"),
    )
    op.create_index("payments_by_buyer", "payments", ["buyer", "payment_date", "payment_id"])
    op.create_index(
        "large_payments",
        "payments",
        ["buyer", "amount_pence", "payment_id"],
        postgresql_where=sa.text("amount_pence >= 2500000"),
        postgresql_include=["payment_date", "supplier_id", "place", "withdrawn"],
    )
    op.create_index("payments_by_supplier", "payments", ["supplier_id", "payment_date"])
    op.create_index("payments_by_amount", "payments", ["supplier_id", "amount_pence"])
    op.create_index(
        "credits",
        "payments",
        ["supplier_id", "amount_pence"],
        postgresql_where=sa.text("amount_pence < 0"),
    )
    op.create_table(
        "obligation_plans",
        sa.Column("agreement_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("agreement_id"),
    )
    op.create_table(
        "renewals",
        sa.Column("agreement_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("after", sa.Date(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=False),
        sa.Column("kinds", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("buyer", sa.Text(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("agreement_id", "since", "after"),
    )
    of_a_page = ["since", "until", "last_day", "after"]
    op.create_index(
        "renewals_by_date", "renewals", ["next_on", "agreement_id"], postgresql_include=of_a_page
    )
    op.create_index(
        "renewals_by_buyer",
        "renewals",
        ["buyer", "next_on", "agreement_id"],
        postgresql_include=of_a_page,
    )
    op.create_table(
        "rejects",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("reject_id", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("buyer", sa.Text(), nullable=True),
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
        "spend",
        sa.Column("buyer", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("coding_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("pence", sa.BigInteger(), nullable=False),
        sa.Column("gross_pence", sa.BigInteger(), nullable=False),
        sa.Column("kind_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.PrimaryKeyConstraint("buyer", "month", "supplier_id", "place", "coding_id"),
        postgresql_with={"fillfactor": 80},
    )
    op.create_index("spend_by_supplier", "spend", ["supplier_id"])
    op.create_table(
        "successions",
        sa.Column("predecessor", sa.Text(), primary_key=True),
        sa.Column("successor", sa.Text(), primary_key=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "suppliers",
        sa.Column("supplier_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("payee", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("evidence", JSONB(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=True),
        sa.Column("organisation_name", sa.Text(), nullable=True),
        sa.Column("legal_form", sa.Text(), nullable=True),
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
        sa.PrimaryKeyConstraint("supplier_id"),
    )
    op.create_index("suppliers_by_organisation", "suppliers", ["organisation"])
    parts, joins = ".,-/&()_;!?+*#@|<>:", "''\u2019\""
    op.create_index(
        "suppliers_by_name",
        "suppliers",
        [
            sa.text(
                "to_tsvector('simple'::regconfig, translate((COALESCE(organisation_name, ''::text)"
                f" || ' '::text) || payee, '{parts}{joins}'::text, '{' ' * len(parts)}'::text))"
            )
        ],
        postgresql_using="gin",
        postgresql_where=sa.text(
            "NOT redacted AND (organisation IS NOT NULL OR organisation_name IS NOT NULL)"
        ),
    )
    op.create_table(
        "projected_offsets",
        sa.Column("topic", sa.Text(), primary_key=True),
        sa.Column("partition", sa.Integer(), primary_key=True),
        sa.Column("next_offset", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "buyers",
        sa.Column("buyer", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("buyer"),
    )
    for create in (
        _sum_by_kind,
        _keep_histories,
        _keep_statements,
        _keep_benchmarks_and_commitments,
        _create_audit,
        _create_payees,
        _create_ranking,
    ):
        create()


def _sum_by_kind() -> None:
    """The roll-up by what is known of suppliers, and what they are paid under."""
    op.create_table(
        "agreed",
        sa.Column("supplier_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("buyer", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("recurrence", sa.Text(), nullable=False),
        sa.Column("passed_on", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("supplier_id", "buyer", "since"),
    )
    op.create_table(
        "kinds",
        sa.Column("kind_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("class", sa.Text(), nullable=False),
        sa.Column("legal_form", sa.Text(), nullable=True),
        sa.Column("income_band", sa.Text(), nullable=True),
        sa.Column("reach", sa.Text(), nullable=True),
        sa.Column("tier", sa.Text(), nullable=True),
        sa.Column("definitions", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("agreement_kind", sa.Text(), nullable=False),
        sa.Column("recurrence", sa.Text(), nullable=False),
        sa.Column("passed_on", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("kind_id"),
    )
    op.create_table(
        "spend_by_kind",
        sa.Column("buyer", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("kind_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("pence", sa.BigInteger(), nullable=False),
        sa.Column("gross_pence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("buyer", "month", "place", "kind_id"),
        postgresql_with={"fillfactor": 80},
    )
    op.create_table(
        "spend_by_year",
        sa.Column("buyer", sa.Text(), nullable=False),
        sa.Column("financial_year", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("coding_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("kind_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("pence", sa.BigInteger(), nullable=False),
        sa.Column("gross_pence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("buyer", "financial_year", "place", "coding_id", "kind_id"),
        postgresql_with={"fillfactor": 80},
    )


def _keep_histories() -> None:
    """What was known on a day: the versions of what changes."""
    op.create_index("payments_by_recording", "payments", ["recorded_at"], postgresql_using="brin")
    op.create_table(
        "supplier_versions",
        sa.Column("supplier_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=True),
        sa.Column("organisation_name", sa.Text(), nullable=True),
        sa.Column("legal_form", sa.Text(), nullable=True),
        sa.Column("redacted", sa.Boolean(), nullable=False),
        sa.Column("income_band", sa.Text(), nullable=True),
        sa.Column("size", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("places", JSONB(), nullable=False),
        sa.Column("reach", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("supplier_id", "revision"),
    )
    op.create_table(
        "membership_versions",
        sa.Column("supplier_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("supplier_id", "revision", "definition", "since"),
    )
    op.create_table(
        "programme_line_versions",
        sa.Column("line_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=True),
        sa.Column("budget_head", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("line_id", "version"),
    )
    op.create_index(
        "ix_programme_line_versions_recorded_at", "programme_line_versions", ["recorded_at"]
    )


def _keep_statements() -> None:
    """What a rebuild never touches (kept/tables.py)."""
    op.create_table(
        "claims",
        sa.Column("claim_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("buyer", sa.Text(), nullable=False),
        sa.Column("financial_year", sa.Text(), nullable=False),
        sa.Column("figure", sa.Text(), nullable=False),
        sa.Column("printed", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("claim_id"),
    )
    op.create_index("claims_by_statement", "claims", ["buyer", "financial_year"])
    op.create_table(
        "statement_contents",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_table(
        "statement_versions",
        sa.Column("buyer", sa.Text(), nullable=False),
        sa.Column("financial_year", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["digest"], ["statement_contents.digest"]),
        sa.PrimaryKeyConstraint("buyer", "financial_year", "version"),
    )


def _keep_benchmarks_and_commitments() -> None:
    """What a rebuild never touches (kept/tables.py)."""
    op.create_table(
        "populations",
        sa.Column("area", sa.Text(), primary_key=True),
        sa.Column("mid_year", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "served_areas",
        sa.Column("serves", sa.Text(), primary_key=True),
        sa.Column("area", sa.Text(), primary_key=True),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "commitment_statements",
        sa.Column("statement_id", sa.Uuid(as_uuid=False), primary_key=True),
        sa.Column("buyer", sa.Text(), nullable=False),
        sa.Column("financial_year", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
    )
    op.create_index(
        "commitment_statements_by_year", "commitment_statements", ["buyer", "financial_year"]
    )


def downgrade() -> None:
    op.drop_table("commitment_statements")
    op.drop_table("served_areas")
    op.drop_table("populations")
    op.drop_table("audit")
    op.drop_table("id_key")
    op.execute("drop function keep_audit")
    op.drop_table("statement_versions")
    op.drop_table("statement_contents")
    op.drop_table("claims")
    op.drop_table("acknowledgements")
    op.drop_table("agreement_lines")
    op.drop_table("agreement_versions")
    op.drop_table("renewals")
    op.drop_table("agreements")
    op.drop_table("boundary_months")
    op.drop_table("codings")
    op.drop_table("programme_lines")
    op.drop_table("programmes")
    op.drop_table("contacts")
    op.drop_table("definitions")
    op.drop_table("notices")
    op.drop_table("failed_deliveries")
    op.drop_table("memberships")
    op.drop_table("obligations")
    op.drop_table("payment_revisions")
    op.drop_table("payments")
    op.drop_table("obligation_plans")
    op.drop_table("rejects")
    op.drop_table("spend")
    op.drop_table("successions")
    op.drop_table("suppliers")
    op.drop_table("projected_offsets")
    op.drop_table("agreed")
    op.drop_table("kinds")
    op.drop_table("spend_by_year")
    op.drop_table("spend_by_kind")
    op.drop_table("supplier_versions")
    op.drop_table("membership_versions")
    op.drop_table("programme_line_versions")
    op.drop_table("buyers")
    op.drop_table("payees")


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


def _create_payees() -> None:
    """Payees by buyer, and the key of their ids, made here and nowhere else (withheld_ids.py)."""
    op.create_table(
        "payees",
        sa.Column("supplier_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("buyer", sa.Text(), nullable=False),
        sa.Column("withheld_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.PrimaryKeyConstraint("supplier_id", "buyer"),
    )
    op.create_index("payees_by_withheld_id", "payees", ["withheld_id"])
    op.create_index("payees_by_buyer", "payees", ["buyer", "supplier_id"])
    op.create_index("payees_of_buyer", "payees", ["buyer", "withheld_id"])
    op.create_index(
        "organisations_by_supplier",
        "suppliers",
        ["supplier_id"],
        postgresql_where=sa.text(
            "NOT redacted AND (organisation IS NOT NULL OR organisation_name IS NOT NULL)"
        ),
    )
    table = op.create_table(
        "id_key",
        sa.Column("single", sa.Boolean(), sa.CheckConstraint("single"), server_default=sa.true()),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("single"),
    )
    op.bulk_insert(table, [{"key": secrets.token_bytes(32)}])


def _create_ranking() -> None:
    """Who is paid, ranked (tables/ranking.py)."""
    op.create_table(
        "touched_suppliers",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("suppliers", sa.ARRAY(sa.Uuid(as_uuid=False)), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("gathered", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    sums = ("lines", "pence", "gross_pence")
    op.create_table(
        "party_spend",
        sa.Column("supplier_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("buyer", sa.Text(), nullable=False),
        sa.Column("financial_year", sa.Integer(), nullable=False),
        sa.Column("class", sa.Text(), nullable=False),
        sa.Column("passed_on", sa.Boolean(), nullable=False),
        sa.Column("definitions", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("unregistered_name", sa.Text(), nullable=False),
        sa.Column("organisation_name", sa.Text(), nullable=True),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in sums),
    )
    party = ["organisation", "unregistered_name"]
    op.create_index("party_spend_by_supplier", "party_spend", ["supplier_id"])
    op.create_index("party_spend_by_year", "party_spend", ["financial_year", "buyer"])
    op.create_index("party_spend_by_party", "party_spend", party)
    op.create_table(
        "party_ranks",
        sa.Column("buyer", sa.Text(), nullable=False),
        sa.Column("financial_year", sa.Integer(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("unregistered_name", sa.Text(), nullable=False),
        sa.Column("organisation_name", sa.Text(), nullable=True),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("pence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("buyer", "financial_year", "definition", *party),
    )
    op.create_index("party_ranks_by_party", "party_ranks", party)
    op.create_table(
        "party_totals",
        sa.Column("buyer", sa.Text(), nullable=False),
        sa.Column("financial_year", sa.Integer(), nullable=False),
        sa.Column("class", sa.Text(), nullable=False),
        sa.Column("passed_on", sa.Boolean(), nullable=False),
        sa.Column("definitions", sa.ARRAY(sa.Text()), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in sums),
        sa.PrimaryKeyConstraint("buyer", "financial_year", "class", "passed_on", "definitions"),
    )
