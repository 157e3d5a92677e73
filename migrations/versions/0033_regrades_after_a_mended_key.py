"""regrades after a mended key

Revision ID: 0033
Revises: 0032
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quizzes_regrades",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("keep_passed", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        key("regrades", "paper_id", "quizzes_papers", "RESTRICT"),
        key("regrades", "by_id", "account_users", "RESTRICT"),
    )
    op.create_index("ix_quizzes_regrades_paper_id", "quizzes_regrades", ["paper_id"])
    op.create_table(
        "quizzes_regrade_changes",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("regrade_id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("right", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        key("regrade_changes", "regrade_id", "quizzes_regrades", "CASCADE"),
        key("regrade_changes", "attempt_id", "quizzes_attempts", "CASCADE"),
        key("regrade_changes", "version_id", "quizzes_paper_versions", "RESTRICT"),
        sa.UniqueConstraint(
            "regrade_id", "attempt_id", name=op.f("uq_quizzes_regrade_changes_regrade_id")
        ),
    )
    op.create_index(
        "ix_quizzes_regrade_changes_attempt_id", "quizzes_regrade_changes", ["attempt_id"]
    )


def downgrade() -> None:
    op.drop_table("quizzes_regrade_changes")
    op.drop_table("quizzes_regrades")


def key(table: str, column: str, target: str, on_delete: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_quizzes_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=on_delete)
