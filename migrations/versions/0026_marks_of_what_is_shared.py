"""marks of what all pages share

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "core_shared",
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("mark", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_core_shared")),
    )


def downgrade() -> None:
    op.drop_table("core_shared")
