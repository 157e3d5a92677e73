"""meetings, votes, follow-ups

Revision ID: 0056
Revises: 0055
"""

import sqlalchemy as sa
from alembic import op

from sanshi_lms.core.db import UtcDateTime

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('community_meetings',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('nonce', sa.String(length=32), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('need_id', sa.Integer(), nullable=True),
    sa.Column('title', sa.String(length=60), nullable=False),
    sa.Column('held_at', UtcDateTime(), nullable=False),
    sa.Column('place', sa.String(length=80), nullable=False),
    sa.Column('agenda', sa.Text(), nullable=False),
    sa.Column('minutes', sa.Text(), nullable=False),
    sa.Column('decision', sa.Text(), nullable=False),
    sa.Column('question', sa.String(length=100), nullable=False),
    sa.Column('options', sa.Text(), nullable=False),
    sa.Column('closes_at', UtcDateTime(), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("state IN ('draft', 'open', 'decided', 'cancelled')", name=op.f('ck_community_meetings_state')),
    sa.ForeignKeyConstraint(['community_id'], ['community_communities.id'], name=op.f('fk_community_meetings_community_id')),
    sa.ForeignKeyConstraint(['need_id'], ['community_needs.id'], name=op.f('fk_community_meetings_need_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_community_meetings')),
    sa.UniqueConstraint('nonce', name=op.f('uq_community_meetings_nonce'))
    )
    with op.batch_alter_table('community_meetings', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_community_meetings_community_id'), ['community_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_community_meetings_held_at'), ['held_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_community_meetings_need_id'), ['need_id'], unique=False)

    op.create_table('community_follow_ups',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('nonce', sa.String(length=32), nullable=False),
    sa.Column('text', sa.String(length=100), nullable=False),
    sa.Column('who', sa.String(length=100), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('result', sa.Text(), nullable=False),
    sa.Column('done_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['meeting_id'], ['community_meetings.id'], name=op.f('fk_community_follow_ups_meeting_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_community_follow_ups')),
    sa.UniqueConstraint('nonce', name=op.f('uq_community_follow_ups_nonce'))
    )
    with op.batch_alter_table('community_follow_ups', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_community_follow_ups_meeting_id'), ['meeting_id'], unique=False)

    op.create_table('community_vote_codes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=10), nullable=False),
    sa.Column('choice', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['meeting_id'], ['community_meetings.id'], name=op.f('fk_community_vote_codes_meeting_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_community_vote_codes')),
    sa.UniqueConstraint('code', name=op.f('uq_community_vote_codes_code'))
    )
    with op.batch_alter_table('community_vote_codes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_community_vote_codes_meeting_id'), ['meeting_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('community_vote_codes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_community_vote_codes_meeting_id'))

    op.drop_table('community_vote_codes')
    with op.batch_alter_table('community_follow_ups', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_community_follow_ups_meeting_id'))

    op.drop_table('community_follow_ups')
    with op.batch_alter_table('community_meetings', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_community_meetings_need_id'))
        batch_op.drop_index(batch_op.f('ix_community_meetings_held_at'))
        batch_op.drop_index(batch_op.f('ix_community_meetings_community_id'))

    op.drop_table('community_meetings')
