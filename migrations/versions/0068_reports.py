"""reports: marks and sums kept current, saved views, schedules, files

Revision ID: 0068
Revises: 0067
"""

import sqlalchemy as sa
from alembic import op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

BY_COURSE = "INSERT INTO reports_marks (user_id, course_id) VALUES ({row}.user_id, {row}.course_id)"
BY_UNIT = (
    "INSERT INTO reports_marks (user_id, unit_id) VALUES (OLD.id, COALESCE(OLD.unit_id, 0)); "
    "INSERT INTO reports_marks (user_id, unit_id) VALUES (NEW.id, COALESCE(NEW.unit_id, 0))"
)
# name: (when, table, columns of which one must differ, what is written)
TRIGGERS = {
    "enrolled": ("INSERT", "learning_enrolments", (), BY_COURSE.format(row="NEW")),
    "completed": (
        "UPDATE OF completed_at, enrolled_at", "learning_enrolments",
        ("completed_at", "enrolled_at"), BY_COURSE.format(row="NEW"),
    ),
    "unenrolled": ("DELETE", "learning_enrolments", (), BY_COURSE.format(row="OLD")),
    "moved": (
        "UPDATE OF unit_id, role, active", "account_users", ("unit_id", "role", "active"), BY_UNIT
    ),
    "removed": ("DELETE", "account_users", (), BY_UNIT.partition("; ")[0]),
    "hours": (
        "INSERT", "credentials_credit_entries", (),
        "INSERT INTO reports_marks (user_id) VALUES (NEW.user_id)",
    ),
}


def upgrade() -> None:
    op.create_table(
        "reports_marks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("course_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports_marks")),
    )
    op.create_table(
        "reports_people",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("begun", sa.Integer(), nullable=False),
        sa.Column("finished", sa.Integer(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["account_users.id"], name=op.f("fk_reports_people_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "year", name=op.f("pk_reports_people")),
    )
    op.create_index(
        "ix_reports_people_year", "reports_people",
        ["year", "unit_id", "role", "begun", "finished", "hours"],
    )
    op.create_index(op.f("ix_reports_people_unit_id"), "reports_people", ["unit_id"])
    op.create_table(
        "reports_courses",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("begun", sa.Integer(), nullable=False),
        sa.Column("finished", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses_courses.id"], name=op.f("fk_reports_courses_course_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "course_id", "unit_id", "role", "year", name=op.f("pk_reports_courses")
        ),
    )
    op.create_index(op.f("ix_reports_courses_unit_id"), "reports_courses", ["unit_id"])
    _views()
    for name, (when, table, columns, body) in TRIGGERS.items():
        _make(name, when, table, columns, body)
    # What was learnt before is counted by the worker, from the beginning.
    op.execute("INSERT INTO reports_marks (user_id) VALUES (NULL)")


def _views() -> None:
    op.create_table(
        "reports_views",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("report", sa.String(20), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("query", sa.String(1000), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account_users.id"], name=op.f("fk_reports_views_owner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports_views")),
    )
    op.create_index(op.f("ix_reports_views_owner_id"), "reports_views", ["owner_id"])
    op.create_table(
        "reports_schedules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("view_id", sa.Integer(), nullable=False),
        sa.Column("every", sa.String(10), nullable=False),
        sa.Column("format", sa.String(10), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.String(100), nullable=False),
        sa.CheckConstraint("every IN ('week', 'month')", name=op.f("ck_reports_schedules_every")),
        sa.CheckConstraint("format IN ('xlsx', 'csv')", name=op.f("ck_reports_schedules_format")),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account_users.id"], name=op.f("fk_reports_schedules_owner_id")
        ),
        sa.ForeignKeyConstraint(
            ["view_id"], ["reports_views.id"], name=op.f("fk_reports_schedules_view_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports_schedules")),
    )
    for column in ("owner_id", "view_id", "next_at"):
        op.create_index(op.f(f"ix_reports_schedules_{column}"), "reports_schedules", [column])
    op.create_table(
        "reports_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("report", sa.String(20), nullable=False),
        sa.Column("title", sa.String(80), nullable=False),
        sa.Column("query", sa.String(1000), nullable=False),
        sa.Column("format", sa.String(10), nullable=False),
        sa.Column("scheduled", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("key", sa.String(120), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.CheckConstraint("format IN ('xlsx', 'csv')", name=op.f("ck_reports_files_format")),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account_users.id"], name=op.f("fk_reports_files_owner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports_files")),
    )
    for column in ("owner_id", "asked_at"):
        op.create_index(op.f(f"ix_reports_files_{column}"), "reports_files", [column])


def _make(name: str, when: str, table: str, columns: tuple[str, ...], body: str) -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    differs = "IS NOT" if sqlite else "IS DISTINCT FROM"
    only = " OR ".join(f"OLD.{one} {differs} NEW.{one}" for one in columns)
    head = f"AFTER {when} ON {table} FOR EACH ROW" + (f" WHEN ({only})" if only else "")
    if sqlite:
        op.execute(f"CREATE TRIGGER reports_mark_{name} {head} BEGIN {body}; END")
        return
    op.execute(
        f"CREATE FUNCTION reports_mark_{name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {body}; RETURN NULL; END $$"
    )
    op.execute(
        f"CREATE TRIGGER reports_mark_{name} {head} EXECUTE FUNCTION reports_mark_{name}()"
    )


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name, (_, table, _, _) in TRIGGERS.items():
        # A later migration may have rebuilt the table, and SQLite dropped its trigger with it.
        where = "" if sqlite else f" ON {table}"
        op.execute(f"DROP TRIGGER IF EXISTS reports_mark_{name}{where}")
        if not sqlite:
            op.execute(f"DROP FUNCTION reports_mark_{name}()")
    for table in (
        "reports_files", "reports_schedules", "reports_views", "reports_courses",
        "reports_people", "reports_marks",
    ):
        op.drop_table(table)
