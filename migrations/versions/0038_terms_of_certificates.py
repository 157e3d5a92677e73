"""for how long certificates are valid, by what they are for

Revision ID: 0038
Revises: 0037
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "credentials_terms",
        sa.Column("subject", sa.String(40), primary_key=True),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.CheckConstraint("months BETWEEN 1 AND 120", name=op.f("ck_credentials_terms_months")),
    )


def downgrade() -> None:
    op.drop_table("credentials_terms")
