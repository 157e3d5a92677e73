"""the service list, what a 三师's profile holds, weights of matching, topics of kinds

Revision ID: 0051
Revises: 0050
"""

import sqlalchemy as sa
from alembic import op

from sanshi_lms.core.db import UtcDateTime

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

PROS, KINDS = "community_professionals", "community_kinds"
# The policy names them (二（一）); an administrator adds others and takes some out of use.
STAGES = (
    "政策宣讲", "现状调研", "居民意愿沟通", "方案编制", "方案审查咨询", "议事协商", "施工把关",
    "效果评估",
)  # fmt: skip
# Samples (示例), for an administrator to change.
TOPICS = {
    "加装电梯": "城市更新", "消防通道": "完整社区", "适老化改造": "完整社区", "环境整治": "城市更新",
    "水电管网": "城市更新", "房屋安全": "城市体检", "公共空间": "完整社区",
    "停车出行": "15分钟生活圈", "儿童友好": "儿童友好",
}  # fmt: skip


def upgrade() -> None:
    with op.batch_alter_table(PROS) as batch:
        batch.add_column(
            sa.Column("listed", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch.add_column(
            sa.Column("qualifications", sa.Text(), nullable=False, server_default="")
        )
        batch.add_column(sa.Column("qualified_at", UtcDateTime(), nullable=True))
        batch.add_column(
            sa.Column("languages", sa.String(60), nullable=False, server_default="")
        )
        batch.add_column(
            sa.Column("association", sa.String(60), nullable=False, server_default="")
        )
        batch.add_column(sa.Column("work", sa.Text(), nullable=False, server_default=""))
        batch.add_column(
            sa.Column("most_open", sa.Integer(), nullable=False, server_default="4")
        )
        batch.create_check_constraint(
            op.f("ck_community_professionals_most_open"), "most_open BETWEEN 1 AND 20"
        )
    with op.batch_alter_table(KINDS) as batch:
        batch.add_column(sa.Column("topic", sa.String(40), nullable=False, server_default=""))
    kinds = sa.table("community_kinds", sa.column("name"), sa.column("topic"), sa.column("sample"))
    for name, topic in TOPICS.items():
        op.execute(kinds.update().where(kinds.c.name == name).values(topic=topic))
    op.create_table(
        "community_match_weights",
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_community_match_weights")),
    )
    stages = op.create_table(
        "community_stages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(30), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community_stages")),
        sa.UniqueConstraint("name", name=op.f("uq_community_stages_name")),
    )
    op.bulk_insert(
        stages,
        [{"name": name, "position": n, "active": True} for n, name in enumerate(STAGES, 1)],
    )
    _services()


def _services() -> None:
    op.create_table(
        "community_services",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(32), nullable=False),
        sa.Column("pro_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(40), nullable=False),
        sa.Column("topic", sa.String(40), nullable=False),
        sa.Column("stage_id", sa.Integer(), nullable=False),
        sa.Column("delivers", sa.Text(), nullable=False),
        sa.Column("takes", sa.String(60), nullable=False),
        sa.Column("pay", sa.String(10), nullable=False),
        sa.Column("price", sa.String(60), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("words", sa.String(300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("invented", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'offered', 'paused', 'returned', 'ended')",
            name=op.f("ck_community_services_state"),
        ),
        sa.CheckConstraint("pay IN ('free', 'paid')", name=op.f("ck_community_services_pay")),
        sa.ForeignKeyConstraint(
            ["pro_id"],
            ["community_professionals.user_id"],
            name=op.f("fk_community_services_pro_id"),
        ),
        sa.ForeignKeyConstraint(
            ["stage_id"], ["community_stages.id"], name=op.f("fk_community_services_stage_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community_services")),
        sa.UniqueConstraint("nonce", name=op.f("uq_community_services_nonce")),
    )
    for columns in (("pro_id",), ("stage_id",)):
        op.create_index(
            op.f(f"ix_community_services_{columns[0]}"), "community_services", list(columns)
        )
    op.create_index("ix_community_services_state_topic", "community_services", ["state", "topic"])
    with op.batch_alter_table("community_needs") as batch:
        batch.add_column(sa.Column("service_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_community_needs_service_id"), "community_services", ["service_id"], ["id"]
        )
        batch.create_index(op.f("ix_community_needs_service_id"), ["service_id"])


def downgrade() -> None:
    with op.batch_alter_table("community_needs") as batch:
        batch.drop_index(op.f("ix_community_needs_service_id"))
        batch.drop_constraint(op.f("fk_community_needs_service_id"), type_="foreignkey")
        batch.drop_column("service_id")
    op.drop_table("community_services")
    op.drop_table("community_stages")
    op.drop_table("community_match_weights")
    with op.batch_alter_table(KINDS) as batch:
        batch.drop_column("topic")
    with op.batch_alter_table(PROS) as batch:
        batch.drop_constraint(op.f("ck_community_professionals_most_open"), type_="check")
        for name in (
            "listed", "qualifications", "qualified_at", "languages", "association", "work",
            "most_open",
        ):  # fmt: skip
            batch.drop_column(name)
