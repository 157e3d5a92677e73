"""the viewer's name over the picture

Revision ID: 0007b
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op


revision = '0007b'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('video_videos', sa.Column('shows_viewer', sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade():
    op.drop_column('video_videos', 'shows_viewer')
