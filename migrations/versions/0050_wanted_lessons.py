"""wanted lessons that somebody took up, and lessons sent with a need

Revision ID: 0050
Revises: 0049
"""

import sqlalchemy as sa
from alembic import op

from sanshi_lms.core.db import UtcDateTime

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

STEPS, NAME = "community_need_steps", "fk_community_need_steps_lesson_id"


def upgrade() -> None:
    op.create_table(
        "community_taken_wishes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses_courses.id"],
            name=op.f("fk_community_taken_wishes_course_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["account_users.id"], name=op.f("fk_community_taken_wishes_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community_taken_wishes")),
        sa.UniqueConstraint("key", name=op.f("uq_community_taken_wishes_key")),
    )
    with op.batch_alter_table(STEPS) as batch:
        batch.add_column(sa.Column("lesson_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f(NAME), "courses_lessons", ["lesson_id"], ["id"], ondelete="SET NULL"
        )


def downgrade() -> None:
    with op.batch_alter_table(STEPS) as batch:
        batch.drop_constraint(op.f(NAME), type_="foreignkey")
        batch.drop_column("lesson_id")
    op.drop_table("community_taken_wishes")
