"""clips of videos for 公众号 and 视频号

Revision ID: 0059
Revises: 0058
"""

import sqlalchemy as sa
from alembic import op

from sanshi_lms.core.db import UtcDateTime

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('video_clips',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('nonce', sa.String(length=32), nullable=False),
    sa.Column('video_id', sa.Integer(), nullable=False),
    sa.Column('start', sa.Double(), nullable=False),
    sa.Column('end', sa.Double(), nullable=False),
    sa.Column('shape', sa.String(length=10), nullable=False),
    sa.Column('purpose', sa.String(length=10), nullable=False),
    sa.Column('title', sa.String(length=60), nullable=False),
    sa.Column('topics', sa.String(length=400), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('asked_at', UtcDateTime(), nullable=False),
    sa.Column('made_at', UtcDateTime(), nullable=True),
    sa.Column('made_from', sa.String(length=200), nullable=True),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('seconds', sa.Double(), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('(made_at IS NULL) = (made_from IS NULL)', name=op.f('ck_video_clips_made')),
    sa.CheckConstraint('made_at IS NULL OR (size > 0 AND width > 0 AND height > 0 AND seconds > 0)', name=op.f('ck_video_clips_facts')),
    sa.CheckConstraint("purpose IN ('whole', 'short')", name=op.f('ck_video_clips_purpose')),
    sa.CheckConstraint("shape IN ('portrait', 'landscape')", name=op.f('ck_video_clips_shape')),
    sa.CheckConstraint('start >= 0 AND "end" > start', name=op.f('ck_video_clips_times')),
    sa.ForeignKeyConstraint(['by_id'], ['account_users.id'], name=op.f('fk_video_clips_by_id')),
    sa.ForeignKeyConstraint(['video_id'], ['video_videos.id'], name=op.f('fk_video_clips_video_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_video_clips')),
    sa.UniqueConstraint('nonce', name=op.f('uq_video_clips_nonce'))
    )
    with op.batch_alter_table('video_clips', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_video_clips_video_id'), ['video_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('video_clips', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_video_clips_video_id'))

    op.drop_table('video_clips')
