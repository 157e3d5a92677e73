"""links, publications, official accounts, drafts

Revision ID: 0061
Revises: 0060
"""

import sqlalchemy as sa
from alembic import op

from sanshi_lms.core.db import UtcDateTime

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outlets_accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("app_id", sa.String(length=40), nullable=False),
        sa.Column("sealed_secret", sa.String(length=400), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["account_units.id"], name=op.f("fk_outlets_accounts_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outlets_accounts")),
        sa.UniqueConstraint("app_id", name=op.f("uq_outlets_accounts_app_id")),
    )
    with op.batch_alter_table("outlets_accounts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outlets_accounts_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "outlets_drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("ref", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("site", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("problem", sa.String(length=300), nullable=False),
        sa.Column("media_id", sa.String(length=128), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "(state = 'made') = (media_id <> '')", name=op.f("ck_outlets_drafts_made")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'made', 'failed')", name=op.f("ck_outlets_drafts_state")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["outlets_accounts.id"], name=op.f("fk_outlets_drafts_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["account_users.id"], name=op.f("fk_outlets_drafts_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outlets_drafts")),
        sa.UniqueConstraint("nonce", name=op.f("uq_outlets_drafts_nonce")),
    )
    with op.batch_alter_table("outlets_drafts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_outlets_drafts_account_id"), ["account_id"], unique=False
        )

    op.create_table(
        "outlets_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=7), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("ref", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("label", sa.String(length=30), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["account_users.id"], name=op.f("fk_outlets_links_made_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outlets_links")),
        sa.UniqueConstraint("code", name=op.f("uq_outlets_links_code")),
        sa.UniqueConstraint("kind", "ref", "channel", "label", name=op.f("uq_outlets_links_kind")),
    )
    op.create_table(
        "outlets_publications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("ref", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("place", sa.String(length=40), nullable=False),
        sa.Column("url", sa.String(length=300), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("taken_down_at", UtcDateTime(), nullable=True),
        sa.Column("taken_down_by_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "(taken_down_at IS NULL) = (taken_down_by_id IS NULL)",
            name=op.f("ck_outlets_publications_taken_down"),
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["account_users.id"], name=op.f("fk_outlets_publications_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["taken_down_by_id"],
            ["account_users.id"],
            name=op.f("fk_outlets_publications_taken_down_by_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outlets_publications")),
        sa.UniqueConstraint("nonce", name=op.f("uq_outlets_publications_nonce")),
    )
    with op.batch_alter_table("outlets_publications", schema=None) as batch_op:
        batch_op.create_index("ix_outlets_publications_piece", ["kind", "ref"], unique=False)

    op.create_table(
        "outlets_visits",
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint("count > 0", name=op.f("ck_outlets_visits_count")),
        sa.ForeignKeyConstraint(
            ["link_id"],
            ["outlets_links.id"],
            name=op.f("fk_outlets_visits_link_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("link_id", "day", name=op.f("pk_outlets_visits")),
    )


def downgrade() -> None:
    op.drop_table("outlets_visits")
    with op.batch_alter_table("outlets_publications", schema=None) as batch_op:
        batch_op.drop_index("ix_outlets_publications_piece")

    op.drop_table("outlets_publications")
    op.drop_table("outlets_links")
    with op.batch_alter_table("outlets_drafts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outlets_drafts_account_id"))

    op.drop_table("outlets_drafts")
    with op.batch_alter_table("outlets_accounts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outlets_accounts_unit_id"))

    op.drop_table("outlets_accounts")
