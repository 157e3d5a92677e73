"""rules of learning with versions, signs of life, reading time

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

RULES = "learning_rules"
REFUSED = "a version of a rule is never changed"
WHOLE = sa.DateTime(timezone=True)


def keep_versions() -> None:
    """Let the database itself refuse to change a version of a rule."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION learning_rules_are_kept() RETURNS trigger LANGUAGE plpgsql "
            f"AS $$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {RULES}_kept BEFORE UPDATE OR DELETE ON {RULES} "
            "FOR EACH ROW EXECUTE FUNCTION learning_rules_are_kept()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {RULES}_no_{verb} BEFORE {verb} ON {RULES} "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
        )


def upgrade() -> None:
    op.create_table(
        RULES,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(30), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("share_percent", sa.Integer(), nullable=False),
        sa.Column("fastest_percent", sa.Integer(), nullable=False),
        sa.Column("in_order", sa.Boolean(), nullable=False),
        sa.Column("presence_minutes", sa.Integer(), nullable=False),
        sa.Column("questions", sa.Boolean(), nullable=False),
        sa.Column("quiz_percent", sa.Integer(), nullable=False),
        sa.Column("reading_percent", sa.Integer(), nullable=False),
        sa.Column("tick", sa.Boolean(), nullable=False),
        sa.Column("created_at", WHOLE, nullable=False),
        sa.Column("created_by_id", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_learning_rules"),
        sa.UniqueConstraint("name", "version", name="uq_learning_rules_name"),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["account_users.id"], name="fk_learning_rules_created_by_id"
        ),
        sa.CheckConstraint(
            "share_percent BETWEEN 10 AND 100", name=op.f("ck_learning_rules_share_percent")
        ),
        sa.CheckConstraint(
            "fastest_percent BETWEEN 100 AND 400", name=op.f("ck_learning_rules_fastest_percent")
        ),
        sa.CheckConstraint(
            "presence_minutes BETWEEN 0 AND 120", name=op.f("ck_learning_rules_presence_minutes")
        ),
        sa.CheckConstraint(
            "quiz_percent BETWEEN 0 AND 100", name=op.f("ck_learning_rules_quiz_percent")
        ),
        sa.CheckConstraint(
            "reading_percent BETWEEN 0 AND 200", name=op.f("ck_learning_rules_reading_percent")
        ),
        sa.CheckConstraint("tick OR reading_percent > 0", name=op.f("ck_learning_rules_tick")),
    )
    op.create_table(
        "learning_rule_choices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer()),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("chosen_at", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_learning_rule_choices"),
        sa.UniqueConstraint("course_id", name="uq_learning_rule_choices_course_id"),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses_courses.id"],
            name="fk_learning_rule_choices_course_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["learning_rules.id"], name="fk_learning_rule_choices_rule_id"
        ),
        sa.CheckConstraint(
            "is_default = (course_id IS NULL)", name=op.f("ck_learning_rule_choices_is_default")
        ),
    )
    op.create_index("ix_learning_rule_choices_rule_id", "learning_rule_choices", ["rule_id"])
    op.create_index(
        "uq_learning_rule_choices_default",
        "learning_rule_choices",
        ["is_default"],
        unique=True,
        sqlite_where=sa.text("is_default"),
        postgresql_where=sa.text("is_default"),
    )
    op.execute(
        f"INSERT INTO {RULES} (id, name, version, share_percent, fastest_percent, in_order, "
        "presence_minutes, questions, quiz_percent, reading_percent, tick, created_at) "
        "VALUES (1, '常用规则', 1, 90, 200, false, 0, true, 0, 0, true, '2026-11-26 00:00:00')"
    )
    op.execute(
        "INSERT INTO learning_rule_choices (id, is_default, rule_id, chosen_at) "
        "VALUES (1, true, 1, '2026-11-26 00:00:00')"
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in (RULES, "learning_rule_choices"):
            op.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), 1)")
    keep_versions()
    op.create_table(
        "learning_presence",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("session", sa.String(32), nullable=False),
        sa.Column("idle_ms", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_learning_presence"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["account_users.id"], name="fk_learning_presence_user_id"
        ),
    )
    op.create_table(
        "learning_reading_clocks",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("session", sa.String(32), nullable=False),
        sa.Column("opened_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("counted_until_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_learning_reading_clocks"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["account_users.id"], name="fk_learning_reading_clocks_user_id"
        ),
    )
    op.create_table(
        "learning_reading_times",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("spent_ms", sa.Integer(), nullable=False),
        sa.Column("updated_at", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "lesson_id", name="pk_learning_reading_times"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["account_users.id"], name="fk_learning_reading_times_user_id"
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["courses_lessons.id"], name="fk_learning_reading_times_lesson_id"
        ),
        sa.CheckConstraint("spent_ms >= 0", name=op.f("ck_learning_reading_times_spent_ms")),
    )
    op.create_index("ix_learning_reading_times_lesson_id", "learning_reading_times", ["lesson_id"])
    with op.batch_alter_table("learning_completions") as table:
        table.add_column(sa.Column("rule_id", sa.Integer()))
        table.create_foreign_key(
            "fk_learning_completions_rule_id", "learning_rules", ["rule_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("learning_completions") as table:
        table.drop_constraint("fk_learning_completions_rule_id", type_="foreignkey")
        table.drop_column("rule_id")
    op.drop_index("ix_learning_reading_times_lesson_id", "learning_reading_times")
    for table in ("learning_reading_times", "learning_reading_clocks", "learning_presence"):
        op.drop_table(table)
    op.drop_index("uq_learning_rule_choices_default", "learning_rule_choices")
    op.drop_index("ix_learning_rule_choices_rule_id", "learning_rule_choices")
    op.drop_table("learning_rule_choices")
    op.drop_table(RULES)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION learning_rules_are_kept()")
