"""courses whose lessons are learned in order

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    order = sa.Column("in_order", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("courses_courses", order)


def downgrade() -> None:
    op.drop_column("courses_courses", "in_order")
