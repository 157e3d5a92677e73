"""units, posts, who answers for a unit, and notices

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

import sanshi_lms.core.db

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# To begin from; an administrator adds and removes.
POSTS = (
    "社区书记", "社区主任", "社区工作者", "网格员", "街镇干部", "物业经理", "物业员工",
    "规划师", "建筑师", "工程师",
)  # fmt: skip
UNREAD = sa.text("read_at IS NULL")
ROOT = sa.text("parent_id IS NULL")


def upgrade() -> None:
    op.create_table(
        "account_units",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer()),
        sa.Column("kind", sa.String(4), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("code", sa.String(20)),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('市', '区县', '街镇', '社区', '单位', '协会')",
            name=op.f("ck_account_units_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["account_units.id"], name=op.f("fk_account_units_parent_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_units")),
        sa.UniqueConstraint("code", name=op.f("uq_account_units_code")),
        sa.UniqueConstraint("parent_id", "name", name=op.f("uq_account_units_parent_id")),
    )
    op.create_index(
        "uq_account_units_root",
        "account_units",
        ["name"],
        unique=True,
        sqlite_where=ROOT,
        postgresql_where=ROOT,
    )
    posts = op.create_table(
        "account_posts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_posts")),
        sa.UniqueConstraint("name", name=op.f("uq_account_posts_name")),
    )
    op.bulk_insert(posts, [{"name": name} for name in POSTS])
    with op.batch_alter_table("account_users") as batch:
        batch.add_column(sa.Column("unit_id", sa.Integer()))
        batch.add_column(sa.Column("post", sa.String(20), nullable=False, server_default=""))
        batch.create_foreign_key(
            op.f("fk_account_users_unit_id"), "account_units", ["unit_id"], ["id"]
        )
        batch.create_index(op.f("ix_account_users_unit_id"), ["unit_id"])
    op.create_table(
        "account_unit_leaders",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["account_units.id"],
            name=op.f("fk_account_unit_leaders_unit_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["account_users.id"], name=op.f("fk_account_unit_leaders_user_id")
        ),
        sa.PrimaryKeyConstraint("unit_id", "user_id", name=op.f("pk_account_unit_leaders")),
    )
    op.create_index(
        op.f("ix_account_unit_leaders_user_id"), "account_unit_leaders", ["user_id"]
    )
    _add_notices()


def _add_notices() -> None:
    moment = sanshi_lms.core.db.UtcDateTime(timezone=True)
    op.create_table(
        "notices_notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("topic", sa.String(30), nullable=False),
        sa.Column("title", sa.String(80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("path", sa.String(200), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("read_at", moment),
        sa.ForeignKeyConstraint(
            ["user_id"], ["account_users.id"], name=op.f("fk_notices_notices_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices_notices")),
        sa.UniqueConstraint("user_id", "key", name=op.f("uq_notices_notices_user_id")),
    )
    op.create_index(
        "ix_notices_notices_unread",
        "notices_notices",
        ["user_id"],
        sqlite_where=UNREAD,
        postgresql_where=UNREAD,
    )


def downgrade() -> None:
    op.drop_table("notices_notices")
    op.drop_table("account_unit_leaders")
    with op.batch_alter_table("account_users") as batch:
        batch.drop_index(op.f("ix_account_users_unit_id"))
        batch.drop_constraint(op.f("fk_account_users_unit_id"), type_="foreignkey")
        batch.drop_column("post")
        batch.drop_column("unit_id")
    op.drop_table("account_posts")
    op.drop_table("account_units")
