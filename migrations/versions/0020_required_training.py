"""required training: assignments, whom they hit, the ladder of reminders

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

import sanshi_lms.core.db

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sanshi_lms.core.db.UtcDateTime(timezone=True)
    op.create_table(
        "training_assignments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(60), nullable=False),
        sa.Column("audience_json", sa.Text(), nullable=False),
        sa.Column("follows", sa.Boolean(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("form_key", sa.String(32), nullable=False),
        sa.Column("created_by_id", sa.Integer()),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("withdrawn_at", moment),
        sa.Column("withdrawn_reason", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["account_users.id"],
            name=op.f("fk_training_assignments_created_by_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_assignments")),
        sa.UniqueConstraint("form_key", name=op.f("uq_training_assignments_form_key")),
    )
    op.create_table(
        "training_assignment_courses",
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["training_assignments.id"],
            name=op.f("fk_training_assignment_courses_assignment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses_courses.id"],
            name=op.f("fk_training_assignment_courses_course_id"),
        ),
        sa.PrimaryKeyConstraint(
            "assignment_id", "course_id", name=op.f("pk_training_assignment_courses")
        ),
    )
    op.create_index(
        op.f("ix_training_assignment_courses_course_id"),
        "training_assignment_courses",
        ["course_id"],
    )
    op.create_table(
        "training_assignment_people",
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("added_at", moment, nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("due_reason", sa.String(200), nullable=False),
        sa.Column("exempt_at", moment),
        sa.Column("exempt_reason", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["training_assignments.id"],
            name=op.f("fk_training_assignment_people_assignment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["account_users.id"], name=op.f("fk_training_assignment_people_user_id")
        ),
        sa.PrimaryKeyConstraint(
            "assignment_id", "user_id", name=op.f("pk_training_assignment_people")
        ),
    )
    op.create_index(
        op.f("ix_training_assignment_people_user_id"), "training_assignment_people", ["user_id"]
    )
    policy = op.create_table(
        "training_reminder_policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("days_before", sa.String(60), nullable=False),
        sa.Column("overdue_every", sa.Integer(), nullable=False),
        sa.Column("most_overdue", sa.Integer(), nullable=False),
        sa.Column("digest_weekday", sa.Integer(), nullable=False),
        sa.Column("join_days", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "overdue_every BETWEEN 1 AND 365",
            name=op.f("ck_training_reminder_policy_overdue_every"),
        ),
        sa.CheckConstraint(
            "most_overdue BETWEEN 0 AND 100",
            name=op.f("ck_training_reminder_policy_most_overdue"),
        ),
        sa.CheckConstraint(
            "digest_weekday BETWEEN 0 AND 6",
            name=op.f("ck_training_reminder_policy_digest_weekday"),
        ),
        sa.CheckConstraint(
            "join_days BETWEEN 0 AND 365", name=op.f("ck_training_reminder_policy_join_days")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_reminder_policy")),
    )
    # To begin from; an administrator changes it.
    first = {"id": 1, "days_before": "14,7,1", "overdue_every": 7, "most_overdue": 4}
    op.bulk_insert(policy, [{**first, "digest_weekday": 0, "join_days": 30}])


def downgrade() -> None:
    op.drop_table("training_reminder_policy")
    op.drop_table("training_assignment_people")
    op.drop_table("training_assignment_courses")
    op.drop_table("training_assignments")
