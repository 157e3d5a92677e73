"""words of attachments

Revision ID: 0065
Revises: 0064
"""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "courses_attachment_pages",
        sa.Column("attachment_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"],
            ["courses_attachments.id"],
            name=op.f("fk_courses_attachment_pages_attachment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "attachment_id", "number", name=op.f("pk_courses_attachment_pages")
        ),
    )


def downgrade() -> None:
    op.drop_table("courses_attachment_pages")
