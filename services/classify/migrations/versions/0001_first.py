"""Registers, suppliers, outbox and quarantine."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

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
    )
    op.create_index("organisation_names_by_words", "organisation_names", ["words"])
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
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("supplier_id"),
    )


def downgrade() -> None:
    op.drop_table("suppliers")
    op.drop_table("links")
    op.drop_table("organisation_names")
    op.drop_table("organisations")
    op.drop_table("registers")
    op.drop_table("rejects")
    op.drop_table("outbox")
