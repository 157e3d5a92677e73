"""sites that may embed videos; videos for people who are signed in

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

import sanshi_lms.core.db


revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('video_embed_sites',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(length=280), nullable=False),
    sa.Column('added_at', sanshi_lms.core.db.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_video_embed_sites')),
    sa.UniqueConstraint('source', name=op.f('uq_video_embed_sites_source'))
    )
    # In place, not by a copy of the table: dropping the old one would take captions along.
    op.add_column('video_videos', sa.Column('signed_in_only', sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade():
    op.drop_column('video_videos', 'signed_in_only')
    op.drop_table('video_embed_sites')
