"""duties that people are given over units, and units that they belong and belonged to

Revision ID: 0066
Revises: 0065
"""

import sqlalchemy as sa
from alembic import op

from sanshi_lms.core.db import UtcDateTime

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None

GRANTS, MEMBERSHIPS = "account_grants", "account_memberships"
USERS, UNITS = "account_users", "account_units"
DUTIES = "'unit_admin', 'author', 'reviewer', 'lecturer', 'tutor', 'assessor', 'auditor'"


def upgrade() -> None:
    op.add_column(USERS, sa.Column("duties", sa.Text(), server_default="", nullable=False))
    op.create_table(
        GRANTS,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("duty", sa.String(length=20), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("granted_at", UtcDateTime(), nullable=False),
        sa.Column("granted_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(f"duty IN ({DUTIES})", name=op.f(f"ck_{GRANTS}_duty")),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=op.f(f"fk_{GRANTS}_{name}"))
            for name, table in (
                ("user_id", USERS),
                ("unit_id", UNITS),
                ("granted_by_id", USERS),
                ("ended_by_id", USERS),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{GRANTS}")),
    )
    op.create_index(op.f(f"ix_{GRANTS}_user_id"), GRANTS, ["user_id"])
    op.create_index(op.f(f"ix_{GRANTS}_unit_id"), GRANTS, ["unit_id"])
    for name, columns, still in (
        ("open", ["user_id", "duty", "unit_id"], "ended_at IS NULL"),
        ("everything", ["user_id", "duty"], "unit_id IS NULL AND ended_at IS NULL"),
    ):
        op.create_index(
            f"uq_{GRANTS}_{name}",
            GRANTS,
            columns,
            unique=True,
            sqlite_where=sa.text(still),
            postgresql_where=sa.text(still),
        )
    op.create_table(
        MEMBERSHIPS,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("main", sa.Boolean(), nullable=False),
        sa.Column("post", sa.String(length=20), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], [f"{USERS}.id"], name=op.f(f"fk_{MEMBERSHIPS}_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], [f"{UNITS}.id"], name=op.f(f"fk_{MEMBERSHIPS}_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{MEMBERSHIPS}")),
    )
    op.create_index(op.f(f"ix_{MEMBERSHIPS}_user_id"), MEMBERSHIPS, ["user_id"])
    op.create_index(op.f(f"ix_{MEMBERSHIPS}_unit_id"), MEMBERSHIPS, ["unit_id"])
    for name, columns, still in (
        ("open", ["user_id", "unit_id"], "ended_at IS NULL"),
        ("main", ["user_id"], "main AND ended_at IS NULL"),
    ):
        op.create_index(
            f"uq_{MEMBERSHIPS}_{name}",
            MEMBERSHIPS,
            columns,
            unique=True,
            sqlite_where=sa.text(still),
            postgresql_where=sa.text(still),
        )
    # Since when is not known any more: at the latest since the account was made.
    op.execute(
        f"INSERT INTO {MEMBERSHIPS} (user_id, unit_id, main, post, begun_at) "  # noqa: S608 - names of ours
        f"SELECT id, unit_id, true, post, created_at FROM {USERS} WHERE unit_id IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_table(MEMBERSHIPS)
    op.drop_table(GRANTS)
    op.drop_column(USERS, "duties")
