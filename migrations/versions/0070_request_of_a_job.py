"""the request that a job began with

Revision ID: 0070
Revises: 0069
"""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("core_jobs") as batch:
        batch.add_column(sa.Column("request_id", sa.String(length=12), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("core_jobs") as batch:
        batch.drop_column("request_id")
