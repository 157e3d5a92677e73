"""uploads: what the sender said, files from the inbox, the hash of an original

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op


revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UNFINISHED = sa.text('finished_at IS NULL')


def upgrade():
    with op.batch_alter_table('video_videos', schema=None) as batch_op:
        batch_op.add_column(sa.Column('source_sha256', sa.String(length=64), nullable=True))
    with op.batch_alter_table('video_uploads', schema=None) as batch_op:
        batch_op.add_column(
            sa.Column('metadata_header', sa.Text(), nullable=False, server_default='')
        )
        batch_op.add_column(sa.Column('inbox_key', sa.String(length=64), nullable=True))
    with op.batch_alter_table('video_uploads', schema=None) as batch_op:
        batch_op.alter_column('metadata_header', server_default=None)
        batch_op.create_index(
            'uq_video_uploads_inbox', ['inbox_key'], unique=True,
            sqlite_where=UNFINISHED, postgresql_where=UNFINISHED,
        )


def downgrade():
    with op.batch_alter_table('video_uploads', schema=None) as batch_op:
        batch_op.drop_index('uq_video_uploads_inbox')
        batch_op.drop_column('inbox_key')
        batch_op.drop_column('metadata_header')
    with op.batch_alter_table('video_videos', schema=None) as batch_op:
        batch_op.drop_column('source_sha256')
