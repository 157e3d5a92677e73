"""jobs in parts, and videos that play before they are whole

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

PARTS = "ix_core_jobs_part_of"


def upgrade() -> None:
    op.add_column("core_jobs", sa.Column("part_of", sa.Integer()))
    op.add_column("core_jobs", sa.Column("weight", sa.Double(), nullable=False, server_default="1"))
    op.add_column("core_jobs", sa.Column("result", sa.Text()))
    op.create_index(PARTS, "core_jobs", ["part_of"])
    op.add_column("video_videos", sa.Column("early_key", sa.String(200)))


def downgrade() -> None:
    op.drop_column("video_videos", "early_key")
    # What is half done has no meaning without its parts: the next version begins it anew.
    op.execute("DELETE FROM core_jobs WHERE part_of IS NOT NULL")
    op.drop_index(PARTS, "core_jobs")
    for name in ("result", "weight", "part_of"):
        op.drop_column("core_jobs", name)
