"""sites that may embed videos, by organisation

Revision ID: 0039
Revises: 0038
"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

TABLE = "video_embed_sites"
NONE = sa.text("unit_id IS NULL")


def upgrade() -> None:
    with op.batch_alter_table(TABLE) as batch:
        batch.add_column(sa.Column("unit_id", sa.Integer()))
        batch.create_foreign_key(
            op.f("fk_video_embed_sites_unit_id_account_units"),
            "account_units",
            ["unit_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch.drop_constraint(op.f("uq_video_embed_sites_source"), type_="unique")
        batch.create_unique_constraint(
            op.f("uq_video_embed_sites_unit_id"), ["unit_id", "source"]
        )
    op.create_index(
        "uq_video_embed_sites_everybody",
        TABLE,
        ["source"],
        unique=True,
        sqlite_where=NONE,
        postgresql_where=NONE,
    )


def downgrade() -> None:
    op.execute(f"DELETE FROM {TABLE} WHERE unit_id IS NOT NULL")  # noqa: S608 — a constant
    op.drop_index("uq_video_embed_sites_everybody", TABLE)
    with op.batch_alter_table(TABLE) as batch:
        batch.drop_constraint(op.f("uq_video_embed_sites_unit_id"), type_="unique")
        batch.drop_constraint(
            op.f("fk_video_embed_sites_unit_id_account_units"), type_="foreignkey"
        )
        batch.drop_column("unit_id")
        batch.create_unique_constraint(op.f("uq_video_embed_sites_source"), ["source"])
