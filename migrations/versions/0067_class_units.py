"""whose class it is

Revision ID: 0067
Revises: 0066
"""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

TABLE = "training_classes"


def upgrade() -> None:
    with op.batch_alter_table(TABLE) as batch:
        batch.add_column(sa.Column("unit_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f(f"fk_{TABLE}_unit_id"), "account_units", ["unit_id"], ["id"])
        batch.create_index(op.f(f"ix_{TABLE}_unit_id"), ["unit_id"])


def downgrade() -> None:
    with op.batch_alter_table(TABLE) as batch:
        batch.drop_index(op.f(f"ix_{TABLE}_unit_id"))
        batch.drop_constraint(op.f(f"fk_{TABLE}_unit_id"), type_="foreignkey")
        batch.drop_column("unit_id")
