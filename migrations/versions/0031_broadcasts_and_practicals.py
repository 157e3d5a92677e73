"""broadcasts, and work that is handed in

Revision ID: 0031
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STANDING = sa.text("state IN ('submitted', 'accepted')")
LIVE, WORK, FILES = "broadcasts_broadcasts", "practicals_hand_ins", "practicals_files"


def upgrade() -> None:
    op.create_table(
        LIVE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(32), nullable=False),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("replay_url", sa.String(500), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{LIVE}")),
        sa.UniqueConstraint("nonce", name=op.f(f"uq_{LIVE}_nonce")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f(f"ck_{LIVE}_ends_at")),
    )
    op.create_index(op.f(f"ix_{LIVE}_starts_at"), LIVE, ["starts_at"])
    op.create_table(
        WORK,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("decided_at", MOMENT),
        sa.Column("decided_by_id", sa.Integer()),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{WORK}")),
        sa.UniqueConstraint("nonce", name=op.f(f"uq_{WORK}_nonce")),
        sa.UniqueConstraint("lesson_id", "user_id", "number", name=op.f(f"uq_{WORK}_lesson_id")),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["courses_lessons.id"], name=op.f(f"fk_{WORK}_lesson_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["account_users.id"], name=op.f(f"fk_{WORK}_user_id")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["account_users.id"], name=op.f(f"fk_{WORK}_decided_by_id")
        ),
        sa.CheckConstraint(
            "state IN ('submitted', 'accepted', 'returned', 'withdrawn')",
            name=op.f(f"ck_{WORK}_state"),
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> user_id", name=op.f(f"ck_{WORK}_not_own")
        ),
        sa.CheckConstraint(
            "(state IN ('accepted', 'returned')) = (decided_by_id IS NOT NULL)",
            name=op.f(f"ck_{WORK}_decided"),
        ),
    )
    op.create_index(op.f(f"ix_{WORK}_user_id"), WORK, ["user_id"])
    op.create_index(op.f(f"ix_{WORK}_state"), WORK, ["state"])
    op.create_index(
        f"uq_{WORK}_standing",
        WORK,
        ["lesson_id", "user_id"],
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )
    op.create_table(
        FILES,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hand_in_id", sa.Integer(), nullable=False),
        sa.Column("is_photo", sa.Boolean(), nullable=False),
        sa.Column("filename", sa.String(120), nullable=False),
        sa.Column("content_type", sa.String(100), nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{FILES}")),
        sa.UniqueConstraint("key", name=op.f(f"uq_{FILES}_key")),
        sa.ForeignKeyConstraint(
            ["hand_in_id"], [f"{WORK}.id"], name=op.f(f"fk_{FILES}_hand_in_id")
        ),
    )
    op.create_index(op.f(f"ix_{FILES}_hand_in_id"), FILES, ["hand_in_id"])


def downgrade() -> None:
    for table in (FILES, WORK, LIVE):
        op.drop_table(table)
