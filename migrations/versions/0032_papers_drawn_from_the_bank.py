"""papers drawn from the bank by a blueprint

Revision ID: 0032
Revises: 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

OPEN = "uq_quizzes_attempts_open"
KEY = "fk_quizzes_attempts_pool_id"


def upgrade() -> None:
    with op.batch_alter_table("quizzes_items") as batch:
        batch.add_column(sa.Column("topic", sa.String(40), nullable=False, server_default=""))
        batch.add_column(sa.Column("difficulty", sa.Integer(), nullable=False, server_default="2"))
        batch.create_check_constraint(
            op.f("ck_quizzes_items_difficulty"), "difficulty BETWEEN 1 AND 3"
        )
    op.create_index("ix_quizzes_items_topic", "quizzes_items", ["topic"])
    op.add_column("quizzes_papers", sa.Column("blueprint", sa.JSON()))
    op.create_table(
        "quizzes_pools",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.UniqueConstraint("digest", name=op.f("uq_quizzes_pools_digest")),
    )
    op.drop_index(OPEN, "quizzes_attempts")
    with op.batch_alter_table("quizzes_attempts") as batch:
        batch.add_column(sa.Column("pool_id", sa.Integer()))
        batch.create_foreign_key(op.f(KEY), "quizzes_pools", ["pool_id"], ["id"])
    index_open_ones()


def downgrade() -> None:
    op.drop_index(OPEN, "quizzes_attempts")
    with op.batch_alter_table("quizzes_attempts") as batch:
        batch.drop_constraint(op.f(KEY), type_="foreignkey")
        batch.drop_column("pool_id")
    index_open_ones()
    op.drop_table("quizzes_pools")
    with op.batch_alter_table("quizzes_papers") as batch:
        batch.drop_column("blueprint")
    op.drop_index("ix_quizzes_items_topic", "quizzes_items")
    with op.batch_alter_table("quizzes_items") as batch:
        batch.drop_constraint(op.f("ck_quizzes_items_difficulty"), type_="check")
        batch.drop_column("difficulty")
        batch.drop_column("topic")


def index_open_ones() -> None:
    """Put the partial index back: copying a table in batch mode would lose its condition."""
    where = sa.text("handed_in_at IS NULL")
    op.create_index(
        OPEN,
        "quizzes_attempts",
        ["paper_id", "user_id", "practice"],
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )
