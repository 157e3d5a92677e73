"""limits that run on working days only

Revision ID: 0049
Revises: 0048
"""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

KINDS = "community_kinds"


def upgrade() -> None:
    with op.batch_alter_table(KINDS) as batch:
        batch.add_column(
            sa.Column("working_days", sa.Boolean(), nullable=False, server_default=sa.false())
        )


def downgrade() -> None:
    with op.batch_alter_table(KINDS) as batch:
        batch.drop_column("working_days")
