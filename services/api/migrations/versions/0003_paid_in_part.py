"""Months that count in part are known by who paid in them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "paid_in_part",
        sa.Column("buyer", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.PrimaryKeyConstraint("buyer", "month", "supplier_id"),
    )
    # Whoever adds to the spend from here on knows of it: api of before is stopped first.
    op.execute("lock table spend in share row exclusive mode")
    op.execute(
        "insert into paid_in_part select distinct buyer, month, supplier_id from spend"
        " where kind_id is null"
    )


def downgrade() -> None:
    op.drop_table("paid_in_part")
