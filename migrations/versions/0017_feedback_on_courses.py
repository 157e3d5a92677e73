"""feedback on courses in three taps

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

import sanshi_lms.core.db

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TAPS = ("useful", "level", "length")


def upgrade() -> None:
    op.create_table(
        "learning_feedback",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer()) for name in TAPS),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("said_at", sanshi_lms.core.db.UtcDateTime(timezone=True), nullable=False),
        *(
            sa.CheckConstraint(f"{name} BETWEEN 1 AND 3", name=f"ck_learning_feedback_{name}")
            for name in TAPS
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["account_users.id"], name="fk_learning_feedback_user_id"
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses_courses.id"], name="fk_learning_feedback_course_id"
        ),
        sa.PrimaryKeyConstraint("user_id", "course_id", name="pk_learning_feedback"),
    )
    op.create_index("ix_learning_feedback_course_id", "learning_feedback", ["course_id"])


def downgrade() -> None:
    op.drop_table("learning_feedback")
