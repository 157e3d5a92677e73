"""questions at a second of a lesson, answers, and reports about either

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

import sanshi_lms.core.db

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_STATES = "state IN ('waiting', 'open', 'hidden', 'withdrawn')"


def _moment(name: str, *, empty: bool = True) -> sa.Column:
    return sa.Column(name, sanshi_lms.core.db.UtcDateTime(timezone=True), nullable=empty)


def _post(table: str, *own: sa.schema.SchemaItem) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(36), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        _moment("written_at", empty=False),
        sa.Column("looked_by_id", sa.Integer()),
        _moment("looked_at"),
        sa.Column("hidden_reason", sa.String(200)),
        sa.Column("writer_id", sa.Integer(), nullable=False),
        *own,
        sa.CheckConstraint(_STATES, name=f"ck_{table}_state"),
        sa.CheckConstraint(
            "state <> 'hidden' OR hidden_reason IS NOT NULL", name=f"ck_{table}_hidden"
        ),
        sa.ForeignKeyConstraint(
            ["looked_by_id"], ["account_users.id"], name=f"fk_{table}_looked_by_id"
        ),
        sa.ForeignKeyConstraint(
            ["writer_id"], ["account_users.id"], name=f"fk_{table}_writer_id"
        ),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("writer_id", "key", name=f"uq_{table}_writer_id"),
    )
    op.create_index(f"ix_{table}_state", table, ["state"])
    op.create_index(f"ix_{table}_written_at", table, ["written_at"])


def upgrade() -> None:
    _post(
        "learning_questions",
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("second", sa.Integer()),
        sa.CheckConstraint("second IS NULL OR second >= 0", name="ck_learning_questions_second"),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["courses_lessons.id"], name="fk_learning_questions_lesson_id"
        ),
    )
    op.create_index(
        "ix_learning_questions_lesson_id_state", "learning_questions", ["lesson_id", "state"]
    )
    _post(
        "learning_replies",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Boolean()),
        sa.CheckConstraint("accepted IS NULL OR accepted", name="ck_learning_replies_accepted"),
        sa.CheckConstraint(
            "accepted IS NULL OR state = 'open'", name="ck_learning_replies_accepted_open"
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["learning_questions.id"], name="fk_learning_replies_question_id"
        ),
        sa.UniqueConstraint("question_id", "accepted", name="uq_learning_replies_question_id"),
    )
    op.create_table(
        "learning_post_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reporter_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer()),
        sa.Column("reply_id", sa.Integer()),
        sa.Column("reason", sa.String(200), nullable=False),
        _moment("reported_at", empty=False),
        _moment("settled_at"),
        sa.CheckConstraint(
            "(question_id IS NULL) <> (reply_id IS NULL)",
            name="ck_learning_post_reports_about_one",
        ),
        sa.ForeignKeyConstraint(
            ["reporter_id"], ["account_users.id"], name="fk_learning_post_reports_reporter_id"
        ),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["learning_questions.id"],
            name="fk_learning_post_reports_question_id",
        ),
        sa.ForeignKeyConstraint(
            ["reply_id"], ["learning_replies.id"], name="fk_learning_post_reports_reply_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_learning_post_reports"),
        sa.UniqueConstraint(
            "reporter_id", "question_id", name="uq_learning_post_reports_reporter_id"
        ),
        sa.UniqueConstraint("reporter_id", "reply_id", name="uq_learning_post_reports_reply"),
    )
    for name in ("question_id", "reply_id"):
        op.create_index(f"ix_learning_post_reports_{name}", "learning_post_reports", [name])


def downgrade() -> None:
    for name in ("post_reports", "replies", "questions"):
        op.drop_table(f"learning_{name}")
