"""record of signing in, failures that slow down

Revision ID: 0071
Revises: 0070
"""

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "account_sign_in_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("way", sa.String(10), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("told", sa.String(40), nullable=False),
        sa.Column("device", sa.String(40), nullable=False),
        sa.Column("address", sa.String(45), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("bundle", sa.String(100), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["account_users.id"], name=op.f("fk_account_sign_in_events_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_sign_in_events")),
        sa.UniqueConstraint("bundle", name=op.f("uq_account_sign_in_events_bundle")),
    )
    for column in ("at", "user_id"):
        op.create_index(
            op.f(f"ix_account_sign_in_events_{column}"), "account_sign_in_events", [column]
        )
    op.create_table(
        "account_slowdowns",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("place", sa.String(60), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", _MOMENT, nullable=False),
        sa.Column("until", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("name", "place", name=op.f("pk_account_slowdowns")),
    )
    op.create_index(op.f("ix_account_slowdowns_last_at"), "account_slowdowns", ["last_at"])


def downgrade() -> None:
    op.drop_table("account_slowdowns")
    op.drop_table("account_sign_in_events")
