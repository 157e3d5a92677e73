"""copies of one's own data, leaving, versions of consent

Revision ID: 0064
Revises: 0063
"""

import sqlalchemy as sa
from alembic import op

from sanshi_lms.core.db import UtcDateTime

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

COPIES, LEAVINGS, USERS = "account_copies", "account_leavings", "account_users"


def upgrade() -> None:
    op.create_table(
        COPIES,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("ready_at", UtcDateTime(), nullable=True),
        sa.Column("key", sa.String(length=120), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], [f"{USERS}.id"], name=op.f(f"fk_{COPIES}_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{COPIES}")),
    )
    for column in ("user_id", "asked_at"):
        op.create_index(op.f(f"ix_{COPIES}_{column}"), COPIES, [column])
    op.create_table(
        LEAVINGS,
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], [f"{USERS}.id"], name=op.f(f"fk_{LEAVINGS}_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f(f"pk_{LEAVINGS}")),
    )
    op.create_index(op.f(f"ix_{LEAVINGS}_due_at"), LEAVINGS, ["due_at"])
    op.add_column(USERS, sa.Column("consent_version", sa.String(length=20), nullable=True))
    op.add_column(
        "credentials_certificates", sa.Column("former_mark", sa.String(length=100), nullable=True)
    )


def downgrade() -> None:
    op.drop_column("credentials_certificates", "former_mark")
    op.drop_column(USERS, "consent_version")
    op.drop_table(LEAVINGS)
    op.drop_table(COPIES)
