"""designs of certificates, in versions

Revision ID: 0040
Revises: 0039
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

DESIGNS, PICTURES = "credentials_designs", "credentials_design_pictures"
CERTIFICATES = "credentials_certificates"
REFERENCE = "fk_credentials_certificates_design_id_credentials_designs"


def upgrade() -> None:
    op.create_table(
        PICTURES,
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        DESIGNS,
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("line", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("heading", sa.String(20), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("issuer", sa.String(60), nullable=False),
        sa.Column("prefix", sa.String(4), nullable=False),
        sa.Column("portrait", sa.Boolean(), nullable=False),
        sa.Column("look", sa.String(10), nullable=False),
        sa.Column("seal_id", sa.Integer()),
        sa.Column("signatures", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.UniqueConstraint("line", "version", name=op.f("uq_credentials_designs_line")),
        sa.CheckConstraint(
            "look IN ('contour', 'plain', 'red')", name=op.f("ck_credentials_designs_look")
        ),
        sa.ForeignKeyConstraint(
            ["seal_id"],
            [f"{PICTURES}.id"],
            name=op.f("fk_credentials_designs_seal_id_credentials_design_pictures"),
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"],
            ["account_users.id"],
            name=op.f("fk_credentials_designs_made_by_id_account_users"),
        ),
    )
    op.create_table(
        "credentials_design_choices",
        sa.Column("subject", sa.String(40), primary_key=True),
        sa.Column("line", sa.String(16), nullable=False),
    )
    with op.batch_alter_table(CERTIFICATES) as batch:
        batch.add_column(sa.Column("design_id", sa.Integer()))
        batch.alter_column("number", type_=sa.String(24), existing_type=sa.String(20))
        batch.create_foreign_key(op.f(REFERENCE), DESIGNS, ["design_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table(CERTIFICATES) as batch:
        batch.drop_constraint(op.f(REFERENCE), type_="foreignkey")
        batch.drop_column("design_id")
        batch.alter_column("number", type_=sa.String(20), existing_type=sa.String(24))
    op.drop_table("credentials_design_choices")
    op.drop_table(DESIGNS)
    op.drop_table(PICTURES)
