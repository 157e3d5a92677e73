"""communities, 三师, and needs with their way from receipt to confirmation

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

import sanshi_lms.core.db


revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


# Samples (示例), for an administrator to change: sign within 2 h, answer within 24 h, done within
# 7 or 15 days are the norms of a Beijing draft; other places have others. Hours; 0 is no limit.
KINDS = (
    ("加装电梯", "resident", 360),
    ("消防通道", "resident", 168),
    ("适老化改造", "resident", 360),
    ("环境整治", "resident", 168),
    ("水电管网", "resident", 168),
    ("房屋安全", "resident", 168),
    ("公共空间", "resident", 360),
    ("停车出行", "resident", 168),
    ("儿童友好", "resident", 360),
    ("其他", "resident", 168),
    ("三师困难", "pro", 168),
)
PROFESSIONS = ("规划师", "建筑师", "工程师", "艺术疗愈", "社会工作", "不动产评估")


def _add_samples() -> None:
    kinds = sa.table(
        "community_kinds",
        *(sa.column(n, sa.String()) for n in ("name", "asked_by")),
        *(
            sa.column(n, sa.Integer())
            for n in (
                "position",
                "sign_hours",
                "respond_hours",
                "close_hours",
                "confirm_hours",
                "warn_percent",
            )
        ),
        *(sa.column(n, sa.Boolean()) for n in ("active", "sample")),
    )
    op.bulk_insert(
        kinds,
        [
            {
                "name": name,
                "asked_by": asked_by,
                "position": position,
                "active": True,
                "sign_hours": 2,
                "respond_hours": 24,
                "close_hours": close_hours,
                "confirm_hours": 72,
                "warn_percent": 25,
                "sample": True,
            }
            for position, (name, asked_by, close_hours) in enumerate(KINDS, 1)
        ],
    )
    professions = sa.table("community_professions", sa.column("name", sa.String()))
    op.bulk_insert(professions, [{"name": name} for name in PROFESSIONS])


def upgrade() -> None:
    op.create_table('community_communities',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=12), nullable=False),
    sa.Column('district', sa.String(length=30), nullable=False),
    sa.Column('street', sa.String(length=30), nullable=False),
    sa.Column('name', sa.String(length=30), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('invented', sa.Boolean(), nullable=False),
    sa.Column('created_at', sanshi_lms.core.db.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_community_communities')),
    sa.UniqueConstraint('code', name=op.f('uq_community_communities_code')),
    sa.UniqueConstraint('district', 'street', 'name', name=op.f('uq_community_communities_district'))
    )
    with op.batch_alter_table('community_communities', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_community_communities_district'), ['district'], unique=False)

    op.create_table('community_kinds',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=30), nullable=False),
    sa.Column('asked_by', sa.String(length=10), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('sign_hours', sa.Integer(), nullable=False),
    sa.Column('respond_hours', sa.Integer(), nullable=False),
    sa.Column('close_hours', sa.Integer(), nullable=False),
    sa.Column('confirm_hours', sa.Integer(), nullable=False),
    sa.Column('warn_percent', sa.Integer(), nullable=False),
    sa.Column('sample', sa.Boolean(), nullable=False),
    sa.CheckConstraint("asked_by IN ('resident', 'pro')", name=op.f('ck_community_kinds_asked_by')),
    sa.CheckConstraint('sign_hours >= 0 AND respond_hours >= 0 AND close_hours >= 0 AND confirm_hours >= 0', name=op.f('ck_community_kinds_hours')),
    sa.CheckConstraint('warn_percent BETWEEN 0 AND 100', name=op.f('ck_community_kinds_warn_percent')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_community_kinds')),
    sa.UniqueConstraint('name', name=op.f('uq_community_kinds_name'))
    )
    op.create_table('community_professions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=30), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_community_professions')),
    sa.UniqueConstraint('name', name=op.f('uq_community_professions_name'))
    )
    op.create_table('community_members',
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('since', sanshi_lms.core.db.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['community_id'], ['community_communities.id'], name=op.f('fk_community_members_community_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['account_users.id'], name=op.f('fk_community_members_user_id')),
    sa.PrimaryKeyConstraint('community_id', 'user_id', name=op.f('pk_community_members'))
    )
    with op.batch_alter_table('community_members', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_community_members_user_id'), ['user_id'], unique=False)

    op.create_table('community_needs',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=12), nullable=False),
    sa.Column('nonce', sa.String(length=32), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('kind_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('place', sa.String(length=80), nullable=False),
    sa.Column('concerns', sa.String(length=60), nullable=False),
    sa.Column('phone', sa.String(length=20), nullable=True),
    sa.Column('origin', sa.String(length=10), nullable=False),
    sa.Column('filed_by_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('pro_id', sa.Integer(), nullable=True),
    sa.Column('merged_into_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('reopened', sa.Integer(), nullable=False),
    sa.Column('invented', sa.Boolean(), nullable=False),
    sa.Column('received_at', sanshi_lms.core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('opened_at', sanshi_lms.core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('running_since', sanshi_lms.core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('waited_seconds', sa.Integer(), nullable=False),
    sa.Column('responded_at', sanshi_lms.core.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('done_at', sanshi_lms.core.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sanshi_lms.core.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('due_at', sanshi_lms.core.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('warn_at', sanshi_lms.core.db.UtcDateTime(timezone=True), nullable=True),
    sa.CheckConstraint("origin IN ('resident', 'cadre', 'pro')", name=op.f('ck_community_needs_origin')),
    sa.CheckConstraint("state <> 'assigned' OR pro_id IS NOT NULL", name=op.f('ck_community_needs_assigned')),
    sa.CheckConstraint("state <> 'merged' OR merged_into_id IS NOT NULL", name=op.f('ck_community_needs_merged')),
    sa.CheckConstraint("state IN ('received', 'taken', 'assigned', 'responded', 'asked', 'done', 'confirmed', 'not_feasible', 'merged', 'withdrawn')", name=op.f('ck_community_needs_state')),
    sa.ForeignKeyConstraint(['community_id'], ['community_communities.id'], name=op.f('fk_community_needs_community_id')),
    sa.ForeignKeyConstraint(['filed_by_id'], ['account_users.id'], name=op.f('fk_community_needs_filed_by_id')),
    sa.ForeignKeyConstraint(['kind_id'], ['community_kinds.id'], name=op.f('fk_community_needs_kind_id')),
    sa.ForeignKeyConstraint(['merged_into_id'], ['community_needs.id'], name=op.f('fk_community_needs_merged_into_id')),
    sa.ForeignKeyConstraint(['pro_id'], ['account_users.id'], name=op.f('fk_community_needs_pro_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_community_needs')),
    sa.UniqueConstraint('code', name=op.f('uq_community_needs_code')),
    sa.UniqueConstraint('nonce', name=op.f('uq_community_needs_nonce'))
    )
    with op.batch_alter_table('community_needs', schema=None) as batch_op:
        batch_op.create_index('ix_community_needs_community_id_state', ['community_id', 'state'], unique=False)
        batch_op.create_index(batch_op.f('ix_community_needs_due_at'), ['due_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_community_needs_filed_by_id'), ['filed_by_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_community_needs_kind_id'), ['kind_id'], unique=False)
        batch_op.create_index('ix_community_needs_pro_id_state', ['pro_id', 'state'], unique=False)
        batch_op.create_index(batch_op.f('ix_community_needs_received_at'), ['received_at'], unique=False)

    op.create_table('community_professionals',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('profession_id', sa.Integer(), nullable=False),
    sa.Column('about', sa.Text(), nullable=False),
    sa.Column('available', sa.Boolean(), nullable=False),
    sa.Column('invented', sa.Boolean(), nullable=False),
    sa.Column('confirmed_at', sanshi_lms.core.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('updated_at', sanshi_lms.core.db.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['profession_id'], ['community_professions.id'], name=op.f('fk_community_professionals_profession_id')),
    sa.ForeignKeyConstraint(['user_id'], ['account_users.id'], name=op.f('fk_community_professionals_user_id')),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_community_professionals'))
    )
    op.create_table('community_need_photos',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('need_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['need_id'], ['community_needs.id'], name=op.f('fk_community_need_photos_need_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_community_need_photos'))
    )
    with op.batch_alter_table('community_need_photos', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_community_need_photos_need_id'), ['need_id'], unique=False)

    op.create_table('community_need_steps',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('need_id', sa.Integer(), nullable=False),
    sa.Column('at', sanshi_lms.core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('verb', sa.String(length=20), nullable=False),
    sa.Column('actor', sa.String(length=10), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('pro_id', sa.Integer(), nullable=True),
    sa.Column('course_id', sa.Integer(), nullable=True),
    sa.Column('to_asker', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['course_id'], ['courses_courses.id'], name=op.f('fk_community_need_steps_course_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['need_id'], ['community_needs.id'], name=op.f('fk_community_need_steps_need_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['account_users.id'], name=op.f('fk_community_need_steps_person_id')),
    sa.ForeignKeyConstraint(['pro_id'], ['account_users.id'], name=op.f('fk_community_need_steps_pro_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_community_need_steps'))
    )
    with op.batch_alter_table('community_need_steps', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_community_need_steps_need_id'), ['need_id'], unique=False)

    op.create_table('community_professional_districts',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=30), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['community_professionals.user_id'], name=op.f('fk_community_professional_districts_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', 'name', name=op.f('pk_community_professional_districts'))
    )
    op.create_table('community_professional_kinds',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('kind_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['kind_id'], ['community_kinds.id'], name=op.f('fk_community_professional_kinds_kind_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['community_professionals.user_id'], name=op.f('fk_community_professional_kinds_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', 'kind_id', name=op.f('pk_community_professional_kinds'))
    )
    with op.batch_alter_table('community_professional_kinds', schema=None) as batch_op:
        batch_op.create_index('ix_community_professional_kinds_kind_id', ['kind_id'], unique=False)
    _add_samples()


def downgrade() -> None:
    op.drop_table("community_professional_kinds")
    op.drop_table("community_professional_districts")
    op.drop_table("community_need_steps")
    op.drop_table("community_need_photos")
    op.drop_table("community_professionals")
    op.drop_table("community_needs")
    op.drop_table("community_members")
    op.drop_table("community_professions")
    op.drop_table("community_kinds")
    op.drop_table("community_communities")
