"""items put in order, and short answers that a person marks

Revision ID: 0041
Revises: 0040
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

OLD = "kind IN ('single', 'multiple', 'true_false', 'blanks', 'numeric', 'matching')"
NEW = (
    "kind IN ('single', 'multiple', 'true_false', 'blanks', 'numeric', 'matching', "
    "'ordering', 'short')"
)
ITEMS, ATTEMPTS, ANSWERS = "quizzes_items", "quizzes_attempts", "quizzes_answers"
MARKS = "quizzes_answer_marks"


def upgrade() -> None:
    with op.batch_alter_table(ITEMS) as batch:
        batch.drop_constraint(op.f("ck_quizzes_items_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_quizzes_items_kind"), NEW)
    with op.batch_alter_table(ATTEMPTS) as batch:
        batch.add_column(
            sa.Column("to_mark", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table(ANSWERS) as batch:
        batch.add_column(sa.Column("points", sa.JSON()))
    op.create_table(
        MARKS,
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("remark", sa.String(500), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"],
            [f"{ANSWERS}.id"],
            name=op.f("fk_quizzes_answer_marks_answer_id_quizzes_answers"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["account_users.id"],
            name=op.f("fk_quizzes_answer_marks_by_id_account_users"),
        ),
    )
    op.create_index(op.f("ix_quizzes_answer_marks_answer_id"), MARKS, ["answer_id"])


def downgrade() -> None:
    # Whoever has such questions keeps them: the older code could not ask them, so it does not come.
    found = op.get_bind().execute(
        sa.text(f"SELECT count(*) FROM {ITEMS} WHERE kind IN ('ordering', 'short')")  # noqa: S608
    )
    if found.scalar():
        raise RuntimeError("先删除排序题和简答题，再退回旧版本。Delete the new items first.")
    op.drop_table(MARKS)
    with op.batch_alter_table(ANSWERS) as batch:
        batch.drop_column("points")
    with op.batch_alter_table(ATTEMPTS) as batch:
        batch.drop_column("to_mark")
    with op.batch_alter_table(ITEMS) as batch:
        batch.drop_constraint(op.f("ck_quizzes_items_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_quizzes_items_kind"), OLD)
