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
    for name in NAMES:
        op.add_column(
            "courses_courses", sa.Column(name, sa.Integer(), server_default="0", nullable=False)
        )


def downgrade() -> None:
    # Not in a batch: SQLite would build the table anew, and then not let the older step drop its own.
    for name in reversed(NAMES):
        op.drop_column("courses_courses", name)
