"""events and who takes part

Revision ID: 0055
Revises: 0054
"""

import sqlalchemy as sa
from alembic import op

from sanshi_lms.core.db import UtcDateTime

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('community_events',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('nonce', sa.String(length=32), nullable=False),
    sa.Column('code', sa.String(length=12), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('title', sa.String(length=60), nullable=False),
    sa.Column('about', sa.Text(), nullable=False),
    sa.Column('place', sa.String(length=80), nullable=False),
    sa.Column('speakers', sa.Text(), nullable=False),
    sa.Column('materials', sa.Text(), nullable=False),
    sa.Column('replay', sa.String(length=300), nullable=False),
    sa.Column('starts_at', UtcDateTime(), nullable=False),
    sa.Column('ends_at', UtcDateTime(), nullable=False),
    sa.Column('seats', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('words', sa.String(length=300), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('invented', sa.Boolean(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("state IN ('draft', 'open', 'cancelled')", name=op.f('ck_community_events_state')),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_community_events_times')),
    sa.CheckConstraint('seats >= 0', name=op.f('ck_community_events_seats')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_community_events')),
    sa.UniqueConstraint('nonce', name=op.f('uq_community_events_nonce'))
    )
    with op.batch_alter_table('community_events', schema=None) as batch_op:
        batch_op.create_index('ix_community_events_state_starts_at', ['state', 'starts_at'], unique=False)

    op.create_table('community_event_seats',
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('seat', sa.String(length=10), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('here_at', UtcDateTime(), nullable=True),
    sa.CheckConstraint("seat IN ('in', 'waiting', 'out')", name=op.f('ck_community_event_seats_seat')),
    sa.ForeignKeyConstraint(['event_id'], ['community_events.id'], name=op.f('fk_community_event_seats_event_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['account_users.id'], name=op.f('fk_community_event_seats_user_id')),
    sa.PrimaryKeyConstraint('event_id', 'user_id', name=op.f('pk_community_event_seats'))
    )
    with op.batch_alter_table('community_event_seats', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_community_event_seats_user_id'), ['user_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('community_event_seats', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_community_event_seats_user_id'))

    op.drop_table('community_event_seats')
    with op.batch_alter_table('community_events', schema=None) as batch_op:
        batch_op.drop_index('ix_community_events_state_starts_at')

    op.drop_table('community_events')
