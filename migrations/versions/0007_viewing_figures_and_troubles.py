"""how videos played and what did not

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

import sanshi_lms.core.db


revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('video_play_days',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('video_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('plays', sa.Integer(), nullable=False),
    sa.Column('seconds', sa.Integer(), nullable=False),
    sa.Column('stalls', sa.Integer(), nullable=False),
    sa.Column('stalled_ms', sa.Integer(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.CheckConstraint('plays >= 0 AND seconds >= 0 AND stalls >= 0', name=op.f('ck_video_play_days_counts')),
    sa.ForeignKeyConstraint(['video_id'], ['video_videos.id'], name=op.f('fk_video_play_days_video_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_video_play_days')),
    sa.UniqueConstraint('video_id', 'day', name=op.f('uq_video_play_days_video_id'))
    )
    op.create_table('video_troubles',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=8), nullable=False),
    sa.Column('video_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sanshi_lms.core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('cause', sa.String(length=20), nullable=False),
    sa.Column('path', sa.String(length=10), nullable=False),
    sa.Column('second', sa.Double(), nullable=False),
    sa.Column('user_agent', sa.String(length=300), nullable=False),
    sa.Column('detail', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['video_id'], ['video_videos.id'], name=op.f('fk_video_troubles_video_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_video_troubles')),
    sa.UniqueConstraint('code', name=op.f('uq_video_troubles_code'))
    )
    with op.batch_alter_table('video_troubles', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_video_troubles_created_at'), ['created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_video_troubles_video_id'), ['video_id'], unique=False)

    op.create_table('video_first_frames',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('video_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('within_ms', sa.Integer(), nullable=False),
    sa.Column('plays', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['video_id', 'day'], ['video_play_days.video_id', 'video_play_days.day'], name=op.f('fk_video_first_frames_video_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_video_first_frames')),
    sa.UniqueConstraint('video_id', 'day', 'within_ms', name=op.f('uq_video_first_frames_video_id'))
    )


def downgrade() -> None:
    op.drop_table('video_first_frames')
    with op.batch_alter_table('video_troubles', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_video_troubles_video_id'))
        batch_op.drop_index(batch_op.f('ix_video_troubles_created_at'))

    op.drop_table('video_troubles')
    op.drop_table('video_play_days')
