"""questions inside a video, and every answer to them

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

PLACES = "learning_video_questions"
TRIES = "learning_question_tries"


def upgrade() -> None:
    op.create_table(
        PLACES,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("second", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{PLACES}"),
        sa.UniqueConstraint("lesson_id", "second", name=f"uq_{PLACES}_lesson_id"),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["courses_lessons.id"], name=f"fk_{PLACES}_lesson_id", ondelete="CASCADE"
        ),
        sa.CheckConstraint("second > 0", name=op.f(f"ck_{PLACES}_second")),
    )
    op.create_index(f"uq_{PLACES}_item", PLACES, ["lesson_id", "item_id"], unique=True)
    op.create_table(
        TRIES,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("is_right", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{TRIES}"),
        sa.UniqueConstraint(
            "user_id", "lesson_id", "item_id", "number", name=f"uq_{TRIES}_user_id"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["account_users.id"], name=f"fk_{TRIES}_user_id"),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["courses_lessons.id"], name=f"fk_{TRIES}_lesson_id"
        ),
    )
    op.create_index(f"ix_{TRIES}_lesson_id", TRIES, ["lesson_id"])


def downgrade() -> None:
    op.drop_index(f"ix_{TRIES}_lesson_id", TRIES)
    op.drop_table(TRIES)
    op.drop_index(f"uq_{PLACES}_item", PLACES)
    op.drop_table(PLACES)
