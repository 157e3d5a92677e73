"""corrections of watched minutes and of scores

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

TABLE = "learning_corrections"
KIND = f"ck_{TABLE}_kind"
AMOUNT = f"ck_{TABLE}_amount"
OLD = "kind IN ('complete', 'revoke')"
NEW = "kind IN ('complete', 'revoke', 'add_time', 'cut_time', 'score')"
STATED = (
    "(kind IN ('add_time', 'cut_time')) = (start_seconds IS NOT NULL AND end_seconds > "
    "start_seconds) AND (kind = 'score') = (percent IS NOT NULL)"
)
COLUMNS = ("start_seconds", "end_seconds", "percent")


def _keep() -> None:
    """SQLite makes an altered table anew, without its triggers."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {TABLE}_no_{verb} BEFORE {verb} ON {TABLE} "
                "BEGIN SELECT RAISE(ABORT, 'a correction is never changed'); END"
            )


def upgrade() -> None:
    with op.batch_alter_table(TABLE) as table:
        for name in COLUMNS:
            table.add_column(sa.Column(name, sa.Integer(), nullable=True))
        table.drop_constraint(op.f(KIND), type_="check")
        table.create_check_constraint(op.f(KIND), NEW)
        table.create_check_constraint(op.f(AMOUNT), STATED)
    _keep()


def downgrade() -> None:
    # What the older tables cannot say is said there by what came of it.
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER USER")
    else:
        op.execute(f"DROP TRIGGER {TABLE}_no_UPDATE")
    with op.batch_alter_table(TABLE) as table:
        table.drop_constraint(op.f(AMOUNT), type_="check")
        table.drop_constraint(op.f(KIND), type_="check")
    op.execute(
        f"UPDATE {TABLE} SET kind = CASE WHEN kind = 'cut_time' THEN 'revoke' ELSE 'complete' END "
        "WHERE kind NOT IN ('complete', 'revoke')"
    )
    with op.batch_alter_table(TABLE) as table:
        table.create_check_constraint(op.f(KIND), OLD)
        for name in COLUMNS:
            table.drop_column(name)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {TABLE} ENABLE TRIGGER USER")
    _keep()
