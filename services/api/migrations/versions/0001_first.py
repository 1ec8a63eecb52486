"""The read model, whole."""

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
    op.create_index("payments_by_size", "payments", ["buyer", "amount_pence", "payment_id"])
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


def downgrade() -> None:
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
