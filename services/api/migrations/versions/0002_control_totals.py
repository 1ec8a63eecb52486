"""Control totals are kept, not added up at each question."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "control_totals",
        sa.Column("buyer", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("pence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("buyer", "month"),
        postgresql_with={"fillfactor": 80},
    )
    op.execute(
        "insert into control_totals select buyer, month, sum(lines), sum(pence) from spend"
        " group by buyer, month"
    )


def downgrade() -> None:
    op.drop_table("control_totals")
