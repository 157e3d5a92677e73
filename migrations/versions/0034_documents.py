"""documents that are read page by page

Revision ID: 0034
Revises: 0033
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

WHOLE, PAGES = "documents_documents", "documents_pages"


def upgrade() -> None:
    op.create_table(
        WHOLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(32), nullable=False),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("source_name", sa.String(120), nullable=False),
        sa.Column("source_key", sa.String(120), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("problem", sa.String(300), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("pages_key", sa.String(120)),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{WHOLE}")),
        sa.UniqueConstraint("nonce", name=op.f(f"uq_{WHOLE}_nonce")),
        sa.UniqueConstraint("source_key", name=op.f(f"uq_{WHOLE}_source_key")),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["account_users.id"], name=op.f(f"fk_{WHOLE}_added_by_id")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'made', 'refused')", name=op.f(f"ck_{WHOLE}_state")
        ),
        sa.CheckConstraint(
            "(state = 'made') = (pages_key IS NOT NULL)", name=op.f(f"ck_{WHOLE}_made")
        ),
    )
    op.create_index(op.f(f"ix_{WHOLE}_sha256"), WHOLE, ["sha256"])
    op.create_table(
        PAGES,
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("document_id", "number", name=op.f(f"pk_{PAGES}")),
        sa.ForeignKeyConstraint(
            ["document_id"], [f"{WHOLE}.id"], name=op.f(f"fk_{PAGES}_document_id"), ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    op.drop_table(PAGES)
    op.drop_table(WHOLE)
