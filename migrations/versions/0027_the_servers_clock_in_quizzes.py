"""conditions of papers, deadlines of attempts, outages of ours

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
OPEN = "uq_quizzes_attempts_open"
WHERE = {
    "sqlite_where": sa.text("handed_in_at IS NULL"),
    "postgresql_where": sa.text("handed_in_at IS NULL"),
}


def upgrade() -> None:
    with op.batch_alter_table("quizzes_papers") as batch:
        batch.add_column(_whole("limit_minutes", "0"))
        batch.add_column(_whole("grace_seconds", "30"))
        batch.add_column(sa.Column("opens_at", MOMENT))
        batch.add_column(sa.Column("closes_at", MOMENT))
        batch.add_column(_whole("cooldown_hours", "0"))
        batch.add_column(
            sa.Column("counting", sa.String(10), nullable=False, server_default="best")
        )
        batch.add_column(_flag("practice"))
        batch.create_check_constraint(
            op.f("ck_quizzes_papers_counting"), "counting IN ('best', 'last', 'average')"
        )
        batch.create_check_constraint(
            op.f("ck_quizzes_papers_limits"),
            "limit_minutes >= 0 AND grace_seconds >= 0 AND cooldown_hours >= 0",
        )
    op.drop_index(OPEN, "quizzes_attempts")
    with op.batch_alter_table("quizzes_attempts") as batch:
        batch.add_column(_flag("practice"))
        batch.add_column(sa.Column("deadline_at", MOMENT))
        batch.add_column(_whole("grace_seconds", "0"))
        batch.add_column(sa.Column("heard", sa.JSON(), nullable=False, server_default="{}"))
        batch.add_column(_flag("ended_by_clock"))
    op.create_index("ix_quizzes_attempts_deadline_at", "quizzes_attempts", ["deadline_at"])
    op.create_index(
        OPEN, "quizzes_attempts", ["paper_id", "user_id", "practice"], unique=True, **WHERE
    )
    op.create_table(
        "quizzes_outages",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=False),
        sa.CheckConstraint("ended_at > began_at", name=op.f("ck_quizzes_outages_order")),
        sa.UniqueConstraint("began_at", name=op.f("uq_quizzes_outages_began_at")),
    )
    op.create_table(
        "quizzes_extensions",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("outage_id", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.CheckConstraint("seconds > 0", name=op.f("ck_quizzes_extensions_seconds")),
        _key("attempt_id", "quizzes_attempts"),
        _key("outage_id", "quizzes_outages"),
        sa.UniqueConstraint(
            "attempt_id", "outage_id", name=op.f("uq_quizzes_extensions_attempt_id")
        ),
    )
    op.create_index("ix_quizzes_extensions_outage_id", "quizzes_extensions", ["outage_id"])


def downgrade() -> None:
    op.drop_table("quizzes_extensions")
    op.drop_table("quizzes_outages")
    # Practice never counted; and an open one beside a test has no place in the old index.
    op.execute(
        "DELETE FROM quizzes_answers WHERE attempt_id IN "
        "(SELECT id FROM quizzes_attempts WHERE practice)"
    )
    op.execute("DELETE FROM quizzes_attempts WHERE practice")
    op.drop_index(OPEN, "quizzes_attempts")
    op.drop_index("ix_quizzes_attempts_deadline_at", "quizzes_attempts")
    with op.batch_alter_table("quizzes_attempts") as batch:
        for name in ("practice", "deadline_at", "grace_seconds", "heard", "ended_by_clock"):
            batch.drop_column(name)
    op.create_index(OPEN, "quizzes_attempts", ["paper_id", "user_id"], unique=True, **WHERE)
    with op.batch_alter_table("quizzes_papers") as batch:
        batch.drop_constraint(op.f("ck_quizzes_papers_limits"), type_="check")
        batch.drop_constraint(op.f("ck_quizzes_papers_counting"), type_="check")
        for name in ("limit_minutes", "grace_seconds", "opens_at", "closes_at"):
            batch.drop_column(name)
        for name in ("cooldown_hours", "counting", "practice"):
            batch.drop_column(name)


def _whole(name: str, usual: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, server_default=usual)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())


def _key(name: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [name], [f"{table}.id"], name=op.f(f"fk_quizzes_extensions_{name}"), ondelete="CASCADE"
    )
