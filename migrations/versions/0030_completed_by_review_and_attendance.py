"""lessons completed by a review or by being there

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

TABLE, NAME = "learning_completions", "ck_learning_completions_reason"
BEFORE = ("watched", "read", "passed", "corrected")
AFTER = (*BEFORE, "accepted", "attended")


def allow(reasons: tuple[str, ...]) -> None:
    words = ", ".join(f"'{reason}'" for reason in reasons)
    with op.batch_alter_table(TABLE) as table:
        table.drop_constraint(op.f(NAME), type_="check")
        table.create_check_constraint(op.f(NAME), f"reason IN ({words})")


def upgrade() -> None:
    allow(AFTER)


def downgrade() -> None:
    rows = sa.table(TABLE, sa.column("reason"))
    late = rows.c.reason.in_(["accepted", "attended"])
    op.execute(rows.update().where(late).values(reason="corrected"))
    allow(BEFORE)
