"""sign-ins, each a row: devices that are signed in now stay so

Revision ID: 0063
Revises: 0062
"""

import sqlalchemy as sa
from alembic import op

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import UtcDateTime

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

TABLE, USERS = "account_sign_ins", "account_users"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], [f"{USERS}.id"], name=op.f(f"fk_{TABLE}_user_id")),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index(op.f(f"ix_{TABLE}_seen_at"), TABLE, ["seen_at"])
    # A cookie from before carries the person's mark where a new one carries the device's key: one
    # row with this key lets all devices of a person in that are signed in today.
    rows = sa.text(
        f"INSERT INTO {TABLE} (user_id, key, mark, device, address, began_at, seen_at) "  # noqa: S608 - names of ours
        "SELECT id, session_mark, session_mark, '升级以前登录的设备', '未知', :at, :at "
        f"FROM {USERS} WHERE active AND password_hash != '!'"
    )
    op.get_bind().execute(rows.bindparams(sa.bindparam("at", now(), UtcDateTime())))


def downgrade() -> None:
    op.drop_table(TABLE)
