"""cases with sub-questions, and places in a picture

Revision ID: 0043
Revises: 0042
"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

OLD = (
    "kind IN ('single', 'multiple', 'true_false', 'blanks', 'numeric', 'matching', "
    "'ordering', 'short')"
)
NEW = OLD.removesuffix(")") + ", 'case', 'hotspot')"
ITEMS = "quizzes_items"


def upgrade() -> None:
    with op.batch_alter_table(ITEMS) as batch:
        batch.drop_constraint(op.f("ck_quizzes_items_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_quizzes_items_kind"), NEW)


def downgrade() -> None:
    # Whoever has such questions keeps them: the older code could not ask them, so it does not come.
    found = op.get_bind().execute(
        sa.text(f"SELECT count(*) FROM {ITEMS} WHERE kind IN ('case', 'hotspot')")  # noqa: S608
    )
    if found.scalar():
        raise RuntimeError("先删除案例题和看图点选题，再退回旧版本。Delete the new items first.")
    with op.batch_alter_table(ITEMS) as batch:
        batch.drop_constraint(op.f("ck_quizzes_items_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_quizzes_items_kind"), OLD)
