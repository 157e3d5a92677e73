"""points, hours of service, rewards

Revision ID: 0053
Revises: 0052
"""

import sqlalchemy as sa
from alembic import op

from sanshi_lms.core.db import UtcDateTime

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('community_point_rules',
    sa.Column('name', sa.String(length=20), nullable=False),
    sa.Column('points', sa.Integer(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.CheckConstraint('points >= 0 AND minutes >= 0', name=op.f('ck_community_point_rules_amounts')),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_community_point_rules'))
    )
    op.create_table('community_rewards',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('about', sa.String(length=300), nullable=False),
    sa.Column('district', sa.String(length=30), nullable=False),
    sa.Column('cost', sa.Integer(), nullable=False),
    sa.Column('stock', sa.Integer(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.CheckConstraint('cost > 0', name=op.f('ck_community_rewards_cost')),
    sa.CheckConstraint('stock >= 0', name=op.f('ck_community_rewards_stock')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_community_rewards'))
    )
    op.create_table('community_point_balances',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('points', sa.Integer(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.CheckConstraint('points >= 0', name=op.f('ck_community_point_balances_points')),
    sa.ForeignKeyConstraint(['user_id'], ['account_users.id'], name=op.f('fk_community_point_balances_user_id')),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_community_point_balances'))
    )
    op.create_table('community_point_lines',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('cause', sa.String(length=60), nullable=False),
    sa.Column('told', sa.String(length=120), nullable=False),
    sa.Column('points', sa.Integer(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['account_users.id'], name=op.f('fk_community_point_lines_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_community_point_lines')),
    sa.UniqueConstraint('cause', name=op.f('uq_community_point_lines_cause'))
    )
    with op.batch_alter_table('community_point_lines', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_community_point_lines_user_id'), ['user_id'], unique=False)

    op.create_table('community_redemptions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('nonce', sa.String(length=32), nullable=False),
    sa.Column('reward_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('cost', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('words', sa.String(length=300), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('ended_at', UtcDateTime(), nullable=True),
    sa.CheckConstraint("state IN ('asked', 'handed', 'refused', 'cancelled')", name=op.f('ck_community_redemptions_state')),
    sa.ForeignKeyConstraint(['reward_id'], ['community_rewards.id'], name=op.f('fk_community_redemptions_reward_id')),
    sa.ForeignKeyConstraint(['user_id'], ['account_users.id'], name=op.f('fk_community_redemptions_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_community_redemptions')),
    sa.UniqueConstraint('nonce', name=op.f('uq_community_redemptions_nonce'))
    )
    with op.batch_alter_table('community_redemptions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_community_redemptions_reward_id'), ['reward_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_community_redemptions_user_id'), ['user_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('community_redemptions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_community_redemptions_user_id'))
        batch_op.drop_index(batch_op.f('ix_community_redemptions_reward_id'))

    op.drop_table('community_redemptions')
    with op.batch_alter_table('community_point_lines', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_community_point_lines_user_id'))

    op.drop_table('community_point_lines')
    op.drop_table('community_point_balances')
    op.drop_table('community_rewards')
    op.drop_table('community_point_rules')
