"""resources, bookings, budgets

Revision ID: 0057
Revises: 0056
"""

import sqlalchemy as sa
from alembic import op

from sanshi_lms.core.db import UtcDateTime

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('community_budgets',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=40), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('spent', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('0 <= spent AND spent <= amount', name=op.f('ck_community_budgets_spent')),
    sa.CheckConstraint('amount > 0', name=op.f('ck_community_budgets_amount')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_community_budgets')),
    sa.UniqueConstraint('title', name=op.f('uq_community_budgets_title'))
    )
    op.create_table('community_resources',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=4), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('district', sa.String(length=30), nullable=False),
    sa.Column('place', sa.String(length=80), nullable=False),
    sa.Column('about', sa.String(length=600), nullable=False),
    sa.Column('url', sa.String(length=300), nullable=False),
    sa.Column('opens', sa.Integer(), nullable=False),
    sa.Column('closes', sa.Integer(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind IN ('场地', '设备', '资料')", name=op.f('ck_community_resources_kind')),
    sa.CheckConstraint('0 <= opens AND opens < closes AND closes <= 24', name=op.f('ck_community_resources_hours')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_community_resources')),
    sa.UniqueConstraint('name', name=op.f('uq_community_resources_name'))
    )
    op.create_table('community_bookings',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('nonce', sa.String(length=32), nullable=False),
    sa.Column('resource_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('starts_at', UtcDateTime(), nullable=False),
    sa.Column('ends_at', UtcDateTime(), nullable=False),
    sa.Column('purpose', sa.String(length=100), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('words', sa.String(length=300), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("state IN ('asked', 'confirmed', 'refused', 'cancelled')", name=op.f('ck_community_bookings_state')),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_community_bookings_times')),
    sa.ForeignKeyConstraint(['resource_id'], ['community_resources.id'], name=op.f('fk_community_bookings_resource_id')),
    sa.ForeignKeyConstraint(['user_id'], ['account_users.id'], name=op.f('fk_community_bookings_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_community_bookings')),
    sa.UniqueConstraint('nonce', name=op.f('uq_community_bookings_nonce'))
    )
    with op.batch_alter_table('community_bookings', schema=None) as batch_op:
        batch_op.create_index('ix_community_bookings_resource_id_starts_at', ['resource_id', 'starts_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_community_bookings_user_id'), ['user_id'], unique=False)

    op.create_table('community_spendings',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('nonce', sa.String(length=32), nullable=False),
    sa.Column('budget_id', sa.Integer(), nullable=False),
    sa.Column('told', sa.String(length=100), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['budget_id'], ['community_budgets.id'], name=op.f('fk_community_spendings_budget_id')),
    sa.ForeignKeyConstraint(['by_id'], ['account_users.id'], name=op.f('fk_community_spendings_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_community_spendings')),
    sa.UniqueConstraint('nonce', name=op.f('uq_community_spendings_nonce'))
    )
    with op.batch_alter_table('community_spendings', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_community_spendings_budget_id'), ['budget_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('community_spendings', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_community_spendings_budget_id'))

    op.drop_table('community_spendings')
    with op.batch_alter_table('community_bookings', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_community_bookings_user_id'))
        batch_op.drop_index('ix_community_bookings_resource_id_starts_at')

    op.drop_table('community_bookings')
    op.drop_table('community_resources')
    op.drop_table('community_budgets')
