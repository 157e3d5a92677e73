"""watching paid by moments of the wall clock, and what did not count

Revision ID: 0016
Revises: 0015
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

CLOCKS = "learning_watch_clocks"
# As the rule stood when clocks held a balance: time counted twice, at most two hours of it.
FASTEST = 2.0
ALL_CAME = (1 << 64) - 1


def _clocks(*columns: sa.Column) -> sa.Table:
    return sa.Table(CLOCKS, sa.MetaData(), sa.Column("user_id", sa.Integer), *columns)


def _old_columns() -> list[sa.Column]:
    return [
        sa.Column("session", sa.String(32)),
        sa.Column("opened_at_ms", sa.BigInteger()),
        sa.Column("sequence", sa.Integer()),
        sa.Column("counted_until_ms", sa.BigInteger()),
        sa.Column("balance_ms", sa.BigInteger()),
    ]


def _make(*columns: sa.Column) -> None:
    op.create_table(
        CLOCKS,
        sa.Column("user_id", sa.Integer(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["user_id"], ["account_users.id"], name=f"fk_{CLOCKS}_user_id"
        ),
        sa.PrimaryKeyConstraint("user_id", name=f"pk_{CLOCKS}"),
    )


def upgrade() -> None:
    connection = op.get_bind()
    rows = connection.execute(sa.select(_clocks(*_old_columns()))).all()
    op.drop_table(CLOCKS)
    _make(sa.Column("state", sa.Text(), nullable=False))
    for user_id, session, opened, sequence, until, balance in rows:
        # What was not spent yet becomes moments just before the last report.
        left = max(0, int(balance / FASTEST))
        known = [session, opened, opened, until, left, sequence, ALL_CAME]
        state = json.dumps([until, [[until - left, until]] if left else [], [known]])
        connection.execute(sa.insert(_clocks(sa.Column("state", sa.Text()))).values(
            user_id=user_id, state=state
        ))
    op.create_table(
        "learning_uncounted",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("lost_ms", sa.BigInteger(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["courses_lessons.id"], name="fk_learning_uncounted_lesson_id"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["account_users.id"], name="fk_learning_uncounted_user_id"
        ),
        sa.PrimaryKeyConstraint("user_id", "lesson_id", "reason", name="pk_learning_uncounted"),
    )
    for name in ("lesson_id", "last_at"):
        op.create_index(f"ix_learning_uncounted_{name}", "learning_uncounted", [name])


def downgrade() -> None:
    for name in ("last_at", "lesson_id"):
        op.drop_index(f"ix_learning_uncounted_{name}", "learning_uncounted")
    op.drop_table("learning_uncounted")
    connection = op.get_bind()
    rows = connection.execute(sa.select(_clocks(sa.Column("state", sa.Text())))).all()
    op.drop_table(CLOCKS)
    columns = _old_columns()
    for column in columns:
        column.nullable = False
    _make(*columns)
    for user_id, state in rows:
        until, _, sessions = json.loads(state)
        if not sessions:
            continue
        # The newest session earns; moments left over are given up, never given twice.
        session, opened, _, _, _, sequence, _ = sessions[-1]
        connection.execute(sa.insert(_clocks(*_old_columns())).values(
            user_id=user_id, session=session, opened_at_ms=opened, sequence=sequence,
            counted_until_ms=until, balance_ms=0,
        ))  # fmt: skip
