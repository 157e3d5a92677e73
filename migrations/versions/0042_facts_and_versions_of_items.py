"""what items carry besides their question, and the versions that were asked

Revision ID: 0042
Revises: 0041
"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

ITEMS, VERSIONS = "quizzes_items", "quizzes_item_versions"


def upgrade() -> None:
    with op.batch_alter_table(ITEMS) as batch:
        batch.add_column(
            sa.Column("source_clause", sa.String(200), nullable=False, server_default="")
        )
        batch.add_column(sa.Column("lesson_seconds", sa.Integer()))
        batch.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch.create_check_constraint(
            op.f("ck_quizzes_items_lesson_seconds"), "lesson_seconds >= 0"
        )
    op.create_table(
        VERSIONS,
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("item_id", "version", name=op.f("uq_quizzes_item_versions_item_id")),
        sa.ForeignKeyConstraint(
            ["item_id"],
            [f"{ITEMS}.id"],
            name=op.f("fk_quizzes_item_versions_item_id_quizzes_items"),
            ondelete="CASCADE",
        ),
    )


def downgrade() -> None:
    op.drop_table(VERSIONS)
    with op.batch_alter_table(ITEMS) as batch:
        batch.drop_constraint(op.f("ck_quizzes_items_lesson_seconds"), type_="check")
        for name in ("source_clause", "lesson_seconds", "version"):
            batch.drop_column(name)
