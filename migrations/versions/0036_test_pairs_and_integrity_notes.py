"""pairs of tests before and after a lecture, and notes of focus lost and texts pasted

Revision ID: 0036
Revises: 0035
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

PAPERS, NOTES = "quizzes_papers", "quizzes_integrity_notes"


def upgrade() -> None:
    with op.batch_alter_table(PAPERS) as batch:
        batch.add_column(sa.Column("posttest_id", sa.Integer()))
        batch.add_column(
            sa.Column("watched", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch.create_unique_constraint(op.f("uq_quizzes_papers_posttest_id"), ["posttest_id"])
        batch.create_foreign_key(
            op.f("fk_quizzes_papers_posttest_id_quizzes_papers"),
            PAPERS,
            ["posttest_id"],
            ["id"],
            ondelete="SET NULL",
        )
    op.create_table(
        NOTES,
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('away', 'paste')", name=op.f("ck_quizzes_integrity_notes_kind")
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_quizzes_integrity_notes_amount")),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["quizzes_attempts.id"],
            name=op.f("fk_quizzes_integrity_notes_attempt_id_quizzes_attempts"),
            ondelete="CASCADE",
        ),
    )
    op.create_index(op.f("ix_quizzes_integrity_notes_attempt_id"), NOTES, ["attempt_id"])


def downgrade() -> None:
    op.drop_table(NOTES)
    with op.batch_alter_table(PAPERS) as batch:
        batch.drop_constraint(op.f("fk_quizzes_papers_posttest_id_quizzes_papers"), type_="foreignkey")
        batch.drop_constraint(op.f("uq_quizzes_papers_posttest_id"), type_="unique")
        batch.drop_column("watched")
        batch.drop_column("posttest_id")
