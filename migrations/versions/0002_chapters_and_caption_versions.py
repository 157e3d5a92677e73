"""chapters, and captions that people edit

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

import sanshi_lms.core.db


revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TRACKS = "video_caption_tracks"
DEFAULT_TRACK = "uq_video_caption_tracks_default"


def upgrade() -> None:
    op.create_table(
        "video_chapters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("video_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("start", sa.Double(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.CheckConstraint("start >= 0", name=op.f("ck_video_chapters_start")),
        sa.ForeignKeyConstraint(
            ["video_id"],
            ["video_videos.id"],
            name=op.f("fk_video_chapters_video_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_video_chapters")),
        sa.UniqueConstraint("video_id", "position", name=op.f("uq_video_chapters_video_id")),
    )
    op.add_column("video_videos", sa.Column("chapters_sha256", sa.String(length=64)))
    when = sanshi_lms.core.db.UtcDateTime(timezone=True)
    with op.batch_alter_table(TRACKS) as batch:
        batch.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        for name in ("is_default", "machine_made"):
            batch.add_column(
                sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())
            )
        batch.add_column(sa.Column("checked_at", when))
        batch.add_column(sa.Column("saved_at", when))
        batch.add_column(sa.Column("saved_by_id", sa.Integer()))
        batch.create_foreign_key(
            op.f("fk_video_caption_tracks_saved_by_id"), "account_users", ["saved_by_id"], ["id"]
        )
    with op.batch_alter_table(TRACKS) as batch:
        for name in ("version", "is_default", "machine_made"):
            batch.alter_column(name, server_default=None)
    # The first track of each video was the one that the lecture is spoken in.
    op.execute(
        f"UPDATE {TRACKS} SET is_default = true "
        f"WHERE id IN (SELECT min(id) FROM {TRACKS} GROUP BY video_id)"
    )
    where = sa.text("is_default")
    op.create_index(
        DEFAULT_TRACK,
        TRACKS,
        ["video_id"],
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )


def downgrade() -> None:
    op.drop_index(DEFAULT_TRACK, table_name=TRACKS)
    with op.batch_alter_table(TRACKS) as batch:
        batch.drop_constraint(op.f("fk_video_caption_tracks_saved_by_id"), type_="foreignkey")
        for name in ("saved_by_id", "saved_at", "checked_at", "machine_made", "is_default"):
            batch.drop_column(name)
        batch.drop_column("version")
    op.drop_column("video_videos", "chapters_sha256")
    op.drop_table("video_chapters")
