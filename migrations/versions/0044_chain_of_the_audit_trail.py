"""seals of the audit trail

Revision ID: 0044
Revises: 0043
"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

ENTRIES = "core_audit_entries"


def upgrade() -> None:
    with op.batch_alter_table(ENTRIES) as batch:
        batch.add_column(sa.Column("seal", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("digest", sa.String(64), nullable=True))
        batch.create_unique_constraint(op.f("uq_core_audit_entries_seal"), ["seal"])


def downgrade() -> None:
    with op.batch_alter_table(ENTRIES) as batch:
        batch.drop_constraint(op.f("uq_core_audit_entries_seal"), type_="unique")
        batch.drop_column("digest")
        batch.drop_column("seal")
