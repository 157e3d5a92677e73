"""synonyms and missed searches

Revision ID: 0058
Revises: 0057
"""

import sqlalchemy as sa
from alembic import op

from sanshi_lms.core.db import UtcDateTime

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "search_misses",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("word", sa.String(length=30), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint("count > 0", name=op.f("ck_search_misses_count")),
        sa.PrimaryKeyConstraint("day", "word", name=op.f("pk_search_misses")),
    )
    op.create_table(
        "search_synonyms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("origin", sa.String(length=300), nullable=True),
        sa.Column("off", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_synonyms")),
        sa.UniqueConstraint("origin", name=op.f("uq_search_synonyms_origin")),
    )


def downgrade() -> None:
    op.drop_table("search_synonyms")
    op.drop_table("search_misses")
