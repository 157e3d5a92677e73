"""posts and roles of past days; nothing that is kept may be emptied on PostgreSQL

Revision ID: 0025
Revises: 0024
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

TABLE = "account_standings"
KEPT = {
    "credentials_credit_entries": "credentials_ledger_is_append_only",
    "credentials_rule_versions": "credentials_ledger_is_append_only",
    "credentials_rule_applications": "credentials_ledger_is_append_only",
    "credentials_statements": "credentials_ledger_is_append_only",
    "learning_rules": "learning_rules_are_kept",
    "learning_corrections": "learning_corrections_are_kept",
    "learning_correction_decisions": "learning_corrections_are_kept",
}


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("post", sa.String(20), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{TABLE}"),
        sa.ForeignKeyConstraint(["user_id"], ["account_users.id"], name=f"fk_{TABLE}_user_id"),
    )
    op.create_index(f"ix_{TABLE}_user_id", TABLE, ["user_id"])
    # What somebody was before today is not known; what they are now is known from now on.
    op.get_bind().execute(
        sa.text(
            f"INSERT INTO {TABLE} (user_id, since, post, role) "
            "SELECT id, :since, post, role FROM account_users ORDER BY id"
        ).bindparams(sa.bindparam("since", datetime.now(UTC), sa.DateTime(timezone=True)))
    )
    if op.get_bind().dialect.name == "postgresql":
        for table, function in KEPT.items():
            op.execute(
                f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
            )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in KEPT:
            op.execute(f"DROP TRIGGER {table}_not_emptied ON {table}")
    op.drop_index(f"ix_{TABLE}_user_id", TABLE)
    op.drop_table(TABLE)
