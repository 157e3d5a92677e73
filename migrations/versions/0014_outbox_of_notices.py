"""deliveries of notices over other channels, where people want them, quiet hours

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

import sanshi_lms.core.db

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sanshi_lms.core.db.UtcDateTime(timezone=True)
    op.create_table(
        "notices_addresses",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("address", sa.String(200), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("confirmed_at", moment),
        sa.Column("code_mark", sa.String(64)),
        sa.Column("code_until", moment),
        sa.Column("guesses", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["account_users.id"], name=op.f("fk_notices_addresses_user_id")
        ),
        sa.PrimaryKeyConstraint("user_id", "channel", name=op.f("pk_notices_addresses")),
    )
    op.create_table(
        "notices_deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("notice_id", sa.Integer()),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("address", sa.String(200), nullable=False),
        sa.Column("title", sa.String(80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("path", sa.String(200), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", moment, nullable=False),
        sa.Column("last_error", sa.Text()),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("ended_at", moment),
        sa.CheckConstraint(
            "state IN ('waiting', 'sent', 'failed', 'dropped')",
            name=op.f("ck_notices_deliveries_state"),
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"],
            ["notices_notices.id"],
            name=op.f("fk_notices_deliveries_notice_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["account_users.id"], name=op.f("fk_notices_deliveries_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices_deliveries")),
        sa.UniqueConstraint("key", name=op.f("uq_notices_deliveries_key")),
    )
    op.create_index("ix_notices_deliveries_due", "notices_deliveries", ["state", "next_at"])
    op.create_index(op.f("ix_notices_deliveries_notice_id"), "notices_deliveries", ["notice_id"])
    policy = op.create_table(
        "notices_outbox_policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=False),
        sa.Column("quiet_until", sa.Integer(), nullable=False),
        sa.Column("most_attempts", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "quiet_from BETWEEN 0 AND 23 AND quiet_until BETWEEN 0 AND 23",
            name=op.f("ck_notices_outbox_policy_hours"),
        ),
        sa.CheckConstraint(
            "most_attempts BETWEEN 1 AND 20", name=op.f("ck_notices_outbox_policy_attempts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices_outbox_policy")),
    )
    # To begin from: nobody is woken, nobody is called before work.
    op.bulk_insert(policy, [{"id": 1, "quiet_from": 21, "quiet_until": 8, "most_attempts": 8}])


def downgrade() -> None:
    op.drop_table("notices_outbox_policy")
    op.drop_table("notices_deliveries")
    op.drop_table("notices_addresses")
