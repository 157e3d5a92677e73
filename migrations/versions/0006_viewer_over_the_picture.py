"""the viewer's name over the picture

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op


revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('video_videos', sa.Column('shows_viewer', sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade():
    op.drop_column('video_videos', 'shows_viewer')
