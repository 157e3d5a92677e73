"""notes and bookmarks at a second of a lesson

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

from sanshi_lms.core.db import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "learning_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(36), nullable=False),
        sa.Column("second", sa.Integer()),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("second IS NULL OR second >= 0", name="ck_learning_notes_second"),
        sa.CheckConstraint(
            "second IS NOT NULL OR text <> ''", name="ck_learning_notes_bookmark"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["account_users.id"], name="fk_learning_notes_user_id"
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["courses_lessons.id"], name="fk_learning_notes_lesson_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_learning_notes"),
        sa.UniqueConstraint("user_id", "key", name="uq_learning_notes_user_id"),
    )
    op.create_index(
        "ix_learning_notes_user_id_lesson_id", "learning_notes", ["user_id", "lesson_id"]
    )
    op.create_index("ix_learning_notes_lesson_id", "learning_notes", ["lesson_id"])


def downgrade() -> None:
    op.drop_table("learning_notes")
