"""settings in the page

Revision ID: 0069
Revises: 0068
"""

import sqlalchemy as sa
from alembic import op

from sanshi_lms.core.db import UtcDateTime

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "core_option_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_option_changes")),
    )
    with op.batch_alter_table("core_option_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_option_changes_name"), ["name"], unique=False)


def downgrade() -> None:
    op.drop_table("core_option_changes")
