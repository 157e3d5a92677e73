"""corrections of a learning record, decided by a second person

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

ASKED = "learning_corrections"
DECIDED = "learning_correction_decisions"
REFUSED = "a correction is never changed"
MOMENT = sa.DateTime(timezone=True)
REASONS = "reason IN ('watched', 'read', 'passed'{})"


def keep(table: str) -> None:
    """Let the database itself refuse to change a row."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION learning_corrections_are_kept()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
        )


def reasons(more: str) -> None:
    name = "ck_learning_completions_reason"
    with op.batch_alter_table("learning_completions") as table:
        table.drop_constraint(op.f(name), type_="check")
        table.create_check_constraint(op.f(name), REASONS.format(more))


def upgrade() -> None:
    reasons(", 'corrected'")
    op.create_table(
        ASKED,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{ASKED}"),
        sa.UniqueConstraint("id", "asked_by_id", "user_id", name=f"uq_{ASKED}_id"),
        sa.ForeignKeyConstraint(["user_id"], ["account_users.id"], name=f"fk_{ASKED}_user_id"),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["courses_lessons.id"], name=f"fk_{ASKED}_lesson_id"
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["account_users.id"], name=f"fk_{ASKED}_asked_by_id"
        ),
        sa.CheckConstraint("kind IN ('complete', 'revoke')", name=op.f(f"ck_{ASKED}_kind")),
        sa.CheckConstraint("asked_by_id <> user_id", name=op.f(f"ck_{ASKED}_not_ones_own")),
    )
    op.create_index(f"ix_{ASKED}_person", ASKED, ["user_id", "lesson_id"])
    op.create_table(
        DECIDED,
        sa.Column("correction_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("before", sa.JSON()),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("correction_id", name=f"pk_{DECIDED}"),
        sa.ForeignKeyConstraint(
            ["correction_id", "asked_by_id", "user_id"],
            [f"{ASKED}.id", f"{ASKED}.asked_by_id", f"{ASKED}.user_id"],
            name=f"fk_{DECIDED}_correction",
        ),
        sa.ForeignKeyConstraint(["by_id"], ["account_users.id"], name=f"fk_{DECIDED}_by_id"),
        sa.CheckConstraint(
            "by_id <> asked_by_id AND by_id <> user_id", name=op.f(f"ck_{DECIDED}_second_person")
        ),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION learning_corrections_are_kept() RETURNS trigger LANGUAGE plpgsql "
            f"AS $$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$"
        )
    keep(ASKED)
    keep(DECIDED)


def downgrade() -> None:
    op.drop_table(DECIDED)
    op.drop_index(f"ix_{ASKED}_person", ASKED)
    op.drop_table(ASKED)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION learning_corrections_are_kept()")
    # What was completed by a correction stays completed, under the nearest older word.
    op.execute("UPDATE learning_completions SET reason = 'read' WHERE reason = 'corrected'")
    reasons("")
