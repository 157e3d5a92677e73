"""season and issue of a course in its series

Revision ID: 0047
Revises: 0046
"""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

NAMES = ("season", "issue")


def upgrade() -> None:
    with op.batch_alter_table("courses_courses") as batch:
        for name in NAMES:
            batch.add_column(sa.Column(name, sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("courses_courses") as batch:
        for name in reversed(NAMES):
            batch.drop_column(name)
