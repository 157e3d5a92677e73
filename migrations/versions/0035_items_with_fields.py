"""items that are answered in fields, and papers that give part of the points

Revision ID: 0035
Revises: 0034
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

OLD = "kind IN ('single', 'multiple', 'true_false')"
NEW = "kind IN ('single', 'multiple', 'true_false', 'blanks', 'numeric', 'matching')"
ITEMS, PAPERS = "quizzes_items", "quizzes_papers"


def upgrade() -> None:
    with op.batch_alter_table(ITEMS) as batch:
        batch.add_column(sa.Column("content", sa.JSON()))
        batch.drop_constraint(op.f("ck_quizzes_items_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_quizzes_items_kind"), NEW)
    with op.batch_alter_table(PAPERS) as batch:
        batch.add_column(sa.Column("partial", sa.String(10), nullable=False, server_default="none"))
        batch.create_check_constraint(
            op.f("ck_quizzes_papers_partial"), "partial IN ('none', 'half', 'each')"
        )


def downgrade() -> None:
    # Whoever has such questions keeps them: the older code could not ask them, so it does not come.
    found = op.get_bind().execute(
        sa.text(f"SELECT count(*) FROM {ITEMS} WHERE content IS NOT NULL")  # noqa: S608
    )
    if found.scalar():
        raise RuntimeError("先删除填空、数值、匹配题，再退回旧版本。Delete the new items first.")
    with op.batch_alter_table(PAPERS) as batch:
        batch.drop_constraint(op.f("ck_quizzes_papers_partial"), type_="check")
        batch.drop_column("partial")
    with op.batch_alter_table(ITEMS) as batch:
        batch.drop_constraint(op.f("ck_quizzes_items_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_quizzes_items_kind"), OLD)
        batch.drop_column("content")
