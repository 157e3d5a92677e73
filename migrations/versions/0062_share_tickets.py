"""tickets of official accounts for sharing

Revision ID: 0062
Revises: 0061
"""

import sqlalchemy as sa
from alembic import op

from sanshi_lms.core.db import UtcDateTime

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outlets_share_tickets",
        sa.Column("app_id", sa.String(length=40), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("problem", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("app_id", name=op.f("pk_outlets_share_tickets")),
    )


def downgrade() -> None:
    op.drop_table("outlets_share_tickets")
