"""whose lectures are: courses, videos, papers, documents, broadcasts; the duty of publishing

Revision ID: 0074
Revises: 0073
"""

import sqlalchemy as sa
from alembic import op

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None

UNITS, GRANTS = "account_units", "account_grants"
TABLES = (
    "courses_courses",
    "video_videos",
    "video_uploads",
    "quizzes_papers",
    "documents_documents",
    "broadcasts_broadcasts",
)
BEFORE = "'unit_admin', 'author', 'reviewer', 'lecturer', 'tutor', 'assessor', 'auditor'"
AFTER = f"{BEFORE}, 'publisher'"
INDEXES = (
    ("open", ["user_id", "duty", "unit_id"], "ended_at IS NULL"),
    ("everything", ["user_id", "duty"], "unit_id IS NULL AND ended_at IS NULL"),
)


def upgrade() -> None:
    for table in TABLES:
        # Not in a batch: SQLite would build the table anew, and then not let an older step drop its
        # own. Both databases read this.
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN unit_id INTEGER "
            f"CONSTRAINT fk_{table}_unit_id REFERENCES {UNITS} (id)"
        )
        op.create_index(op.f(f"ix_{table}_unit_id"), table, ["unit_id"])
    _duties(AFTER)


def downgrade() -> None:
    op.execute(f"DELETE FROM {GRANTS} WHERE duty = 'publisher'")  # noqa: S608 - a name of ours
    users = sa.table("account_users", sa.column("id"), sa.column("duties"))
    held = sa.select(users).where(users.c.duties.contains("publisher"))
    for number, duties in op.get_bind().execute(held).all():
        kept = " ".join(one for one in duties.split() if not one.startswith("publisher"))
        op.execute(users.update().where(users.c.id == number).values(duties=kept))
    _duties(BEFORE)
    for table in reversed(TABLES):
        op.drop_index(op.f(f"ix_{table}_unit_id"), table)
        op.drop_column(table, "unit_id")


def _duties(names: str) -> None:
    """Let these duties be given; an index over some rows does not survive SQLite's batch."""
    for name, _, _ in INDEXES:
        op.drop_index(f"uq_{GRANTS}_{name}", GRANTS)
    with op.batch_alter_table(GRANTS) as batch:
        batch.drop_constraint(op.f(f"ck_{GRANTS}_duty"), type_="check")
        batch.create_check_constraint(op.f(f"ck_{GRANTS}_duty"), f"duty IN ({names})")
    for name, columns, still in INDEXES:
        op.create_index(
            f"uq_{GRANTS}_{name}",
            GRANTS,
            columns,
            unique=True,
            sqlite_where=sa.text(still),
            postgresql_where=sa.text(still),
        )
