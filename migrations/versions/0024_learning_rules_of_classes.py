"""classes with a learning rule of their own

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

KEY = "fk_training_classes_learning_rule_id"


def upgrade() -> None:
    with op.batch_alter_table("training_classes") as batch:
        batch.add_column(sa.Column("learning_rule_id", sa.Integer()))
        batch.create_foreign_key(op.f(KEY), "learning_rules", ["learning_rule_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("training_classes") as batch:
        batch.drop_constraint(op.f(KEY), type_="foreignkey")
        batch.drop_column("learning_rule_id")
