"""${message}"""

${"from alembic import op" if upgrades or downgrades else ""}
${"import sqlalchemy as sa" if "sa." in (upgrades or "") + (downgrades or "") else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
