"""second step of signing in: sealed secrets and codes to keep

Revision ID: 0045
Revises: 0044
"""

import sqlalchemy as sa
from alembic import op

from sanshi_lms.core.db import UtcDateTime

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

STEPS, CODES, USERS = "account_second_steps", "account_recovery_codes", "account_users"


def upgrade() -> None:
    op.create_table(
        STEPS,
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("sealed_secret", sa.String(200), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("used_turn", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], [f"{USERS}.id"], name=op.f(f"fk_{STEPS}_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f(f"pk_{STEPS}")),
    )
    op.create_table(
        CODES,
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("used_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], [f"{USERS}.id"], name=op.f(f"fk_{CODES}_user_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f(f"pk_{CODES}")),
    )
    op.create_index(op.f(f"ix_{CODES}_user_id"), CODES, ["user_id"])


def downgrade() -> None:
    # Back to the password alone, for everybody: the older code knows no second step.
    op.drop_table(CODES)
    op.drop_table(STEPS)
