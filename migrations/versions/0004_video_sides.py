"""video: files beside a video, and the poster that a person chose

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    poster = sa.Column("poster", sa.String(40), nullable=False, server_default="")
    op.add_column("video_videos", poster)
    side_files = sa.Column("side_files", sa.Text(), nullable=False, server_default="")
    op.add_column("video_videos", side_files)


def downgrade() -> None:
    # Not by batch: SQLite would copy the table, and dropping the old one empties its children.
    op.drop_column("video_videos", "side_files")
    op.drop_column("video_videos", "poster")
