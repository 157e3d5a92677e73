"""questions that come back to who answered them wrong

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

TABLE = "quizzes_mistakes"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("card", sa.JSON(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("streak", sa.Integer(), nullable=False),
        sa.Column("reviews", sa.Integer(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_chosen", sa.JSON()),
        sa.Column("last_seed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["account_users.id"],
            name=op.f("fk_quizzes_mistakes_user_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["quizzes_paper_versions.id"],
            name=op.f("fk_quizzes_mistakes_version_id"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("user_id", "item_id", name=op.f("uq_quizzes_mistakes_user_id")),
    )
    op.create_index("ix_quizzes_mistakes_due", TABLE, ["user_id", "due_at"])
    op.create_index("ix_quizzes_mistakes_version_id", TABLE, ["version_id"])


def downgrade() -> None:
    op.drop_table(TABLE)
