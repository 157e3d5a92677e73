"""expert teams, consultations, advice

Revision ID: 0054
Revises: 0053
"""

import sqlalchemy as sa
from alembic import op

from sanshi_lms.core.db import UtcDateTime

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('community_expert_teams',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('level', sa.String(length=4), nullable=False),
    sa.Column('topic', sa.String(length=40), nullable=False),
    sa.Column('about', sa.String(length=300), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.CheckConstraint("level IN ('市级', '区县')", name=op.f('ck_community_expert_teams_level')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_community_expert_teams')),
    sa.UniqueConstraint('name', name=op.f('uq_community_expert_teams_name'))
    )
    op.create_table('community_team_members',
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['team_id'], ['community_expert_teams.id'], name=op.f('fk_community_team_members_team_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['community_professionals.user_id'], name=op.f('fk_community_team_members_user_id')),
    sa.PrimaryKeyConstraint('team_id', 'user_id', name=op.f('pk_community_team_members'))
    )
    with op.batch_alter_table('community_team_members', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_community_team_members_user_id'), ['user_id'], unique=False)

    op.create_table('community_consultations',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('nonce', sa.String(length=32), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('need_id', sa.Integer(), nullable=True),
    sa.Column('way', sa.String(length=10), nullable=False),
    sa.Column('title', sa.String(length=60), nullable=False),
    sa.Column('problem', sa.Text(), nullable=False),
    sa.Column('held_on', sa.Date(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('record', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('host_id', sa.Integer(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("state IN ('planned', 'held', 'closed', 'cancelled')", name=op.f('ck_community_consultations_state')),
    sa.ForeignKeyConstraint(['community_id'], ['community_communities.id'], name=op.f('fk_community_consultations_community_id')),
    sa.ForeignKeyConstraint(['host_id'], ['account_users.id'], name=op.f('fk_community_consultations_host_id')),
    sa.ForeignKeyConstraint(['need_id'], ['community_needs.id'], name=op.f('fk_community_consultations_need_id')),
    sa.ForeignKeyConstraint(['team_id'], ['community_expert_teams.id'], name=op.f('fk_community_consultations_team_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_community_consultations')),
    sa.UniqueConstraint('nonce', name=op.f('uq_community_consultations_nonce'))
    )
    with op.batch_alter_table('community_consultations', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_community_consultations_community_id'), ['community_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_community_consultations_need_id'), ['need_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_community_consultations_team_id'), ['team_id'], unique=False)

    op.create_table('community_advice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('nonce', sa.String(length=32), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('result', sa.Text(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('moved_at', UtcDateTime(), nullable=True),
    sa.CheckConstraint("state IN ('open', 'adopted', 'declined', 'done')", name=op.f('ck_community_advice_state')),
    sa.ForeignKeyConstraint(['by_id'], ['account_users.id'], name=op.f('fk_community_advice_by_id')),
    sa.ForeignKeyConstraint(['consultation_id'], ['community_consultations.id'], name=op.f('fk_community_advice_consultation_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_community_advice')),
    sa.UniqueConstraint('nonce', name=op.f('uq_community_advice_nonce'))
    )
    with op.batch_alter_table('community_advice', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_community_advice_consultation_id'), ['consultation_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('community_advice', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_community_advice_consultation_id'))

    op.drop_table('community_advice')
    with op.batch_alter_table('community_consultations', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_community_consultations_team_id'))
        batch_op.drop_index(batch_op.f('ix_community_consultations_need_id'))
        batch_op.drop_index(batch_op.f('ix_community_consultations_community_id'))

    op.drop_table('community_consultations')
    with op.batch_alter_table('community_team_members', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_community_team_members_user_id'))

    op.drop_table('community_team_members')
    op.drop_table('community_expert_teams')
